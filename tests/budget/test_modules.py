"""What a function imports may not grow: imports are most of a cold start."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
OURS = ("adapters", "core", "handlers")

MODULES = {"query": 56, "ingest": 34, "publish": 29, "reconcile": 42}
"""How many modules of ours each function imports at most; what was counted last."""

UNNEEDED = {
    "query": (
        *("adapters.bus", "adapters.ecs", "adapters.queue", "adapters.stream", "core.sweep"),
        *("core.table.recording", "core.table.intake", "core.task.changes"),
    ),
    "ingest": ("adapters.bus", "adapters.ecs", "core.answers", "core.sweep"),
    "publish": ("adapters.ecs", "adapters.queue", "core.answers", "core.sweep"),
    "reconcile": ("adapters.bus", "adapters.stream", "adapters.dead_letters", "core.answers"),
}
HEAVY = (
    *("aws_lambda_powertools.event_handler", "aws_lambda_powertools.utilities.data_classes"),
    *("aws_lambda_powertools.utilities.batch", "pydantic", "moto", "unittest.mock"),
)
"""What no function is to import, by design or by accident."""

IMPORT = """
import json, sys
sys.path.insert(0, sys.argv[1])
import handlers.{name}
print(json.dumps(sorted(sys.modules)))
"""


SETTINGS = {
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "test"),
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "TABLE_NAME": "tasks",
    "RETENTION_DAYS": "90",
    "CHANGE_BUS_NAME": "changes",
    "SWEEP_REQUESTS_PER_SECOND": "10",
    **dict.fromkeys(("RECONCILE_QUEUE_URL", "DEAD_LETTER_QUEUE_URL"), "https://example.com/queue"),
}
"""With these, init builds what it does in Lambda."""


@pytest.fixture(scope="module", params=MODULES)
def imported(request: pytest.FixtureRequest) -> tuple[str, list[str]]:
    """Import a function in a process of its own."""
    name = str(request.param)
    run = subprocess.run(
        [sys.executable, "-c", IMPORT.format(name=name), SRC],
        env=SETTINGS,
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    return name, json.loads(run.stdout)


def test_a_function_imports_no_more_of_ours(imported: tuple[str, list[str]]) -> None:
    name, modules = imported
    ours = [module for module in modules if module.split(".")[0] in OURS]
    assert len(ours) <= MODULES[name], ours


def test_a_function_imports_no_part_that_it_does_not_need(
    imported: tuple[str, list[str]],
) -> None:
    name, modules = imported
    assert not [module for module in modules if module.startswith((*UNNEEDED[name], *HEAVY))]

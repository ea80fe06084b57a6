"""Settings: read when they are needed, and named where they are missing."""

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from core.sweep.state import Sweep
from core.text.instant import DAY
from handlers import wiring
from handlers.wiring import MissingSettingError, Settings
from tests.support.tasks import NOON, cluster_arn
from tests.support.template import template

SRC = Path(__file__).parents[2] / "src"
FUNCTIONS = ("ingest", "publish", "query", "reconcile")


@pytest.fixture(autouse=True)
def _nothing_built(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start and end with nothing built, and none of the settings set."""

    def forget() -> None:
        for built in vars(wiring).values():
            getattr(built, "cache_clear", lambda: None)()

    for name in settings_of_the_template():
        monkeypatch.delenv(name, raising=False)
    forget()
    yield
    forget()


def settings_of_the_template() -> set[str]:
    """Name what the template sets for its functions."""
    functions = [
        resource["Properties"]
        for resource in template()["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]
    shared = template().get("Globals", {}).get("Function", {})
    return {
        name
        for function in [*functions, shared]
        for name in function.get("Environment", {}).get("Variables", {})
    }


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_handler_can_be_imported_with_an_empty_environment(name: str) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(SRC)!r}); import handlers.{name}",
        ],
        env={},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_the_settings_are_those_of_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "tasks")
    monkeypatch.setenv("RETENTION_DAYS", "30")
    assert wiring.settings() == Settings(table_name="tasks", retention=30 * DAY)
    assert {"TABLE_NAME", "RETENTION_DAYS", "DEAD_LETTER_QUEUE_URL"} <= settings_of_the_template()


@pytest.mark.parametrize(
    "build, present, missing",
    [
        (wiring.settings, {"TABLE_NAME": "tasks"}, "RETENTION_DAYS is not set"),
        (wiring.settings, {"RETENTION_DAYS": "90"}, "TABLE_NAME is not set"),
        (wiring.settings, {"RETENTION_DAYS": "90", "TABLE_NAME": ""}, "TABLE_NAME is not set"),
        (wiring.store, {"RETENTION_DAYS": "90"}, "TABLE_NAME is not set"),
        (wiring.dead_letters, {}, "DEAD_LETTER_QUEUE_URL is not set"),
        (wiring.change_bus, {}, "CHANGE_BUS_NAME is not set"),
        (wiring.reconcile_queue, {}, "RECONCILE_QUEUE_URL is not set"),
        (wiring.ecs, {}, "SWEEP_REQUESTS_PER_SECOND is not set"),
    ],
)
def test_a_missing_setting_is_named(
    monkeypatch: pytest.MonkeyPatch,
    build: Callable[[], object],
    present: dict[str, str],
    missing: str,
) -> None:
    for name, value in present.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(MissingSettingError, match=f"^{missing}$"):
        build()


@pytest.mark.parametrize("days", ["ninety", "9.5", "-1", "90 ", "1e2", "²"])
def test_a_retention_that_is_no_number_of_days_is_named(
    monkeypatch: pytest.MonkeyPatch, days: str
) -> None:
    monkeypatch.setenv("TABLE_NAME", "tasks")
    monkeypatch.setenv("RETENTION_DAYS", days)
    with pytest.raises(MissingSettingError, match=r"^RETENTION_DAYS is not a number of days$"):
        wiring.settings()


@pytest.mark.parametrize("rate", ["0", "ten", "-1", "1.5"])
def test_a_rate_that_is_no_number_of_requests_is_named(
    monkeypatch: pytest.MonkeyPatch, rate: str
) -> None:
    monkeypatch.setenv("SWEEP_REQUESTS_PER_SECOND", rate)
    reason = r"^SWEEP_REQUESTS_PER_SECOND is not a number of requests$"
    with pytest.raises(MissingSettingError, match=reason):
        wiring.ecs()


def test_what_old_news_ask_for_is_a_sweep_that_can_be_read_from_its_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(wiring, "reconcile_queue", lambda: SimpleNamespace(send=sent.extend))
    monkeypatch.setenv("TABLE_NAME", "tasks")
    monkeypatch.setenv("RETENTION_DAYS", "30")
    wiring.intake().ask(cluster_arn(), NOON)
    [message] = json.loads(json.dumps(sent))
    assert Sweep.from_message(message["sweep"], now=NOON + 1) == Sweep(
        cluster_arn=str(cluster_arn()), generation=NOON, started_at=NOON + 1
    )


def test_what_is_remembered_between_invocations_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "tasks")
    monkeypatch.setenv("RETENTION_DAYS", "30")
    assert wiring.intake() is wiring.intake()
    assert wiring.known_vpcs() is wiring.known_vpcs()
    assert wiring.noted() is wiring.noted()


def test_each_part_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "tasks")
    monkeypatch.setenv("RETENTION_DAYS", "30")
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://example.com/queue")
    for build in (wiring.settings, wiring.store, wiring.dead_letters):
        assert build() is build()


@pytest.mark.parametrize("in_lambda, built", [(True, ["store"]), (False, [])])
def test_in_lambda_what_a_function_needs_is_built_in_init(
    monkeypatch: pytest.MonkeyPatch, in_lambda: bool, built: list[str]
) -> None:
    if in_lambda:
        monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "query")
    done: list[str] = []
    frozen = gc.get_freeze_count()
    gc.disable()
    wiring.prepare(lambda: done.append("store"))
    collects, now_frozen = gc.isenabled(), gc.get_freeze_count()
    gc.unfreeze()
    gc.enable()
    assert (done, collects) == (built, in_lambda)
    assert (now_frozen > frozen) is in_lambda


def test_a_setting_that_is_missing_is_named_when_the_function_is_asked_not_in_init(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "query")
    wiring.prepare(wiring.settings)
    gc.unfreeze()
    with pytest.raises(MissingSettingError, match=r"^RETENTION_DAYS is not set$"):
        wiring.settings()

"""The pages that a newcomer reads name what exists, and all of it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from core.table.coverage import Tally
from core.table.recording import Outcome
from tests.support.template import template

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DEPLOYING = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[str]:
    """Return the body of the table under a heading."""
    table = DEPLOYING.partition(f"\n### {heading}\n\n")[2].partition("\n\n")[0]
    return table.splitlines()[2:]


def test_the_parameters_are_the_templates() -> None:
    expected = [
        f"| `{name}` | {'`' + str(it['Default']) + '`' if it['Default'] != '' else 'none'} "
        f"| {it['Description'].strip()} |"
        for name, it in template()["Parameters"].items()
    ]
    assert rows("Parameters") == expected


def test_the_outputs_are_the_templates() -> None:
    outputs = template()["Outputs"]
    expected = [f"| `{name}` | {it['Description'].strip()} |" for name, it in outputs.items()]
    assert rows("Outputs") == expected


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/api.md",
        "docs/comparison.md",
        "docs/deploying.md",
        "docs/ended-tasks.md",
        "docs/glossary.md",
        "docs/operations.md",
        "docs/prometheus.md",
        "docs/rebuilding.md",
        "docs/releasing.md",
        "events/README.md",
    ],
)
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    assert [it for it in targets if not ((ROOT / page).parent / it).exists()] == []


def test_every_make_command_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(r"(?:`|^)make ([a-z][a-z-]*)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert "run" in named
    assert sorted(name for name in named if f"\n{name}:" not in makefile) == []


def test_the_architecture_names_every_module_of_the_core() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    modules = {it.stem for it in (ROOT / "src/core").glob("*.py")} - {"__init__"}
    code = text.partition("## The code")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(?:src/core/)?([a-z]+)`", code))
    assert modules - named == set()


def test_operations_name_every_alarm() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+Alarm)` \|", text, re.MULTILINE)
    resources = template()["Resources"]
    alarms = {it for it, what in resources.items() if what["Type"] == "AWS::CloudWatch::Alarm"}
    assert set(rows) == alarms


def test_operations_name_every_metric() -> None:
    text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    metrics = text.partition("## Metrics")[2].partition("\n## ")[0]
    code = "".join(it.read_text(encoding="utf-8") for it in (ROOT / "src/handlers").glob("*.py"))
    counted = set(re.findall(r'(?:_count\(|add_metric\(|counted=)"(\w+)"', code))
    counted |= {
        outcome.title().replace("_", "") for outcome in Outcome if outcome is not Outcome.TOO_OLD
    }
    counted |= {field.name.title().replace("_", "") for field in fields(Tally)}
    assert counted - set(re.findall(r"`(\w+)`", metrics)) == set()


def test_they_list_every_page_once() -> None:
    tables = (
        README.partition("\n## Read on\n")[2],
        CONTRIBUTING.partition("\n## More pages\n")[2].partition("\n## ")[0],
    )
    listed = [page for table in tables for page in re.findall(r"\[[^]]+\]\(([^)]+\.md)\)", table)]
    assert len(listed) == len(set(listed))
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= set(listed)

"""What the repository promises to those who work in it: pinned actions, reasons, one version."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers import wiring

ROOT = Path(__file__).parents[2]
GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yaml"))
FORMS = sorted(GITHUB.glob("ISSUE_TEMPLATE/*.yaml"))
# Where each exception carries its reason already.
EXPLAINED = ("benchmarks", "cli/src", "examples", "local", "operations", "src", "tests")

USES = re.compile(r"^\s*-? *uses: (?P<action>\S+)(?P<comment>.*)$", re.MULTILINE)
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
EXCEPTION = re.compile(r"#\s*(?:noqa|type: ignore)\b.*$")
REASONED = re.compile(r"# noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* - \S.*|# type: ignore\[[\w-]+\]  # \S.*")


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_action_is_pinned_to_a_commit_and_tells_its_version(path: Path) -> None:
    found = list(USES.finditer(path.read_text(encoding="utf-8")))
    assert found
    for use in found:
        assert PINNED.fullmatch(use["action"]), use["action"]
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", use["comment"]), use[0]


def test_every_image_is_named_by_its_digest() -> None:
    [containerfile] = ROOT.rglob("examples/**/Containerfile")
    images = re.findall(r"^FROM (.+)$", containerfile.read_text("utf-8"), re.MULTILINE)
    assert images
    assert [image for image in images if "@" not in image] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_and_nothing_more(path: Path) -> None:
    assert read_yaml(path)["permissions"] == {"contents": "read"}


def test_the_workflow_runs_the_checks_that_a_person_runs() -> None:
    steps = read_yaml(GITHUB / "workflows" / "ci.yaml")["jobs"]["checks"]["steps"]
    assert steps[-1] == {"run": ".ci/run"}
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_the_checks_before_a_commit_are_make_lint_and_make_types() -> None:
    [repository] = read_yaml(ROOT / ".pre-commit-config.yaml")["repos"]
    entries = [hook["entry"] for hook in repository["hooks"]]
    assert entries == ["make lint", "make types"]
    assert {"lint", "types"} <= targets()


def test_newer_versions_are_proposed_for_every_folder_with_requirements() -> None:
    updates = read_yaml(GITHUB / "dependabot.yml")["updates"]
    watched = {
        folder.strip("/")
        for update in updates
        if update["package-ecosystem"] == "pip"
        for folder in update.get("directories", [update.get("directory")])
    }
    locked = {
        str(path.parent.relative_to(ROOT)).strip(".")
        for folder in (ROOT, ROOT / "src", ROOT / "examples")
        for path in folder.glob("*.txt" if folder == ROOT else "**/*.txt")
    }
    assert locked
    assert locked <= watched


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_asks_for_something_by_names_of_its_own(path: Path) -> None:
    form = read_yaml(path)
    assert form["name"]
    assert form["description"]
    ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert ids
    assert len(set(ids)) == len(ids)


def test_the_version_is_that_of_its_file() -> None:
    version = (ROOT / "src" / "VERSION").read_text(encoding="utf-8").strip()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert version == wiring.VERSION
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"file": "src/VERSION"}


def test_the_pages_of_a_public_repository_are_there() -> None:
    names = ("SECURITY.md", "CONTRIBUTING.md", "LICENSE", "docs/releasing.md", ".github/CODEOWNERS")
    assert [name for name in names if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("folder", EXPLAINED)
def test_an_exception_to_a_rule_carries_its_reason(folder: str) -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}: {found[0]}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if (found := EXCEPTION.search(line)) and not REASONED.fullmatch(found[0])
    ]
    assert bare == []

"""The project needs nothing beside it: no file of it reaches out of its folder.

`.ci/run` proves the same by running everything in a copy that is alone in an empty folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MADE = {".git", ".venv", ".tools", ".aws-sam", "__pycache__", "node_modules"}
SUFFIXES = {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".sh", ".in", ".txt", ".cfg"}
SCRIPTS = {"Makefile", "Containerfile", "run"}

# A path that goes up: `../../docs`, and the `/..` after a script's own folder.
UPWARD = re.compile(r"(?<![\w./])(?:\.\./)+|(?<=[\")])(?:/\.\.)+(?![.\w])")
# How Python names a folder above a file of the project.
PARENTS = re.compile(r"__file__\)(?:\.resolve\(\))?\.parents\[(\d+)\]")
PARENT = re.compile(r"__file__\)(?:\.resolve\(\))?((?:\.parent\b)+)(?!s)")


def project_files(folder: Path = ROOT) -> Iterator[Path]:
    """List what the project is made of, but not what its tools have made."""
    for path in sorted(folder.iterdir()):
        if path.name in MADE or path.name.endswith("_cache") or path.is_symlink():
            continue
        if path.is_dir():
            yield from project_files(path)
        elif path.suffix in SUFFIXES or path.name in SCRIPTS:
            yield path


def levels_up(text: str) -> Iterator[tuple[int, str]]:
    """List how many folders each path in a text goes up."""
    for found in UPWARD.finditer(text):
        yield found[0].count(".."), found[0]
    for found in PARENTS.finditer(text):
        yield int(found[1]), found[0]
    for found in PARENT.finditer(text):
        yield found[1].count(".parent") - 1, found[0]


def reaching_out(path: Path, text: str) -> list[str]:
    """Find the paths in a file of the project that lead out of it."""
    depth = len(path.relative_to(ROOT).parents) - 1
    return [found for levels, found in levels_up(text) if levels > depth]


def test_no_file_reaches_out_of_the_project() -> None:
    files = list(project_files())
    assert ROOT / ".ci" / "run" in files
    assert ROOT / "pyproject.toml" in files
    found = {
        str(path.relative_to(ROOT)): reaching
        for path in files
        if path != Path(__file__) and (reaching := reaching_out(path, path.read_text("utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "name, text",
    [
        ("docs/api.md", "[samples](../../samples/README.md)"),
        ("README.md", "See ../samples."),
        (".ci/run", 'cd "$(dirname "$0")/../.."'),
        ("tests/unit/test_x.py", "Path(__file__).parents[3]"),
        ("tests/x.py", "Path(__file__).resolve().parent.parent.parent"),
    ],
)
def test_a_file_that_reaches_out_is_found(name: str, text: str) -> None:
    assert reaching_out(ROOT / name, text) != []


@pytest.mark.parametrize(
    "name, text",
    [
        ("docs/api.md", "[events](../events/README.md)"),
        (".ci/run", 'cd "$(dirname "$0")/.."'),
        ("tests/unit/test_x.py", "Path(__file__).parents[2]"),
        ("tests/x.py", "Path(__file__).resolve().parent.parent"),
        ("src/core/x.py", "a range .. of things, and so on..."),
    ],
)
def test_a_path_within_the_project_is_left_alone(name: str, text: str) -> None:
    assert reaching_out(ROOT / name, text) == []

"""The core is pure: the standard library and itself, no clock, no input or output."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
MODULES = sorted((SRC / "core").glob("**/*.py"))


def named(path: Path) -> str:
    """Name a module as it is imported."""
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


each_module = pytest.mark.parametrize("path", MODULES, ids=named)

MAY_IMPORT = {
    "text": set[str](),
    "task": {"text"},
    "table": {"text", "task"},
    "answers": {"text", "task", "table"},
    "sweep": {"text", "task", "table"},
}
"""The core's rooms, and which others each may know of. No two know of each other."""

ALLOWED = {
    *("base64", "collections", "copy", "dataclasses", "datetime", "enum", "functools", "hashlib"),
    *("heapq", "ipaddress", "itertools", "json", "math", "operator", "re", "string", "types"),
    *("typing", "uuid", "zlib", "core"),
}
"""Of the standard library, what reaches neither clock nor chance nor the world, but for:"""

REACHING_OUT = {
    *("now", "today", "utcnow", "uuid1", "uuid4"),
    *("breakpoint", "exec", "eval", "input", "open", "print", "__import__"),
}


def imports_of(tree: ast.AST) -> set[str]:
    """Name the top-level packages that a module imports, wherever in it; relative ones as `.`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0] if node.level == 0 else ".")
    return found


def faults_of(source: str) -> set[str]:
    tree = ast.parse(source)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {func.id for func in calls if isinstance(func, ast.Name)}
    called |= {func.attr for func in calls if isinstance(func, ast.Attribute)}
    return (imports_of(tree) - ALLOWED) | (called & REACHING_OUT)


def rooms_in(source: str) -> set[str]:
    """Name the rooms of the core that a module imports from."""
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{alias.name}" for alias in node.names}
    parts = [name.split(".") for name in imported]
    return {part[1] for part in parts if part[0] == "core" and len(part) > 1}


def test_every_module_of_the_core_is_in_a_room() -> None:
    folders = {path.parent.name for path in MODULES if path.parent != SRC / "core"}
    assert folders == set(MAY_IMPORT)
    assert [path.name for path in MODULES if path.parent == SRC / "core"] == ["__init__.py"]


@each_module
def test_arrows_between_the_rooms_run_one_way(path: Path) -> None:
    room = path.parent.name
    others = rooms_in(path.read_text()) - {room}
    assert others <= MAY_IMPORT.get(room, set())


@pytest.mark.parametrize(
    "source, rooms",
    [
        ("from core.answers.holders import Judge", {"answers"}),
        ("import core.sweep.state", {"sweep"}),
        ("from core import table", {"table"}),
        ("def f():\n    from core.task import record", {"task"}),
        ("from core.text.instant import HOUR\nimport json", {"text"}),
        ("import corelib.answers", set()),
    ],
)
def test_the_check_of_arrows_finds_what_it_looks_for(source: str, rooms: set[str]) -> None:
    assert rooms_in(source) == rooms


def test_the_rooms_can_be_put_in_an_order() -> None:
    known: set[str] = set()
    for room, others in MAY_IMPORT.items():
        assert others <= known
        known.add(room)


@each_module
def test_a_core_module_imports_no_more_than_it_may_and_asks_no_clock(path: Path) -> None:
    assert faults_of(path.read_text()) == set()


@pytest.mark.parametrize(
    "source, fault",
    [
        ("import boto3", "boto3"),
        ("def f():\n    from botocore.config import Config", "botocore"),
        ("from adapters import dynamodb", "adapters"),
        ("from handlers.wiring import now", "handlers"),
        ("from . import record", "."),
        ("import time", "time"),
        ("import random", "random"),
        ("import os.path", "os"),
        ("import logging", "logging"),
        ("from datetime import datetime\ndatetime.now()", "now"),
        ("from uuid import uuid4\nuuid4()", "uuid4"),
        ("print(1)", "print"),
        ("open('x')", "open"),
    ],
)
def test_the_check_finds_what_it_looks_for(source: str, fault: str) -> None:
    assert faults_of(source) == {fault}


def test_what_is_allowed_is_of_the_standard_library_or_the_core() -> None:
    assert ALLOWED - {"core"} <= sys.stdlib_module_names


def test_the_core_can_be_imported_by_itself() -> None:
    """In a fresh interpreter that has nothing but `core` and the standard library."""
    names = [named(path) for path in MODULES]
    program = f"""
import sys
sys.modules.update(dict.fromkeys(("boto3", "botocore", "adapters", "handlers")))
sys.path.insert(0, {str(SRC)!r})
for name in {names!r}:
    __import__(name)
foreign = {{name.split(".")[0] for name in sys.modules}} - sys.stdlib_module_names
print(sorted(foreign - {{"__main__"}}))
"""
    # -I and -S: without the environment, the current folder and site-packages.
    run = subprocess.run(
        [sys.executable, "-ISc", program], capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    assert run.stdout.strip() == "['adapters', 'boto3', 'botocore', 'core', 'handlers']"


@each_module
def test_a_module_opens_with_a_sentence_saying_what_it_owns(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n\n")[0]
    assert first.endswith(".")

"""The core is pure: the standard library and itself, no clock, no input or output."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src"
MODULES = sorted((SRC / "core").glob("**/*.py"))

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)

ALLOWED = {
    *("base64", "collections", "copy", "dataclasses", "datetime", "enum", "functools", "hashlib"),
    *("heapq", "ipaddress", "itertools", "json", "math", "operator", "re", "string", "types"),
    *("typing", "uuid", "core"),
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
    names = [f"core.{path.stem}" for path in MODULES if path.stem != "__init__"]
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

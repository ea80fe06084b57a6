"""The proof that `make mutants` plants what it says, and where it says."""

from itertools import islice
from pathlib import Path

import pytest

from tests.proof.planting import CORE, Fault, count_faults_of, faults_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "room.py"


def planted(path: Path, text: str) -> list[Fault]:
    path.write_text(text)
    return list(faults_of(path))


@pytest.mark.parametrize(
    "before, after",
    [
        ("return a < b", {"return a <= b", "return None"}),
        ("return a is None", {"return a is not None", "return None"}),
        ("return a and b", {"return a or b", "return None"}),
        ("return not a", {"return not not a", "return None"}),
        ("return min(a)", {"return max(a)", "return None"}),
        ("return a + 1", {"return a - 1", "return a + 2", "return None"}),
        ("return 'a'", {"return 'a~'", "return None"}),
        ("return [b for b in a if b]", {"return [b for b in a]", "return None"}),
        ("a += b", {"a += type(a)()"}),
        ("a(b)", {"None"}),
        ("if a:\n        b", {"if not a:"}),
    ],
)
def test_each_place_gets_the_faults_of_its_kind(path: Path, before: str, after: set[str]) -> None:
    found = planted(path, f"def f(a, b):\n    {before}\n")
    assert {fault.after for fault in found} == after
    assert count_faults_of(path) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        '"""Says what it owns."""\n',
        "def f(a: 'int') -> 'int':\n    '''Say what it does.'''\n",
        "def f(a):\n    raise ValueError(f'is not {a} but {1 + 1}')\n",
        "from a import b\n",
        "class A(Protocol):\n    b = 1\n",
        "type A = 'int'\n",
    ],
)
def test_what_only_readers_and_type_checkers_see_is_left_alone(path: Path, text: str) -> None:
    assert planted(path, text) == []


def test_a_fault_in_a_function_can_be_put_into_a_loaded_module(path: Path) -> None:
    text = (
        "class A:\n    @property\n    def b(self):\n        return [c for c in self.d if c > 0]\n"
    )
    for fault in planted(path, text):
        functions = fault.functions()
        assert functions is not None
        assert [one.co_qualname for one in functions] == ["A.b"]


@pytest.mark.parametrize(
    "text",
    [
        "A = 1\n",
        "class A:\n    b = 1\n",
        "def f(a=1):\n    return\n",
        "def f[T](a=1):\n    return\n",
    ],
)
def test_a_fault_in_what_runs_at_import_cannot(path: Path, text: str) -> None:
    [fault] = planted(path, text)
    assert fault.functions() is None


def test_a_fault_has_the_lines_of_its_own_statement_alone(path: Path) -> None:
    text = "def f(a):\n    if (\n        a\n    ):\n        return (\n            1\n        )\n"
    lines = {fault.after: fault.lines for fault in planted(path, text)}
    assert lines == {"if not a:": range(2, 5), "return 2": range(5, 8), "return None": range(5, 8)}


def test_every_module_of_the_core_compiles_with_a_fault_in_it() -> None:
    for path in CORE.rglob("*.py"):
        for fault in islice(faults_of(path), 1):
            compile(fault.tree, path, "exec")

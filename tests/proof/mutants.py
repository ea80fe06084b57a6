"""Owns `make mutants`: small faults put into `src/core`, one by one, which the tests must notice.

The tools that do this leave out what a decorator is on, and with it every property, which is where
the core derives its answers; or they start an interpreter for each fault. Here a process that has
loaded the libraries forks for each, and the fork imports the project with the fault in it.
"""

import argparse
import ast
import copy
import importlib
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import islice
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "core"
LEAST_KILLED = 0.9
SECONDS = 240
"""After which the tests are stuck, for which a fault is noticed too."""

PRELOADED = ("boto3", "moto", "hypothesis", "pytest", "aws_lambda_powertools", "botocore.client")

# Left out are tests that need other processes, are slow, or do not test the core.
TESTS = ["tests/unit", "tests/contract", "tests/proof"]
LEFT_OUT = " and ".join(
    f"not {name}"
    for name in (
        *("dynamodb", "ministack", "moto", "test_wiring", "test_template", "test_example"),
        *("test_readme", "test_purity", "whole", "oracle_says", "hundred", "lambda_would_not_take"),
    )
)

_SWAPS: dict[type[ast.AST], type[Any]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A fault: a module with one node replaced."""

    path: Path
    line: int
    before: str
    after: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return f"core.{self.path.stem}"

    def __str__(self) -> str:
        place = f"{self.path.relative_to(ROOT)}:{self.line}"
        return f"{place}\n    - {self.before}\n    + {self.after}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Make every fault of a module."""
    original = ast.parse(path.read_text())
    for number, (_, changes) in enumerate(_places(original)):
        for which in range(len(changes)):
            tree = copy.deepcopy(original)
            place, changed = list(_places(tree))[number]
            before = ast.unparse(place)
            line = place.lineno
            changed[which]()
            after = ast.unparse(place)
            ast.fix_missing_locations(tree)
            lost, gained = _lines_only_in(before, after), _lines_only_in(after, before)
            yield Mutant(path, line, lost, gained, tree)


def count_mutants_of(path: Path) -> int:
    """Tell how many `mutants_of` makes."""
    return sum(len(changes) for _, changes in _places(ast.parse(path.read_text())))


def _lines_only_in(text: str, other: str) -> str:
    lines = [line for line in text.splitlines() if line not in other.splitlines()]
    return " / ".join(line.strip() for line in lines)[:160]


def _places(tree: ast.Module) -> Iterator[tuple[ast.stmt, list[Callable[[], None]]]]:
    """Give each node that can be changed: the statement that it is in, and what changes it."""
    for node, statement in _nodes(tree, None):
        changes = list(_changes(node))
        if changes and statement is not None:
            yield statement, changes


def _nodes(node: ast.AST, statement: ast.stmt | None) -> Iterator[tuple[ast.AST, ast.stmt | None]]:
    """Walk, past whatever is only for readers and type checkers."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.TypeAlias):
                continue
            within = child if isinstance(child, ast.stmt) else statement
            if not _is_text_for_readers(child):
                yield child, within
                yield from _nodes(child, within)


def _is_text_for_readers(node: ast.AST) -> bool:
    """Tell docstrings, and the messages of errors."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Raise() | ast.Import():
            return True
        case ast.ImportFrom() | ast.ClassDef(bases=[ast.Name(id="Protocol")]):
            return True
    return False


def _changes(node: ast.AST) -> Iterator[Callable[[], None]]:
    """Give what changes a node in place."""
    yield from _changed_operators(node)
    match node:
        case ast.Constant(value=bool() as truth):
            yield lambda: setattr(node, "value", not truth)
        case ast.Constant(value=int() as number):
            yield lambda: setattr(node, "value", number + 1)
        case ast.Constant(value=str() as text):
            yield lambda: setattr(node, "value", f"{text}~")
        case ast.Name(id=name) if name in _NAMES:
            yield lambda: setattr(node, "id", _NAMES[name])
        case ast.IfExp() | ast.If() | ast.While():
            yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension() if node.ifs:
            yield node.ifs.clear
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield lambda: setattr(node, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield lambda: setattr(node, "value", ast.Constant(None))
        case ast.AugAssign():
            yield lambda: setattr(node, "value", node.target)


def _changed_operators(node: ast.AST) -> Iterator[Callable[[], None]]:
    match node:
        case ast.Compare(ops=operators):
            for index in range(len(operators)):
                if type(operators[index]) in _SWAPS:
                    yield partial(_swap, operators, index)
        case ast.BoolOp() | ast.BinOp() if type(node.op) in _SWAPS:
            yield lambda: setattr(node, "op", _SWAPS[type(node.op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield lambda: setattr(node, "operand", ast.UnaryOp(ast.Not(), operand))


def _swap(operators: list[ast.cmpop], index: int) -> None:
    operators[index] = _SWAPS[type(operators[index])]()


class _Loader(SourceFileLoader):
    """Loads a module with the fault."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(mutant.path))
        self._tree = mutant.tree

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - as its base has it
        code: CodeType = compile(self._tree, self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    """Finds the module with the fault before the real one."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = _Loader(self._mutant)
        return spec


def _run_tests(module: str, mutant: Mutant | None) -> int:
    """Run the tests in a process of their own, the module's first; answers its number."""
    child = os.fork()
    if child:
        return child
    signal.alarm(SECONDS)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if mutant is not None:
        sys.meta_path.insert(0, _Finder(mutant))
    own = [str(path) for path in sorted((ROOT / "tests" / "unit").glob(f"test_{module}*.py"))]
    failed = True
    try:
        failed = any(_fails(tests) for tests in (own, TESTS) if tests)
    finally:
        os._exit(failed)


def _fails(tests: list[str]) -> bool:
    import pytest  # noqa: PLC0415 - it is loaded by the parent, and the project only here

    options = [
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "-W",
        "ignore:Module already imported",
    ]
    return pytest.main([*options, "-k", LEFT_OUT, *tests]) != pytest.ExitCode.OK


def _judge(mutants: Iterable[Mutant], workers: int, tally: "_Tally") -> None:
    """Run the tests on each fault, some side by side."""
    running: dict[int, Mutant] = {}
    waiting = iter(mutants)
    more = True
    while more or running:
        while more and len(running) < workers:
            mutant = next(waiting, None)
            more = mutant is not None
            if mutant is not None:
                running[_run_tests(mutant.path.stem, mutant)] = mutant
        if running:
            child, status = os.wait()
            tally.tell(running.pop(child), noticed=status != 0)


@dataclass
class _Tally:
    """Counts, and says how far it has come."""

    total: int
    judged: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    def tell(self, mutant: Mutant, *, noticed: bool) -> None:
        self.judged[mutant.path.stem] += 1
        self.killed[mutant.path.stem] += noticed
        if not noticed:
            _say(f"\r{mutant}\n")
        done = self.judged.total()
        left = (time.monotonic() - self.started) / done * (self.total - done)
        survive = done - self.killed.total()
        _say(f"\r{done} of {self.total}, {survive} survive, {left:.0f} s left ")

    def sum_up(self) -> float:
        for module, judged in sorted(self.judged.items()):
            _say(f"\n{module:12} {self.killed[module]:4} of {judged:4} killed")
        share = self.killed.total() / self.judged.total()
        _say(f"\n{self.killed.total()} of {self.judged.total()} killed: {share:.1%}\n")
        return share


def main() -> int:
    """Answer 0 if enough of the faults were noticed, 1 if not, 2 if nothing could be told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="of src/core; all by default")
    parser.add_argument("--every", type=int, default=1, help="judge only each so-many-th fault")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="side by side")
    given = parser.parse_args()
    os.chdir(ROOT)
    paths = {path.stem: path for path in sorted(CORE.glob("*.py"))}
    if unknown := set(given.modules) - paths.keys():
        parser.error(f"src/core has no {', '.join(sorted(unknown))}")
    chosen = [paths[name] for name in given.modules or paths]
    for name in PRELOADED:
        importlib.import_module(name)
    if not _sound():
        return 2
    total = sum(count_mutants_of(path) for path in chosen)
    tally = _Tally(-(-total // given.every))
    mutants = (one for path in chosen for one in mutants_of(path))
    _judge(islice(mutants, 0, None, given.every), given.workers, tally)
    share = tally.sum_up()
    if not _sound():  # something has changed under them, so that they noticed that
        return 2
    return 0 if share >= LEAST_KILLED else 1


def _sound() -> bool:
    """Tell whether the tests pass without a fault, before and after."""
    passed = os.waitpid(_run_tests("record", None), 0)[1] == 0
    if not passed:
        _say("the tests fail without a fault: nothing can be told\n")
    return passed


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Owns `make mutants`: small faults put into `src/core`, one by one, which the tests must notice.

The tools that do this leave out what a decorator is on, and with it every property, which is where
the core derives its answers; or they start an interpreter for each fault. Here a process that has
loaded the libraries forks for each, and the fork imports the project with the fault in it.

First all tests run once without a fault, to learn which of them run which line. A fault is then
judged by tests that run its statement: those in the module's own files first, then the quickest
ones from anywhere, as many as take `SECONDS_A_FAULT` together. What they all let pass survives.
"""

import argparse
import ast
import copy
import importlib
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import islice
from os.path import commonprefix
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
CORE = ROOT / "src" / "core"
LEAST_KILLED = 0.9
SECONDS_A_FAULT = 12.0
"""Of tests, as they took without a fault."""
STUCK_AFTER = 30
"""Seconds of computing, after which a fault is noticed for that, too."""

PRELOADED = ("boto3", "moto", "hypothesis", "pytest", "aws_lambda_powertools", "botocore.client")

# Left out are tests that need other processes, are slow, or do not test the core.
TESTS = ["tests/unit", "tests/contract", "tests/proof", "tests/sweep"]
OWN = {
    "ecs": ("test_ecs", "test_sample_events"),
    "changes": ("test_change_events", "test_recording"),
    "history": ("test_history", "test_query_past"),
    "lookups": ("test_lookups", "test_query_past"),
    "listing": ("test_listing", "test_query_current"),
    "queries": ("test_queries", "test_query_current"),
    "sweep": ("test_sweep",),
    "sweeping": ("test_sweep",),
    "survey": ("test_sweep",),
}
"""The files, by how their names begin, that test a module; all others have one of their name."""
LEFT_OUT = " and ".join(
    f"not {name}"
    for name in (
        *("dynamodb", "ministack", "moto", "test_wiring", "test_template", "test_example"),
        *("test_readme", "test_purity", "oracle_says"),
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
_SHOWN_BEFORE, _LONGEST_SHOWN = 60, 160
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """A fault: a module with one node replaced."""

    path: Path
    lines: range
    before: str
    after: str
    tree: ast.Module

    @property
    def module(self) -> str:
        return f"core.{self.path.stem}"

    def __str__(self) -> str:
        place = f"{self.path.relative_to(ROOT)}:{self.lines[0]}"
        return f"{place}\n    - {self.before}\n    + {self.after}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Make every fault of a module."""
    original = ast.parse(path.read_text())
    for number, (_, changes) in enumerate(_places(original)):
        for which in range(len(changes)):
            tree = copy.deepcopy(original)
            place, changed = list(_places(tree))[number]
            before = ast.unparse(place)
            lines = _own_lines(place)
            changed[which]()
            after = ast.unparse(place)
            ast.fix_missing_locations(tree)
            yield Mutant(path, lines, *_where_they_differ(before, after), tree)


def count_mutants_of(path: Path) -> int:
    """Tell how many `mutants_of` makes."""
    return sum(len(changes) for _, changes in _places(ast.parse(path.read_text())))


def _own_lines(statement: ast.stmt) -> range:
    """Tell the lines of a statement, without those of statements in it."""
    within = [child.lineno for child in ast.walk(statement) if isinstance(child, ast.stmt)]
    first_within = min((line for line in within if line > statement.lineno), default=None)
    return range(statement.lineno, first_within or (statement.end_lineno or statement.lineno) + 1)


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Cut the line of each that differs, to what is around the difference."""
    for one, other in zip(before.splitlines(), after.splitlines(), strict=False):
        if one != other:
            same = len(commonprefix([one, other]))  # noqa: RUF071 - of texts, not of paths
            start = max(same - _SHOWN_BEFORE, 0)
            cut = slice(start, start + _LONGEST_SHOWN)
            return one[cut].strip(), other[cut].strip()
    return before, after


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


@dataclass(slots=True, eq=False)
class Runs:
    """Which tests run which lines of the core, and how long they take: a plugin of pytest."""

    by_line: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    _now: str | None = None

    def watch(self) -> None:
        """Note each line once a test."""
        monitoring = sys.monitoring
        monitoring.use_tool_id(monitoring.PROFILER_ID, "mutants")
        monitoring.register_callback(
            monitoring.PROFILER_ID, monitoring.events.LINE, self._note_line
        )
        monitoring.set_events(monitoring.PROFILER_ID, monitoring.events.LINE)

    def _note_line(self, code: CodeType, line: int) -> object:
        path = Path(code.co_filename)
        if self._now is not None and path.parent == CORE:
            self.by_line.setdefault((path.stem, line), set()).add(self._now)
        return sys.monitoring.DISABLE

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Begin a test."""
        self._now = nodeid
        self.seconds[nodeid] = 0.0
        sys.monitoring.restart_events()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Add up what a test takes."""
        self.seconds[report.nodeid] += report.duration

    def pytest_runtest_logfinish(self) -> None:
        """End a test."""
        self._now = None

    def of(self, mutant: Mutant) -> tuple[list[str], list[str]]:
        """Choose the tests of a fault: those in its module's own files, and some others.

        What runs while a module is imported is tested by any test.
        """
        module = mutant.path.stem
        lines = [self.by_line.get((module, line), set()) for line in mutant.lines]
        running = set().union(*lines) or self.seconds.keys()
        names = OWN.get(module, (f"test_{module}",))
        own, others, spent = [], [], 0.0
        files = {test: Path(test.partition("::")[0]).name for test in running}
        for test in sorted(running, key=lambda test: (self.seconds[test], test)):
            if files[test].startswith(names):
                own.append(test)
            elif spent + self.seconds[test] <= SECONDS_A_FAULT:
                spent += self.seconds[test]
                others.append(test)
        return own, others


def _learn() -> Runs | None:
    """Run all tests once, without a fault; None if they fail."""
    with tempfile.NamedTemporaryFile() as file:
        child = _fork()
        if not child:
            failed = True
            try:
                runs = Runs()
                runs.watch()
                failed = _fails(TESTS, runs)
                Path(file.name).write_bytes(pickle.dumps((runs.by_line, runs.seconds)))
            finally:
                os._exit(failed)
        if os.waitpid(child, 0)[1]:
            _say("the tests fail without a fault: nothing can be told\n")
            return None
        return Runs(*pickle.loads(Path(file.name).read_bytes()))  # noqa: S301 - our own


def _start(mutant: Mutant, runs: Runs) -> int:
    """Run the tests of a fault in a process of their own; answers its number."""
    child = _fork()
    if child:
        return child
    resource.setrlimit(resource.RLIMIT_CPU, (STUCK_AFTER, STUCK_AFTER))
    signal.alarm(10 * STUCK_AFTER)  # whatever it waits for
    sys.meta_path.insert(0, _Finder(mutant))
    failed = True
    try:
        failed = any(_fails(_files(tests), _Only(tests)) for tests in runs.of(mutant) if tests)
    finally:
        os._exit(failed)


def _fork() -> int:
    child = os.fork()
    if not child:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    return child


def _files(tests: Iterable[str]) -> list[str]:
    return sorted({test.partition("::")[0] for test in tests})


@dataclass(slots=True, eq=False)
class _Only:
    """A plugin of pytest: runs these tests, in this order."""

    tests: Collection[str]

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave the others out."""
        place = {test: number for number, test in enumerate(self.tests)}
        chosen = [item for item in items if item.nodeid in place]
        items[:] = sorted(chosen, key=lambda item: place[item.nodeid])


def _fails(tests: list[str], plugin: object) -> bool:
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
    outcome = pytest.main([*options, "-k", LEFT_OUT, *tests], plugins=[plugin])
    return outcome not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def _judge(mutants: Iterable[Mutant], runs: Runs, workers: int, tally: "_Tally") -> None:
    """Run the tests on each fault, some side by side."""
    running: dict[int, Mutant] = {}
    waiting = iter(mutants)
    more = True
    while more or running:
        while more and len(running) < workers:
            mutant = next(waiting, None)
            more = mutant is not None
            if mutant is not None:
                running[_start(mutant, runs)] = mutant
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
    began = time.time()
    if (runs := _learn()) is None:
        return 2
    _say(f"{len(runs.seconds)} tests pass; a fault meets up to {SECONDS_A_FAULT:.0f} s of them\n")
    total = sum(count_mutants_of(path) for path in chosen)
    tally = _Tally(-(-total // given.every))
    mutants = (one for path in chosen for one in mutants_of(path))
    _judge(islice(mutants, 0, None, given.every), runs, given.workers, tally)
    share = tally.sum_up()
    if _newest_file() > began:
        _say("a file has changed meanwhile, which the tests may have noticed instead\n")
        return 2
    return 0 if share >= LEAST_KILLED else 1


def _newest_file() -> float:
    paths = (path for part in ("src", "tests") for path in (ROOT / part).rglob("*.py"))
    return max(path.stat().st_mtime for path in paths)


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

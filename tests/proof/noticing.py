"""Which tests run which line of the core, and whether they notice a fault in it.

One process collects all tests, with the whole project loaded. For each fault it forks, gives the
functions that differ their faulty code, and runs the tests. What runs while the project is imported
cannot be replaced like this: such a fault is put into a process that imports the project with it.
"""

import gc
import os
import pickle
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

import pytest
from hypothesis import Phase, settings

from tests.proof.planting import CORE, Fault
from tests.proof.runs import STUCK_AFTER, Runs, Watch

MOST_MEMORY = 6 * 2**30
BROKEN = 3
"""The status of a process that could not run the tests at all."""

# Left out are tests that need other processes, or do not test the core.
_IGNORED = (
    *("wiring", "template", "example", "readme", "purity", "imitations", "repository", "faults"),
    *("estate", "queue_policies", "scanners", "stands_alone", "publish_template", "planting"),
)
_OPTIONS = (
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "no:schemathesis"),
    *("-o", "timeout=120", "-W", "ignore:Module already imported"),
    *("-k", "not dynamodb and not ministack and not moto and not oracle_says"),
    *(f"--ignore-glob=*/test_{name}*" for name in _IGNORED),
)


class Verdict(Enum):
    """What became of a fault."""

    NOTICED = "noticed"
    SURVIVED = "survived"
    UNDECIDED = "undecided"
    """What differs runs at import, wholly or among others."""


@dataclass(slots=True, eq=False)
class Bench:
    """A plugin of pytest: collects all tests once, and judges faults instead of running them."""

    judge: Callable[["Bench"], None]
    watch: Watch = field(default_factory=lambda: Watch(Runs()))
    tests: dict[str, pytest.Item] = field(default_factory=dict)
    failed: bool = False
    _live: dict[tuple[str, str, int], list[FunctionType]] = field(default_factory=dict)

    @property
    def runs(self) -> Runs:
        """Which tests run what; empty until it was learned."""
        return self.watch.runs

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Have Hypothesis fail at once, and remember nothing."""
        quick = settings(database=None, phases=(Phase.explicit, Phase.generate))
        settings.register_profile("mutants", quick, deadline=None)
        settings.load_profile("mutants")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge, instead of running what was collected."""
        if session.testsfailed:
            return True
        self.watch.stop()
        self.tests = {item.nodeid: item for item in session.items}
        self._live = _live_functions()
        gc.freeze()
        self.judge(self)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See whether a test fails."""
        self.failed = self.failed or report.failed

    def learn(self) -> list[str]:
        """Run all tests once, without a fault; return those that fail, which judge nothing."""
        with tempfile.NamedTemporaryFile() as file:
            child = fork()
            if not child:
                _run_and_exit(lambda: self._learned(Path(file.name)))
            if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == BROKEN:
                raise RuntimeError("the tests could not be run")
            told = Path(file.name).read_bytes()
            learned: tuple[Runs, list[str]] = pickle.loads(told)  # noqa: S301 - our own
            self.watch.runs, failing = learned
            return failing

    def _learned(self, path: Path) -> bool:
        self.watch.start()
        failing = []
        for item, following in _with_next(self.tests.values()):
            self.watch.begin(item.nodeid)
            began = time.process_time()
            self.failed = False
            if self._fails(item, following):
                failing.append(item.nodeid)
            else:
                self.runs.seconds[item.nodeid] = time.process_time() - began
        self.watch.stop()
        for tests in self.runs.by_line.values():
            tests.intersection_update(self.runs.seconds)
        path.write_bytes(pickle.dumps((self.runs, failing)))
        return bool(failing)

    def start(self, fault: Fault) -> int | None:
        """Judge a fault in a process of its own; return its number, None if it cannot be done."""
        swaps = self._swaps(fault)
        if swaps is None:
            return None
        own, others = self.runs.tests_of(fault)
        child = fork()
        if not child:
            _limit(self.runs.most_seconds(own + others))
            _run_and_exit(lambda: self._notices(swaps, [*own, *others]))
        return child

    def _notices(
        self, swaps: Iterable[tuple[FunctionType, CodeType]], tests: Sequence[str]
    ) -> bool:
        for function, code in swaps:
            function.__code__ = code
        chosen = [self.tests[test] for test in tests]
        return any(self._fails(item, following) for item, following in _with_next(chosen))

    def _swaps(self, fault: Fault) -> list[tuple[FunctionType, CodeType]] | None:
        codes = fault.functions()
        if codes is None:
            return None
        swaps = []
        for code in codes:
            live = self._live.get((code.co_filename, code.co_qualname, code.co_firstlineno), [])
            if not live or any(code.co_freevars != one.__code__.co_freevars for one in live):
                return None
            swaps += [(function, code) for function in live]
        return swaps

    def _fails(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self.failed


def collect(tests: Sequence[str], bench: Bench) -> bool:
    """Collect the tests, and have the bench judge; tell whether that was possible."""
    bench.watch.start()
    return pytest.main([*_OPTIONS, *tests], plugins=[bench]) == pytest.ExitCode.OK


def _with_next(items: Iterable[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    known = list(items)
    return zip_longest(known, known[1:])


def _live_functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """Index the functions of the core, wherever decorators have put them."""
    live: dict[tuple[str, str, int], list[FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename.startswith(str(CORE)):
            code = one.__code__
            key = (code.co_filename, code.co_qualname, code.co_firstlineno)
            live.setdefault(key, []).append(one)
    return live


def start_importing(fault: Fault, runs: Runs) -> int:
    """Judge a fault in a process that imports the project with it; return its number."""
    own, others = runs.tests_of(fault)
    child = fork()
    if not child:
        _limit(runs.most_seconds(own + others) + STUCK_AFTER)
        sys.meta_path.insert(0, _Finder(fault))
        _run_and_exit(lambda: any(_session_fails(tests) for tests in (own, others) if tests))
    return child


def _session_fails(tests: Sequence[str]) -> bool:
    files = sorted({test.partition("::")[0] for test in tests})
    outcome = pytest.main(["-x", *_OPTIONS, *files], plugins=[_Only(tests)])
    return outcome not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


@dataclass(slots=True, eq=False)
class _Only:
    """A plugin of pytest: runs these tests, in this order."""

    tests: Collection[str]

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        place = {test: number for number, test in enumerate(self.tests)}
        chosen = [item for item in items if item.nodeid in place]
        items[:] = sorted(chosen, key=lambda item: place[item.nodeid])


class _Loader(SourceFileLoader):
    """Loads a module with the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.imported_as, str(fault.path))
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - as its base has it
        code: CodeType = compile(self._fault.tree, self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    """Finds the module with the fault before the real one."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._fault.imported_as:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None:
            spec.loader = _Loader(self._fault)
        return spec


def fork() -> int:
    """Fork; what the child writes to the screen is lost."""
    child = os.fork()
    if not child:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    return child


def _limit(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    signal.alarm(10 * seconds)  # whatever it waits for


def _run_and_exit(fails: Callable[[], bool]) -> NoReturn:
    """End the process: with 0 if it does not fail, 1 if it does, `BROKEN` if it cannot tell."""
    status = BROKEN
    try:
        status = int(fails())
    finally:
        os._exit(status)

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
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

import pytest
from hypothesis import Phase, settings

from tests.proof.planting import CORE, Fault, module_name

SECONDS_A_FAULT = 8.0
"""Of tests that are not the module's own, as they took without a fault."""
STUCK_AFTER = 30
"""Seconds of computing beyond that, after which a fault is noticed for that, too."""
MOST_MEMORY = 6 * 2**30
BROKEN = 3
"""The status of a process that could not run the tests at all."""

OWN = {
    "text.instant": ("test_instant",),
    "task.ecs": ("test_ecs", "test_sample_events"),
    "task.fields": ("test_fields", "test_view"),
    "table.recording": ("test_recording", "test_coverage_kept"),
    "table.coverage": ("test_coverage",),
    "table.store": ("test_store",),
    "sweep.state": ("test_state",),
    "sweep.sweeper": ("test_sweeper", "test_sweep.py"),
    "sweep.survey": ("test_survey", "test_sweep.py"),
}
"""The files, by how their names begin, that test a module; all others have one of their name."""

# Left out are tests that need other processes, or do not test the core.
LEFT_OUT = " and ".join(
    f"not {name}"
    for name in (
        *("dynamodb", "ministack", "moto", "test_wiring", "test_template", "test_example"),
        *("test_readme", "test_purity", "oracle_says", "test_imitations", "test_repository"),
        *("test_faults", "test_estate"),
        *("test_queue_policies", "test_scanners", "test_stands_alone", "test_publish_template"),
    )
)
_OPTIONS = (
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "no:schemathesis"),
    *("-o", "timeout=120", "-W", "ignore:Module already imported", "-k", LEFT_OUT),
)


class Verdict(Enum):
    """What became of a fault."""

    NOTICED = "noticed"
    SURVIVED = "survived"
    UNDECIDED = "undecided"
    """What differs runs at import, wholly or among others."""


@dataclass(slots=True, eq=False)
class Runs:
    """Which tests run which lines of the core, and the seconds of computing that they take."""

    by_line: dict[tuple[str, int], set[str]] = field(default_factory=dict)
    at_import: set[tuple[str, int]] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)

    def tests_of(self, fault: Fault) -> tuple[list[str], list[str]]:
        """Choose the tests of a fault: those in its module's own files, and some others.

        What runs while a module is imported is tested by any test.
        """
        lines = [self.by_line.get((fault.module, line), set()) for line in fault.lines]
        running = set().union(*lines) or self.seconds.keys()
        names = OWN.get(fault.module, (f"test_{fault.path.stem}.py",))
        own, others, spent = [], [], 0.0
        for test in sorted(running, key=lambda test: (self.seconds[test], test)):
            if Path(test.partition("::")[0]).name.startswith(names):
                own.append(test)
            elif spent + self.seconds[test] <= SECONDS_A_FAULT:
                spent += self.seconds[test]
                others.append(test)
        return own, others

    def run_at_import(self, fault: Fault) -> bool:
        """Tell whether the fault's statement also runs while the project is imported."""
        return any((fault.module, line) in self.at_import for line in fault.lines)

    def most_seconds(self, tests: Iterable[str]) -> int:
        """Tell how much computing these tests are given."""
        return STUCK_AFTER + round(3 * sum(self.seconds[test] for test in tests))


@dataclass(slots=True, eq=False)
class _Watch:
    """Notes each line of the core once a test."""

    runs: Runs
    test: str | None = None
    _modules: dict[str, str | None] = field(default_factory=dict)

    def start(self) -> None:
        monitoring = sys.monitoring
        monitoring.use_tool_id(monitoring.PROFILER_ID, "mutants")
        line = monitoring.events.LINE
        monitoring.register_callback(monitoring.PROFILER_ID, line, self._note_line)
        monitoring.set_events(monitoring.PROFILER_ID, line)

    def stop(self) -> None:
        sys.monitoring.set_events(sys.monitoring.PROFILER_ID, 0)
        sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)

    def begin(self, test: str) -> None:
        self.test = test
        sys.monitoring.restart_events()

    def _note_line(self, code: CodeType, line: int) -> object:
        name = code.co_filename
        if name not in self._modules:
            path = Path(name)
            self._modules[name] = module_name(path) if path.is_relative_to(CORE) else None
        module = self._modules[name]
        if module is not None and self.test is None:
            self.runs.at_import.add((module, line))
        elif module is not None and self.test is not None:
            self.runs.by_line.setdefault((module, line), set()).add(self.test)
        return sys.monitoring.DISABLE


@dataclass(slots=True, eq=False)
class Bench:
    """A plugin of pytest: collects all tests once, and judges faults instead of running them."""

    judge: Callable[["Bench"], None]
    watch: _Watch = field(default_factory=lambda: _Watch(Runs()))
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
            runs, failing = pickle.loads(told)  # noqa: S301 - our own
            self.watch.runs = runs
            return list(failing)

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
    listed = [*items]
    return zip(listed, [*listed[1:], None], strict=True)


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

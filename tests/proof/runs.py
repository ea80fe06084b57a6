"""Which tests run which line of the core, and which of them judge a fault."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType

from tests.proof.planting import CORE, Fault, module_name

SECONDS_A_FAULT = 4.0
"""Of tests that are not the module's own, as they took without a fault."""
STUCK_AFTER = 30
"""Seconds of computing beyond that, after which a fault is noticed for that, too."""

OWN = {
    "text.instant": ("test_instant",),
    "task.ecs": ("test_ecs", "test_sample_events"),
    "task.fields": ("test_fields", "test_record_json"),
    "table.recording": ("test_recording", "test_coverage_kept"),
    "table.coverage": ("test_coverage",),
    "table.sweep_proofs": ("test_recording",),
    "table.store": ("test_store",),
    "sweep.state": ("test_state",),
    "sweep.sweeper": ("test_sweeper", "test_sweep.py"),
    "sweep.survey": ("test_survey", "test_sweep.py"),
}
"""The files, by how their names begin, that test a module; all others have one of their name."""


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
        """Return whether the fault's statement also runs while the project is imported."""
        return any((fault.module, line) in self.at_import for line in fault.lines)

    def most_seconds(self, tests: Iterable[str]) -> int:
        """Tell how much computing these tests are given."""
        return STUCK_AFTER + round(3 * sum(self.seconds[test] for test in tests))


@dataclass(slots=True, eq=False)
class Watch:
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

"""`make mutants`: small faults put into `src/core`, one by one, which the tests must notice.

The tools that do this leave out what a decorator is on, and with it every property, which is where
the core derives its answers; or they start an interpreter for each fault.

First all tests run once without a fault, to learn which of them run which line. A fault is then
judged by tests that run its statement: those in the module's own files first, then the quickest
ones from anywhere, as many as take `SECONDS_A_FAULT` together. What they all let pass survives.
"""

import argparse
import importlib
import os
import pickle
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from copy import replace
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tests.proof.noticing import (
    BROKEN,
    Bench,
    Verdict,
    collect,
    fork,
    start_importing,
)
from tests.proof.planting import CORE, ROOT, Fault, count_faults_of, faults_of, module_name
from tests.proof.runs import SECONDS_A_FAULT, Runs

LEAST_KILLED = 0.92
"""Of the whole core: what was reached last, rounded down."""
PRELOADED = ("boto3", "moto", "hypothesis", "aws_lambda_powertools", "botocore.client")
SCREEN = os.fdopen(os.dup(1), "w")
"""What children of this process write to goes nowhere; verdicts are shown all the same."""
TESTS = [
    *("tests/unit", "tests/contract", "tests/sweep/test_sweep.py"),
    *("tests/proof/test_algebra.py", "tests/proof/test_retention.py"),
]
"""Those that are quick for what they notice; the others live long in made-up worlds."""


@dataclass(slots=True)
class Tally:
    """Counts the verdicts, and says how far it has come."""

    total: int
    judged: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    undecided: list[Fault] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def tell(self, fault: Fault, verdict: Verdict) -> None:
        """Count a verdict."""
        if verdict is Verdict.UNDECIDED:
            self.undecided.append(replace(fault))  # without its syntax
            return
        self.judged[fault.module] += 1
        self.noticed[fault.module] += verdict is Verdict.NOTICED
        if verdict is Verdict.SURVIVED:
            _say(f"\r{fault}\n")
        done = self.judged.total()
        left = (time.monotonic() - self.started) / done * (self.total - done)
        survive = done - self.noticed.total()
        _say(f"\r{done} of {self.total}, {survive} survive, {left:.0f} s left ")

    def sum_up(self) -> float:
        """Say how many were noticed; return their share."""
        for module, judged in sorted(self.judged.items()):
            _say(f"\n{module:24} {self.noticed[module]:4} of {judged:4} noticed")
        share = self.noticed.total() / self.judged.total()
        _say(f"\n{self.noticed.total()} of {self.judged.total()} noticed: {share:.1%}\n")
        return share


def _judge(
    faults: Iterable[Fault], start: Callable[[Fault], int | None], workers: int
) -> Iterator[tuple[Fault, bool | None]]:
    """Have the tests run on each fault, some side by side; None where that cannot be started."""
    running: dict[int, Fault] = {}
    waiting = iter(faults)
    more = True
    while more or running:
        while more and len(running) < workers:
            fault = next(waiting, None)
            more = fault is not None
            if fault is not None:
                child = start(fault)
                if child is None:
                    yield fault, None
                else:
                    running[child] = fault
        if running:
            child, status = os.wait()
            if os.waitstatus_to_exitcode(status) == BROKEN:
                raise RuntimeError(f"the tests could not be run on {running[child]}")
            yield running.pop(child), status != 0


def _judge_collected(bench: Bench, faults: Iterable[Fault], workers: int, tally: Tally) -> None:
    """Judge what can be judged with the project loaded."""
    for fault, noticed in _judge(faults, bench.start, workers):
        if noticed:
            tally.tell(fault, Verdict.NOTICED)
        elif noticed is None or bench.runs.run_at_import(fault):
            tally.tell(fault, Verdict.UNDECIDED)
        else:
            tally.tell(fault, Verdict.SURVIVED)


def _judge_by_import(runs: Runs, workers: int, tally: Tally) -> None:
    """Judge what is left, in processes that have not loaded the project yet."""
    left, tally.undecided = tally.undecided, []
    for fault, noticed in _judge(left, lambda fault: start_importing(fault, runs), workers):
        tally.tell(fault, Verdict.NOTICED if noticed else Verdict.SURVIVED)


def _with_all_collected(
    tests: list[str], faults: Iterable[Fault], workers: int, tally: Tally
) -> tuple[Runs, Tally] | None:
    """Judge in a process of its own, which loads the project; None if the tests fail."""
    with tempfile.NamedTemporaryFile() as file:
        result = Path(file.name)

        def judge(bench: Bench) -> None:
            for failing in bench.learn():
                _say(f"{failing} fails without a fault, and is left out\n")
            number = len(bench.runs.seconds)
            _say(f"{number} tests pass; a fault meets its own and {SECONDS_A_FAULT:.0f} s more\n")
            tally.started = time.monotonic()
            _judge_collected(bench, faults, workers, tally)
            result.write_bytes(pickle.dumps((bench.runs, tally)))

        child = fork()
        if not child:
            try:
                collect(tests, Bench(judge))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        told = result.read_bytes()
        return pickle.loads(told) if told else None  # noqa: S301 - our own


def main() -> int:
    """Return 0 if enough of the faults were noticed, 1 if not, 2 if nothing could be told."""
    paths = {module_name(path): path for path in sorted(CORE.rglob("*.py"))}
    given = _arguments(paths)
    os.chdir(ROOT)
    chosen = [path for asked in given.modules for name, path in paths.items() if _is(name, asked)]
    chosen = chosen or list(paths.values())
    for name in PRELOADED:
        importlib.import_module(name)
    began = time.time()
    total = sum(count_faults_of(path) for path in chosen)
    tally = Tally(-(-total // given.every))
    faults = (one for path in chosen for one in faults_of(path))
    sample = islice(faults, 0, None, given.every)
    told = _with_all_collected(given.tests, sample, given.workers, tally)
    if told is None:
        _say("the tests cannot be collected, or did not run to their end: nothing can be told\n")
        return 2
    runs, tally = told
    _judge_by_import(runs, given.workers, tally)
    share = tally.sum_up()
    if _newest_file() > began:
        _say("a file has changed meanwhile, which the tests may have noticed instead\n")
        return 2
    return 0 if share >= LEAST_KILLED else 1


def _arguments(paths: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", help="such as task.record, or task; all by default")
    parser.add_argument("--every", type=int, default=1, help="judge only each so-many-th fault")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--tests", nargs="+", default=TESTS, help="files and folders of tests")
    given = parser.parse_args()
    for name in given.modules:
        if not any(_is(path, name) for path in paths):
            parser.error(f"src/core has no {name}")
    return given


def _is(module: str, asked: str) -> bool:
    return module == asked or module.startswith(f"{asked}.")


def _newest_file() -> float:
    paths = (path for part in ("src", "tests") for path in (ROOT / part).rglob("*.py"))
    return max(path.stat().st_mtime for path in paths)


def _say(text: str) -> None:
    SCREEN.write(text)
    SCREEN.flush()


if __name__ == "__main__":
    sys.exit(main())

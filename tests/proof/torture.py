"""`make torture`: a million questions, with a progress bar, until an answer is wrong.

Each run of random steps has a seed of its own, which is shown when it fails and replays it alone.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence

from tests.proof import driver
from tests.proof.driver import QUESTIONS_A_RUN, STEPS_A_RUN, Run
from tests.proof.plan import Clocks

BAR = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; return 1 if an answer was wrong."""
    given = _arguments(arguments)
    clocks = Clocks.OFF if given.clocks_off else None
    started, counts, seed = time.monotonic(), Counter[str](), given.seed
    while (asked := _asked(counts)) < given.questions:
        left = min(QUESTIONS_A_RUN, given.questions - asked)
        one = Run(seed, given.steps, left, clocks=clocks)
        try:
            counts += driver.run(one).oracle.counts
        except Exception as error:  # noqa: BLE001 - whatever it is, it is shown and replayed
            _show_failure(error, one)
            return 1
        seed += 1
        _show_progress(_asked(counts), given.questions, time.monotonic() - started)
    _show_counts(counts, seed - given.seed)
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first run; 0 by default")
    parser.add_argument(
        "--questions", type=int, default=1_000_000, help="in all; 1,000,000 by default"
    )
    parser.add_argument(
        "--steps", type=int, default=STEPS_A_RUN, help=f"of each run; {STEPS_A_RUN} by default"
    )
    parser.add_argument(
        "--clocks-off",
        action="store_true",
        help="let agents' clocks be minutes off, and count what is wrong by it",
    )
    given = parser.parse_args(arguments)
    for name in ("questions", "steps"):
        if getattr(given, name) < 1:
            parser.error(f"--{name} is not a positive number")
    return given


def _asked(counts: Counter[str]) -> int:
    return counts["questions"] + counts["windows"]


def _show_progress(done: int, wanted: int, seconds: float) -> None:
    filled = BAR * done // wanted
    left = seconds / done * (wanted - done)
    bar = f"[{'#' * filled}{'.' * (BAR - filled)}]"
    sys.stdout.write(
        f"\r{bar} {done:,} of {wanted:,} questions, {done / seconds:,.0f}/s, {left:.0f} s left "
    )
    sys.stdout.flush()


def _show_counts(counts: Counter[str], runs: int) -> None:
    wrong = sum(count for name, count in counts.items() if name.startswith("wrong"))
    found = f"{wrong:,} promises broken by clocks" if wrong else "0 wrong answers"
    sys.stdout.write(f"\n{_asked(counts):,} questions in {runs:,} runs: {found}\n")
    for name, count in counts.most_common():
        sys.stdout.write(f"{count:>12,}  {name}\n")


def _show_failure(error: Exception, one: Run) -> None:
    sys.stdout.write(f"\nseed {one.seed}: {type(error).__name__}: {error}\n")
    sys.stdout.write("\n".join(getattr(error, "__notes__", ())))
    sys.stdout.write(
        f"\n\nReplay it: make torture SEED={one.seed} QUESTIONS={one.questions} STEPS={one.steps}\n"
    )


if __name__ == "__main__":
    sys.exit(main())

"""Owns `make torture`: millions of random steps, with a progress bar, until one goes wrong.

Each run of steps has a seed of its own, which is told when it fails and replays it alone.
"""

import argparse
import sys
import time

from tests.proof import driver

BAR = 40


def main() -> int:
    """Run from the command line; answers 1 if a run failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="of the first run; 0 by default")
    parser.add_argument("--steps", type=int, default=1_000_000, help="in all; 1,000,000 by default")
    given = parser.parse_args()
    if given.steps < 1:
        parser.error("--steps is not a positive number")
    started, done, seed = time.monotonic(), 0, given.seed
    while done < given.steps:
        steps = min(driver.STEPS_A_RUN, given.steps - done)
        try:
            driver.run(seed, steps)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told and replayed
            _show_failure(error, seed, steps)
            return 1
        done, seed = done + steps, seed + 1
        _show_progress(done, given.steps, time.monotonic() - started)
    sys.stdout.write(f"\n{done:,} steps in {seed - given.seed:,} runs: all as they should be\n")
    return 0


def _show_progress(done: int, steps: int, seconds: float) -> None:
    filled = BAR * done // steps
    left = seconds / done * (steps - done)
    bar = f"[{'#' * filled}{'.' * (BAR - filled)}]"
    sys.stdout.write(
        f"\r{bar} {done:,} of {steps:,} steps, {done / seconds:,.0f}/s, {left:.0f} s left "
    )
    sys.stdout.flush()


def _show_failure(error: Exception, seed: int, steps: int) -> None:
    sys.stdout.write(f"\nseed {seed}: {type(error).__name__}: {error}\n")
    sys.stdout.write("\n".join(getattr(error, "__notes__", ())))
    sys.stdout.write(f"\n\nReplay it: make torture SEED={seed} STEPS={steps}\n")


if __name__ == "__main__":
    sys.exit(main())

"""Puts a function of the local deployment on the estate's clock, before any of its code runs.

Python imports a `sitecustomize` that it finds on PYTHONPATH as it starts. The clock is a file that
both sides map into memory: eight aligned bytes, which a processor reads and writes at once, so a
reading is as cheap as a look into a list and never half of one value and half of the next.
"""

import mmap
import os
import time
from collections.abc import Callable
from pathlib import Path

NANOSECONDS = 1_000_000_000


def ahead_of_real(path: Path) -> Callable[[], int]:
    """Return what tells how many nanoseconds the estate's clock is ahead of the real one."""
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 8, access=mmap.ACCESS_READ)).cast("q")
    return lambda: int(mapped[0])


def install(path: Path) -> None:
    """Replace what tells the time of day; clocks that only measure go on as they are."""
    ahead, real = ahead_of_real(path), time.time_ns
    time.time_ns = lambda: real() + ahead()
    time.time = lambda: (real() + ahead()) / NANOSECONDS


if clock := os.environ.get("ESTATE_CLOCK"):
    install(Path(clock))

"""Processes that local/ starts: they end with it, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.processes import CommandError, run, running

# Says the ids of itself and of a child of its own, and stays.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(60)
"""
PARENT = """
import sys, time
from pathlib import Path
from local.processes import running
with running([sys.executable, "-c", sys.argv[1]], environment={}, log=Path(sys.argv[2])):
    time.sleep(60)
"""


def until[Value](answer: Callable[[], Value]) -> Value:
    """Wait until there is an answer."""
    end = time.monotonic() + 10
    while not (value := answer()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return value


def family(log: Path) -> list[int]:
    """Wait for the ids that FAMILY says."""
    words = until(lambda: log.read_text().split() if log.exists() else [])
    return [int(word) for word in words]


def lives(process_id: int) -> bool:
    """Return whether a process runs; one that ended and was not collected does not."""
    state = subprocess.run(
        ["ps", "-o", "state=", "-p", str(process_id)], capture_output=True, text=True, check=False
    ).stdout
    return state.strip() not in {"", "Z"}


def test_what_a_command_started_ends_with_it(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with running([sys.executable, "-c", FAMILY], environment={}, log=log):
        ids = family(log)
        assert all(map(lives, ids))
    assert not any(map(lives, ids))


def test_it_ends_even_when_we_are_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, FAMILY, log], cwd=Path(__file__).parents[2]
    )
    ids = family(log)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until(lambda: not any(map(lives, ids)))


def test_a_command_that_ignores_the_asking_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.processes._GRACE_SECONDS", 0.2)
    log = tmp_path / "log"
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + FAMILY
    with running([sys.executable, "-c", deaf], environment={}, log=log):
        ids = family(log)
    assert not any(map(lives, ids))


def test_a_failure_tells_the_last_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"(?s)failed:.*no such thing"):
        run(
            [sys.executable, "-c", "raise SystemExit('no such thing')"],
            environment={},
            log=tmp_path / "log",
        )

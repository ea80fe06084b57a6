"""`make run` as a person has it: a terminal, what is shown there, and how it ends."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

PROJECT = Path(__file__).parents[2]
ENDED_SECONDS = 40


@dataclass(frozen=True)
class Terminal:
    """A running `make run`, and what it has printed until it was ready."""

    process: subprocess.Popen[str]
    url: str
    screen: str
    folder: Path
    """Where all its temporary files are."""

    @property
    def exported(self) -> dict[str, str]:
        """The variables of the embedded AWS that it shows, to be pasted."""
        return dict(re.findall(r"^  export (AWS_\w+)=(\S+)$", self.screen, re.MULTILINE))

    def press_ctrl_c(self) -> str:
        """Interrupt all that runs in the foreground, as a terminal does; return the last words."""
        os.killpg(self.process.pid, signal.SIGINT)
        last, _ = self.process.communicate(timeout=ENDED_SECONDS)
        return last

    def started(self) -> set[int]:
        """List the processes that run because of it."""
        table = subprocess.run(
            ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
        ).stdout
        pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
        found = {self.process.pid}
        while more := {pid for pid, parent in pairs if parent in found} - found:
            found |= more
        return found


@contextmanager
def make_run(folder: Path, *variables: str) -> Iterator[Terminal]:
    """Run `make run` in a session of its own, with a folder for its temporary files."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}", *variables],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        screen = _read_until(process.stdout, "Ready after")
        yield Terminal(process, f"http://127.0.0.1:{port}", screen, folder)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _read_until(output: IO[str], words: str) -> str:
    """Read lines up to the one with these words."""
    lines = []
    for line in output:
        lines.append(line)
        if words in line:
            return "".join(lines)
    pytest.fail("it ended before it was ready:\n" + "".join(lines))


def lives(process_id: int) -> bool:
    """Return whether a process still runs."""
    state = subprocess.run(
        ["ps", "-o", "state=", "-p", str(process_id)], capture_output=True, text=True, check=False
    ).stdout
    return state.strip() not in {"", "Z"}

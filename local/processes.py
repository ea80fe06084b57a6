"""Processes that end, with all that they started, when we do."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

# The command runs in a session of its own, beside a watcher that reads our end of a pipe: should
# we be killed, the pipe closes and the watcher ends the whole group.
_WATCHED = 'exec 3<&0; { cat <&3; kill -TERM 0; } >/dev/null 2>&1 & exec "$@" 3<&- </dev/null'

_GRACE_SECONDS = 2.0


class CommandError(Exception):
    """A command failed; the text ends with the last lines that it printed."""


@contextmanager
def running(
    command: Sequence[str], *, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command that writes to `log`, and end it and all that it started."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", _WATCHED, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def run(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
    """Run a command to its end; raises CommandError with its last words."""
    with running(command, environment=environment, log=log) as process:
        if process.wait() != 0:
            raise CommandError(f"{' '.join(command[:2])} failed:\n{last_lines(log)}")


def last_lines(log: Path, count: int = 20) -> str:
    """Read the end of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the group: the command may end in its own way, what it leaves behind may not."""
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GRACE_SECONDS)
    _signal(process, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)

"""Runs `ecs-ip` as a person does: a process of its own, and what it leaves behind."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.stack import NAME, Stack

COMMAND = (sys.executable, "-m", "ecs_ip")

_SOURCES = Path(__file__).parents[2] / "cli" / "src"
_OF_A_PERSON = ("AWS_", "ECS_IP_")


@dataclass(frozen=True)
class Run:
    """How one run of the command ended, and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Read what it wrote, which has to be JSON."""
        assert self.out, self.err
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """Read what it wrote, which has to be JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command that finds the sources of this checkout."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_OF_A_PERSON) and name not in {"NO_COLOR", "TZ"}
    }
    return {**own, "PYTHONPATH": str(_SOURCES), "TZ": "UTC", **more}


def of_stack(stack: Stack) -> dict[str, str]:
    """Return the environment of who has the stack's credentials, and names it."""
    return environment(ECS_IP_STACK=NAME, **stack.aws.environment)


def ecs_ip(
    given: dict[str, str], *arguments: str, stdin: str = "", folder: Path | None = None
) -> Run:
    """Run the command to its end."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=given,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Run(done.returncode, done.stdout, done.stderr)


@contextmanager
def started(given: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command that runs until it is interrupted."""
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        env=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()

"""Many questions at once, read from a file: `ecs-ip who -f FILE`."""

from ecs_ip.errors import UsageError
from ecs_ip.invocation import Invocation


def answer_file(invocation: Invocation, file: str, *, resume: bool) -> int:
    """Answer each question of a file (`-` is standard input) and return the exit code."""
    del invocation, resume
    raise UsageError(f"{file}: many questions at once cannot be answered yet")

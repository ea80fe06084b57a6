"""The ways in which a command fails, each with its exit code; every message is one line."""

from typing import Any, Final

DONE: Final = 0
USAGE: Final = 2
NOT_ASKED: Final = 5
INCOMPLETE: Final = 6
INTERRUPTED: Final = 130  # as a shell reports SIGINT
BROKEN_PIPE: Final = 141  # as a shell reports SIGPIPE


class CommandError(Exception):
    """A command cannot do what it was asked; the text says what happened and what to do."""

    exit_code = NOT_ASKED


class UsageError(CommandError):
    """The command line, or a file that it names, asks for something impossible."""

    exit_code = USAGE


class ApiError(CommandError):
    """The API could not be asked, or refused the question.

    `status` is the HTTP status, or None when no answer came. `problem` is the RFC 9457 body, or
    an empty mapping when there was none.
    """

    def __init__(
        self, message: str, status: int | None = None, problem: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = problem or {}
        self.exit_code = USAGE if self.problem and status in _OF_THE_QUESTION else NOT_ASKED


# The API understood the question and rejected it: a bad parameter, an unknown cluster.
_OF_THE_QUESTION = frozenset({400, 404, 409})

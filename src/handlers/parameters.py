"""Reads the parameters of a request by type; one 400 names everything that is wrong."""

import re
from collections.abc import Callable, Mapping, Sequence

from core.answers.cursor import from_cursor, to_cursor
from core.answers.holders import Window
from core.text.arn import ClusterArn
from core.text.instant import Instant, from_parameter
from handlers.responses import refused

_LONGEST_TEXT = 400
"""Bytes of a parameter: no ECS name or id is longer, and DynamoDB limits its keys."""

_CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*", re.ASCII)


class Parameters:
    """The parameters of the query and of the path.

    Read each one, then call `check`. A method that finds an error notes it and returns None.
    """

    def __init__(
        self, values: Mapping[str, Sequence[str]], of_path: Mapping[str, str] | None = None
    ) -> None:
        self._values = values
        self._of_path = of_path or {}
        self._read: set[str] = set()
        self._errors: list[dict[str, str]] = []

    def text(self, name: str) -> str | None:
        """Read text, which may be given only once and must not be empty."""
        self._read.add(name)
        given = self._values.get(name, [])
        if len(given) > 1:
            self.refuse(name, "is given more than once")
        elif list(given) == [""]:
            self.refuse(name, "is empty")
        elif given and name == "cursor":
            return given[0]
        elif given:
            return self._parsed(name, given[0], _bounded)
        return None

    def parsed[Value](self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """Read text and parse it; the ValueError of `parse` is the reason of the error."""
        text = self.text(name)
        return None if text is None else self._parsed(name, text, parse)

    def path(self, name: str, parse: Callable[[str], str] = str) -> str:
        """Read a parameter of the path in the same way."""
        text = self._of_path[name]
        return self._parsed(name, text, lambda given: parse(_bounded(given))) or text

    def has(self, name: str) -> bool:
        """Return whether a parameter is given, valid or not."""
        return name in self._values

    def require(self, name: str) -> None:
        """Note an error if a parameter is missing."""
        if not self.has(name):
            self.refuse(name, "is missing")

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """Read one of several words."""
        text = self.text(name)
        if text is not None and text not in choices:
            self.refuse(name, f"must be one of: {', '.join(choices)}")
            return None
        return text

    def constant(self, name: str) -> str | None:
        """Read one of ECS's constants, which are upper case; new ones appear over time."""
        return self.parsed(name, _constant)

    def identifier(self, name: str, prefix: str) -> str | None:
        """Read an id of EC2, such as `subnet-0123`."""
        return self.parsed(name, lambda text: _identifier(text, prefix))

    def integer(self, name: str, *, default: int, least: int, most: int) -> int:
        """Read a whole number in a range."""
        text = self.text(name)
        if text is None:
            return default
        short_enough = len(text) <= len(str(most)) and text.isascii() and text.isdigit()
        if not (short_enough and least <= int(text) <= most):
            self.refuse(name, f"is not a whole number from {least} to {most}")
            return default
        return int(text)

    def instant(self, name: str, *, now: Instant) -> Instant | None:
        """Read an instant that is not in the future."""
        instant = self.parsed(name, from_parameter)
        if instant is not None and instant > now:
            self.refuse(name, "is in the future")
            return None
        return instant

    def cluster(self) -> tuple[str | None, ClusterArn | None]:
        """Read `cluster`, a short name or an ARN; return its short name, and its ARN if given."""
        text = self.text("cluster")
        if text is None or not text.startswith("arn:"):
            return text, None
        arn = self.parsed("cluster", ClusterArn)
        return arn.name if arn else None, arn

    def window(self, *, now: Instant, earliest: Instant) -> Window:
        """Read `from` and `to`; by default, the whole retention until now."""
        start, end = self.instant("from", now=now), self.instant("to", now=now)
        window = Window(earliest if start is None else start, now if end is None else end)
        if window.start >= window.end:
            if start is None and end is not None:
                self.refuse("to", "is not after the oldest record that is kept")
            else:
                self.refuse("from", "is not before `to`")
        return window

    def limit(self) -> int:
        """Read `limit`, the most items of a page."""
        return self.integer("limit", default=100, least=1, most=1000)

    def cursor[Position](self, path: str, read: Callable[[list[str]], Position]) -> Position | None:
        """Read `cursor`: a position in the list of this path and these filters."""
        scope = self._scope(path)
        return self.parsed("cursor", lambda text: from_cursor(text, scope, read))

    def next_cursor(
        self, path: str, position: Sequence[object] | None, *more: object
    ) -> str | None:
        """Return the cursor that continues at a position; None at the end of the list."""
        if position is None:
            return None
        parts = ["" if part is None else str(part) for part in (*more, *position)]
        return to_cursor(parts, self._scope(path))

    def refuse(self, name: str, reason: str) -> None:
        """Note an error of a parameter."""
        self._errors.append({"parameter": name, "reason": reason})

    def check(self) -> None:
        """Raise ProblemError if anything is wrong, including parameters that nobody read."""
        for name in self._values.keys() - self._read:
            self.refuse(name, "is not a parameter of this request")
        if self._errors:
            raise refused(sorted(self._errors, key=lambda error: error["parameter"]))

    def _parsed[Value](self, name: str, text: str, parse: Callable[[str], Value]) -> Value | None:
        try:
            return parse(text)
        except ValueError as error:
            self.refuse(name, str(error))
            return None

    def _scope(self, path: str) -> list[object]:
        """Return what identifies the list of a cursor: the path and filters of the request."""
        filters = {
            name: list(value)
            for name, value in self._values.items()
            if name not in {"cursor", "limit"}
        }
        return [path, filters]


def _bounded(text: str) -> str:
    """Return text that can be part of a key; raise ValueError for other text."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("is not valid Unicode") from None
    if size > _LONGEST_TEXT:
        raise ValueError(f"is longer than {_LONGEST_TEXT} bytes")
    return text


def _constant(text: str) -> str:
    if not _CONSTANT.fullmatch(text):
        raise ValueError("must be upper case, such as RUNNING or FARGATE")
    return text


def _identifier(text: str, prefix: str) -> str:
    if not text.startswith(prefix):
        raise ValueError(f"must begin with {prefix}")
    return text

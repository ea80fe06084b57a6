"""How the API speaks HTTP: parameters in, JSON and RFC 9457 problems out."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response

from core.instant import Instant, from_parameter


class ProblemError(Exception):
    """An answer other than success, as RFC 9457 has it."""

    def __init__(self, status: HTTPStatus, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.members = members


def answer(body: object) -> Response[str]:
    """Answer 200 with JSON."""
    return Response(HTTPStatus.OK, "application/json", json.dumps(body, separators=(",", ":")))


def problem(error: ProblemError, headers: Mapping[str, str] | None = None) -> Response[str]:
    """Answer with `application/problem+json`."""
    body = {
        "type": "about:blank",
        "title": error.status.phrase,
        "status": error.status,
        "detail": error.detail,
        **error.members,
    }
    return Response(
        error.status,
        "application/problem+json",
        json.dumps(body, separators=(",", ":")),
        headers=dict(headers or {}),
    )


class Parameters:
    """Query parameters, read by type; whatever is wrong with them is one 400 that names it all.

    Read each parameter, then call `check`. A method that finds fault notes it and answers None.
    """

    def __init__(self, values: Mapping[str, list[str]]) -> None:
        self._values = values
        self._read: set[str] = set()
        self._errors: list[dict[str, str]] = []

    def text(self, name: str) -> str | None:
        """Read text; it may be given once, and not empty."""
        self._read.add(name)
        given = self._values.get(name, [])
        if len(given) > 1:
            self.refuse(name, "is given more than once")
        elif given == [""]:
            self.refuse(name, "is empty")
        elif given:
            return given[0]
        return None

    def parsed[Value](self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """Read what `parse` makes of the text; its ValueError is the reason of a fault."""
        text = self.text(name)
        try:
            return None if text is None else parse(text)
        except ValueError as error:
            self.refuse(name, str(error))
            return None

    def path(self, name: str, text: str, parse: Callable[[str], str]) -> str:
        """Read a parameter of the path in the same way; it is percent-decoded first."""
        try:
            return parse(unquote(text))
        except ValueError as error:
            self.refuse(name, str(error))
            return text

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """Read one of some words."""
        text = self.text(name)
        if text is not None and text not in choices:
            self.refuse(name, f"is none of {', '.join(choices)}")
            return None
        return text

    def integer(self, name: str, *, default: int, least: int, most: int) -> int:
        """Read a whole number in a range."""
        text = self.text(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and least <= int(text[:12]) <= most):
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

    def scope(self, path: str) -> list[object]:
        """Name the list that a cursor of this request belongs to: its path and filters."""
        filters = {
            name: value for name, value in self._values.items() if name not in {"cursor", "limit"}
        }
        return [path, filters]

    def refuse(self, name: str, reason: str) -> None:
        """Note a fault of a parameter."""
        self._errors.append({"parameter": name, "reason": reason})

    def check(self) -> None:
        """Raise ProblemError if anything was wrong, parameters that nobody read included."""
        for name in self._values.keys() - self._read:
            self.refuse(name, "is not a parameter of this request")
        if self._errors:
            self._errors.sort(key=lambda error: error["parameter"])
            faults = "; ".join(f"{error['parameter']} {error['reason']}" for error in self._errors)
            raise ProblemError(HTTPStatus.BAD_REQUEST, faults, errors=self._errors)

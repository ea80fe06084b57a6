"""Routing: which function answers which method and path."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from handlers.requests import Request
from handlers.responses import ProblemError, Response


@dataclass(frozen=True)
class Route:
    """One route; `path` names its parameters in braces, as the template does."""

    method: str
    path: str
    answer: Callable[[Request], Response]

    @cached_property
    def _segments(self) -> list[str]:
        return self.path.split("/")

    def match(self, path: str) -> dict[str, str] | None:
        """Return the parameters in a path as the caller sent it; None if it does not match.

        Segments must match exactly. A trailing or doubled slash makes a different path; otherwise
        it would evade a policy that denies the path.
        """
        given = path.split("/")
        if len(given) != len(self._segments):
            return None
        parameters = {}
        for name, text in zip(self._segments, given, strict=True):
            if not name.startswith("{"):
                if name != text:
                    return None
            elif text in {"", "%2F", "%2f"}:
                return None
            else:
                parameters[name[1:-1]] = unquote(text)
        return parameters


def dispatch(routes: Sequence[Route], event: Mapping[str, Any]) -> Response:
    """Return the answer of the matching route; raise ProblemError if there is none."""
    method = str(event["httpMethod"])
    fitting = {
        route.method: (route, parameters)
        for route in routes
        if (parameters := _parameters(route, event)) is not None
    }
    if method in fitting:
        route, parameters = fitting[method]
        return route.answer(Request(event, parameters))
    if fitting:
        allowed = ", ".join(sorted(fitting))
        detail = f"{method} is not a method of this path; {allowed} is."
        raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers={"Allow": allowed})
    raise ProblemError(HTTPStatus.NOT_FOUND, "There is no such path.")


def _parameters(route: Route, event: Mapping[str, Any]) -> dict[str, str] | None:
    """Match a route by the path, or by what the gateway matched if a slash was escaped.

    A gateway that decodes `%2F` shows a path with more segments. It still says which route it
    matched, and with which parameters.
    """
    parameters = route.match(str(event["path"]))
    if parameters is None and event.get("resource") == route.path:
        given = {name: unquote(text) for name, text in (event.get("pathParameters") or {}).items()}
        if any("/" in text.strip("/") for text in given.values()):
            return None if any(text.endswith("/") for text in given.values()) else given
    return parameters

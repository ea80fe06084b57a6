"""A request to the API, as API Gateway passes it on."""

import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from math import isfinite
from typing import Any, NoReturn

from handlers.parameters import Parameters
from handlers.responses import ProblemError, invalid

_LARGEST_BODY = 256 * 1024
"""Bytes."""


@dataclass(frozen=True)
class Request:
    """One request."""

    event: Mapping[str, Any]
    path_parameters: Mapping[str, str]
    """Percent-decoded."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        return str(self.event["httpMethod"])

    @property
    def base(self) -> str:
        """The beginning of all paths: the stage, or what a custom domain maps to it."""
        whole = str((self.event.get("requestContext") or {}).get("path", ""))
        return whole.removesuffix("/").removesuffix(str(self.event["path"]).removesuffix("/"))

    @cached_property
    def headers(self) -> dict[str, str]:
        """The headers, by lower-cased name; repeated ones are joined."""
        given = self.event.get("multiValueHeaders") or {}
        return {name.lower(): ",".join(values) for name, values in given.items()}

    @cached_property
    def parameters(self) -> Parameters:
        """The query parameters and those of the path, to be read one by one."""
        values = self.event.get("multiValueQueryStringParameters") or {}
        return Parameters(values, self.path_parameters)

    @property
    def json_body(self) -> object:
        """The parsed body, which can come in base64; raise ProblemError if it is not valid."""
        body = self.event.get("body") or ""
        raw = b64decode(body) if self.event.get("isBase64Encoded") else body.encode()
        if len(raw) > _LARGEST_BODY:
            detail = f"The body is larger than {_LARGEST_BODY // 1024} KiB."
            raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise invalid("body", "is not UTF-8") from None
        try:
            return json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        except (ValueError, RecursionError):
            raise invalid("body", "is not JSON") from None


def _finite(text: str) -> float | str:
    """Parse a number; one too large for a float stays text, because JSON has no infinity."""
    number = float(text)
    return number if isfinite(number) else text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")

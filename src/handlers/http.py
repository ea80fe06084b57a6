"""How the API speaks HTTP: parameters in; JSON, other text and RFC 9457 problems out."""

import json
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools.event_handler import Response

from core.arn import ClusterArn
from core.cursor import from_cursor, to_cursor
from core.history import Window
from core.instant import Instant, from_parameter

JSON = "application/json"
PROBLEM = "application/problem+json"

_LARGEST_ANSWER = 6 * 1024 * 1024 - 4096
"""Lambda takes six megabytes from a function, headers and JSON escapes included."""
_WORTH_COMPRESSING = 1_400
"""Less fits one packet anyway."""
_LONGEST_TEXT = 400
"""Bytes of a parameter: no name or id that ECS gives is longer, and DynamoDB's keys have bounds."""


class ProblemError(Exception):
    """An answer other than success, as RFC 9457 has it."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = dict(headers or {})
        self.body = {
            "type": "about:blank",
            "title": status.phrase,
            "status": int(status),
            "detail": detail,
            **members,
        }


def answer(body: object) -> Response[str]:
    """Answer 200 with JSON."""
    return Response(HTTPStatus.OK, JSON, compact(body))


def problem(error: ProblemError) -> Response[str]:
    """Answer with `application/problem+json`."""
    return Response(error.status, PROBLEM, compact(error.body), headers=error.headers)


def compact(body: object) -> str:
    """Write JSON without spaces."""
    return json.dumps(body, separators=(",", ":"))


def long_answer(
    pieces: Iterable[str], content_type: str, event: Mapping[str, Any], *, tagged: bool = False
) -> Response[str]:
    """Answer 200 with a text, compressed piece by piece as it comes if the caller takes that.

    With `tagged`, the answer has an entity tag, and is a 304 where the caller has it already.
    """
    digest = blake2b(content_type.encode(), digest_size=12)
    encoded = _digested(pieces, digest)
    headers: dict[str, str | list[str]] = {}
    compressed = takes_gzip(event)
    if compressed:
        body = b64encode(_gzipped(encoded)).decode()
        headers["Content-Encoding"] = "gzip"
    else:
        body = b"".join(encoded).decode()
    if tagged:
        tag = f'W/"{digest.hexdigest()}"'
        headers |= {"ETag": tag, "Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
        if _has(tag, _headers(event).get("if-none-match", "")):
            headers.pop("Content-Encoding", None)
            return Response(HTTPStatus.NOT_MODIFIED, headers=headers)
    response = Response(HTTPStatus.OK, content_type, body, headers=headers)
    response.base64_encoded = compressed
    return response


def _digested(pieces: Iterable[str], digest: blake2b) -> Iterator[bytes]:
    for piece in pieces:
        encoded = piece.encode()
        digest.update(encoded)
        yield encoded


def _has(tag: str, if_none_match: str) -> bool:
    known = [entry.strip().removeprefix("W/") for entry in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    given = event.get("multiValueHeaders") or {}
    return {name.lower(): ",".join(values) for name, values in given.items()}


def takes_gzip(event: Mapping[str, Any]) -> bool:
    """Tell whether the caller takes gzip.

    Bytes reach the caller as bytes only if the request has an `Accept` header: without one, API
    Gateway passes base64 on as it is.
    """
    headers = _headers(event)
    return bool(headers.get("accept")) and _quality("gzip", headers.get("accept-encoding", "")) > 0


def finished(response: dict[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    """Compress the answer where that is worth it; one that Lambda would not take is a problem."""
    body = response.get("body") or ""
    headers = {"Vary": ["Accept-Encoding"], **response.get("multiValueHeaders", {})}
    is_plain = not response.get("isBase64Encoded")
    if is_plain and len(body) >= _WORTH_COMPRESSING and takes_gzip(event):
        body = b64encode(_gzipped([body.encode()])).decode()
        headers["Content-Encoding"] = ["gzip"]
        is_plain = False
    response = {
        **response,
        "body": body,
        "isBase64Encoded": not is_plain,
        "multiValueHeaders": headers,
    }
    if len(body) > _LARGEST_ANSWER or (
        len(body) > _LARGEST_ANSWER // 6 and len(compact(response)) > _LARGEST_ANSWER
    ):
        return _too_large(compressed=not is_plain)
    return response


def _too_large(*, compressed: bool) -> dict[str, Any]:
    if compressed:
        status = HTTPStatus.INTERNAL_SERVER_ERROR
        detail = "The answer is larger than can be sent; ask for less."
    else:
        status = HTTPStatus.NOT_ACCEPTABLE
        detail = (
            "The answer is larger than can be sent uncompressed; ask with"
            " `Accept-Encoding: gzip` and an `Accept` header."
        )
    return {
        "statusCode": int(status),
        "body": compact(ProblemError(status, detail).body),
        "isBase64Encoded": False,
        "multiValueHeaders": {"Content-Type": [PROBLEM]},
    }


def negotiated(accept: str | None, offers: tuple[str, ...]) -> str:
    """Choose a media type by an `Accept` header, the first offer of equals; 406 if none fits."""
    if not accept:
        return offers[0]
    best = max(offers, key=lambda offer: _quality(offer, accept))
    if _quality(best, accept) <= 0:
        raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"There are only {', '.join(offers)}.")
    return best


def _quality(offer: str, header: str) -> float:
    """Weigh an offer by the most specific entry of an `Accept...` header that speaks of it."""
    weights: dict[int, float] = {}
    for entry in header.lower().split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        patterns = (offer, f"{offer.split('/', maxsplit=1)[0]}/*", "*/*" if "/" in offer else "*")
        if name in patterns:
            texts = [text[2:].strip() for text in parameters if text.startswith("q=")]
            weights.setdefault(patterns.index(name), _weight(texts[0] if texts else "1"))
    return weights[min(weights)] if weights else 0.0


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _gzipped(pieces: Iterable[bytes]) -> bytes:
    stream = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)  # 16 asks for gzip's own header
    return b"".join(stream.compress(piece) for piece in pieces) + stream.flush()


def _bounded(text: str) -> str:
    """Take text that can be part of a key; raises ValueError for other."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise ValueError("is not valid Unicode") from None
    if size > _LONGEST_TEXT:
        raise ValueError(f"is longer than {_LONGEST_TEXT} bytes")
    return text


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
        elif given and name == "cursor":
            return given[0]
        elif given:
            try:
                return _bounded(given[0])
            except ValueError as error:
                self.refuse(name, str(error))
        return None

    def parsed[Value](self, name: str, parse: Callable[[str], Value]) -> Value | None:
        """Read what `parse` makes of the text; its ValueError is the reason of a fault."""
        text = self.text(name)
        try:
            return None if text is None else parse(text)
        except ValueError as error:
            self.refuse(name, str(error))
            return None

    def path(self, name: str, text: str, parse: Callable[[str], str] = str) -> str:
        """Read a parameter of the path in the same way; it is percent-decoded first."""
        text = unquote(text)
        try:
            return parse(_bounded(text))
        except ValueError as error:
            self.refuse(name, str(error))
            return text

    def has(self, name: str) -> bool:
        """Tell whether a parameter is given, rightly or not."""
        return name in self._values

    def require(self, name: str) -> None:
        """Note a parameter that is missing."""
        if not self.has(name):
            self.refuse(name, "is missing")

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
        """Read `cluster`, a short name or an ARN; answers its short name, and its ARN if given."""
        text = self.text("cluster")
        if text is None or not text.startswith("arn:"):
            return text, None
        arn = self.parsed("cluster", ClusterArn)
        return arn.name if arn else None, arn

    def window(self, *, now: Instant, covered_from: Instant | None) -> Window:
        """Read `from` and `to`; without, all that is covered until now."""
        start, end = self.instant("from", now=now), self.instant("to", now=now)
        window = Window(
            (covered_from or 0) if start is None else start, now if end is None else end
        )
        if start is not None and window.start >= window.end:
            self.refuse("from", "is not before `to`")
        elif end is not None and window.start >= window.end:
            self.refuse("to", "is not after `from`, which is where the coverage begins")
        return window

    def limit(self) -> int:
        """Read `limit`, how much a page holds at most."""
        return self.integer("limit", default=100, least=1, most=1000)

    def cursor(self, path: str, *, length: int) -> list[str] | None:
        """Read `cursor`: the parts of a position in the list of this path and these filters."""
        scope = self.scope(path)
        return self.parsed("cursor", lambda text: from_cursor(text, scope, length=length))

    def next_cursor(self, path: str, position: Sequence[object] | None) -> str | None:
        """Write the cursor that goes on at a position; None where the list is at its end."""
        if position is None:
            return None
        parts = ["" if part is None else str(part) for part in position]
        return to_cursor(parts, self.scope(path))

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

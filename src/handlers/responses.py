"""A response of the API: JSON, other text, or an RFC 9457 problem, compressed if worthwhile."""

import json
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from http import HTTPStatus
from itertools import batched, chain
from types import MappingProxyType
from typing import Any, NamedTuple

JSON = "application/json"
PROBLEM = "application/problem+json"

_LARGEST_ANSWER = 6 * 1024 * 1024 - 4096
"""Bytes: a Lambda response can have six megabytes, including headers and JSON escapes."""
_WORTH_COMPRESSING = 1_400
"""Bytes: smaller responses fit one packet anyway."""
_ENCODER = json.JSONEncoder(separators=(",", ":"))  # `json.dumps` would make one each time
_PIECES_AT_ONCE = 100
"""Compressing each piece of a list on its own takes longer."""


class Response(NamedTuple):
    """A response, whose text may come in pieces."""

    status: HTTPStatus
    content_type: str | None
    pieces: Iterable[str] = ()
    headers: Mapping[str, str] = MappingProxyType({})
    tagged: bool = False
    """It has an entity tag, and becomes a 304 if the caller already has it."""


class ProblemError(Exception):
    """An error response, as in RFC 9457."""

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

    @property
    def response(self) -> Response:
        """The response, as `application/problem+json`."""
        return Response(self.status, PROBLEM, [compact(self.body)], self.headers)


def invalid(name: str, reason: str) -> ProblemError:
    """Return the problem of one invalid parameter."""
    return refused([{"parameter": name, "reason": reason}])


def refused(errors: Sequence[dict[str, str]]) -> ProblemError:
    """Return the problem that names all invalid parameters."""
    detail = "; ".join(f"{error['parameter']} {error['reason']}" for error in errors)
    return ProblemError(HTTPStatus.BAD_REQUEST, detail, errors=list(errors))


def success(body: object) -> Response:
    """Return a 200 with JSON."""
    return Response(HTTPStatus.OK, JSON, [compact(body)])


def compact(body: object) -> str:
    """Return JSON without spaces."""
    return _ENCODER.encode(body)


def json_list(pieces: Iterable[str]) -> Iterator[str]:
    """Yield a JSON list, some pieces at a time."""
    separator = "["
    for some in batched(pieces, _PIECES_AT_ONCE, strict=False):
        yield separator + ",".join(some)
        separator = ","
    yield "[]" if separator == "[" else "]"


def negotiated(accept: str | None, offers: Sequence[str]) -> str:
    """Return the offer that an `Accept` header prefers, the first if equal; 406 if none fits."""
    if not accept:
        return offers[0]
    best = max(offers, key=lambda offer: _quality(offer, accept))
    if _quality(best, accept) <= 0:
        raise ProblemError(HTTPStatus.NOT_ACCEPTABLE, f"There are only {', '.join(offers)}.")
    return best


def to_gateway(response: Response, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return a response for API Gateway; `headers` are the request's, lower-cased.

    API Gateway decodes base64 only if the request has an `Accept` header, so without one nothing
    can be compressed.
    """
    may_compress = bool(headers.get("accept")) and (
        _quality("gzip", headers.get("accept-encoding", "")) > 0
    )
    digest = blake2b(str(response.content_type).encode(), digest_size=12)
    body, compressed = _body(_digested(response.pieces, digest), may_compress=may_compress)
    given = {"Vary": "Accept-Encoding", **response.headers}
    if response.content_type is not None:
        given["Content-Type"] = response.content_type
    if response.tagged:
        tag = f'W/"{digest.hexdigest()}"'
        given |= {"ETag": tag, "Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
        if _has(tag, headers.get("if-none-match", "")):
            del given["Content-Type"]
            return _written(HTTPStatus.NOT_MODIFIED, given, "", is_base64=False)
    if compressed:
        given["Content-Encoding"] = "gzip"
    written = _written(response.status, given, body, is_base64=compressed)
    # A character takes at most twelve bytes in JSON, so smaller bodies need not be measured.
    if len(body) > _LARGEST_ANSWER // 12 and len(compact(written)) > _LARGEST_ANSWER:
        return to_gateway(_too_large(compressed=compressed).response, {})
    return written


def _written(
    status: HTTPStatus, headers: Mapping[str, str], body: str, *, is_base64: bool
) -> dict[str, Any]:
    return {
        "statusCode": int(status),
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": body,
        "isBase64Encoded": is_base64,
    }


def _too_large(*, compressed: bool) -> ProblemError:
    if compressed:
        detail = "The answer is larger than can be sent; ask for less."
        return ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
    detail = (
        "The answer is larger than can be sent uncompressed; ask with"
        " `Accept-Encoding: gzip` and an `Accept` header."
    )
    return ProblemError(HTTPStatus.NOT_ACCEPTABLE, detail)


def _body(pieces: Iterator[bytes], *, may_compress: bool) -> tuple[str, bool]:
    """Join the pieces, compressed on the way if there are many; return whether they are."""
    if not may_compress:
        return b"".join(pieces).decode(), False
    begun = b""
    for piece in pieces:
        begun += piece
        if len(begun) >= _WORTH_COMPRESSING:
            return b64encode(_gzipped(chain([begun], pieces))).decode(), True
    return begun.decode(), False


def _gzipped(pieces: Iterable[bytes]) -> bytes:
    stream = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)  # 16 asks for gzip's own header
    return b"".join(stream.compress(piece) for piece in pieces) + stream.flush()


def _digested(pieces: Iterable[str], digest: blake2b) -> Iterator[bytes]:
    for piece in pieces:
        encoded = piece.encode()
        digest.update(encoded)
        yield encoded


def _has(tag: str, if_none_match: str) -> bool:
    known = [entry.strip().removeprefix("W/") for entry in if_none_match.split(",")]
    return "*" in known or tag.removeprefix("W/") in known


def _quality(offer: str, header: str) -> float:
    """Return the weight of an offer by the most specific match in an `Accept...` header."""
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

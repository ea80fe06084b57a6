"""Cursors: where a paged list continues, bound to the list that they belong to."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from hashlib import blake2b

from core.text.instant import FAR_FUTURE, Instant

_DIGEST_BYTES = 9
_LONGEST = 4_000
_LONGEST_PART = 900
"""Characters: DynamoDB takes sort keys of 1,024 bytes."""


def to_cursor(position: Sequence[str], scope: object) -> str:
    """Encode a position as opaque text that is valid for one scope: the path and its filters.

    `scope` is any JSON value. The digest guards against mistakes, not against forgery: a cursor
    gives no access that its bearer does not have anyway.
    """
    payload = json.dumps(position, separators=(",", ":")).encode()
    return _text(_digest(payload, scope) + payload)


def from_cursor[Position](
    text: str, scope: object, read: Callable[[list[str]], Position]
) -> Position:
    """Decode a position; raise ValueError for any other cursor, including a forged one.

    `read` builds a position from its parts, and may raise ValueError.
    """
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        digest, payload = raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]
        if len(text) > _LONGEST or _text(raw) != text or digest != _digest(payload, scope):
            raise ValueError  # noqa: TRY301 - as for every other fault of a cursor
        return read(_parts(json.loads(payload)))
    except (ValueError, RecursionError):
        raise ValueError("is not a cursor of this request") from None


def part_of_key(text: str) -> str:
    """Return a part that is, or begins, a key of the table; raise ValueError for any other."""
    if not 0 < len(text) <= _LONGEST_PART or not text.isascii() or not text.isprintable():
        raise ValueError("is not part of a key")
    return text


def part_instant(text: str) -> Instant:
    """Parse a part that is an instant; raise ValueError for any other."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(FAR_FUTURE))):
        raise ValueError("is not an instant")
    return int(text)


def _parts(payload: object) -> list[str]:
    if not isinstance(payload, list) or not all(isinstance(part, str) for part in payload):
        raise ValueError("is not a list of texts")
    return payload


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _digest(payload: bytes, scope: object) -> bytes:
    key = json.dumps(scope, sort_keys=True, separators=(",", ":")).encode()
    return blake2b(key + b"\0" + payload, digest_size=_DIGEST_BYTES).digest()

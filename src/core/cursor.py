"""Cursors: where a paged list goes on, bound to the list that it belongs to."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

_DIGEST_BYTES = 9


def to_cursor(position: Sequence[str], scope: object) -> str:
    """Write a position as opaque text that holds for one scope: the path and its filters.

    `scope` is anything that JSON can hold. The digest guards against mistakes, not against
    forgery: a cursor opens nothing that its bearer may not read anyway.
    """
    payload = json.dumps(position, separators=(",", ":")).encode()
    return _text(_digest(payload, scope) + payload)


def from_cursor(text: str, scope: object, *, length: int) -> list[str]:
    """Read back a position of `length` parts; raises ValueError for any other cursor."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    digest, payload = raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:]
    if _text(raw) != text or digest != _digest(payload, scope):
        raise ValueError("is not a cursor of this request")
    position = json.loads(payload)
    if len(position) != length:
        raise ValueError("is not a cursor of this request")
    return [str(part) for part in position]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _digest(payload: bytes, scope: object) -> bytes:
    key = json.dumps(scope, sort_keys=True, separators=(",", ":")).encode()
    return blake2b(key + b"\0" + payload, digest_size=_DIGEST_BYTES).digest()

"""The proof suite's own reckoning of time, which shares nothing with the core's."""

from datetime import UTC, datetime
from functools import lru_cache

type Instant = int
"""Milliseconds since 1970."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=200_000)
def written(instant: Instant) -> str:
    """Write an instant as ECS does: a fraction's trailing zeros are left out."""
    seconds, milliseconds = divmod(instant, SECOND)
    fraction = f".{milliseconds:03}".rstrip("0").rstrip(".")
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{fraction}Z"


@lru_cache(maxsize=200_000)
def read(text: str) -> Instant:
    """Read any RFC 3339 text."""
    since = datetime.fromisoformat(text) - _BEGINNING
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds // 1_000


START: Instant = read("2026-11-01T00:00:00Z")
"""When every story of the suite begins."""

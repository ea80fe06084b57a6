"""Instants: whole milliseconds since 1970 in UTC, and their text form."""

import re
from datetime import UTC, datetime

type Instant = int
"""Milliseconds since 1970-01-01T00:00:00Z."""

type Duration = int
"""Milliseconds."""

SECOND: Duration = 1_000
MINUTE: Duration = 60 * SECOND
HOUR: Duration = 60 * MINUTE
DAY: Duration = 24 * HOUR

FAR_FUTURE: Instant = 9_999_999_999_999
"""2286-11-20: later than any instant accepted here, and still thirteen digits."""

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_EPOCH_SECONDS = re.compile(r"\d{1,10}(\.\d{1,9})?", re.ASCII)
_EPOCH_MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
"""Fewer digits would mean a time before 2001, which can only be a mistake."""
_NEARLY = (
    (re.compile(r"\d{4}-\d\d-\d\d"), "is a date alone; add a time, such as T03:12:00Z"),
    (
        re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?"),
        "has no time zone; add Z, or an offset such as +01:00 (in a URL: %2B01:00)",
    ),
    (
        re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)? \d\d:?\d\d"),
        "has a blank where its offset begins; in a URL, write + as %2B",
    ),
    (
        re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d([Zz]|[+-]\d\d:?\d\d)"),
        "has no seconds",
    ),
    (
        re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(\d\d)?"),
        "has an offset that is not of the form +01:00",
    ),
)
"""What is missing from text that is nearly an instant."""


def from_text(text: str) -> Instant:
    """Parse RFC 3339 text with any fraction and offset; drop digits past the millisecond.

    Raise ValueError for anything else, and for instants before 1970 or after 2286.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("is not an RFC 3339 timestamp")
    date, time, fraction, offset = match.groups()
    try:
        if offset[4:] > "59":  # Python would take 99 minutes
            raise ValueError  # noqa: TRY301 - as for any other time that is not real
        whole = datetime.fromisoformat(f"{date}T{time}{offset.upper()}")
    except ValueError:
        raise ValueError("is not a real date and time") from None
    return _checked(_whole_seconds(whole) * SECOND + int((fraction or "")[:3].ljust(3, "0")))


def from_epoch(seconds: float) -> Instant:
    """Convert seconds since 1970, as ECS sends them; raise ValueError as `from_text` does."""
    if not 0 <= seconds < FAR_FUTURE / SECOND:
        raise ValueError("is not between 1970 and 2286")
    return _checked(round(seconds * SECOND))


def from_datetime(moment: datetime) -> Instant:
    """Convert an aware datetime, as boto3 returns it; raise ValueError as `from_text` does."""
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    return _checked(_whole_seconds(moment) * SECOND + moment.microsecond // 1_000)


def from_parameter(text: str) -> Instant:
    """Parse an instant as people type it: RFC 3339, or epoch seconds or milliseconds.

    Raise ValueError for other text; it says what is missing if the text is nearly an instant.
    """
    if _EPOCH_SECONDS.fullmatch(text):
        return from_epoch(float(text))
    if _EPOCH_MILLISECONDS.fullmatch(text):
        return _checked(int(text))
    for pattern, lacking in _NEARLY:
        if pattern.fullmatch(text):
            raise ValueError(lacking)
    try:
        return from_text(text)
    except ValueError as error:
        raise ValueError(f"{error}, nor a number of epoch seconds or milliseconds") from None


def to_text(instant: Instant) -> str:
    """Format as RFC 3339 in UTC with exactly three fraction digits: `2025-05-06T11:02:17.190Z`."""
    seconds, milliseconds = divmod(instant, SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}.{milliseconds:03}Z"


def _whole_seconds(moment: datetime) -> int:
    return int(moment.replace(microsecond=0).timestamp())


def _checked(instant: Instant) -> Instant:
    if not 0 <= instant < FAR_FUTURE:
        raise ValueError("is not between 1970 and 2286")
    return instant

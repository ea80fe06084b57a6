"""Lives of tasks drawn as bars over a time: certain solid, only possible hatched."""

from datetime import datetime

from ecs_ip.records import Record

WIDTH = 24

_MARKS = {"certain": "█", "possible": "░", "none": "·"}
_PLAIN_MARKS = {"certain": "#", "possible": "~", "none": "."}


def bar(record: Record, first: datetime, last: datetime, encoding: str | None) -> str:
    """Draw when a task had its address, between two instants."""
    marks = _marks(encoding)
    step = (last - first) / WIDTH
    cells = [(first + step * number, first + step * (number + 1)) for number in range(WIDTH)]
    return "".join(marks[_state(record, begin, end)] for begin, end in cells)


def legend(encoding: str | None) -> str:
    """Return the legend of a bar."""
    return ", ".join(f"{mark} {state}" for state, mark in _marks(encoding).items())


def _marks(encoding: str | None) -> dict[str, str]:
    return _MARKS if _can_write(encoding) else _PLAIN_MARKS


def _state(record: Record, begin: datetime, end: datetime) -> str:
    """Return what a cell of the bar shows; certain for a part of it is certain."""
    estimated = record.get("attachedAtEstimated")
    if not estimated and _overlaps(record, "attachedAt", "releasedNotBefore", begin, end):
        return "certain"
    if _overlaps(record, "attachedNotBefore", "releasedAt", begin, end):
        return "possible"
    return "none"


def _overlaps(record: Record, start: str, stop: str, begin: datetime, end: datetime) -> bool:
    had, lost = instant(record.get(start)), instant(record.get(stop))
    return had is not None and had < end and (lost is None or begin < lost)


def instant(text: str | None) -> datetime | None:
    """Parse an instant in the API's form."""
    return None if text is None else datetime.fromisoformat(text)


def _can_write(encoding: str | None) -> bool:
    try:
        "".join(_MARKS.values()).encode(encoding or "ascii")
    except (LookupError, UnicodeError):
        return False
    return True

"""Lives of tasks drawn as bars over a time: certain solid, only possible hatched."""

from datetime import datetime

from ecs_ip.ends import OPEN, End
from ecs_ip.holding import certain_until
from ecs_ip.records import Record

Bounds = tuple[datetime | None, datetime | None]

WIDTH = 24

_MARKS = {"certain": "█", "possible": "░", "none": "·"}
_PLAIN_MARKS = {"certain": "#", "possible": "~", "none": "."}


def bar(
    record: Record, first: datetime, last: datetime, encoding: str | None, end: End = OPEN
) -> str:
    """Draw when a task had its address, between two instants."""
    marks = _marks(encoding)
    certain, possible = _bounds(record, end)
    step = (last - first) / WIDTH
    cells = [(first + step * number, first + step * (number + 1)) for number in range(WIDTH)]
    return "".join(marks[_state(certain, possible, cell)] for cell in cells)


def legend(encoding: str | None) -> str:
    """Return the legend of a bar."""
    return ", ".join(f"{mark} {state}" for state, mark in _marks(encoding).items())


def _marks(encoding: str | None) -> dict[str, str]:
    return _MARKS if _can_write(encoding) else _PLAIN_MARKS


def _bounds(record: Record, end: End) -> tuple[Bounds, Bounds]:
    """Return between when a task certainly and possibly had its address; None is open.

    Nothing is certain beyond the last proof where a record has no end and another task may have
    had its address since; the first proof is the last one then, if no later one is known.
    """
    begun, released = record.get("attachedAt"), record.get("releasedAt")
    last = certain_until(record, end)
    if last is None and (released or not end.is_open):
        last = begun
    if record.get("attachedAtEstimated"):
        begun = None
    over = min(filter(None, (released, end.over)), default=None)
    return (
        (instant(begun), instant(last)),
        (instant(record.get("attachedNotBefore")), instant(over)),
    )


def _state(certain: Bounds, possible: Bounds, cell: tuple[datetime, datetime]) -> str:
    """Return what a cell of the bar shows; certainty for a part of it is certainty."""
    if _overlaps(certain, cell):
        return "certain"
    return "possible" if _overlaps(possible, cell) else "none"


def _overlaps(bounds: Bounds, cell: tuple[datetime, datetime]) -> bool:
    (had, lost), (begin, end) = bounds, cell
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

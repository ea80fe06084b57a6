"""Decides which times of a line can be meant: a broken line must not cost many questions."""

import time
from collections.abc import Iterator

from ecs_ip.rows import BadRow, Row

_DAY = 86_400_000
LONGEST = 400 * _DAY
# The clock of whatever wrote the line can be ahead of this machine's.
_AHEAD = 300_000

Rows = Iterator[tuple[int, Row | BadRow]]


def checked(rows: Rows) -> Rows:
    """Return rows, where a time that cannot be meant makes a row one that cannot be read."""
    for number, row in rows:
        fault = "" if isinstance(row, BadRow) else _fault(row)
        yield number, BadRow(fault) if fault else row


def _fault(row: Row) -> str:
    if row.start is None or row.end is None:
        return ""
    if row.start < 0:
        return "its time is before 1970"
    if row.end - 1 > time.time() * 1000 + _AHEAD:
        return "its time is in the future"
    if row.end - row.start > LONGEST:
        return f"its time spans {(row.end - row.start) // _DAY:,} days, 400 at most can be meant"
    return ""

"""Owns how rows of CSV end: with line feeds, and with every cell quoted that needs it."""

import csv
import sys
from collections.abc import Iterable
from typing import Any, Protocol

_END = "\r\n"


class Writes(Protocol):
    """What text can be written to."""

    def write(self, text: str, /) -> Any:
        """Write it."""
        ...


class WritesRows(Protocol):
    """What rows can be written with."""

    def writerow(self, row: Iterable[Any], /) -> Any:
        """Write one row."""
        ...

    def writerows(self, rows: Iterable[Iterable[Any]], /) -> Any:
        """Write rows."""
        ...


def row_writer(stream: Writes) -> WritesRows:
    """Return what writes rows as RFC 4180 has it, with line feeds."""
    # Before 3.13, a carriage return in a cell is quoted only if it is part of the terminator.
    old = sys.version_info < (3, 13)
    return csv.writer(_LineFeeds(stream) if old else stream, lineterminator=_END if old else "\n")


class _LineFeeds:
    """Takes rows, each in one piece, and ends them with a line feed."""

    def __init__(self, stream: Writes) -> None:
        self._stream = stream

    def write(self, row: str, /) -> None:
        self._stream.write(row.removesuffix(_END) + "\n")

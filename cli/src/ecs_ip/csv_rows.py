"""How rows of CSV end: with line feeds, and with every cell quoted that needs it."""

import csv
import sys
from collections.abc import Iterable
from typing import Any, Protocol

_END = "\r\n"


class Writes(Protocol):
    """Anything that text can be written to."""

    def write(self, text: str, /) -> Any:
        """Write text."""
        ...


class WritesRows(Protocol):
    """Anything that writes rows."""

    def writerow(self, row: Iterable[Any], /) -> Any:
        """Write one row."""
        ...

    def writerows(self, rows: Iterable[Iterable[Any]], /) -> Any:
        """Write rows."""
        ...


def row_writer(stream: Writes) -> WritesRows:
    """Return a writer of rows as in RFC 4180, but with line feeds."""
    # Before 3.13, a carriage return in a cell is quoted only if it is part of the terminator.
    old = sys.version_info < (3, 13)
    return csv.writer(_LineFeeds(stream) if old else stream, lineterminator=_END if old else "\n")


class _LineFeeds:
    """Takes rows, each as one text, and ends them with a line feed."""

    def __init__(self, stream: Writes) -> None:
        self._stream = stream

    def write(self, row: str, /) -> None:
        self._stream.write(row.removesuffix(_END) + "\n")

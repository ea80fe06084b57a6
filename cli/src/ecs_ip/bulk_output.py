"""Writes many rows: as they come, in order, and resumable at the exact byte."""

import io
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import BinaryIO

from ecs_ip import text
from ecs_ip.csv_rows import row_writer
from ecs_ip.errors import CommandError, UsageError
from ecs_ip.options import Options
from ecs_ip.output import format_of

_WIDEST = 60


class BulkOutput:
    """A file or standard output to which rows are appended."""

    def __init__(self, options: Options) -> None:
        self._path = options.out
        self._file: BinaryIO | None = None
        self.written = 0
        terminal = options.out is None and sys.stdout.isatty()
        self.format = format_of(options, terminal=terminal)

    def open(self, written: int = 0) -> None:
        """Open the file, cut to the bytes that an interrupted run recorded."""
        if self._path is None:
            return
        try:
            if written and self._path.stat().st_size < written:
                raise UsageError(
                    f"--out: {self._path} is shorter than the interrupted run left it: "
                    "leave --resume out"
                )
            self._file = self._path.open("r+b" if written else "wb")
            self._file.truncate(written)
            self._file.seek(written)
        except OSError as error:
            raise UsageError(f"--out: {self._path} cannot be written: {error.strerror}") from None
        self.written = written

    def write(self, content: str) -> None:
        """Append, and flush to the operating system."""
        if self._file is None:
            sys.stdout.write(content)
            sys.stdout.flush()
            return
        packed = content.encode("utf-8", "surrogateescape")
        try:
            self._file.write(packed)
            self._file.flush()
        except OSError as error:
            raise CommandError(f"--out: {self._path} cannot be written: {error.strerror}") from None
        self.written += len(packed)

    def close(self) -> None:
        """Close the file."""
        if self._file:
            with suppress(OSError):  # what could not be written was told when it was tried
                self._file.close()


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV; no cell is a spreadsheet formula."""
    stream = io.StringIO()
    row_writer(stream).writerows(map(_harmless, rows))
    return stream.getvalue()


def _harmless(row: Sequence[str]) -> Sequence[str]:
    """Change the cells that a spreadsheet could take for formulas; few rows have any."""
    joined = _BETWEEN.join(row)
    if joined.count(_BETWEEN) == len(row) - 1 and not _SUSPECT.search(joined):
        return row
    return [value if value == "-" else text.cell(value) for value in row]


_BETWEEN = "\x1f"
# A cell with an unusual beginning; a single "-" means no value in AWS's logs.
_SUSPECT = re.compile(rf"(?:\A|{_BETWEEN})(?!-?(?:{_BETWEEN}|\Z))[^\w\"'\[{{(/:.]")


class Aligned:
    """Rows for people: one line each, with columns as wide as the first rows need."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._titles = list(titles)
        self._widths: list[int] = []

    def lines(self, rows: Sequence[Sequence[str]]) -> str:
        """Write rows, the first time below the titles."""
        safe = [[text.escape(value) for value in row] for row in rows]
        begin = [] if self._widths else [self._titles]
        if not self._widths:
            columns = zip(self._titles, *safe, strict=True)
            self._widths = [min(max(map(len, column)), _WIDEST) for column in columns]
        return "".join(f"{self._line(row)}\n" for row in (*begin, *safe))

    def _line(self, row: Sequence[str]) -> str:
        cells = (value.ljust(width) for value, width in zip(row, self._widths, strict=True))
        return "  ".join(cells).rstrip()

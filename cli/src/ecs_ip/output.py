"""Writes answers: tables for people, JSON and CSV for programs."""

import io
import itertools
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ecs_ip import text
from ecs_ip.csv_rows import row_writer
from ecs_ip.errors import UsageError
from ecs_ip.options import Format, Options

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_UNLIMITED = 10_000  # columns, without a terminal: every row is one line
_BETWEEN = 2
_CSV, _PARQUET = ".csv", ".parquet"


def format_of(options: Options, *, terminal: bool) -> Format:
    """Return the form of an answer: the one that was named, else what the file's name says."""
    if options.output:
        return options.output
    suffix = options.out.suffix.lower() if options.out else ""
    if suffix == _PARQUET:
        raise UsageError(f"--out: {options.out} would be Parquet, which only `export` writes")
    if suffix == _CSV:
        return Format.CSV
    return Format.TABLE if terminal else Format.JSON


class Output:
    """Writes one command's answer to a file or to standard output."""

    def __init__(self, options: Options, stdout: IO[str] | None = None) -> None:
        self._path = options.out
        self._stdout = stdout or sys.stdout
        self._plain = options.no_color
        self._mode = "w"  # the first part of an answer replaces the file, the others follow it
        self.terminal = options.out is None and self._stdout.isatty()
        self.format = format_of(options, terminal=self.terminal)

    @property
    def encoding(self) -> str | None:
        """The encoding of what is written."""
        return "utf-8" if self._path else getattr(self._stdout, "encoding", None)

    @contextmanager
    def stream(self) -> Iterator[IO[str]]:
        """Open the output; close a file at the end, flush standard output."""
        if self._path is None:
            yield self._stdout
            self._stdout.flush()
            return
        with _opened(self._path, self._mode) as file:
            self._mode = "a"
            yield file

    def json(self, value: Any) -> None:
        """Write a value as the API returned it, indented."""
        with self.stream() as stream:
            stream.write(text.to_json(value, indent=2) + "\n")

    def csv(self, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows as CSV with a header line; no cell is a spreadsheet formula."""
        with self.stream() as stream:
            write_csv(stream, columns, rows)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table with a line for each row; put what matters most into the first columns.

        Cells are escaped and never cut. On a terminal, columns that do not fit are omitted from the
        right, with a note.
        """
        cells = [[text.escape(value) for value in row] for row in rows]
        with self.stream() as stream:
            console = self._console(stream)
            fitting = _fitting([columns, *cells], console.width) if self.terminal else len(columns)
            console.print(_table(columns[:fitting], cells), soft_wrap=True)
        if fitting < len(columns):
            left_out = ", ".join(columns[fitting:])
            say(f"the terminal is too narrow for {left_out}; -o json has everything")

    def print(self, *parts: Any) -> None:
        """Write text or anything else that Rich can write; pass untrusted text through `safe`."""
        with self.stream() as stream:
            console = self._console(stream)
            for part in parts:
                console.print(part, soft_wrap=True)

    @staticmethod
    def safe(value: str, style: str = "") -> Any:
        """Return untrusted text with each line escaped, for `print` and `table`."""
        from rich.text import Text  # noqa: PLC0415 - slow, and only tables need it

        return Text("\n".join(map(text.escape, value.split("\n"))), style)

    def _console(self, stream: IO[str]) -> "Console":
        from rich.console import Console  # noqa: PLC0415 - slow, and only tables need it

        return Console(
            file=stream,
            no_color=self._plain or None,
            force_terminal=None if self.terminal else False,
            highlight=False,
            markup=False,
            emoji=False,
            width=None if self.terminal else _UNLIMITED,
        )


def _fitting(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return how many columns fit, at least one."""
    from rich.cells import cell_len  # noqa: PLC0415 - slow, and only tables need it

    needed = [max(map(cell_len, column)) + _BETWEEN for column in zip(*rows, strict=True)]
    ends = itertools.accumulate(needed)
    return max(1, sum(end - _BETWEEN <= width for end in ends))


def _table(columns: Sequence[str], cells: Iterable[Sequence[str]]) -> "Table":
    from rich.table import Table  # noqa: PLC0415 - slow, and only tables need it
    from rich.text import Text  # noqa: PLC0415 - slow, and only tables need it

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _BETWEEN, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=True, overflow="ignore")
    for row in cells:
        table.add_row(*map(Text, row[: len(columns)]))
    return table


def write_csv(
    stream: IO[str],
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    header: bool = True,
) -> None:
    """Write rows of these columns."""
    writer = row_writer(stream)
    if header:
        writer.writerow(columns)
    for row in rows:
        writer.writerow([text.cell(row.get(column)) for column in columns])


def say(message: str) -> None:
    """Print a line for the person on standard error."""
    line = text.escape(" ".join(message.split()))
    print(f"ecs-ip: {line}", file=sys.stderr)  # noqa: T201 - this is how a command talks


def write_any_text(*streams: IO[str]) -> None:
    """Make streams accept every character, whatever the locale.

    A terminal shows other characters as escapes; piped output is UTF-8, which JSON requires.
    """
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def discard_standard_output() -> None:
    """Let the interpreter end quietly when the reader of standard output has gone."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, io.UnsupportedOperation):
        return  # it is not a file, so nothing is left to flush


def _opened(path: Path, mode: str) -> IO[str]:
    try:
        return path.open(mode, encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"--out: {path} cannot be written: {error.strerror}") from None

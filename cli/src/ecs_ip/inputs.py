"""The files of a bulk command: recognised, unpacked, read line by line, in bounded memory."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from ecs_ip.errors import UsageError
from ecs_ip.forms import Wishes, recognise, recognise_columns
from ecs_ip.recorded import recorded_files, text_of
from ecs_ip.rows import BadRow, Form, Lines, Records, Row, UnknownFormError

STANDARD_INPUT = "-"

_HEAD = 20
_PARQUET = b"PAR1"
_LONGEST_LINE = 4 << 20
_PARQUET_ROWS = 4096


@dataclass(slots=True)
class Input:
    """An open file whose form is known; `read` returns how many bytes were read so far."""

    name: str
    form: Form
    rows: Iterator[tuple[int, Row | BadRow]]
    _stream: BinaryIO

    def position(self) -> int:
        """Return how many bytes of the file were read, 0 where that is not known."""
        return position_of(self._stream)


def files_of(names: Sequence[str]) -> list[str]:
    """Return the files; a folder stands for everything in it, sorted by name."""
    files: list[str] = []
    for name in names:
        if name == STANDARD_INPUT:
            files.append(name)
            continue
        if not Path(name).exists():
            raise UsageError(f"{name}: there is no such file")
        found = [str(path) for path in recorded_files([name])]
        if not found:
            raise UsageError(f"{name}: this folder holds no file")
        files += found
    return files


def size_of(files: Sequence[str]) -> int | None:
    """Return the bytes of all files, or None if standard input is among them."""
    if STANDARD_INPUT in files:
        return None
    return sum(Path(file).stat().st_size for file in files)


@contextmanager
def opened(file: str, wishes: Wishes) -> Iterator[Input]:
    """Open a file and recognise its form; else raise UsageError that says what was seen."""
    with _binary(file) as stream, ExitStack() as copies:
        try:
            if isinstance(stream, BufferedReader) and stream.peek(4)[:4] == _PARQUET:
                form, rows = _parquet(file, copies.enter_context(_seekable(stream)), wishes)
            else:
                form, rows = _text(stream, wishes)
            yield Input(file, form, _watched(file, rows), stream)
        except UnknownFormError as error:
            raise UsageError(f"{file}: {error}") from None


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    """Read the lines of a file that may be packed; a line is at most four million characters."""
    with text_of(stream) as text:
        number = 0
        while line := text.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE:
                raise UnknownFormError(f"line {number} has more than {_LONGEST_LINE} characters")
            yield number, line.rstrip("\r\n")


def position_of(stream: BinaryIO) -> int:
    """Return how many bytes of a file were read, 0 where that is not known."""
    try:
        return stream.tell()
    except (OSError, ValueError):
        return 0


def open_binary(file: str) -> BinaryIO:
    """Open a file, or standard input for `-`; raise UsageError if that fails."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None


@contextmanager
def _binary(file: str) -> Iterator[BinaryIO]:
    stream = open_binary(file)
    try:
        yield stream
    finally:
        stream.close()


def _watched(
    file: str, rows: Iterator[tuple[int, Row | BadRow]]
) -> Iterator[tuple[int, Row | BadRow]]:
    """Read rows; turn errors of the file itself into one that names it."""
    try:
        yield from rows
    except UnknownFormError as error:
        raise UsageError(f"{file}: {error}") from None
    except (OSError, EOFError, UnicodeError) as error:
        raise UsageError(f"{file} cannot be read to its end: {error}") from None


def _text(stream: BinaryIO, wishes: Wishes) -> tuple[Form, Iterator[tuple[int, Row | BadRow]]]:
    lines: Lines = numbered_lines(stream)
    try:
        head = list(islice(lines, _HEAD))
    except (OSError, EOFError, UnicodeError) as error:
        raise UnknownFormError(f"it cannot be read: {error}") from None
    form = recognise([line for _, line in head], wishes)
    return form, form.rows(chain(head, lines))


def _parquet(
    name: str, stream: BinaryIO, wishes: Wishes
) -> tuple[Form, Iterator[tuple[int, Row | BadRow]]]:
    try:
        from pyarrow import ArrowException  # noqa: PLC0415 - an extra
        from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            f"{name} is Parquet, which needs an extra: pip install './cli[parquet]'"
        ) from None
    try:
        file = ParquetFile(stream)
    except ArrowException as error:
        raise UnknownFormError(f"it is no Parquet file: {error}") from None
    form = recognise_columns(file.schema_arrow.names, wishes)
    return form, form.records(_parquet_records(file))


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Give the stream, or a copy on disk where it is a pipe: Parquet is read from its end."""
    if stream.seekable():
        yield stream
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        copy.seek(0)
        yield copy


def _parquet_records(file: Any) -> Records:
    number = 0
    for batch in file.iter_batches(batch_size=_PARQUET_ROWS):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            yield number, [_parquet_cell(value) for value in row]


def _parquet_cell(value: Any) -> str:
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

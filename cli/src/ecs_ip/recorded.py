"""Reads recorded ECS events, in every form in which people keep them.

It imports only the standard library. The forms: one event in a file, a list of events, JSON
lines; what `aws logs filter-log-events` and `get-query-results` print; exports of CloudWatch Logs
(a time before each line) and of Firehose (JSON without separators, envelopes of a CloudWatch Logs
subscription); all of these gzipped, once or twice; and folders of them.
"""

import gzip
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from ecs_ip.json_stream import Unreadable, Value, json_values

_GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DEEPEST = 5
# CloudWatch Logs leaves the first where it exports to, as a test of its permission. People leave
# the others next to their recordings.
_NO_RECORDINGS = ("aws-logs-write-test", "README*", "LICENSE*", "*.md")
# What holds events, or the text of events, in a list.
_LISTS = ("events", "logEvents", "Messages", "Records", "results")
_TEXTS = ("message", "@message", "Message", "Body", "body")


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An EventBridge event, and where it was found."""

    event: dict[str, Any]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class BadLine:
    """Something that could not be read as an event, where, and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.reason}"


def read_recorded(paths: Iterable[str | Path]) -> Iterator[RecordedEvent | BadLine]:
    """Read files and folders, one after another; a folder's files come by name.

    Raise OSError for a path that cannot be opened.
    """
    for path in recorded_files(paths):
        yield from read_stream(path.open("rb"), str(path))


def recorded_files(paths: Iterable[str | Path]) -> Iterator[Path]:
    """Return the files; a folder stands for the files in it, at any depth.

    Hidden files, and those that only describe others, are left out of a folder.
    """
    for path in map(Path, paths):
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*")) if _is_recording(file, path))
        else:
            yield path


def read_stream(stream: BinaryIO, name: str) -> Iterator[RecordedEvent | BadLine]:
    """Read one open file, and close it."""
    try:
        with stream, text_of(stream) as text:
            yield from _read_text(text, name)
    except (EOFError, OSError, ValueError) as error:
        yield BadLine(name, 0, f"the rest cannot be read: {error}")


def _read_text(text: TextIO, name: str) -> Iterator[RecordedEvent | BadLine]:
    for value in json_values(text):
        if isinstance(value, Unreadable):
            yield BadLine(name, value.line, value.reason)
        else:
            yield from _events(value, name)


def read_message(text: str, name: str, line: int) -> Iterator[RecordedEvent | BadLine]:
    """Read one message of a log."""
    for found in _in_text(text, _DEEPEST):
        if isinstance(found, str):
            yield BadLine(name, line, found)
        else:
            yield RecordedEvent(found, name, line)


def without_overrides(event: Mapping[str, Any]) -> dict[str, Any]:
    """Remove the overrides of a task, because their environment can hold secrets."""
    detail = event.get("detail")
    if not isinstance(detail, dict) or "overrides" not in detail:
        return dict(event)
    kept = {name: value for name, value in detail.items() if name != "overrides"}
    return {**event, "detail": kept}


def text_of(stream: BinaryIO) -> TextIO:
    """Unpack gzipped data, whatever its name, and decode it."""
    unpacked = stream if isinstance(stream, io.BufferedReader) else _buffered(stream)
    # Firehose compresses what a subscription of CloudWatch Logs had already compressed.
    for _ in range(3):
        if unpacked.peek(2)[:2] != _GZIP:
            break
        unpacked = _buffered(_Unpacked(unpacked))
    encoding = "utf-16" if unpacked.peek(2)[:2] in _UTF_16 else "utf-8-sig"
    return io.TextIOWrapper(unpacked, encoding, errors="surrogateescape", newline="")


class _Unpacked(gzip.GzipFile):
    """A gzipped stream that closes what it reads from."""

    def __init__(self, packed: io.BufferedReader) -> None:
        super().__init__(mode="rb", fileobj=packed)  # 3.11 asks the stream
        self._packed = packed

    def close(self) -> None:
        super().close()
        self._packed.close()


def _buffered(stream: object) -> io.BufferedReader:
    return io.BufferedReader(cast("io.RawIOBase", stream))


def _is_recording(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    hidden = any(part.startswith(".") for part in parts)
    skipped = hidden or any(fnmatchcase(file.name, pattern) for pattern in _NO_RECORDINGS)
    return not skipped and file.is_file()


def _events(value: Value, name: str) -> Iterator[RecordedEvent | BadLine]:
    for found in _unwrapped(value.data, _DEEPEST):
        if isinstance(found, str):
            yield BadLine(name, value.line, found)
        else:
            yield RecordedEvent(found, name, value.line)


def _unwrapped(data: Any, depth: int) -> Iterator[dict[str, Any] | str]:
    """Return the events in a value; a text says why there are none."""
    if depth == 0:
        yield "this is nested too deeply"
    elif isinstance(data, list):
        yield from _in_list(data, depth)
    elif not isinstance(data, dict):
        yield f"this is no event: {json.dumps(data)[:60]}"
    elif "detail-type" in data and isinstance(data.get("detail"), dict):
        yield data
    elif data.get("messageType") == "CONTROL_MESSAGE":
        return
    else:
        yield from _in_wrapper(data, depth)


def _in_list(data: list[Any], depth: int) -> Iterator[dict[str, Any] | str]:
    fields = _query_result(data)
    for element in [fields] if fields else data:
        yield from _unwrapped(element, depth - 1)


def _query_result(data: list[Any]) -> dict[str, Any] | None:
    """Read a row of CloudWatch Logs Insights, which lists its fields."""
    if not data or not all(isinstance(field, dict) and "field" in field for field in data):
        return None
    return {field["field"]: field.get("value") for field in data}


def _in_wrapper(data: dict[str, Any], depth: int) -> Iterator[dict[str, Any] | str]:
    for key in _LISTS:
        if isinstance(data.get(key), list):
            yield from _unwrapped(data[key], depth - 1)
            return
    for key in _TEXTS:
        if isinstance(data.get(key), str):
            yield from _in_text(data[key], depth)
            return
    yield "this is no event: it has no detail-type and detail"


def _in_text(text: str, depth: int) -> Iterator[dict[str, Any] | str]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        yield f"this message is not JSON: {text[:60]!r}"
    else:
        yield from _unwrapped(data, depth - 1)

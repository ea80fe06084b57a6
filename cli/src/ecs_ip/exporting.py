"""Runs an export: page by page from the API into a stream, with a place to resume from."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from ecs_ip import parquet, resuming
from ecs_ip.api import NDJSON, PAGE, Answer, Api
from ecs_ip.errors import ApiError, CommandError, UsageError
from ecs_ip.output import write_csv
from ecs_ip.records import FIELDS, Record
from ecs_ip.resuming import Place
from ecs_ip.text import to_json

Progress = Callable[[int], None]
"""Receives the number of rows written."""


class Kind(StrEnum):
    """The formats of an export."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported, from where, and in which format; see `Place` for `said` and `params`."""

    api: Api
    said: dict[str, str | None]
    params: dict[str, str | None]
    kind: Kind

    def to_stream(self, stream: IO[str], progress: Progress) -> int:
        """Write everything to a stream and return how many rows there were."""
        for place in self._pages(stream, self._beginning):
            stream.flush()
            progress(place.rows)
            rows = place.rows
        return rows

    def to_file(self, output: Path, progress: Progress, *, resume: bool) -> int:
        """Write everything to a file; with `resume`, continue where an earlier run stopped."""
        if self.kind is not Kind.PARQUET:
            return self._to_file(output, progress, resume=resume)
        parquet.require()
        lines = self.file(output)
        rows = self._to_file(lines, progress, resume=resume)
        parquet.convert(lines, output)
        lines.unlink()
        return rows

    def file(self, output: Path) -> Path:
        """Return the file to write pages to; Parquet is made from it at the end."""
        parquet_ = self.kind is Kind.PARQUET
        return output.with_name(f"{output.name}.jsonl") if parquet_ else output

    def _to_file(self, output: Path, progress: Progress, *, resume: bool) -> int:
        place = resuming.kept(output, self.said) if resume else self._beginning
        with _at(output, place.size) as file:
            for reached in self._pages(file, place):
                file.flush()
                place = replace(reached, size=file.tell())
                resuming.keep(output, place)
                progress(place.rows)
        resuming.forget(output)
        return place.rows

    @property
    def _beginning(self) -> Place:
        return Place(self.said, self.params)

    def _pages(self, stream: IO[str], place: Place) -> Iterator[Place]:
        """Write page after page; yield the place after each."""
        while True:
            answer = self.api.text("/tasks", self._asked(place), NDJSON)
            records = _records(answer)
            self._write(stream, records, header=place.rows == 0 and place.cursor is None)
            place = replace(place, cursor=answer.next_cursor, rows=place.rows + len(records))
            yield place
            if place.cursor is None:
                return

    def _asked(self, place: Place) -> dict[str, str | int | None]:
        return {**place.params, "limit": PAGE, "cursor": place.cursor}

    def _write(self, stream: IO[str], records: list[Record], *, header: bool) -> None:
        if self.kind is Kind.CSV:
            write_csv(stream, FIELDS, records, header=header)
        else:
            stream.writelines(f"{to_json(record)}\n" for record in records)


def _records(answer: Answer) -> list[Record]:
    try:
        return [json.loads(line) for line in answer.body.splitlines() if line]
    except ValueError:
        raise ApiError("the API answered with lines that are not JSON", answer.status) from None


@contextmanager
def _at(output: Path, size: int) -> Iterator[IO[str]]:
    """Open a file to write after its first `size` bytes; cut off the rest."""
    try:
        opened = output.open("r+" if size else "w", encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from None
    try:
        with opened as file:
            file.seek(size)
            file.truncate()
            yield file
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror}") from None


def kind_of(chosen: Kind | None, output: Path | None, spoken: str | None) -> Kind:
    """Return the format: the one that was chosen, else what `-o` or the file's name says."""
    if spoken == "table":
        raise UsageError("an export is no table: leave -o out, or say -o csv or -o json")
    by_name: dict[Any, Kind] = {f".{kind}": kind for kind in Kind} | {".ndjson": Kind.JSONL}
    named = by_name.get(output.suffix.lower()) if output else None
    by_option = {"csv": Kind.CSV, "json": Kind.JSONL}.get(spoken or "")
    return chosen or by_option or named or Kind.JSONL

"""Runs a bulk command: files in, rows out in the same order, in bounded memory, resumable.

Lines are taken in batches of a few thousand. While the answers of one batch come in, the questions
of the next are already sent. A batch's rows are written before the position.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

from ecs_ip.advancing import Advance
from ecs_ip.asking import Asker, Question
from ecs_ip.bulk_output import BulkOutput
from ecs_ip.output import say
from ecs_ip.remembering import Notebook, Place
from ecs_ip.rows import BadRow

RowT = TypeVar("RowT")
RowIn_contra = TypeVar("RowIn_contra", contravariant=True)
Told = TypeVar("Told")

BATCH = 4_000


class Source(Protocol):
    """An open file."""

    name: str
    rows: Iterator[tuple[int, Any]]

    def position(self) -> int:
        """Return how many bytes of the file were read."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """The text of a batch, and what could not be read or answered: line and reason."""

    content: str
    failed: list[tuple[int, str]]


class Job(Protocol[RowIn_contra, Told]):
    """What one bulk command does."""

    def opened(self, file: str) -> AbstractContextManager[Source]:
        """Open a file; raise UsageError if it is in no known form."""
        ...

    def header(self) -> str:
        """Return what comes before the first row."""
        ...

    def questions(self, row: RowIn_contra) -> Iterable[Question]:
        """Return the questions of a row."""
        ...

    def written(
        self, rows: Sequence[tuple[int, RowIn_contra | BadRow]], answers: dict[Question, Told]
    ) -> Written:
        """Write rows."""
        ...


@contextmanager
def leave(book: Notebook | None) -> Iterator[None]:
    """Close the file beside the input at the end; it stays if the block fails."""
    try:
        yield
    except BaseException:
        if book:
            kept = book.is_worth_keeping
            if kept:
                say("what was answered so far is kept: the same command with --resume continues")
            book.close(finished=not kept)
        raise
    if book:
        book.close(finished=True)


class Bulk(Generic[RowT, Told]):
    """One run of a bulk command over files."""

    def __init__(
        self,
        job: Job[RowT, Told],
        asker: Asker[Told],
        output: BulkOutput,
        book: Notebook | None,
        advance: Advance,
    ) -> None:
        self._job = job
        self._asker = asker
        self._output = output
        self._book = book
        self._advance = advance
        self._begun = time.monotonic()
        self._read = 0  # bytes of the files that were read whole

    def run(self, files: Sequence[str]) -> Place:
        """Read the files from where an interrupted run stopped; return the end."""
        place = self._book.place if self._book else Place()
        self._output.open(place.written)
        try:
            for file in files[place.files :]:
                place = self._file(file, place)
        finally:
            self._output.close()
        return place

    def _file(self, file: str, place: Place) -> Place:
        with self._job.opened(file) as source:
            rows = islice(source.rows, place.rows, None)
            if place == Place():
                self._output.write(self._job.header())
            for batch, answers in self._answered(rows):
                written = self._job.written(batch, answers)
                self._output.write(written.content)
                self._tell(file, written)
                place = self._kept(place, len(batch), len(written.failed))
                self._show(source, place)
            self._read += source.position()
        return self._kept(replace(place, files=place.files + 1, rows=0), 0, 0)

    def _answered(
        self, rows: Iterator[tuple[int, RowT | BadRow]]
    ) -> Iterator[tuple[list[tuple[int, RowT | BadRow]], dict[Question, Told]]]:
        """Yield batches of rows with their answers, one batch behind the requests."""
        before = None
        while batch := list(islice(rows, BATCH)):
            questions = list(dict.fromkeys(self._questions(batch)))
            asked = (batch, self._asker.prepare(questions))
            if before:
                yield before[0], self._asker.collect(before[1])
            before = asked
        if before:
            yield before[0], self._asker.collect(before[1])

    def _questions(self, batch: list[tuple[int, RowT | BadRow]]) -> Iterator[Question]:
        for _, row in batch:
            if not isinstance(row, BadRow):
                yield from self._job.questions(row)

    def _tell(self, file: str, written: Written) -> None:
        for number, reason in written.failed:
            say(f"{file}, line {number}: {reason}")

    def _kept(self, place: Place, rows: int, failed: int) -> Place:
        place = replace(
            place,
            rows=place.rows + rows,
            done=place.done + rows,
            failed=place.failed + failed,
            written=self._output.written,
        )
        if self._book:
            self._book.keep_place(place)
        return place

    def _show(self, source: Source, place: Place) -> None:
        rate = place.done / max(time.monotonic() - self._begun, 0.001)
        said = f"{place.done:,} lines, {rate:,.0f} a second, {self._asker.questions:,} asked"
        self._advance.to(self._read + source.position(), said)

"""`ecs-ip who -f FILE`: many questions read from a file, answered in the same order."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO

from ecs_ip import inputs, text
from ecs_ip.advancing import advancing
from ecs_ip.asking import CONNECTIONS, Asker, Question
from ecs_ip.bulk_output import Aligned, BulkOutput, csv_lines
from ecs_ip.bulk_run import Bulk, Written, leave
from ecs_ip.clock import Clock
from ecs_ip.errors import DONE, INCOMPLETE, UsageError
from ecs_ip.invocation import Invocation
from ecs_ip.options import Format
from ecs_ip.output import say
from ecs_ip.question_file import Asked, QuestionFile, ReadTime
from ecs_ip.remembering import Memory, notebook
from ecs_ip.rows import BadRow, UnknownFormError

_HEAD = 20
_MOST_REMEMBERED = 10_000  # an answer has whole records
_ASKED = ("ip", "networkInterfaceId", "at", "from", "to", "subnetId", "vpcId")
_TOLD = ("verdict", "taskArn", "cluster", "service", "possibleTaskArn", "error")
_COLUMNS = ("line", *_ASKED, *_TOLD)
_TITLES = ("LINE", "ASKED", "TIME", "VERDICT", "TASK", "POSSIBLY")

Result = dict[str, Any]


def answer_file(invocation: Invocation, file: str, *, resume: bool) -> int:
    """Answer each question of a file (`-` is standard input) and return the exit code."""
    output = BulkOutput(invocation.options)
    clock = Clock(invocation.now, invocation.zone)
    job = Questions(clock.wire, output.format)
    found = inputs.files_of([file])
    api = invocation.api_for(CONNECTIONS)
    run = {
        "url": api.url,
        "files": found,
        "format": str(output.format),
        "zone": invocation.zone.name,
    }
    book = notebook(file, "who", run, resume=resume)
    plain = invocation.options.no_color
    with leave(book):
        clock.now = book.begun if book else clock.now
        memory: Memory[Result] = Memory(_same, book, _MOST_REMEMBERED)
        with (
            Asker(api, memory, _kept) as asker,
            advancing("Asking", inputs.size_of(found), plain=plain) as advance,
        ):
            end = Bulk(job, asker, output, book, advance).run(found)
    if end.failed:
        say(f"{end.done - end.failed:,} questions answered, {end.failed:,} not")
    return INCOMPLETE if end.failed else DONE


def _kept(result: Result, coverage: Result) -> Result:
    return {**result, "coverage": coverage}


def _same(kept: Any) -> Result:
    result: Result = kept
    return result


@dataclass(slots=True)
class Source:
    """An open file of questions."""

    name: str
    rows: Iterator[tuple[int, Asked | BadRow]]
    stream: BinaryIO

    def position(self) -> int:
        """Return how many bytes of the file were read."""
        return inputs.position_of(self.stream)


class Questions:
    """The job: questions, answered as the API answers them."""

    def __init__(self, read_time: ReadTime, written_as: Format) -> None:
        self._read_time = read_time
        self._format = written_as
        self._aligned = Aligned(_TITLES)

    @contextmanager
    def opened(self, file: str) -> Iterator[Source]:
        """Open a file; raise UsageError if it holds no questions."""
        with inputs.open_binary(file) as stream:
            try:
                lines = inputs.numbered_lines(stream)
                head = list(islice(lines, _HEAD))
                form = QuestionFile([line for _, line in head], self._read_time)
                yield Source(file, form.rows(chain(head, lines)), stream)
            except UnknownFormError as error:
                raise UsageError(f"{file}: {error}") from None
            except (EOFError, UnicodeError) as error:
                raise UsageError(f"{file} cannot be read: {error}") from None

    def header(self) -> str:
        """Return the header line of CSV."""
        return csv_lines([_COLUMNS]) if self._format == Format.CSV else ""

    def questions(self, row: Asked) -> Iterable[Question]:
        """Return the one question of a line."""
        return (row.question,)

    def written(
        self, rows: Sequence[tuple[int, Asked | BadRow]], answers: dict[Question, Result]
    ) -> Written:
        """Write an answer for each line that could be read."""
        done: list[tuple[int, Question, Result]] = []
        failed: list[tuple[int, str]] = []
        for number, row in rows:
            if isinstance(row, BadRow):
                failed.append((number, row.reason))
                continue
            result = answers[row.question]
            if "error" in result:
                failed.append((number, _error_of(result)))
            done.append((number, row.question, result))
        return Written(self._writer()(done), failed)

    def _writer(self) -> Callable[[list[tuple[int, Question, Result]]], str]:
        return {Format.CSV: _csv, Format.JSON: _json, Format.TABLE: self._table}[self._format]

    def _table(self, done: list[tuple[int, Question, Result]]) -> str:
        return self._aligned.lines([_shown(*one) for one in done]) if done else ""


def _json(done: list[tuple[int, Question, Result]]) -> str:
    lines = (
        text.to_json({"line": number, **result, "lookup": dict(question)})
        for number, question, result in done
    )
    return "".join(f"{line}\n" for line in lines)


def _csv(done: list[tuple[int, Question, Result]]) -> str:
    return csv_lines(_cells(*one) for one in done)


def _cells(number: int, question: Question, result: Result) -> list[str]:
    asked = dict(question)
    holders = result.get("holders", ())
    return [
        str(number),
        *(asked.get(name, "") for name in _ASKED),
        result.get("verdict", ""),
        *(_joined(holders, name) for name in ("taskArn", "cluster", "service")),
        _joined(result.get("possible", ()), "taskArn"),
        _error_of(result) if "error" in result else "",
    ]


def _joined(some: Iterable[Result], name: str) -> str:
    return " ".join(record.get(name) or "-" for record in some)


def _shown(number: int, question: Question, result: Result) -> list[str]:
    asked = dict(question)
    time = " to ".join(asked[name] for name in ("at", "from", "to") if name in asked) or "now"
    return [
        str(number),
        asked.get("ip") or asked["networkInterfaceId"],
        time,
        result.get("verdict") or _error_of(result),
        _tasks(result.get("holders", ())),
        _tasks(result.get("possible", ())),
    ]


def _tasks(some: Iterable[Result]) -> str:
    return ", ".join(
        f"{record['cluster']}/{record['service'] or '-'} {record['taskId']}" for record in some
    )


def _error_of(result: Result) -> str:
    error = result["error"]
    if not isinstance(error, dict):
        return str(error)
    named = [f"{one['parameter']}: {one['reason']}" for one in error.get("errors") or ()]
    return "; ".join(named) or str(error.get("detail") or error.get("title") or json.dumps(error))

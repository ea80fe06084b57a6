"""`ecs-ip enrich`: names the tasks in flow logs, access logs of load balancers, and tables."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated, Any

import typer

from ecs_ip import bulk_output, flowlogs, inputs, spans, text
from ecs_ip.advancing import advancing
from ecs_ip.asking import CONNECTIONS, Asker, Question
from ecs_ip.bulk_output import Aligned, BulkOutput
from ecs_ip.bulk_run import Bulk, Written, leave
from ecs_ip.clock import Clock
from ecs_ip.enrichment import Namer, UnansweredError, added_columns
from ecs_ip.errors import DONE, INCOMPLETE, UsageError
from ecs_ip.forms import Wishes
from ecs_ip.invocation import Invocation
from ecs_ip.options import Format
from ecs_ip.output import say
from ecs_ip.plausible import checked
from ecs_ip.remembering import Memory, notebook
from ecs_ip.rows import BadRow, Form, Row, UnknownFormError
from ecs_ip.scope import Scope
from ecs_ip.spans import Told
from ecs_ip.tables import JsonLines

_FIELDS = "'${version} ${interface-id} ${srcaddr} ${dstaddr} ${start} ${end}'"
EXAMPLES = (
    ("A flow log, as a spreadsheet", "ecs-ip enrich flow.log.gz --out named.csv"),
    ("A folder of logs; go on after a break", "ecs-ip enrich logs/ --out named.json --resume"),
    ("A custom format without a header", f"ecs-ip enrich export.gz --fields {_FIELDS}"),
    ("Any JSON lines", "ecs-ip enrich waf.json --ip-field client.ip --time-field timestamp"),
)


def enrich(
    invocation: Invocation,
    files: Annotated[
        list[str], typer.Argument(metavar="FILE…", help="Files and folders; - is standard input.")
    ],
    fields: Annotated[
        str | None,
        typer.Option("--fields", metavar="NAMES", help="A flow log's fields, if it has no header."),
    ] = None,
    ip_field: Annotated[
        list[str] | None,
        typer.Option("--ip-field", metavar="NAME", help="A table's field with an address."),
    ] = None,
    time_field: Annotated[
        list[str] | None,
        typer.Option(
            "--time-field",
            metavar="NAME",
            help="Its field with the time; twice for beginning and end. Default: now.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue where an interrupted run stopped.")
    ] = False,
) -> int:
    """Name the tasks in VPC flow logs, access logs of load balancers, CSV and JSON lines."""
    clock = Clock(invocation.now, invocation.zone)
    wishes = _wishes(clock, fields, ip_field or [], time_field or [])
    found = inputs.files_of(files)
    output = BulkOutput(invocation.options)
    _check(found, wishes, output.format)
    api = invocation.api_for(CONNECTIONS)
    run = _run(api.url, found, wishes, output) | {"zone": clock.zone.name}
    book = notebook(files[0], "enrich", run, resume=resume)
    plain = invocation.options.no_color
    with leave(book):
        clock.now = book.begun if book else clock.now
        begun = int(book.begun.timestamp() * 1000) if book else None
        scope = Scope(api.items("/subnets"))
        job = Enrichment(wishes, scope, output.format, begun)
        memory = Memory(spans.read, book)
        with (
            Asker(api, memory, spans.kept) as asker,
            advancing("Naming tasks", inputs.size_of(found), plain=plain) as advance,
        ):
            end = Bulk(job, asker, output, book, advance).run(found)
    say(f"{end.done - end.failed:,} lines named, {end.failed:,} not; "
        f"{asker.questions:,} questions in {asker.requests:,} requests")  # fmt: skip
    return INCOMPLETE if end.failed else DONE


def _wishes(
    clock: Clock, fields: str | None, ip_fields: list[str], time_fields: list[str]
) -> Wishes:
    if fields and ip_fields:
        raise UsageError("--fields is for flow logs, --ip-field for tables: give one of them")
    if time_fields and not ip_fields:
        raise UsageError("--time-field needs --ip-field, the field that holds the address")
    try:
        names = flowlogs.named_fields(fields) if fields else []
    except UnknownFormError as error:
        raise UsageError(str(error)) from None
    return Wishes(tuple(names), tuple(ip_fields), tuple(time_fields), clock.milliseconds)


def _run(url: str, files: list[str], wishes: Wishes, output: BulkOutput) -> dict[str, Any]:
    """Return what must be the same for a run to be resumed."""
    return {
        "url": url,
        "files": files,
        "fields": list(wishes.fields),
        "ip": list(wishes.ip_fields),
        "time": list(wishes.time_fields),
        "format": str(output.format),
    }


def _check(files: Sequence[str], wishes: Wishes, written_as: Format) -> None:
    """Recognise every file before asking anything, so that a long run does not fail late."""
    columns: tuple[str, ...] | None = None
    for file in files:
        if file == inputs.STANDARD_INPUT:
            continue
        with inputs.opened(file, wishes) as opened:
            own = (*opened.form.columns, *added_columns(opened.form))
        if written_as == Format.CSV and columns not in {None, own}:
            raise UsageError(
                f"{file} has other columns than {files[0]}: enrich them one by one, or as JSON"
            )
        columns = own


class Enrichment:
    """The job: rows, with the tasks on every side."""

    def __init__(self, wishes: Wishes, scope: Scope, written_as: Format, begun: int | None) -> None:
        """`begun` is when a run that can be continued began, in epoch milliseconds."""
        self._begun = begun
        self._wishes = wishes
        self._scope = scope
        self._format = written_as
        self._form: Form
        self._namer: Namer
        self._columns: list[str]
        self._aligned: Aligned | None = None

    @contextmanager
    def opened(self, file: str) -> Iterator[inputs.Input]:
        """Open a file, and use its form for the rows that follow."""
        with inputs.opened(file, self._wishes) as opened:
            self._form = opened.form
            self._namer = Namer(self._scope, opened.form, self._begun)
            self._columns = [*opened.form.columns, *added_columns(opened.form)]
            if self._aligned is None:
                self._aligned = Aligned(["LINE", *_titles(opened.form)])
            yield replace(opened, rows=checked(opened.rows))

    def header(self) -> str:
        """Return the header line of CSV."""
        return bulk_output.csv_lines([self._columns]) if self._format == Format.CSV else ""

    def questions(self, row: Row) -> Iterator[Question]:
        """Return the questions of a row."""
        return self._namer.questions(row)

    def written(
        self, rows: Sequence[tuple[int, Row | BadRow]], answers: dict[Question, Told]
    ) -> Written:
        """Write rows with their added columns."""
        done: list[tuple[int, Row, list[str]]] = []
        failed: list[tuple[int, str]] = []
        for number, row in rows:
            if isinstance(row, BadRow):
                failed.append((number, row.reason))
                continue
            try:
                done.append((number, row, self._namer.added(row, answers)))
            except UnansweredError as error:
                failed.append((number, str(error)))
        return Written(self._text(done), failed)

    def _text(self, done: list[tuple[int, Row, list[str]]]) -> str:
        if self._format == Format.CSV:
            return bulk_output.csv_lines([*row.cells, *added] for _, row, added in done)
        if self._format == Format.JSON:
            return "".join(f"{text.to_json(self._object(row, added))}\n" for _, row, added in done)
        if self._aligned is None or not done:
            return ""
        return self._aligned.lines([_shown(number, row, added) for number, row, added in done])

    def _object(self, row: Row, added: list[str]) -> dict[str, Any]:
        own = (
            json.loads(row.cells[0])
            if isinstance(self._form, JsonLines)
            else dict(zip(self._form.columns, row.cells, strict=True))
        )
        names = self._columns[len(self._form.columns) :]
        return {**own, **{name: value or None for name, value in zip(names, added, strict=True)}}


def _titles(form: Form) -> list[str]:
    return [title for side in form.sides for title in (side.upper(), f"{side.upper()} TASK")]


def _shown(number: int, row: Row, added: list[str]) -> list[str]:
    """Show for each side the address, and the service and task, or the verdict without one."""
    cells = [str(number)]
    for side, address in enumerate(row.addresses):
        arns, clusters, services, verdict, _ = added[side * 5 : side * 5 + 5]
        columns = (arns.split(), clusters.split(" "), services.split(" "))
        tasks = ", ".join(
            f"{cluster}/{service} {arn.rpartition('/')[2]}"
            for arn, cluster, service in zip(*columns, strict=False)  # "" has one empty part
        )
        cells += [address, tasks if verdict == spans.HELD else f"{verdict} {tasks}".strip()]
    return cells

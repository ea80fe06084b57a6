"""`ecs-ip watch`: changes of addresses as they happen, until Ctrl-C."""

import time
from collections.abc import Iterator
from typing import Annotated

import typer

from ecs_ip import changes
from ecs_ip.api import Api, path_of
from ecs_ip.changes import Change, Map
from ecs_ip.errors import ApiError
from ecs_ip.filters import Filters
from ecs_ip.invocation import Invocation
from ecs_ip.output import Output, say, write_csv
from ecs_ip.records import FIELDS, Record, addresses, shown
from ecs_ip.text import to_json
from ecs_ip.times import wire_now
from ecs_ip.verdicts import named

EXAMPLES = (
    ("All changes, until Ctrl-C", "ecs-ip watch"),
    ("A deployment, as it replaces its tasks", "ecs-ip watch --cluster shop --service web"),
    ("As JSON lines, for a program", "ecs-ip watch -o json | jq -c '[.change, .record.taskId]'"),
)


def watch(
    invocation: Invocation,
    filters: Filters,
    interval: Annotated[
        float, typer.Option("--interval", metavar="SECONDS", min=0.2, help="Time between looks.")
    ] = 2.0,
) -> None:
    """Print changes of addresses as they happen, until Ctrl-C.

    It looks at the live map every few seconds. What comes and goes between two looks is not
    seen; the stack's event bus misses nothing.
    """
    seen = _look(invocation.api, filters)
    say(f"watching {len(seen)} tasks, every {interval:g} s; Ctrl-C ends it")
    printer = _Printer(invocation.output)
    while True:
        time.sleep(interval)
        try:
            now = _look(invocation.api, filters)
            found = list(_changes(invocation.api, seen, now))
        except ApiError as error:
            if not _passes(error):
                raise
            say(f"{error}; still watching")
            continue
        printer.print(found)
        seen = now


def _look(api: Api, filters: Filters) -> Map:
    return {record["taskArn"]: record for record in api.items("/tasks", filters.params)}


def _changes(api: Api, before: Map, now: Map) -> Iterator[Change]:
    """Return what changed; ask once more for tasks that are gone from the map."""
    for arn, record in before.items():
        if arn not in now and (change := changes.between(record, _again(api, record))):
            yield change
    for arn, record in now.items():
        if change := changes.between(before.get(arn), record):
            yield change


def _again(api: Api, record: Record) -> Record | None:
    """Ask for a task that left the map: it ended, or it no longer matches the filters."""
    try:
        found: Record = api.get(path_of("tasks", record["cluster"], record["taskId"]))
    except ApiError as error:
        if error.status in {404, 409}:
            return None
        raise
    return found


def _passes(error: ApiError) -> bool:
    """Return whether to keep watching: the API may come back, a bad question stays bad."""
    return error.status is None or error.status in {429, 500, 502, 503, 504}


class _Printer:
    """Prints changes one by one, each at once."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._header = True

    def print(self, found: list[Change]) -> None:
        for change in found:
            if self._output.format == "table":
                self._output.print(self._output.safe(_line(change), _STYLES[change.kind]))
            elif self._output.format == "csv":
                self._write_csv(change)
            else:
                self._write_json(change)

    def _write_json(self, change: Change) -> None:
        value = {
            "change": change.kind,
            "seenAt": wire_now(),
            "changed": list(change.fields),
            "record": change.record,
        }
        with self._output.stream() as stream:
            stream.write(to_json(value) + "\n")

    def _write_csv(self, change: Change) -> None:
        row = {"change": change.kind, "seenAt": wire_now(), **change.record}
        with self._output.stream() as stream:
            write_csv(stream, ("change", "seenAt", *FIELDS), [row], header=self._header)
        self._header = False


_STYLES = {"assigned": "green", "updated": "", "released": "red"}


def _line(change: Change) -> str:
    record = change.record
    what = ", ".join(f"{field}={shown(record, field)}" for field in change.fields)
    return (
        f"{wire_now()}  {change.kind:<8}  {addresses(record):<15}  {named(record)}  "
        f"{shown(record, 'taskId')}  {what or shown(record, 'lastStatus')}"
    )

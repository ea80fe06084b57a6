"""Recognises what a file is: a flow log, an access log of a load balancer, or a table."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ecs_ip import balancer_logs, flowlogs
from ecs_ip.flowlogs import FlowLog
from ecs_ip.rows import Form, UnknownFormError, shown
from ecs_ip.tables import CsvTable, JsonLines, ReadTime, columns_of

_LOOKS_LIKE_A_RECORD = re.compile(r"(eni-[0-9a-f]{8,}|\b(ACCEPT|REJECT|NODATA|SKIPDATA)\b)")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person said about the form of a file."""

    fields: tuple[str, ...]
    ip_fields: tuple[str, ...]
    time_fields: tuple[str, ...]
    read_time: ReadTime


def recognise(head: Sequence[str], wishes: Wishes) -> Form:
    """Return the form of a file by its first lines.

    Raise UnknownFormError, which says what was seen, if it has no known form.
    """
    lines = [line for line in head if line.strip()]
    if not lines:
        raise UnknownFormError("it is empty")
    first = lines[0]
    if wishes.ip_fields:
        return _table(lines, wishes)
    if wishes.fields:
        return flowlogs.with_fields(wishes.fields, first)
    form = (
        flowlogs.with_header(first)
        or flowlogs.of_default_format(lines)
        or balancer_logs.recognised(first)
    )
    if form is None:
        raise UnknownFormError(_advice(first))
    return form


def recognise_columns(names: Sequence[str], wishes: Wishes) -> FlowLog | CsvTable:
    """Return the form of rows with named columns, as in Parquet."""
    if wishes.ip_fields:
        return CsvTable(names, wishes.ip_fields, wishes.time_fields, wishes.read_time)
    if flowlogs.is_header(names):
        return FlowLog([flowlogs.canonical(name) for name in names])
    raise UnknownFormError(
        f"its columns are not those of a flow log: {shown(', '.join(names))}; name the columns "
        "that hold addresses and times with --ip-field and --time-field"
    )


def _table(lines: Sequence[str], wishes: Wishes) -> Form:
    if lines[0].lstrip().startswith("{"):
        objects = JsonLines(wishes.ip_fields, wishes.time_fields, wishes.read_time)
        objects.require_fields(lines)
        return objects
    names, delimiter = columns_of(lines[0])
    return CsvTable(names, wishes.ip_fields, wishes.time_fields, wishes.read_time, delimiter)


def _advice(first: str) -> str:
    """Return what a first line looks like, and what would make it readable."""
    seen = f"the first line is {shown(first)}"
    if first.lstrip().startswith(("{", "[")):
        return f"{seen}: it looks like JSON; name the fields with --ip-field and --time-field"
    if _LOOKS_LIKE_A_RECORD.search(first):
        count = len(first.split())
        return (
            f"{seen}: it looks like a flow log of a custom format without a header; name its "
            f"{count} fields with --fields (the flow log's format, in its order)"
        )
    if "," in first or "\t" in first:
        return f"{seen}: it looks like a table; name the columns with --ip-field and --time-field"
    return (
        f"{seen}: this is no form that is known (VPC flow logs, access logs of load balancers, "
        "CSV or JSON lines with --ip-field)"
    )

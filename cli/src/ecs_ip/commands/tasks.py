"""`ecs-ip tasks`: the map, now, at an instant, or over a time; as it is, or counted."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from ecs_ip import records
from ecs_ip.api import joined
from ecs_ip.coverage import doubts
from ecs_ip.errors import UsageError
from ecs_ip.filters import Filters
from ecs_ip.invocation import Invocation
from ecs_ip.output import Output, say
from ecs_ip.records import Record

EXAMPLES = (
    ("Everything that runs now", "ecs-ip tasks"),
    ("One service, ready for a script", "ecs-ip tasks --cluster shop --service web -o json"),
    ("What ran in a subnet last night", "ecs-ip tasks --cidr 10.0.4.0/24 --at 'yesterday 23:30'"),
    ("What ended since yesterday, and why", "ecs-ip tasks --service web --from 'yesterday 00:00'"),
    ("Every task of the last hour, as a table", "ecs-ip tasks --from -1h -o csv --out tasks.csv"),
    ("How many addresses each service holds", "ecs-ip tasks --count-by service"),
)


class CountBy(StrEnum):
    """What to count tasks by."""

    SERVICE = "service"
    CLUSTER = "cluster"
    SUBNET = "subnet"
    VPC = "vpc"
    LAUNCH_TYPE = "launch-type"


def tasks(
    invocation: Invocation,
    filters: Filters,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="The map at this instant.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="TIME", help="Every task since then, ended ones too."),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Until then. Default: now.")
    ] = None,
    count_by: Annotated[
        CountBy | None, typer.Option("--count-by", help="Count tasks and addresses instead.")
    ] = None,
) -> None:
    """Show the map: every task and its address, now or at any time of the past."""
    if at is not None and (start is not None or end is not None):
        raise UsageError("--at is one instant, --from and --to are a time: give one or the other")
    params = {
        **filters.params,
        "at": invocation.wire(at),
        **invocation.window(start, end),
    }
    whole = joined(invocation.api.pages("/tasks", params))
    _warn(whole, params)
    if count_by:
        _write_counts(invocation.output, count_by, whole["items"])
    else:
        _write(invocation.output, whole, past=any(params[name] for name in ("at", "from", "to")))


def _warn(whole: Mapping[str, Any], params: Mapping[str, str | None]) -> None:
    """Report what is not known of the requested past; the present has no coverage."""
    if coverage := whole.get("coverage"):
        first = params["at"] or params["from"]
        for doubt in doubts(coverage, first, params["at"] or params["to"]):
            say(doubt)


def _write(output: Output, whole: dict[str, Any], *, past: bool) -> None:
    if output.format == "json":
        output.json(whole)
    else:
        records.write(output, whole["items"], past=past)


# The heading in a count, and the field of the record.
_KEYS: Final = {
    CountBy.SERVICE: ("service", "service"),
    CountBy.CLUSTER: ("cluster", "cluster"),
    CountBy.SUBNET: ("subnet", "subnetId"),
    CountBy.VPC: ("vpc", "vpcId"),
    CountBy.LAUNCH_TYPE: ("launchType", "launchType"),
}


def counted(count_by: CountBy, found: Iterable[Record]) -> list[dict[str, Any]]:
    """Count tasks and their addresses, the most tasks first."""
    name, field = _KEYS[count_by]
    tasks_of: Counter[str | None] = Counter()
    addresses_of: Counter[str | None] = Counter()
    for record in found:
        tasks_of[record.get(field)] += 1
        addresses_of[record.get(field)] += records.count_of_addresses(record)
    order = sorted(tasks_of, key=lambda value: (-tasks_of[value], value or ""))
    return [
        {name: value, "tasks": tasks_of[value], "addresses": addresses_of[value]} for value in order
    ]


def _write_counts(output: Output, count_by: CountBy, found: Iterable[Record]) -> None:
    rows = counted(count_by, found)
    columns = [_KEYS[count_by][0], "tasks", "addresses"]
    if output.format == "json":
        output.json(rows)
    elif output.format == "csv":
        output.csv(columns, rows)
    else:
        output.table(
            [column.upper() for column in columns],
            [[records.shown(row, column) for column in columns] for row in rows],
        )

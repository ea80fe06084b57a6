"""`ecs-ip tasks`: the map, now, at an instant, or over a time; as it is, or counted."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
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
    ("Every task of the last hour, as a table", "ecs-ip tasks --from -1h -o csv --out tasks.csv"),
    ("How many addresses each service holds", "ecs-ip tasks --count-by service"),
)


class CountBy(StrEnum):
    """What tasks are counted by."""

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
        _write(invocation.output, whole)


def _warn(whole: Mapping[str, Any], params: Mapping[str, str | None]) -> None:
    """Say what is not known of the past that was asked for; the present has no coverage."""
    if coverage := whole.get("coverage"):
        first = params["at"] or params["from"]
        for doubt in doubts(coverage, first, params["at"] or params["to"]):
            say(doubt)


def _write(output: Output, whole: dict[str, Any]) -> None:
    if output.format == "json":
        output.json(whole)
    else:
        records.write(output, whole["items"])


def _by_service(record: Record) -> dict[str, Any]:
    return {"service": record.get("service"), "cluster": record.get("cluster")}


def _by(name: str, field: str) -> Callable[[Record], dict[str, Any]]:
    return lambda record: {name: record.get(field)}


_KEYS: Final = {
    CountBy.SERVICE: _by_service,
    CountBy.CLUSTER: _by("cluster", "cluster"),
    CountBy.SUBNET: _by("subnet", "subnetId"),
    CountBy.VPC: _by("vpc", "vpcId"),
    CountBy.LAUNCH_TYPE: _by("launchType", "launchType"),
}


def counted(count_by: CountBy, found: Iterable[Record]) -> list[dict[str, Any]]:
    """Count tasks and their addresses, the most tasks first."""
    tasks_of: dict[tuple[Any, ...], int] = defaultdict(int)
    addresses_of: dict[tuple[Any, ...], int] = defaultdict(int)
    names: tuple[str, ...] = ()
    for record in found:
        key = _KEYS[count_by](record)
        names = tuple(key)
        tasks_of[tuple(key.values())] += 1
        addresses_of[tuple(key.values())] += records.count_of_addresses(record)
    order = sorted(tasks_of, key=lambda key: (-tasks_of[key], [str(part) for part in key]))
    return [
        dict(zip(names, key, strict=True))
        | {"tasks": tasks_of[key], "addresses": addresses_of[key]}
        for key in order
    ]


def _write_counts(output: Output, count_by: CountBy, found: Iterable[Record]) -> None:
    rows = counted(count_by, found)
    columns = [*_KEYS[count_by]({}), "tasks", "addresses"]
    if output.format == "json":
        output.json(rows)
    elif output.format == "csv":
        output.csv(columns, rows)
    else:
        output.table(
            [column.upper() for column in columns],
            [[records.shown(row, column) for column in columns] for row in rows],
        )

"""`ecs-ip history`: everybody who held an address, or every task of a service, as a timeline."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Any

import typer

from ecs_ip import ends, records
from ecs_ip.api import joined, path_of
from ecs_ip.coverage import doubts
from ecs_ip.ends import End
from ecs_ip.errors import UsageError
from ecs_ip.holding import certain_until, gone_by
from ecs_ip.invocation import Invocation
from ecs_ip.output import say
from ecs_ip.records import Record, shown
from ecs_ip.timeline import bar, instant, legend

EXAMPLES = (
    ("Everybody who held an address", "ecs-ip history 10.0.4.128"),
    (
        "Only the night before",
        "ecs-ip history 10.0.4.128 --from 'yesterday 02:00' --to 'yesterday 06:00'",
    ),
    ("Every task of a service, today", "ecs-ip history shop/web --from 'today 00:00'"),
)

_COLUMNS = (
    "SERVICE", "SINCE", "GONE BY", "TIMELINE", "CERTAIN UNTIL", "ADDRESS", "SUBNET", "TASK",
)  # fmt: skip


def history(
    invocation: Invocation,
    what: Annotated[
        str, typer.Argument(metavar="ADDRESS|CLUSTER/SERVICE", help="An IP address, or a service.")
    ],
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Default: all that is kept.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Default: now.")] = None,
    subnet_id: Annotated[
        str | None,
        typer.Option("--subnet-id", "--subnet", metavar="ID", help="An address in this subnet."),
    ] = None,
) -> None:
    """Show the history of an address, or of a service, as a timeline."""
    path = _path(what, subnet_id)
    window = invocation.window(start, end)
    whole = joined(invocation.api.pages(path, {**window, "subnetId": subnet_id}))
    for doubt in doubts(whole.get("coverage") or {}, window["from"], window["to"]):
        say(doubt)
    if invocation.output.format == "json":
        invocation.output.json(whole)
    elif invocation.output.format == "csv":
        invocation.output.csv(records.FIELDS, whole["items"])
    else:
        _write_timeline(invocation, whole["items"], window)


def _path(what: str, subnet_id: str | None) -> str:
    cluster, slash, service = what.partition("/")
    if slash and cluster and service and not _is_address(cluster):
        if subnet_id:
            raise UsageError("--subnet-id goes with an address, not with a service")
        return path_of("services", cluster, service, "history")
    if not _is_address(what):
        raise UsageError(f"{what!r} is neither an IP address nor CLUSTER/SERVICE")
    return path_of("ips", str(ip_address(what)), "history")


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _write_timeline(
    invocation: Invocation, found: list[Record], window: dict[str, str | None]
) -> None:
    output = invocation.output
    if not found:
        output.print("No ECS task is known to have had it in that time.")
        return
    first, last = _bounds(found, window, invocation.now)
    known = ends.known(invocation.api, found, invocation.now)
    rows = []
    for record in found:
        end = known.get(record["taskArn"], ends.OPEN)
        rows.append(_row(record, end, bar(record, first, last, output.encoding, end)))
    output.table(_COLUMNS, rows)
    output.print(
        f"timeline: {first:%Y-%m-%dT%H:%M}Z to {last:%Y-%m-%dT%H:%M}Z, {legend(output.encoding)}"
    )


def _bounds(
    found: list[Record], window: dict[str, Any], now: datetime
) -> tuple[datetime, datetime]:
    """Return the time to draw: the requested one, or everything."""
    begun = [instant(record.get("attachedNotBefore")) for record in found]
    first = instant(window["from"]) or min((each for each in begun if each), default=now)
    last = instant(window["to"]) or now
    return (first, last) if first < last else (last, first)


def _row(record: Record, end: End, drawn: str) -> tuple[str, ...]:
    return (
        records.name_of(record),
        records.since(record),
        gone_by(record, end),
        drawn,
        certain_until(record, end) or "-",
        records.addresses(record),
        shown(record, "subnetId"),
        shown(record, "taskId"),
    )

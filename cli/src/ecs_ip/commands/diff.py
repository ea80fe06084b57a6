"""`ecs-ip diff`: which tasks appeared, and which disappeared, between two instants."""

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from ecs_ip import records
from ecs_ip.api import joined
from ecs_ip.coverage import doubt
from ecs_ip.errors import UsageError
from ecs_ip.filters import Filters
from ecs_ip.invocation import Invocation
from ecs_ip.output import Output, say
from ecs_ip.records import Record
from ecs_ip.times import Moment

EXAMPLES = (
    ("What changed in the last ten minutes?", "ecs-ip diff -10m now"),
    ("What did a deployment do?", "ecs-ip diff -30m -15m --cluster shop --service web"),
    ("What changed since last night?", "ecs-ip diff 'yesterday 22:00' now --cidr 10.0.4.0/24"),
)

_SIGNS = {"appeared": "+", "disappeared": "-"}


def diff(
    invocation: Invocation,
    filters: Filters,
    start: Annotated[str, typer.Argument(metavar="TIME", help="The earlier instant.")],
    end: Annotated[str, typer.Argument(metavar="TIME", help="The later instant.")],
) -> None:
    """Show which tasks appeared and which disappeared between two instants."""
    first, last = invocation.moment(start), invocation.moment(end)
    if first.at >= last.at:
        raise UsageError(f"the first TIME must be before the second: {first.wire}, {last.wire}")
    before = _map(invocation, filters, first)
    after = _map(invocation, filters, last)
    _write(invocation.output, difference(first.wire, last.wire, before, after))


def _map(invocation: Invocation, filters: Filters, moment: Moment) -> list[Record]:
    at = None if moment.now else moment.wire
    whole = joined(invocation.api.pages("/tasks", {**filters.params, "at": at}))
    if at and (reason := doubt(whole.get("coverage") or {}, at)):
        say(f"What ran at {at} is not fully known. {reason}")
    found: list[Record] = whole["items"]
    return found


def difference(
    first: str, last: str, before: Iterable[Record], after: Iterable[Record]
) -> dict[str, Any]:
    """Return the tasks that only one of two maps has."""
    old = {record["taskArn"]: record for record in before}
    new = {record["taskArn"]: record for record in after}
    return {
        "from": first,
        "to": last,
        "appeared": [record for arn, record in new.items() if arn not in old],
        "disappeared": [record for arn, record in old.items() if arn not in new],
    }


def _write(output: Output, found: dict[str, Any]) -> None:
    if output.format == "json":
        output.json(found)
        return
    changes = [(change, record) for change in _SIGNS for record in found[change]]
    if output.format == "csv":
        rows = ({"change": change, **record} for change, record in changes)
        output.csv(("change", *records.FIELDS), rows)
        return
    if changes:
        rows_ = ((_SIGNS[change], *records.row(record)) for change, record in changes)
        output.table((" ", *records.COLUMNS), rows_)
    counts = ", ".join(f"{len(found[change])} {change}" for change in _SIGNS)
    output.print(f"{counts} between {found['from']} and {found['to']}")

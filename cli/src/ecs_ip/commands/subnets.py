"""`ecs-ip subnets`: what is held in each subnet, what was just released, what has no task."""

from typing import Any

from ecs_ip.api import joined
from ecs_ip.invocation import Invocation
from ecs_ip.records import Record, shown

EXAMPLES = (
    ("Which subnets are filling up?", "ecs-ip subnets"),
    ("The same for a script", "ecs-ip subnets -o json"),
)

_FIELDS = (
    "subnetId", "vpcId", "availabilityZone", "ipv4Cidr", "ipv6Cidrs", "usable", "held", "released",
)  # fmt: skip
_COLUMNS = (
    "SUBNET", "VPC", "ZONE", "IPV4", "IPV6", "USABLE", "HELD", "RELEASED (1 H)", "WITHOUT A TASK",
)  # fmt: skip


def subnets(invocation: Invocation) -> None:
    """Show each subnet: addresses held, released within the hour, and without a task."""
    output = invocation.output
    whole = joined(invocation.api.pages("/subnets"))
    if output.format == "json":
        output.json(whole)
    elif output.format == "csv":
        output.csv(_FIELDS, map(_flat, whole["items"]))
    else:
        output.table(_COLUMNS, map(_row, whole["items"]))


def _flat(subnet: Record) -> dict[str, Any]:
    return {**subnet, "ipv6Cidrs": " ".join(subnet.get("ipv6Cidrs") or []) or None}


def _row(subnet: Record) -> tuple[str, ...]:
    flat = _flat(subnet)
    return (*(shown(flat, field) for field in _FIELDS), _without_task(subnet))


def _without_task(subnet: Record) -> str:
    usable, held, released = (subnet.get(field) for field in ("usable", "held", "released"))
    return "-" if usable is None else str(usable - (held or 0) - (released or 0))

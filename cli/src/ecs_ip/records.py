"""The record of a task in the API's form: its fields, and what people see."""

from collections.abc import Mapping
from typing import Any

from ecs_ip.output import Output
from ecs_ip.text import escape

Record = Mapping[str, Any]

# All fields, in the order of the contract.
# fmt: off
FIELDS = (
    "taskArn", "taskId", "account", "region", "clusterArn", "cluster", "group", "service",
    "startedBy", "taskDefinitionArn", "launchType", "capacityProviderName", "platformVersion",
    "availabilityZone", "containerInstanceArn", "networkMode", "attachmentId", "attachmentStatus",
    "networkInterfaceId", "subnetId", "vpcId", "macAddress", "privateDnsName",
    "privateIpv4Address", "ipv6Address", "lastStatus", "desiredStatus", "version", "createdAt",
    "connectivityAt", "startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt", "stopCode",
    "stoppedReason", "live", "addressState", "attachedNotBefore", "attachedAt",
    "attachedAtEstimated", "releasedNotBefore", "releasedAt", "releasedAtEstimated", "source",
    "observedAt", "missingAt",
)
# fmt: on

COLUMNS = ("ADDRESS", "CLUSTER", "SERVICE", "STATUS", "STATE", "SINCE", "SUBNET", "TASK")
# What matters of the past: when a task ended, and why. A reason is long, so it comes last.
PAST_COLUMNS = (
    *("ADDRESS", "CLUSTER", "SERVICE", "STATUS", "ENDED", "STOP CODE"),
    *("TASK", "SINCE", "SUBNET", "REASON"),
)


def row(record: Record) -> tuple[str, ...]:
    """Return a record as a row of the map."""
    return (
        addresses(record),
        shown(record, "cluster"),
        name_of(record),
        shown(record, "lastStatus"),
        shown(record, "addressState"),
        since(record),
        shown(record, "subnetId"),
        shown(record, "taskId"),
    )


def past_row(record: Record) -> tuple[str, ...]:
    """Return a record as a row of the past, with its end."""
    return (
        addresses(record),
        shown(record, "cluster"),
        name_of(record),
        shown(record, "lastStatus"),
        ended(record),
        shown(record, "stopCode"),
        shown(record, "taskId"),
        since(record),
        shown(record, "subnetId"),
        shown(record, "stoppedReason"),
    )


def write(output: Output, records: list[Any], *, past: bool = False) -> None:
    """Write records as a table or as CSV; a table of the past shows when tasks ended, and why."""
    if output.format == "csv":
        output.csv(FIELDS, records)
    elif past:
        output.table(PAST_COLUMNS, map(past_row, records))
    else:
        output.table(COLUMNS, map(row, records))


def shown(record: Record, field: str) -> str:
    """Return a field as text that is safe on a terminal, `-` where there is no value."""
    value = record.get(field)
    return "-" if value is None else escape(str(value))


def name_of(record: Record) -> str:
    """Return the service, else the group: what the task is called among people."""
    return shown(record, "service") if record.get("service") else shown(record, "group")


def addresses(record: Record) -> str:
    """Return the addresses of a task, IPv4 first."""
    both = (record.get("privateIpv4Address"), record.get("ipv6Address"))
    return " ".join(escape(str(address)) for address in both if address) or "-"


def count_of_addresses(record: Record) -> int:
    """Return how many addresses a record has."""
    return sum(bool(record.get(field)) for field in ("privateIpv4Address", "ipv6Address"))


def since(record: Record) -> str:
    """Return since when the address is certain, with `~` where that is an estimate."""
    mark = "~" if record.get("attachedAtEstimated") else ""
    return mark + shown(record, "attachedAt")


def ended(record: Record) -> str:
    """Return when a task ended; if ECS no longer knew it, the latest possible instant, with `~`.

    `-` for a live task.
    """
    if record.get("live") or record.get("stoppedAt"):
        return shown(record, "stoppedAt")
    latest = "releasedAt" if record.get("releasedAt") else "missingAt"
    return f"~{shown(record, latest)}" if record.get(latest) else "-"

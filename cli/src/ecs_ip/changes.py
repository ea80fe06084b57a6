"""The changes of a task's address between two readings, named like the published events."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ecs_ip.records import Record

Map = Mapping[str, Record]
Kind = Literal["assigned", "updated", "released"]

# What a consumer of addresses acts on.
_WATCHED = (
    "lastStatus", "desiredStatus", "networkInterfaceId", "subnetId", "macAddress",
    "privateDnsName", "privateIpv4Address", "ipv6Address",
    "attachedNotBefore", "attachedAt", "releasedNotBefore", "releasedAt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change; `fields` are those that changed, for an update."""

    kind: Kind
    record: Record
    fields: tuple[str, ...] = ()


def between(before: Record | None, after: Record | None) -> Change | None:
    """Return what changed; None if no address is concerned.

    None before: the task was not there. None after: nothing more is known about it.
    """
    had = before is not None and before["addressState"] == "held"
    if after is None:
        return Change("released", before) if had and before else None
    has = after["addressState"] == "held"
    if has != had:
        return Change("assigned" if has else "released", after)
    if before is None or not (has or after["addressState"] == "released"):
        return None
    changed = tuple(name for name in _WATCHED if before.get(name) != after.get(name))
    return Change("updated", after, changed) if changed else None

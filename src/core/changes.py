"""Which changes of a record the world is told of, and under which name."""

from dataclasses import dataclass

from core.record import Record
from core.view import record_as_json

ASSIGNED = "Task Address Assigned"
UPDATED = "Task Address Updated"
RELEASED = "Task Address Released"

WATCHED = (
    "lastStatus",
    "desiredStatus",
    "attachmentId",
    "networkInterfaceId",
    "subnetId",
    "vpcId",
    "macAddress",
    "privateDnsName",
    "privateIpv4Address",
    "ipv6Address",
    "addressState",
    "attachedAt",
    "attachedAtEstimated",
    "releasedAt",
    "releasedAtEstimated",
    "releasedNotBefore",
)
"""The fields of the contract on which consumers act."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to tell: a detail-type, and which of the watched fields differ."""

    detail_type: str
    changed: tuple[str, ...]


def change_between(before: Record | None, after: Record) -> Change | None:
    """Name the change between two states of one record; None where there is nothing to tell."""
    if not after.addresses:
        return None
    old = record_as_json(before) if before else {}
    new = record_as_json(after)
    changed = tuple(name for name in WATCHED if old.get(name) != new[name])
    if not changed:
        return None
    if "addressState" not in changed:
        return Change(UPDATED, changed)
    return Change(ASSIGNED if after.live else RELEASED, changed)

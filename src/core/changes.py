"""Which changes of a record the world is told of, under which name, and in which words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from core.instant import Instant, to_text
from core.record import Record
from core.store import Stored
from core.view import record_as_json

ASSIGNED = "Task Address Assigned"
UPDATED = "Task Address Updated"
RELEASED = "Task Address Released"

SCHEMA_VERSION = "1"
_IDS = UUID("f3c0a1de-6d0e-4f5b-9d57-2f1a6f0f8a41")

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
    changed = tuple(name for name in WATCHED if (old.get(name) or None) != (new[name] or None))
    if not changed:
        return None
    if "addressState" not in changed:
        return Change(UPDATED, changed)
    return Change(ASSIGNED if after.live else RELEASED, changed)


@dataclass(frozen=True, slots=True)
class ChangeEvent:
    """What is published of a change."""

    detail_type: str
    task_arn: str
    detail: dict[str, Any]
    """`{"metadata": {...}, "data": the whole record}`, as the contract has it."""


def change_event(
    before: Stored | None, after: Stored, *, published_at: Instant
) -> ChangeEvent | None:
    """Tell of the change between two stored states of one record; None where there is none.

    Everything but `publishedAt` depends on the two states alone, so that each delivery of a
    change is the same event under the same id.
    """
    record = after.record
    change = change_between(before.record if before else None, record)
    if change is None:
        return None
    metadata = {
        "id": str(uuid5(_IDS, f"{record.key.cluster_arn}/{record.key.task_id}/{after.sequence}")),
        "schemaVersion": SCHEMA_VERSION,
        "sequence": after.sequence,
        "occurredAt": to_text(_occurred_at(change, record)),
        "publishedAt": to_text(published_at),
        "changed": list(change.changed),
    }
    data = record_as_json(record)
    return ChangeEvent(change.detail_type, data["taskArn"], {"metadata": metadata, "data": data})


def _occurred_at(change: Change, record: Record) -> Instant:
    """Date the change by its evidence: the address's own instants, else the newest observation."""
    instants = {ASSIGNED: record.attached_at, RELEASED: record.released_at}
    occurred = instants.get(change.detail_type)
    return occurred if occurred is not None else record.newest.observed_at or 0

"""The changes of a record that are published: their names, and the events that carry them."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from core.task.fields import WATCHED
from core.task.kinds import TaskKey
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import HOUR, Duration, Instant, to_text

ASSIGNED = "Task Address Assigned"
UPDATED = "Task Address Updated"
RELEASED = "Task Address Released"

SCHEMA_VERSION = "1"
LATE_AFTER: Duration = HOUR
"""A change whose observation is older than this when it is published is marked `late`."""

_IDS = UUID("f3c0a1de-6d0e-4f5b-9d57-2f1a6f0f8a41")


class Change(NamedTuple):
    """One change to publish: a detail-type, and which of the watched fields differ."""

    detail_type: str
    changed: tuple[str, ...]
    """Their names in the contract."""


def change_between(before: Record | None, after: Record) -> Change | None:
    """Name the change between two states of one record; None where nothing is to be published."""
    if not after.addresses:
        return None
    changed = tuple(
        str(field.shown)
        for field in WATCHED
        if ((field.of(before) if before else None) or None) != (field.of(after) or None)
    )
    if not changed:
        return None
    if "addressState" not in changed:
        return Change(UPDATED, changed)
    return Change(ASSIGNED if after.address_state == "held" else RELEASED, changed)


class ChangeEvent(NamedTuple):
    """What is published of a change."""

    detail_type: str
    task_arn: str
    detail: dict[str, Any]
    """`{"metadata": {...}, "data": the whole record}`, as the contract defines it."""


def change_event(  # noqa: PLR0913 - two states, and what else the event tells
    before: Record | None,
    record: Record,
    *,
    sequence: int,
    news_at: Instant,
    published_at: Instant,
    complete: Callable[[Record], Record] = lambda record: record,
) -> ChangeEvent | None:
    """Write the event of the change between two states of one record; None where there is none.

    `sequence` counts the published changes of the record, this one included. `news_at` is the
    source time of the newest observation behind the change. `complete` adds to the record what the
    table keeps elsewhere. Everything but `publishedAt` and `late` depends on the two states alone,
    so that each delivery of a change is the same event under the same id.
    """
    change = change_between(before, record)
    if change is None:
        return None
    metadata = {
        "id": _id(record.key, sequence),
        "schemaVersion": SCHEMA_VERSION,
        "sequence": sequence,
        "occurredAt": to_text(_occurred_at(change, record)),
        "publishedAt": to_text(published_at),
        "late": published_at - news_at > LATE_AFTER,
        "changed": list(change.changed),
    }
    data = record_as_json(complete(record))
    return ChangeEvent(change.detail_type, data["taskArn"], {"metadata": metadata, "data": data})


def is_change_of(record: Record, sequence: int, detail_type: str, detail: Any) -> bool:
    """Tell whether an event is one that was written of a record, or might have been.

    `sequence` counts the published changes of the record so far. The record may know more by now
    than the event, but nothing else. Raise what a malformed `detail` raises.
    """
    metadata, data = detail["metadata"], detail["data"]
    shown = record_as_json(record)
    return (
        detail_type in {ASSIGNED, UPDATED, RELEASED}
        and 1 <= metadata["sequence"] <= sequence
        and metadata["id"] == _id(record.key, metadata["sequence"])
        and all(data[name] in {None, shown[name]} for name in _NEVER_CHANGE)
        and data["taskArn"] is not None
    )


_NEVER_CHANGE = (
    *("taskArn", "clusterArn", "group", "networkInterfaceId", "subnetId"),
    *("privateIpv4Address", "ipv6Address"),
)


def _id(key: TaskKey, sequence: int) -> str:
    return str(uuid5(_IDS, f"{key.cluster_arn}/{key.task_id}/{sequence}"))


def _occurred_at(change: Change, record: Record) -> Instant:
    """Date the change by its evidence: the address's own instants, else the newest observation."""
    instants = {ASSIGNED: record.attached_at, RELEASED: record.released_at}
    occurred = instants.get(change.detail_type)
    return occurred if occurred is not None else record.newest.observed_at or 0

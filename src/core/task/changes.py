"""The published changes of a record: their names, and the events that carry them."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from core.task.fields import WATCHED
from core.task.kinds import TaskKey
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import HOUR, Duration, Instant, from_text, to_text

ASSIGNED = "Task Address Assigned"
UPDATED = "Task Address Updated"
RELEASED = "Task Address Released"

SCHEMA_VERSION = "1"
LATE_AFTER: Duration = HOUR
"""A change is marked `late` if its observation is older than this when it is published."""

_IDS = UUID("f3c0a1de-6d0e-4f5b-9d57-2f1a6f0f8a41")


class Change(NamedTuple):
    """One change to publish: a detail-type, and which of the watched fields differ."""

    detail_type: str
    changed: tuple[str, ...]
    """The names of these fields in the contract."""


def change_between(before: Record | None, after: Record) -> Change | None:
    """Return the change between two states of a record; None if nothing is to be published."""
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
    """The event that publishes a change."""

    detail_type: str
    task_arn: str
    detail: dict[str, Any]
    """`{"metadata": {...}, "data": the whole record}`, as the contract defines it."""


def change_event(  # noqa: PLR0913 - two states, and the rest of the event
    before: Record | None,
    record: Record,
    *,
    sequence: int,
    news_at: Instant,
    published_at: Instant,
    complete: Callable[[Record], Record] = lambda record: record,
) -> ChangeEvent | None:
    """Build the event of the change between two states of a record; None if there is no change.

    `sequence` counts the published changes of the record, including this one. `news_at` is the
    source time of the newest observation behind the change. `complete` adds what the table stores
    elsewhere. Everything but `publishedAt` and `late` depends only on the two states, so each
    delivery of a change is the same event with the same id.
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


def published_again(detail: dict[str, Any], published_at: Instant) -> dict[str, Any]:
    """Return the detail of a refused event, dated for when it is sent again."""
    metadata = detail["metadata"]
    news_at = min(from_text(metadata["publishedAt"]), from_text(detail["data"]["observedAt"]))
    late = metadata["late"] or published_at - news_at > LATE_AFTER
    again = metadata | {"publishedAt": to_text(published_at), "late": late}
    return detail | {"metadata": again}


def is_change_of(record: Record, sequence: int, detail_type: str, detail: Any) -> bool:
    """Return whether an event is, or could be, a published change of a record.

    `sequence` counts the published changes of the record so far. The record may know more than the
    event, but must not contradict it. A malformed `detail` raises whatever it raises.
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
    """Return when the change happened: the address's own instants, else the newest observation."""
    instants = {ASSIGNED: record.attached_at, RELEASED: record.released_at}
    occurred = instants.get(change.detail_type)
    return occurred if occurred is not None else record.newest.observed_at or 0

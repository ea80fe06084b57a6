"""The lives of tasks as ECS tells them, and what is published when they are written."""

from collections.abc import Sequence
from copy import replace
from typing import Any

from core.table.store import Stored
from core.task.changes import ChangeEvent, change_event
from core.task.record import Record, join
from core.text.instant import SECOND, Instant, to_text
from tests.support.tasks import NOON, eni, event

DELAY = SECOND + 250
"""How long after ECS spoke the made-up publisher speaks."""


def told(records: Sequence[Record]) -> list[ChangeEvent | None]:
    """Write observations of one task one after the other, as the store would; tell of each."""
    events = []
    before: Stored | None = None
    for record in records:
        joined = join(before.record, record) if before else record
        revision, sequence = (before.revision, before.sequence) if before else (0, 0)
        after = Stored(joined, revision + 1, sequence + 1)
        published_at = (joined.newest.observed_at or 0) + DELAY
        change = change_event(
            before.record if before else None,
            joined,
            sequence=after.sequence,
            news_at=record.newest.observed_at or 0,
            published_at=published_at,
        )
        before = after if change else replace(after, sequence=sequence)
        events.append(change)
    return events


def published(records: Sequence[Record]) -> list[ChangeEvent]:
    """Give what is told of observations, without what tells nothing."""
    return [change for change in told(records) if change is not None]


def life(
    task_id: str, address: str, cluster: str = "shop", *, start: Instant = NOON, **detail: Any
) -> list[dict[str, Any]]:
    """Make the five events of a Fargate task's whole life, ten seconds apart."""
    steps = [
        ("PENDING", "RUNNING", "ATTACHED"),
        ("RUNNING", "RUNNING", "ATTACHED"),
        ("RUNNING", "STOPPED", "ATTACHED"),
        ("DEPROVISIONING", "STOPPED", "DETACHING"),
        ("STOPPED", "STOPPED", "DELETED"),
    ]
    at = [to_text(start + number * 10 * SECOND) for number in range(len(steps))]
    return [
        event(
            task_id,
            cluster,
            version=2 + number,
            lastStatus=last,
            desiredStatus=desired,
            createdAt=to_text(start - 10 * SECOND),
            updatedAt=at[number],
            startedAt=at[1] if number >= 1 else None,
            stoppingAt=at[2] if number >= 2 else None,
            stoppedAt=at[4] if last == "STOPPED" else None,
            attachments=[eni(status=attachment, privateIPv4Address=address)],
            **detail,
        )
        for number, (last, desired, attachment) in enumerate(steps)
    ]

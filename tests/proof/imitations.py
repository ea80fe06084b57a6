"""Small imitations of the two ways in which such tables are kept today; both are wrong."""

from collections.abc import Collection
from typing import Protocol

from core.table.recording import Outcome, Recorded
from core.table.store import Store
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import Duration, Instant


class Overwritable(Store, Protocol):
    """A store that puts and deletes without a condition."""

    def overwrite(self, record: Record) -> None: ...
    def delete(self, key: TaskKey) -> None: ...


def get_then_put(
    store: Overwritable,
    sightings: Collection[Record],
    *,
    now: Instant,  # noqa: ARG001 - it has the signature of what it imitates
    retention: Duration,  # noqa: ARG001 - as above
) -> Recorded:
    """Keep the sighting of the highest version, as the sample in AWS's documentation does.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwet_handling.html
    """
    recorded = Recorded()
    for sighting in sightings:
        known = store.get_many([sighting.key]).get(sighting.key)
        recorded.outcomes[sighting.key] = Outcome.UNCHANGED
        if known is None or _version(sighting) > _version(known.record):
            store.overwrite(sighting)
            recorded.outcomes[sighting.key] = Outcome.STORED
    return recorded


def delete_on_stopped(
    store: Overwritable,
    sightings: Collection[Record],
    *,
    now: Instant,  # noqa: ARG001 - as above
    retention: Duration,  # noqa: ARG001 - as above
) -> Recorded:
    """Keep the last sighting that came, and forget a task when it stops, whatever the version."""
    recorded = Recorded()
    for sighting in sightings:
        if sighting.stopped:
            store.delete(sighting.key)
        else:
            store.overwrite(sighting)
        recorded.outcomes[sighting.key] = Outcome.STORED
    return recorded


def _version(record: Record) -> int:
    return record.status.version if record.status else 0

"""The history of a service: which of its tasks had an address in a window, a page at a time."""

from collections.abc import Iterator
from typing import NamedTuple

from core.answers.holders import Window
from core.table import index_keys
from core.table.store import ServiceEntry, Store
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import MINUTE, Duration, Instant

_READS_A_REQUEST = 64
"""Bounds the work of one request, so a page may have fewer items than its limit."""

_LONGEST_READ = 500

ENDS_KNOWN_WITHIN: Duration = 5 * MINUTE
"""The table learns of a task's end within this time, unless events are late."""


class ServicePosition(NamedTuple):
    """The position of a walk over a service's tasks.

    Tasks that hold their address, or released it after `settled`, come first, ordered by task id.
    `settled` stays the same during the walk. The others follow, the latest release first. So a task
    that stops during the walk keeps its place.
    """

    settled: Instant
    task: str = ""
    """The last task of the first kind."""
    highest: str | None = None
    """The greatest sort key that may come next among the second kind."""


class ServicePast(NamedTuple):
    """The part of a service's past that is requested, and when."""

    cluster: str
    """A short name."""
    service: str
    window: Window
    now: Instant
    expired_before: Instant = 0


def service_history(
    store: Store, asked: ServicePast, *, after: ServicePosition | None, limit: int
) -> tuple[list[Record], ServicePosition | None]:
    """List the tasks of a service that may have had an address in a window.

    Each is judged by its own record. Return also where to continue, None at the end.
    """
    partition = index_keys.service_partition(asked.cluster, f"service:{asked.service}")
    position: ServicePosition | None = after or ServicePosition(asked.now - ENDS_KNOWN_WITHIN)
    keys: list[TaskKey] = []
    if position and position.highest is None:
        keys, position = _unsettled(store, partition, asked.window, position, limit)
    if position and position.highest is not None:
        more, position = _settled(store, partition, asked.window, position, limit - len(keys))
        keys += more
    known = store.peek_many(keys)
    records = [known[key].record for key in keys if key in known]
    return [record for record in records if _had_address(record, asked)], position


def _had_address(record: Record, asked: ServicePast) -> bool:
    """Return whether a record may have had an address in the window, and has not expired."""
    tenure = record.tenure
    if tenure is None or record.ended_by(asked.expired_before):
        return False
    released_at = asked.window.end if tenure.released_at is None else tenure.released_at
    start = max(tenure.attached_not_before, asked.window.start)
    return start < min(released_at, asked.window.end)


def _unsettled(
    store: Store, partition: str, window: Window, position: ServicePosition, limit: int
) -> tuple[list[TaskKey], ServicePosition]:
    """Read all of the first kind again: a service's running tasks, and those that just ended."""
    since = max(window.start, position.settled)
    keys = {
        "#".join(entry.key): entry.key
        for entry in all_service_entries(store, partition, index_keys.released_between(since, None))
        if entry.created_at < window.end
    }
    left = sorted(task for task in keys if task > position.task)
    some = [keys[task] for task in left[:limit]]
    if len(left) > limit:
        return some, position._replace(task=left[limit - 1])
    return some, position._replace(highest=index_keys.released_between(0, position.settled)[1])


def _settled(
    store: Store, partition: str, window: Window, position: ServicePosition, limit: int
) -> tuple[list[TaskKey], ServicePosition | None]:
    """Continue among the second kind."""
    lowest = index_keys.released_between(window.start, None)[0]
    highest = position.highest or index_keys.LOWEST
    keys: list[TaskKey] = []
    for _ in range(_READS_A_REQUEST):
        if highest < lowest:
            return keys, None
        if len(keys) == limit:
            break
        entries = store.service_entries(partition, (lowest, highest), _LONGEST_READ)
        for entry in entries:
            highest = index_keys.just_below(entry.sort)
            keys += [entry.key] if entry.created_at < window.end else []
            if len(keys) == limit:
                break
        else:
            if len(entries) < _LONGEST_READ:
                return keys, None
    return keys, position._replace(highest=highest)


def all_service_entries(
    store: Store, partition: str, between: tuple[str, str]
) -> Iterator[ServiceEntry]:
    """Read all entries of a service within bounds."""
    lowest, highest = between
    while entries := store.service_entries(partition, (lowest, highest), _LONGEST_READ):
        yield from entries
        highest = index_keys.just_below(entries[-1].sort)
        if len(entries) < _LONGEST_READ or highest < lowest:
            return

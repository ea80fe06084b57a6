"""The past: who held an address, and which tasks of a service had one, in a window of time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from core import index
from core.instant import FAR_FUTURE, MINUTE, Duration, Instant
from core.record import Record, TaskKey
from core.store import Holding, Store, Stored, Tenure

_READS_A_REQUEST = 64
"""Bounds the work of one request: a page may be short of its limit for it."""

_FIRST_READ = 4
_LONGEST_READ = 500
"""Index entries a read: few at first, since most windows hold few."""

SETTLED_AFTER: Duration = 5 * MINUTE
"""Within this the table knows of a task's end, but for late events."""


class Window(NamedTuple):
    """A span of time: its start is in it, its end is not."""

    start: Instant
    end: Instant


class Claim(NamedTuple):
    """A task that held an address, going by an index, until it was superseded or let go."""

    key: TaskKey
    superseded_at: Instant | None
    """When the next newer holder in its subnet attached."""


class AddressPosition(NamedTuple):
    """Where a walk over an address's holders stands."""

    highest: str = index.HIGHEST
    """The greatest sort key that may come next."""
    newer_at: Instant | None = None
    """When the last holder attached, if the walk is still in its subnet."""
    task: str = ""
    """The last holder: should its `attachedAt` be corrected meanwhile, it comes but once."""

    def newer_in(self, subnet: str) -> Instant | None:
        """Tell when the last holder attached, if it did in this subnet."""
        return self.newer_at if self.highest.startswith(f"{subnet}#") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressPast:
    """Which part of an address's past is asked for."""

    address: str
    window: Window
    subnet_id: str | None = None
    expired_before: Instant = 0


def address_history(
    store: Store, asked: AddressPast, *, after: AddressPosition | None, limit: int
) -> tuple[list[Record], AddressPosition | None]:
    """List who held an address in a window, subnet by subnet, newest first in each.

    A task holds from its `attachedAt` until its `releasedAt`, or until the next newer one in its
    subnet attached. Answers where to go on, None at the end. Of each subnet only the window's
    part of the past is read, however long that past is.
    """
    claims, position = claims_on(store, asked, after=after or AddressPosition(), limit=limit)
    known = store.get_many([claim.key for claim in claims])
    return records_of(claims, known, asked), position


def claims_on(
    store: Store, asked: AddressPast, *, after: AddressPosition, limit: int
) -> tuple[list[Claim], AddressPosition | None]:
    """Find who may have held an address in a window, and where to go on; None at the end."""
    lowest, highest = index.LOWEST, index.HIGHEST
    if asked.subnet_id is not None:
        lowest, highest = index.within_subnet(asked.subnet_id, until=FAR_FUTURE)
    position = after._replace(highest=min(after.highest, highest))
    claims: list[Claim] = []
    size = _FIRST_READ
    for _ in range(_READS_A_REQUEST):
        size = min(size, limit - len(claims) + 1)
        entries = store.holdings(asked.address, (lowest, position.highest), size)
        skipped = False
        left = len(entries)
        for entry in entries:
            left -= 1
            sort = index.holding_sort(entry.subnet, entry.attached_at, entry.key.task_id)
            if sort > position.highest:
                skipped = True
                continue
            claim, position = _step(position, entry, sort, asked)
            claims += [claim] if claim else []
            if len(claims) == limit:
                break
        if position.highest < lowest or (len(entries) < size and not left):
            return claims, None
        if len(claims) == limit:
            return claims, position
        size = _FIRST_READ if skipped else min(4 * size, _LONGEST_READ)
    return claims, position


def _step(
    position: AddressPosition, entry: Holding, sort: str, asked: AddressPast
) -> tuple[Claim | None, AddressPosition]:
    """Go past one entry, or skip from it to the window, or from the window to the next subnet."""
    if entry.attached_at >= asked.window.end:
        highest = index.within_subnet(entry.subnet, until=asked.window.end - 1)[1]
        return None, AddressPosition(highest, None, position.task)
    newer_at = position.newer_in(entry.subnet)
    forgotten = entry.released_at is not None and entry.released_at <= asked.expired_before
    task = _name(entry.key)
    repeated = task == position.task
    claim = None if forgotten or repeated else Claim(entry.key, newer_at)
    past_window = entry.attached_at <= asked.window.start
    highest = index.below_subnet(entry.subnet)[1] if past_window else index.just_below(sort)
    return claim, AddressPosition(highest, entry.attached_at, task)


def records_of(
    claims: Iterable[Claim], known: Mapping[TaskKey, Stored], asked: AddressPast
) -> list[Record]:
    """Keep those whose whole records show that they held the address in the window."""
    return [
        record
        for claim in claims
        if (record := _unexpired(known, claim.key, asked.expired_before)) is not None
        and held_within(record, asked.window, until=claim.superseded_at)
    ]


def held_within(record: Record, window: Window, *, until: Instant | None = None) -> bool:
    """Tell whether there is an instant of the window at which the record held its address.

    `until` is when a newer holder ended it, even if its own release is not known.
    """
    if record.attached_at is None:
        return False
    ends = [end for end in (record.released_at, until, window.end) if end is not None]
    return max(record.attached_at, window.start) < min(ends)


class ServicePosition(NamedTuple):
    """Where a walk over a service's tasks stands.

    First come, by task id, those that hold their address or let it go after `settled`, an instant
    that stays the same throughout; then the others, the last to let go first. So a task that
    stops during the walk keeps its place in it.
    """

    settled: Instant
    task: str = ""
    """The last one of the first kind."""
    highest: str | None = None
    """The greatest sort key that may come next, among the second kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePast:
    """Which part of a service's past is asked for, and when."""

    cluster: str
    """A short name."""
    service: str
    window: Window
    now: Instant
    expired_before: Instant = 0


def service_history(
    store: Store, asked: ServicePast, *, after: ServicePosition | None, limit: int
) -> tuple[list[Record], ServicePosition | None]:
    """List the tasks of a service that had an address in a window, each by its own interval.

    Answers where to go on, None at the end.
    """
    partition = index.service_partition(asked.cluster, f"service:{asked.service}")
    position: ServicePosition | None = after or ServicePosition(asked.now - SETTLED_AFTER)
    keys: list[TaskKey] = []
    if position and position.highest is None:
        keys, position = _unsettled(store, partition, asked.window, position, limit)
    if position and position.highest is not None:
        more, position = _settled(store, partition, asked.window, position, limit - len(keys))
        keys += more
    known = store.get_many(keys)
    records = [_unexpired(known, key, asked.expired_before) for key in keys]
    return [record for record in records if record and held_within(record, asked.window)], position


def _unsettled(
    store: Store, partition: str, window: Window, position: ServicePosition, limit: int
) -> tuple[list[TaskKey], ServicePosition]:
    """Read all of the first kind anew: no more than a service has tasks, and those just ended."""
    since = max(window.start, position.settled)
    keys = {
        _name(entry.key): entry.key
        for entry in all_tenures(store, partition, index.released_between(since, None))
        if entry.attached_at < window.end
    }
    left = sorted(task for task in keys if task > position.task)
    some = [keys[task] for task in left[:limit]]
    if len(left) > limit:
        return some, position._replace(task=left[limit - 1])
    return some, position._replace(highest=index.released_between(0, position.settled)[1])


def _settled(
    store: Store, partition: str, window: Window, position: ServicePosition, limit: int
) -> tuple[list[TaskKey], ServicePosition | None]:
    """Read on among the second kind."""
    lowest = index.released_between(window.start, None)[0]
    highest = position.highest or index.LOWEST
    keys: list[TaskKey] = []
    for _ in range(_READS_A_REQUEST):
        if highest < lowest:
            return keys, None
        if len(keys) == limit:
            break
        entries = store.tenures(partition, (lowest, highest), _LONGEST_READ)
        for entry in entries:
            highest = index.just_below(index.tenure_sort(entry.released_at, entry.key.task_id))
            keys += [entry.key] if entry.attached_at < window.end else []
            if len(keys) == limit:
                break
        else:
            if len(entries) < _LONGEST_READ:
                return keys, None
    return keys, position._replace(highest=highest)


def all_tenures(store: Store, partition: str, between: tuple[str, str]) -> Iterator[Tenure]:
    """Read all entries of a service within bounds."""
    lowest, highest = between
    while entries := store.tenures(partition, (lowest, highest), _LONGEST_READ):
        yield from entries
        last = entries[-1]
        highest = index.just_below(index.tenure_sort(last.released_at, last.key.task_id))
        if len(entries) < _LONGEST_READ or highest < lowest:
            return


def _name(key: TaskKey) -> str:
    return "#".join(key)


def _unexpired(
    known: Mapping[TaskKey, Stored], key: TaskKey, expired_before: Instant
) -> Record | None:
    stored = known.get(key)
    if stored is None or stored.record.ended_by(expired_before):
        return None
    return stored.record

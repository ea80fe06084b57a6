"""The answers: who is where now, and who held an address at an instant."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from core import index
from core.address import Network, in_network
from core.instant import Instant
from core.record import Record, TaskKey
from core.store import Holding, LivePosition, Store, Stored

LIVE_READ_AT_ONCE = 1_000
_LIVE_READ_A_REQUEST = 10_000
"""Bounds the work of one request; some ten megabytes of index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """What a listed task must have; None asks for nothing."""

    cluster: str | None = None
    """A cluster's short name."""
    cluster_arn: str | None = None
    service: str | None = None
    group: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    launch_type: str | None = None
    last_status: str | None = None
    address_state: str | None = None
    cidr: Network | None = None

    def admits(self, record: Record) -> bool:
        """Tell whether the record has all that is asked for."""
        status, facts = record.status, record.facts
        asked_and_had = (
            (self.cluster, record.key.cluster_arn.name),
            (self.cluster_arn, record.key.cluster_arn),
            (self.service, record.service),
            (self.group, facts.group),
            (self.subnet_id, facts.subnet_id),
            (self.vpc_id, facts.vpc_id),
            (self.availability_zone, facts.availability_zone),
            (self.launch_type, facts.launch_type),
            (self.last_status, status and status.last_status),
            (self.address_state, record.address_state),
        )
        return all(asked in (None, had) for asked, had in asked_and_had) and (
            self.cidr is None or any(in_network(ip, self.cidr) for ip in record.addresses)
        )


class Tasks(NamedTuple):
    """A page of live tasks."""

    records: list[Record]
    next_position: LivePosition | None
    """Where to go on; None at the end of the list."""
    undetermined: int
    """How many tasks have all but the VPC that was asked for, and theirs is not known."""


def current_tasks(
    store: Store,
    wanted: TaskFilter,
    *,
    after: LivePosition | None,
    limit: int,
    locate: Callable[[Sequence[Record]], Sequence[Record]] = list,
) -> Tasks:
    """List live tasks; `locate` fills in VPCs.

    A page may be short of `limit`, even empty, while there is more: a request reads at most some
    10,000 index entries.
    """
    found: list[Record] = []
    undetermined = 0
    for _ in range(0, _LIVE_READ_A_REQUEST, LIVE_READ_AT_ONCE):
        page = store.live_page(wanted.cluster, after, LIVE_READ_AT_ONCE)
        for number, record in enumerate(locate(page.items), start=1):
            after = LivePosition.of(record)
            if wanted.admits(record):
                found.append(record)
            elif wanted.vpc_id is not None and record.vpc_undetermined:
                undetermined += replace(wanted, vpc_id=None).admits(record)
            if len(found) == limit:
                more = page.more or number < len(page.items)
                return Tasks(found, after if more else None, undetermined)
        if not page.more:
            return Tasks(found, None, undetermined)
    return Tasks(found, after, undetermined)


def live_records(store: Store, cluster: str | None, only: Collection[str] = ()) -> Iterator[Record]:
    """Read every live task, of a cluster's short name or of all; see `Store.live_page`."""
    after: LivePosition | None = None
    while True:
        page = store.live_page(cluster, after, LIVE_READ_AT_ONCE, only)
        yield from page.items
        if not page.more:
            return
        after = LivePosition.of(page.items[-1]) if page.items else after


def tasks_by_id(
    store: Store, task_id: str, cluster: str, *, expired_before: Instant
) -> list[Record]:
    """Find the records of a task, by its id and its cluster's short name; read consistently."""
    return [
        stored.record
        for stored in store.find(task_id)
        if stored.record.key.cluster_arn.name == cluster
        and not stored.record.ended_by(expired_before)
    ]


@dataclass(frozen=True, slots=True)
class Holders:
    """Who had an address at an instant, a subnet an entry in each list."""

    holders: list[Record]
    previous: list[Record]
    """The newest record of each subnet, attached by then, that did not hold it at the instant."""


def task_on_interface(
    store: Store, network_interface_id: str, *, expired_before: Instant
) -> Record | None:
    """Find the task that had a network interface; ECS gives each to one task, for ever."""
    known = store.get_many(store.on_interface(network_interface_id))
    return newest_of(known, expired_before)


def newest_of(known: Mapping[TaskKey, Stored], expired_before: Instant) -> Record | None:
    """Pick the record that attached last; ties: the greater task id."""
    records = [item.record for item in known.values() if not item.record.ended_by(expired_before)]
    return max(records, key=lambda record: (record.attached_at or 0, record.key), default=None)


def holders_at(
    store: Store, address: str, at: Instant, *, subnet_id: str | None, expired_before: Instant
) -> Holders:
    """Find who held an address: in each subnet, the newest record attached at or before `at`.

    One index query with a subnet, else at most two a subnet and one more; then one batch read.
    """
    newest = newest_at(store, address, at, subnet_id)
    known = store.get_many([holding.key for pair in newest for holding in pair])
    return judge(newest, known, at, expired_before)


def newest_at(
    store: Store, address: str, at: Instant, subnet_id: str | None
) -> list[Sequence[Holding]]:
    """Find the two newest index entries attached at or before `at`, for each subnet."""
    if subnet_id is None:
        return list(_newest_in_each_subnet(store, address, at))
    return [_newest_in(store, address, subnet_id, at)]


def judge(
    newest: Iterable[Sequence[Holding]],
    known: Mapping[TaskKey, Stored],
    at: Instant,
    expired_before: Instant,
) -> Holders:
    """Tell holders from those before, by their whole records."""
    answer = Holders([], [])
    for pair in newest:
        records = [known[holding.key].record for holding in pair if holding.key in known]
        held = records[:1] if records and _holds(records[0], at) else []
        answer.holders.extend(_unexpired(held, expired_before))
        answer.previous.extend(_unexpired(records[len(held) :][:1], expired_before))
    return answer


def _newest_in_each_subnet(store: Store, address: str, at: Instant) -> Iterator[Sequence[Holding]]:
    """Skip from subnet to subnet, the greatest first, never reading the address's whole past."""
    bounds = (index.LOWEST, index.HIGHEST)
    while entries := store.holdings(address, bounds, 2):
        subnet = entries[0].subnet
        if entries[0].attached_at <= at:
            yield [entry for entry in entries if entry.subnet == subnet]
        else:
            yield _newest_in(store, address, subnet, at)
        bounds = index.below_subnet(subnet)


def _newest_in(store: Store, address: str, subnet: str, at: Instant) -> Sequence[Holding]:
    return store.holdings(address, index.within_subnet(subnet, until=at), 2)


def _unexpired(records: list[Record], expired_before: Instant) -> list[Record]:
    """Leave out what is forgotten; it has ended older holders all the same."""
    return [record for record in records if not record.ended_by(expired_before)]


def _holds(record: Record, at: Instant) -> bool:
    return record.released_at is None or record.released_at > at

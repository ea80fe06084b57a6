"""The current map: every live task that matches a filter, a page at a time."""

from collections.abc import Callable
from copy import replace
from operator import attrgetter
from typing import NamedTuple

from core.table.store import LIVE_READ_AT_ONCE, LivePosition, Store, live_position
from core.task.record import Record
from core.text.address import Network, in_network
from core.text.instant import Instant

_LIVE_READ_A_REQUEST = 10_000
"""Bounds the work of one request: about ten megabytes of index."""


class TaskFilter(NamedTuple):
    """What a listed task must match; None matches everything."""

    cluster: str | None = None
    """A cluster's short name."""
    cluster_arn: str | None = None
    service: str | None = None
    group: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    launch_type: str | None = None
    capacity_provider_name: str | None = None
    last_status: str | None = None
    address_state: str | None = None
    cidr: Network | None = None

    @property
    def takes_all_of_cluster(self) -> bool:
        """There is no filter but, at most, a cluster's short name."""
        return self == TaskFilter(cluster=self.cluster)

    def admits(self, record: Record) -> bool:
        """Return whether the record matches."""
        had = zip(self, _HAD, strict=False)
        return all(asked is None or asked == read(record) for asked, read in had) and (
            self.cidr is None or any(in_network(ip, self.cidr) for ip in record.addresses)
        )

    def may_admit(self, record: Record) -> bool:
        """Return whether the record matches except for its VPC, which is not known."""
        return (
            self.vpc_id is not None
            and record.facts.vpc_id is None
            and record.facts.network_mode is not None
            and replace(self, vpc_id=None).admits(record)
        )


_HAD: tuple[Callable[[Record], object], ...] = (
    attrgetter("key.cluster_arn.name"),
    attrgetter("key.cluster_arn"),
    attrgetter("service"),
    attrgetter("facts.group"),
    attrgetter("interface.subnet_id"),
    attrgetter("facts.vpc_id"),
    attrgetter("facts.availability_zone"),
    attrgetter("facts.launch_type"),
    attrgetter("facts.capacity_provider_name"),
    lambda record: record.status and record.status.last_status,
    attrgetter("address_state"),
)
"""How to read each of the filter's fields from a record, in their order."""


class Tasks(NamedTuple):
    """A page of live tasks."""

    records: list[Record]
    following: LivePosition | None
    """Where to continue; None at the end of the list."""
    undetermined: int
    """The number of tasks that match except for their VPC, which is not known."""


def current_tasks(
    store: Store, wanted: TaskFilter, *, after: LivePosition | None, limit: int
) -> Tasks:
    """List live tasks.

    A page may have fewer than `limit` tasks, even none, although there are more: a request reads at
    most about 10,000 index entries.
    """
    found: list[Record] = []
    undetermined, read = 0, 0
    while read < _LIVE_READ_A_REQUEST:
        needed = limit - len(found) if wanted.takes_all_of_cluster else LIVE_READ_AT_ONCE
        size = min(needed, LIVE_READ_AT_ONCE)
        page = store.live_page(wanted.cluster, after, size)
        read += size
        for number, record in enumerate(page.items, start=1):
            after = live_position(record)
            if wanted.admits(record):
                found.append(record)
            undetermined += wanted.may_admit(record)
            if len(found) == limit:
                more = page.more or number < len(page.items)
                return Tasks(found, after if more else None, undetermined)
        if not page.more:
            return Tasks(found, None, undetermined)
    return Tasks(found, after, undetermined)


def tasks_by_id(
    store: Store, task_id: str, cluster: str, *, expired_before: Instant
) -> list[Record]:
    """Return the records of a task by its id and its cluster's short name; read consistently."""
    return [
        stored.record
        for stored in store.find(task_id)
        if stored.record.key.cluster_arn.name == cluster
        and not stored.record.ended_by(expired_before)
    ]

"""VPCs: which one a subnet is in. ECS does not say; EC2 is asked once for each subnet.

Records are stored without their VPC; `StoreWithVpcs` fills it in when a record is read. New subnets
are looked up by `core.sweep.subnet_lookup`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import replace
from itertools import batched
from typing import Any

from core.table.store import LivePosition, Page, Store, Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import SECOND, Duration, Instant

_READ_AGAIN_AFTER: Duration = 10 * SECOND
_LOCATED_AT_ONCE = 100


class KnownVpcs:
    """The VPCs of subnets, kept in memory: a subnet never moves.

    Reloaded from the store when a subnet is not known, every ten seconds at most.
    """

    def __init__(self) -> None:
        self._vpcs: dict[str, str] = {}
        self._read_at: Instant = -_READ_AGAIN_AFTER

    def locate(self, records: Sequence[Record], store: Store, now: Instant) -> list[Record]:
        """Return the records with the VPCs that are known; raise what the store raises."""
        unknown = {_subnet_of(record) for record in records} - self._vpcs.keys() - {None}
        if unknown and now - self._read_at >= _READ_AGAIN_AFTER:
            self._read_at = now
            known = store.subnets().items()
            self._vpcs = {name: subnet.vpc_id for name, subnet in known if subnet}
        return [self._located(record) for record in records]

    def _located(self, record: Record) -> Record:
        vpc_id = self._vpcs.get(_subnet_of(record) or "")
        if vpc_id in (None, record.facts.vpc_id):
            return record
        return replace(record, facts=replace(record.facts, vpc_id=vpc_id))


class StoreWithVpcs:
    """A store for reading: every record comes with its VPC, if it is known."""

    def __init__(self, store: Store, known: KnownVpcs, now: Instant) -> None:
        self._store = store
        self._known = known
        self._now = now

    def __getattr__(self, name: str) -> Any:
        """Delegate methods that return no records."""
        return getattr(self._store, name)

    def peek_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        """Read as `StoredRecords.peek_many`.

        The indexes that led to these keys lag as well. That makes no answer wrong: whatever it
        claims as certain was seen by a sweep at least a minute ago.
        """
        found = list(self._store.peek_many(keys).values())
        return {stored.record.key: stored for stored in self._all_located(found)}

    def find(self, task_id: str) -> Sequence[Stored]:
        """Read as `StoredRecords.find`."""
        return self._all_located(self._store.find(task_id))

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
    ) -> Page[Record]:
        """Read as `StoredRecords.live_page`."""
        page = self._store.live_page(cluster, after, limit)
        return Page(self._known.locate(page.items, self._store, self._now), page.more)

    def all_live(self, cluster: str | None, only: Collection[str] = ()) -> Iterator[Record]:
        """Read as `StoredRecords.all_live`."""
        for some in batched(self._store.all_live(cluster, only), _LOCATED_AT_ONCE, strict=False):
            yield from self._known.locate(some, self._store, self._now)

    def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        """Read as `StoredRecords.live_between`."""
        page = self._store.live_between(cluster, between, limit)
        return Page(self._all_located(page.items), page.more)

    def past_between(self, partition: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        """Read as `StoredRecords.past_between`."""
        page = self._store.past_between(partition, between, limit)
        return Page(self._all_located(page.items), page.more)

    def _all_located(self, found: Sequence[Stored]) -> list[Stored]:
        records = [stored.record for stored in found]
        located = self._known.locate(records, self._store, self._now)
        return [replace(old, record=new) for old, new in zip(found, located, strict=True)]


def _subnet_of(record: Record) -> str | None:
    return record.interface.subnet_id

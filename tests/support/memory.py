"""A store in memory, with the promises of the real one: for tests and for reasoning."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import replace
from threading import Lock
from typing import NamedTuple

from core.table import index_keys
from core.table.coverage import ClusterCoverage, Sweeps
from core.table.seen_names import SUBNET, Note, subnet_note
from core.table.store import (
    LAST_EVENT_EXACT_TO,
    LIVE_READ_AT_ONCE,
    AddressEntry,
    ConflictError,
    Found,
    LivePosition,
    Page,
    ServiceEntry,
    Stored,
    Subnet,
    live_position,
)
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import Instant


class _Keys(NamedTuple):
    """The keys under which the indexes have a record."""

    live: str | None
    past: str | None
    address: str | None
    service: str | None
    release: str | None


class MemoryStore:
    """Implements `core.table.store.Store`; every write is visible at once, in the indexes too."""

    def __init__(self) -> None:
        self._items: dict[TaskKey, Stored] = {}
        self._keys: dict[TaskKey, tuple[Record, _Keys]] = {}
        self._coverages: dict[str, ClusterCoverage] = {}
        self._surveyed_at: Instant | None = None
        self._claims: dict[str, tuple[Instant, Instant]] = {}
        self._notes: set[Note] = set()
        self._subnets: dict[str, Subnet] = {}
        self._last_event_at: Instant | None = None
        self._lock = Lock()

    # Records

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        with self._lock:
            return {key: self._items[key] for key in keys if key in self._items}

    def peek_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        return self.get_many(keys)

    def get_with_notes(
        self, keys: Collection[TaskKey], notes: Collection[Note], *, last_event: bool = False
    ) -> Found:
        known = [note for note in notes if note in self._notes]
        return Found(self.get_many(keys), known, self._last_event_at if last_event else None)

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        return [self._put(item) for item in items]

    def _put(self, item: Stored) -> Exception | None:
        with self._lock:
            stored = self._items.get(item.record.key)
            if (stored.revision if stored else 0) != item.revision - 1:
                return ConflictError(item.record.key.task_id)
            self._items[item.record.key] = item
            return None

    def keys_of(self, record: Record) -> _Keys:
        """Return where the indexes have a record, which is worked out once."""
        known = self._keys.get(record.key)
        if known is None or known[0] is not record:
            keys = _Keys(
                index_keys.live_cluster(record),
                index_keys.past_partition(record),
                index_keys.address_sort(record),
                index_keys.service_key(record),
                index_keys.service_sort(record),
            )
            known = self._keys[record.key] = record, keys
        return known[1]

    def find(self, task_id: str) -> Sequence[Stored]:
        found = [item for item in self._all() if item.record.key.task_id == task_id]
        return sorted(found, key=lambda item: item.record.key)

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
    ) -> Page[Record]:
        live = {
            live_position(item.record): item.record
            for item in self._all()
            if item.record.live and cluster in (None, item.record.key.cluster_arn.name)
        }
        left = sorted(position for position in live if after is None or position > after)
        return Page([live[position] for position in left[:limit]], more=len(left) > limit)

    def all_live(
        self,
        cluster: str | None,
        only: Collection[str] = (),  # noqa: ARG002 - whole records have these fields, too
    ) -> Iterator[Record]:
        after: LivePosition | None = None
        while (page := self.live_page(cluster, after, LIVE_READ_AT_ONCE)).items:
            yield from page.items
            after = live_position(page.items[-1])

    def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        found = [item for item in self._all() if self.keys_of(item.record).live == cluster]
        return _created_between(found, between, limit)

    def past_between(self, partition: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        found = [item for item in self._all() if self.keys_of(item.record).past == partition]
        return _created_between(found, between, limit)

    def address_entries(
        self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
    ) -> Sequence[AddressEntry]:
        low, high = between
        entries = [
            AddressEntry(sort, index_keys.place_of(sort), item.record.key)
            for item in self._all()
            if address in item.record.addresses
            and (sort := self.keys_of(item.record).address) is not None
            and low <= sort <= high
        ]
        return sorted(entries, key=_sort, reverse=not ascending)[:limit]

    def service_entries(
        self, service: str, between: tuple[str, str], limit: int
    ) -> Sequence[ServiceEntry]:
        low, high = between
        entries = [
            ServiceEntry(sort, item.record.created_at, item.record.key)
            for item in self._all()
            if self.keys_of(item.record).service == service
            and (sort := self.keys_of(item.record).release) is not None
            and low <= sort <= high
        ]
        return sorted(entries, key=_sort, reverse=True)[:limit]

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        return sorted(
            item.record.key
            for item in self._all()
            if item.record.interface.network_interface_id == network_interface_id
        )

    # Sweeps

    def sweeps(self) -> Sweeps:
        ordered = [self._coverages[arn] for arn in sorted(self._coverages)]
        return Sweeps(ordered, self._surveyed_at)

    def cluster_coverage(self, cluster_arn: str) -> ClusterCoverage | None:
        return self._coverages.get(cluster_arn)

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        with self._lock:
            known = self._coverages.get(cluster.cluster_arn)
            if known is None or known.gone:
                self._coverages[cluster.cluster_arn] = cluster
                self._claims.pop(cluster.cluster_arn, None)

    def ask_for_sweep(self, cluster_arn: str, *, now: Instant, not_since: Instant) -> bool:
        with self._lock:
            known = self._coverages.get(cluster_arn)
            if known is None or (known.asked_at is not None and known.asked_at >= not_since):
                return False
            self._coverages[cluster_arn] = replace(known, asked_at=now)
            return True

    def claim_sweep(
        self, cluster_arn: str, generation: Instant, *, now: Instant, until: Instant
    ) -> ClusterCoverage | None:
        with self._lock:
            known = self._coverages.get(cluster_arn)
            held, held_until = self._claims.get(cluster_arn, (generation, now))
            if known is None or (known.last is not None and known.swept_at >= generation):
                return None
            if held != generation and (held_until >= now or held > generation):
                return None
            self._claims[cluster_arn] = (generation, until)
            return known

    def replace_coverage(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        with self._lock:
            if self._claims.get(cluster.cluster_arn, (None,))[0] != generation:
                return False
            del self._claims[cluster.cluster_arn]
            self._coverages[cluster.cluster_arn] = cluster
            return True

    def complete_survey(self, started_at: Instant) -> None:
        self._surveyed_at = max(started_at, self._surveyed_at or 0)

    # Notes

    def put_notes(self, notes: Collection[Note]) -> None:
        self._notes.update(notes)

    def notes(self, beginning: Note, limit: int | None = None) -> Sequence[Note]:
        return sorted(
            note
            for note in self._notes
            if note.kind == beginning.kind and note.name.startswith(beginning.name)
        )[:limit]

    def subnets(self) -> Mapping[str, Subnet | None]:
        noted = {note.name for note in self._notes if note.kind == SUBNET}
        return {name: self._subnets.get(name) for name in sorted(noted)}

    def put_subnets(self, subnets: Mapping[str, Subnet]) -> None:
        self._notes.update(map(subnet_note, subnets))
        self._subnets.update(subnets)

    def last_event_at(self) -> Instant | None:
        return self._last_event_at

    def note_event(self, at: Instant) -> bool:
        is_news = self._last_event_at is None or at - self._last_event_at >= LAST_EVENT_EXACT_TO
        if is_news:
            self._last_event_at = at
        return is_news

    def _all(self) -> list[Stored]:
        with self._lock:
            return list(self._items.values())


def _sort(entry: AddressEntry | ServiceEntry) -> tuple[str, TaskKey]:
    return entry.sort, entry.key


def _created_between(found: Sequence[Stored], between: tuple[str, str], limit: int) -> Page[Stored]:
    low, high = between
    places = {
        (
            index_keys.created_sort(item.record.created_at, item.record.key),
            item.record.key,
        ): item
        for item in found
    }
    inside = sorted(place for place in places if low <= place[0] <= high)
    return Page([places[place] for place in inside[:limit]], more=len(inside) > limit)

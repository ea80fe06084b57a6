"""A store in memory, with the promises of the real one: for tests and for reasoning."""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock

from core import index
from core.coverage import ClusterCoverage
from core.instant import MINUTE, Instant
from core.record import Record, TaskKey
from core.store import ConflictError, Holding, LivePosition, Page, Stored, Tenure


class MemoryStore:
    """Implements `core.store.Store`; every write is visible at once, in the indexes too."""

    def __init__(self) -> None:
        self._items: dict[TaskKey, Stored] = {}
        self._coverages: dict[str, ClusterCoverage] = {}
        self._claims: dict[str, tuple[Instant, Instant]] = {}
        self._subnets: dict[str, str | None] = {}
        self._last_event_at: Instant | None = None
        self._lock = Lock()

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        with self._lock:
            return {key: self._items[key] for key in keys if key in self._items}

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        return [self._put(item) for item in items]

    def _put(self, item: Stored) -> Exception | None:
        with self._lock:
            stored = self._items.get(item.record.key)
            if (stored.revision if stored else 0) != item.revision - 1:
                return ConflictError(item.record.key.task_id)
            self._items[item.record.key] = item
            return None

    def find(self, task_id: str) -> Sequence[Stored]:
        found = [item for item in self._all() if item.record.key.task_id == task_id]
        return sorted(found, key=lambda item: item.record.key)

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
        only: Collection[str] = (),  # noqa: ARG002 - whole records have these fields, too
    ) -> Page[Record]:
        live = {
            LivePosition(name, *item.record.key): item.record
            for item in self._all()
            if (name := index.live_cluster(item.record)) is not None and cluster in (None, name)
        }
        left = sorted(position for position in live if after is None or position > after)
        return Page([live[position] for position in left[:limit]], more=len(left) > limit)

    def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
        low, high = between
        entries = {
            sort: Holding(
                index.subnet_key(record), record.attached_at or 0, record.released_at, record.key
            )
            for record in (item.record for item in self._all())
            if address in record.addresses
            and (sort := index.address_sort(record)) is not None
            and low <= sort <= high
        }
        return [entries[sort] for sort in sorted(entries, reverse=True)[:limit]]

    def tenures(self, service: str, between: tuple[str, str], limit: int) -> Sequence[Tenure]:
        low, high = between
        entries = {
            (sort, record.key): Tenure(record.attached_at or 0, record.released_at, record.key)
            for record in (item.record for item in self._all())
            if index.service_key(record) == service
            and (sort := index.service_sort(record)) is not None
            and low <= sort <= high
        }
        return [entries[sort] for sort in sorted(entries, reverse=True)[:limit]]

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        return sorted(
            item.record.key
            for item in self._all()
            if item.record.facts.network_interface_id == network_interface_id
        )

    def coverages(self) -> Sequence[ClusterCoverage]:
        return [self._coverages[arn] for arn in sorted(self._coverages)]

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        with self._lock:
            known = self._coverages.get(cluster.cluster_arn)
            if known is None or known.gone:
                self._coverages[cluster.cluster_arn] = cluster
                self._claims.pop(cluster.cluster_arn, None)

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

    def complete_sweep(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        with self._lock:
            if self._claims.get(cluster.cluster_arn, (None,))[0] != generation:
                return False
            del self._claims[cluster.cluster_arn]
            self._coverages[cluster.cluster_arn] = cluster
            return True

    def subnets(self) -> Mapping[str, str | None]:
        return dict(sorted(self._subnets.items()))

    def note_subnets(self, subnet_ids: Collection[str]) -> None:
        for subnet_id in subnet_ids:
            self._subnets.setdefault(subnet_id, None)

    def put_subnets(self, vpcs: Mapping[str, str]) -> None:
        self._subnets.update(vpcs)

    def last_event_at(self) -> Instant | None:
        return self._last_event_at

    def note_event(self, at: Instant) -> None:
        minute = at - at % MINUTE
        self._last_event_at = max(minute, self._last_event_at or 0)

    def _all(self) -> list[Stored]:
        with self._lock:
            return list(self._items.values())

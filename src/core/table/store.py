"""The port to the table: what the core asks of a store, and what a store promises."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from core.table.coverage import ClusterCoverage, Sweeps
from core.table.index_keys import Place, created_sort
from core.table.notes import Note
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import Instant


class ConflictError(Exception):
    """The stored record is no longer the one that was read."""


class Stored(NamedTuple):
    """A record as it stands in the store."""

    record: Record
    revision: int = 0
    """Rises with each write; 0 is a record that was never written."""
    sequence: int = 0
    """How many of its changes were published."""
    written_at: Instant = 0
    """The writer's clock at the last write: since then the record is as it is."""
    news_at: Instant = 0
    """Source time of the newest observation that the last write joined."""


class Found(NamedTuple):
    """What a read by key found."""

    records: Mapping[TaskKey, Stored]
    notes: Collection[Note]
    """Those that are in the table, of the ones that were asked for."""
    last_event_at: Instant | None = None
    """As `StoredNotes.last_event_at`, if it was asked for."""


class Page[Item](NamedTuple):
    """Some items of a list, in its order."""

    items: Sequence[Item]
    more: bool
    """Whether there may be items after the last of these."""


class AddressEntry(NamedTuple):
    """An entry of an address index."""

    sort: str
    place: Place | None
    """None for a record among the unproven."""
    key: TaskKey


class ServiceEntry(NamedTuple):
    """An entry of the index of services."""

    sort: str
    created_at: Instant
    key: TaskKey


class LivePosition(NamedTuple):
    """Where a walk over live tasks stands: after this task."""

    cluster: str
    created: str
    """Its place among those of its cluster; see `core.table.index_keys.created_sort`."""
    task_id: str
    cluster_arn: str


class Subnet(NamedTuple):
    """What EC2 tells of a subnet; it never moves."""

    vpc_id: str
    availability_zone: str | None = None
    ipv4_cidr: str | None = None
    ipv6_cidrs: tuple[str, ...] = ()


class StoredRecords(Protocol):
    """Where records are kept. Index reads may lag behind writes by a moment."""

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        """Read records by key, strongly consistently; absent ones are left out."""
        ...

    def peek_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        """Read records by key as the indexes are read: for half the cost, a moment late perhaps."""
        ...

    def get_with_notes(
        self, keys: Collection[TaskKey], notes: Collection[Note], *, last_event: bool = False
    ) -> Found:
        """Read records, and which notes there are, in the same requests."""
        ...

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        """Write each record on the condition that the stored revision is one less than its own.

        Return in the same order: None where it was written, ConflictError where the stored
        revision differs, else whatever kept it from being written. One never costs another.
        """
        ...

    def find(self, task_id: str) -> Sequence[Stored]:
        """Read the records of a task id in all clusters, strongly consistently."""
        ...

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
        only: Collection[str] = (),
    ) -> Page[Record]:
        """Read live tasks, each once in a stable order: of one cluster's short name, or of all.

        Those of one cluster come in the order of their creation. `only` names the fields of
        records that are needed; others may then be missing. That saves time and memory where there
        are many.
        """
        ...

    def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        """Read a cluster's live tasks whose places lie within bounds, in order."""
        ...

    def past_between(self, partition: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        """Read ended tasks of a class whose places lie within bounds, in order.

        `partition` is what `core.table.index_keys.past_class` names.
        """
        ...

    def address_entries(
        self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
    ) -> Sequence[AddressEntry]:
        """Read the entries of an address with sort keys within bounds, greatest first."""
        ...

    def service_entries(
        self, service: str, between: tuple[str, str], limit: int
    ) -> Sequence[ServiceEntry]:
        """Read the entries of a service with sort keys within bounds, greatest first.

        `service` is what `core.table.index_keys.service_partition` names.
        """
        ...

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        """Find the tasks that had an elastic network interface; ECS gives each to one."""
        ...


class StoredSweeps(Protocol):
    """Where it is kept what sweeps have proven."""

    def sweeps(self) -> Sweeps:
        """Read what sweeps and surveys have completed."""
        ...

    def cluster_coverage(self, cluster_arn: str) -> ClusterCoverage | None:
        """Read what sweeps have completed of one cluster; None for one that was never noticed."""
        ...

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        """Enter a cluster, unless it is there and not gone."""
        ...

    def ask_for_sweep(self, cluster_arn: str, *, now: Instant, not_since: Instant) -> bool:
        """Note that a sweep of a cluster is asked for out of turn.

        False if one was asked for at `not_since` or later, or the cluster was never noticed.
        """
        ...

    def claim_sweep(
        self, cluster_arn: str, generation: Instant, *, now: Instant, until: Instant
    ) -> ClusterCoverage | None:
        """Claim a cluster for the sweep asked for at `generation`, or hold on to the claim.

        Return its coverage; None where another sweep's claim has not run out, where one that
        began at `generation` or later has completed already, or where it was never noticed.
        """
        ...

    def complete_sweep(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        """Replace a cluster's coverage and end the claim; False if the claim is no longer ours."""
        ...

    def complete_survey(self, started_at: Instant) -> None:
        """Remember that a survey which began at an instant has completed."""
        ...


class StoredNotes(Protocol):
    """Where it is kept which names there are, and what is known of them."""

    def put_notes(self, notes: Collection[Note]) -> None:
        """Note things that were seen; noting one again changes nothing."""
        ...

    def notes(self, beginning: Note, limit: int | None = None) -> Sequence[Note]:
        """List notes of a kind whose names begin like this, in order."""
        ...

    def subnets(self) -> Mapping[str, Subnet | None]:
        """Read the subnets that were noted, each with what EC2 tells; None if not yet known."""
        ...

    def put_subnets(self, subnets: Mapping[str, Subnet]) -> None:
        """Remember for ever what EC2 tells of subnets."""
        ...

    def last_event_at(self) -> Instant | None:
        """Read the source time of the newest event, exact to a minute."""
        ...

    def note_event(self, at: Instant) -> None:
        """Remember that an event of this source time came, unless a newer one did."""
        ...


class Store(StoredRecords, StoredSweeps, StoredNotes, Protocol):
    """The whole table."""


class SideBySide(Protocol):
    """Does something with each of some things, in any order, and returns the results in theirs."""

    def __call__[Thing, Result](
        self, do: Callable[[Thing], Result], things: Iterable[Thing], /
    ) -> Iterable[Result]:
        """Return what `do` made of each."""
        ...


LIVE_READ_AT_ONCE = 1_000


def live_records(store: Store, cluster: str | None, only: Collection[str] = ()) -> Iterator[Record]:
    """Read every live task, of a cluster's short name or of all; see `StoredRecords.live_page`."""
    after: LivePosition | None = None
    while True:
        page = store.live_page(cluster, after, LIVE_READ_AT_ONCE, only)
        yield from page.items
        if not page.more:
            return
        after = live_position(page.items[-1]) if page.items else after


def live_position(record: Record) -> LivePosition:
    """Stand at a live record."""
    key = record.key
    return LivePosition(key.cluster_arn.name, created_sort(record.created_at, key.task_id), *key)


def one_by_one[Thing, Result](
    do: Callable[[Thing], Result], things: Iterable[Thing], /
) -> Iterable[Result]:
    """Do something with each of some things, in order."""
    return map(do, things)

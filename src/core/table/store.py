"""The port to the table: what the core needs from a store, and what a store guarantees."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from core.table.coverage import ClusterCoverage, Sweeps
from core.table.index_keys import Place, created_sort
from core.table.seen_names import Note
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import MINUTE, Duration, Instant


class ConflictError(Exception):
    """The stored record is no longer the one that was read."""


class Stored(NamedTuple):
    """A record as it is stored."""

    record: Record
    revision: int = 0
    """Increases with each write; 0 is a record that was never written."""
    sequence: int = 0
    """The number of its changes that were published."""
    written_at: Instant = 0
    """The writer's clock at the last write; the record has not changed since."""
    news_at: Instant = 0
    """Source time of the newest observation that the last write joined."""


class Found(NamedTuple):
    """The result of a read by key."""

    records: Mapping[TaskKey, Stored]
    notes: Collection[Note]
    """Which of the requested ones are in the table."""
    last_event_at: Instant | None = None
    """As `StoredSeenNames.last_event_at`, if it was requested."""


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
    """The position of a walk over live tasks: after this task."""

    cluster: str
    created: str
    """Its position in its cluster; see `core.table.index_keys.created_sort`."""
    task_id: str
    cluster_arn: str


class Subnet(NamedTuple):
    """What EC2 says about a subnet; it never changes VPC."""

    vpc_id: str
    availability_zone: str | None = None
    ipv4_cidr: str | None = None
    ipv6_cidrs: tuple[str, ...] = ()


class StoredRecords(Protocol):
    """Storage for records. Index reads may lag behind writes by a moment."""

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        """Read records by key, strongly consistently; absent ones are left out."""
        ...

    def peek_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        """Read records by key, eventually consistently: half the cost of `get_many`."""
        ...

    def get_with_notes(
        self, keys: Collection[TaskKey], notes: Collection[Note], *, last_event: bool = False
    ) -> Found:
        """Read records, and check which notes exist, in the same requests."""
        ...

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        """Write each record on the condition that the stored revision is one less than its own.

        Return, in the same order, None for each that was written, ConflictError if the stored
        revision differs, else the error. One failed write does not affect another.
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
    ) -> Page[Record]:
        """Read the live tasks of a cluster (by short name) or of all, each once in a stable order.

        Tasks of one cluster are ordered by creation.
        """
        ...

    def all_live(self, cluster: str | None, only: Collection[str] = ()) -> Iterator[Record]:
        """Read every live task of a cluster (by short name) or of all, each once.

        `only` names the fields that are needed; others may then be missing, which saves time and
        memory.
        """
        ...

    def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        """Read a cluster's live tasks whose sort keys lie within bounds, in order."""
        ...

    def past_between(self, partition: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        """Read ended tasks of a class whose sort keys lie within bounds, in order.

        `partition` comes from `core.table.index_keys.past_class`.
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

        `service` comes from `core.table.index_keys.service_partition`.
        """
        ...

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        """Return the tasks that had an elastic network interface; ECS gives each to one."""
        ...


class StoredSweeps(Protocol):
    """Storage for sweep coverage."""

    def sweeps(self) -> Sweeps:
        """Read the coverage of all clusters, and the last completed survey."""
        ...

    def cluster_coverage(self, cluster_arn: str) -> ClusterCoverage | None:
        """Read the coverage of one cluster; None if it was never noticed."""
        ...

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        """Add a cluster, unless it is stored and not gone."""
        ...

    def ask_for_sweep(self, cluster_arn: str, *, now: Instant, not_since: Instant) -> bool:
        """Note that an unscheduled sweep of a cluster is requested.

        Return False if one was requested at `not_since` or later, or the cluster was never noticed.
        """
        ...

    def claim_sweep(
        self, cluster_arn: str, generation: Instant, *, now: Instant, until: Instant
    ) -> ClusterCoverage | None:
        """Claim a cluster for the sweep requested at `generation`, or extend the claim.

        Return its coverage. Return None if another sweep's claim has not run out, if a sweep that
        began at `generation` or later has completed, or if the cluster was never noticed.
        """
        ...

    def replace_coverage(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        """Replace a cluster's coverage and end the claim; return False if we no longer hold it."""
        ...

    def complete_survey(self, started_at: Instant) -> None:
        """Store that a survey which began at an instant has completed."""
        ...


class StoredSeenNames(Protocol):
    """Storage for seen names."""

    def put_notes(self, notes: Collection[Note]) -> None:
        """Store notes; storing one again changes nothing."""
        ...

    def notes(self, beginning: Note, limit: int | None = None) -> Sequence[Note]:
        """Return the notes of a kind whose names begin like this, in order."""
        ...

    def subnets(self) -> Mapping[str, Subnet | None]:
        """Read the subnets that were noted, each with what EC2 says; None if not yet known."""
        ...

    def put_subnets(self, subnets: Mapping[str, Subnet]) -> None:
        """Store permanently what EC2 says about subnets."""
        ...

    def last_event_at(self) -> Instant | None:
        """Read the source time of the newest event, or of one less than a minute before it."""
        ...

    def note_event(self, at: Instant) -> bool:
        """Store the source time of an event, if it is a minute newer than what is stored.

        Return whether it was.
        """
        ...


class Store(StoredRecords, StoredSweeps, StoredSeenNames, Protocol):
    """The whole table."""


class SideBySide(Protocol):
    """Applies a function to several things concurrently; the results keep their order."""

    def __call__[Thing, Result](
        self, do: Callable[[Thing], Result], things: Iterable[Thing], /
    ) -> Iterable[Result]:
        """Return the result of `do` for each."""
        ...


LIVE_READ_AT_ONCE = 1_000

LAST_EVENT_EXACT_TO: Duration = MINUTE
"""The time of the last event is not written again within it."""


def live_position(record: Record) -> LivePosition:
    """Return the position of a live record."""
    key = record.key
    return LivePosition(key.cluster_arn.name, created_sort(record.created_at, key), *key)


def one_by_one[Thing, Result](
    do: Callable[[Thing], Result], things: Iterable[Thing], /
) -> Iterable[Result]:
    """Apply a function to each thing, one after the other."""
    return map(do, things)

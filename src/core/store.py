"""The port to the table: what the core asks of a store, and what a store promises."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from core.coverage import ClusterCoverage
from core.instant import Instant
from core.record import Record, TaskKey


class ConflictError(Exception):
    """The stored record is no longer the one that was read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it stands in the store."""

    record: Record
    revision: int = 0
    """Rises with each write; 0 is a record that was never written."""
    sequence: int = 0
    """How many of its changes the world was told of."""
    written_at: Instant = 0
    """The writer's clock at the last write: since then the record is as it is."""


@dataclass(frozen=True, slots=True)
class Page[Item]:
    """Some items of a list, in its order."""

    items: Sequence[Item]
    more: bool
    """Whether there may be items after the last of these."""


class Holding(NamedTuple):
    """An entry of an address index: who held the address in a subnet from when on."""

    subnet: str
    """The subnet's id, or a key of its own for a record that does not know it."""
    attached_at: Instant
    released_at: Instant | None
    key: TaskKey


class Tenure(NamedTuple):
    """An entry of the index of services: from when till when a task had an address."""

    attached_at: Instant
    released_at: Instant | None
    key: TaskKey


class LivePosition(NamedTuple):
    """Where a walk over live tasks stands: after this task."""

    cluster: str
    task_id: str
    cluster_arn: str

    @classmethod
    def of(cls, record: Record) -> "LivePosition":
        """Stand at a record."""
        cluster = record.key.cluster_arn
        return cls(cluster.name, record.key.task_id, cluster)


class Store(Protocol):
    """Where records are kept. Index reads may lag behind writes by a moment."""

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        """Read records by key, strongly consistently; absent ones are left out."""
        ...

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        """Write each record on the condition that the stored revision is one less than its own.

        Answers in the same order: None where it was written, ConflictError where the stored
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
        """Read live tasks, of one cluster's short name or of all, each once in a stable order.

        `only` names the fields of records that are needed; others may then be missing. That saves
        time and memory where there are many.
        """
        ...

    def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
        """Read the entries of an address with sort keys in the bounds, greatest first."""
        ...

    def tenures(self, service: str, between: tuple[str, str], limit: int) -> Sequence[Tenure]:
        """Read the entries of a service with sort keys in the bounds, greatest first.

        `service` is what `core.index.service_partition` names.
        """
        ...

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        """Find the tasks that had an elastic network interface; ECS gives each to one."""
        ...

    def coverages(self) -> Sequence[ClusterCoverage]:
        """Read what sweeps have completed, a cluster an entry."""
        ...

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        """Enter a cluster, unless it is there and not gone."""
        ...

    def claim_sweep(
        self, cluster_arn: str, generation: Instant, *, now: Instant, until: Instant
    ) -> ClusterCoverage | None:
        """Claim a cluster for the sweep asked for at `generation`, or hold on to the claim.

        Answers its coverage; None where another sweep's claim has not run out, where one that
        began at `generation` or later has completed already, or where it was never noticed.
        """
        ...

    def complete_sweep(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        """Replace a cluster's coverage and end the claim; False if the claim is no longer ours."""
        ...

    def subnets(self) -> Mapping[str, str | None]:
        """Read the subnets that were noted, each with its VPC; None where it is not known yet."""
        ...

    def note_subnets(self, subnet_ids: Collection[str]) -> None:
        """Remember that there are these subnets, unless they are noted already."""
        ...

    def put_subnets(self, vpcs: Mapping[str, str]) -> None:
        """Remember for ever which VPC each subnet is in."""
        ...

    def last_event_at(self) -> Instant | None:
        """Read the source time of the newest event, exact to a minute."""
        ...

    def note_event(self, at: Instant) -> None:
        """Remember that an event of this source time came, unless a newer one did."""
        ...


class SideBySide(Protocol):
    """Does something with each of some things, in any order, and answers in theirs."""

    def __call__[Thing, Result](
        self, do: Callable[[Thing], Result], things: Iterable[Thing], /
    ) -> Iterable[Result]:
        """Answer what `do` made of each."""
        ...

"""The port to the table: what the core asks of a store, and what a store promises."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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

    items: Sequence[Item] = field(default_factory=tuple)
    more: bool = False
    """Whether there may be items after the last of these."""


class Holding(NamedTuple):
    """An entry of an address index: who held the address in a subnet from when on."""

    subnet: str
    """The subnet's id, or a key of its own for a record that does not know it."""
    attached_at: Instant
    released_at: Instant | None
    key: TaskKey


class LivePosition(NamedTuple):
    """Where a walk over live tasks stands: after this task."""

    cluster: str
    task_id: str
    cluster_arn: str


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
        self, cluster: str | None, after: LivePosition | None, limit: int
    ) -> Page[Record]:
        """Read live tasks, of one cluster's short name or of all, each once in a stable order."""
        ...

    def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
        """Read the entries of an address with sort keys in the bounds, greatest first."""
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

    def last_event_at(self) -> Instant | None:
        """Read the source time of the newest event, exact to a minute."""
        ...

    def note_event(self, at: Instant) -> None:
        """Remember that an event of this source time came, unless a newer one did."""
        ...

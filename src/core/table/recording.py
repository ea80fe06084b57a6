"""The write path: joins observations into the stored records, with any number of writers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from enum import StrEnum
from functools import reduce

from core.table.coverage import ClusterCoverage
from core.table.seen_names import Noted
from core.table.store import ConflictError, Store, Stored
from core.table.sweep_proofs import last_unwritten_view
from core.task.changes import LATE_AFTER, change_between
from core.task.kinds import Newest, TaskKey
from core.task.record import Record, contradictions, join, viewed
from core.text.arn import ClusterArn
from core.text.instant import Duration, Instant

_ATTEMPTS = 10


class Outcome(StrEnum):
    """The outcome of an observation."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    TOO_OLD = "too_old"
    UNKNOWN_TASK = "unknown_task"
    """It says too little for a record of its own, and there is none to join."""


@dataclass(slots=True)
class Recorded:
    """The result of a batch: each task in it has an outcome or a failure."""

    outcomes: dict[TaskKey, Outcome] = field(default_factory=dict)
    failures: dict[TaskKey, Exception] = field(default_factory=dict)
    """Tasks whose observations were not stored and should be retried."""
    too_old: int = 0
    """Observations older than the retention, which were not stored."""
    contradictions: dict[TaskKey, tuple[str, ...]] = field(default_factory=dict)
    """Facts on which an observation and the record disagreed; the smaller text was kept."""
    doubtful: set[ClusterArn] = field(default_factory=set)
    """Clusters with a task that only an observation older than an hour says is alive."""
    last_event_at: Instant | None = None
    """Of the table, before this batch; None if not requested or not known."""

    @property
    def changed(self) -> list[TaskKey]:
        """Return the tasks whose records changed."""
        return [key for key, outcome in self.outcomes.items() if outcome is Outcome.STORED]


def record_observations(  # noqa: PLR0913 - a batch, its clock, and what is kept between batches
    store: Store,
    observations: Collection[Record],
    *,
    now: Instant,
    retention: Duration,
    noted: Noted | None = None,
    last_event: bool = False,
) -> Recorded:
    """Join observations into the stored records: read, join, put if the revision is unchanged.

    All observations of a task are joined first. A task that fails does not affect another; its
    observations may be retried at any time, in any order, any number of times. `noted` remembers
    between batches which names are in the table. With `last_event`, the time of the last event is
    read in the same request.
    """
    batch = _Batch(store, now, Noted() if noted is None else noted, Recorded())
    recorded = batch.recorded
    horizon = now - retention
    recent = [seen for seen in observations if not _older_than(seen, horizon)]
    recorded.too_old = len(observations) - len(recent)
    recorded.outcomes = {
        seen.key: Outcome.TOO_OLD for seen in observations if _older_than(seen, horizon)
    }
    pending = batch.folded(recent)
    for attempt in range(_ATTEMPTS):
        if not pending:
            return recorded
        pending = batch.attempt(pending, last_event=last_event and attempt == 0)
    for key in pending:
        recorded.failures[key] = ConflictError(f"{_ATTEMPTS} times in a row")
    return recorded


@dataclass(slots=True)
class _Batch:
    """A batch that is being written to the table."""

    store: Store
    now: Instant
    noted: Noted
    recorded: Recorded
    clusters: dict[ClusterArn, ClusterCoverage | None] = field(default_factory=dict)

    def folded(self, observations: Iterable[Record]) -> dict[TaskKey, Record]:
        """Join the observations of each task."""
        by_task: dict[TaskKey, list[Record]] = {}
        for seen in observations:
            by_task.setdefault(seen.key, []).append(seen)
        return {key: reduce(self._joined, seen) for key, seen in by_task.items()}

    def attempt(
        self, pending: Mapping[TaskKey, Record], *, last_event: bool
    ) -> dict[TaskKey, Record]:
        """Write what can be written; return the tasks that another writer changed."""
        try:
            known = self._read(pending, last_event=last_event)
        except Exception as error:  # noqa: BLE001 - whatever it is, these tasks must be retried
            self.recorded.failures |= dict.fromkeys(pending, error)
            return {}
        writes: list[Stored] = []
        for key, seen in pending.items():
            before = known.get(key)
            if before is None and seen.status is None:
                self.recorded.outcomes[key] = Outcome.UNKNOWN_TASK
                continue
            after = self._after(before, seen)
            if after is None:
                self.recorded.outcomes[key] = Outcome.UNCHANGED
            else:
                writes.append(after)
            self._doubt(seen, after or before)
        return self._written(writes, pending)

    def _read(
        self, pending: Mapping[TaskKey, Record], *, last_event: bool
    ) -> Mapping[TaskKey, Stored]:
        """Read the records; store missing notes before any record is written."""
        unknown = self.noted.unknown(pending.values())
        found = self.store.get_with_notes(pending, unknown, last_event=last_event)
        new = unknown.difference(found.notes)
        if new:
            self.store.put_notes(new)
        self.noted.add(unknown)
        if last_event:
            self.recorded.last_event_at = found.last_event_at
        return found.records

    def _after(self, before: Stored | None, seen: Record) -> Stored | None:
        """Return the joined record; None if writing it would change nothing that matters."""
        news_at = seen.newest.observed_at or seen.newest.missing_at or self.now
        if before is None:
            published = change_between(None, seen) is not None
            return Stored(seen, 1, int(published), written_at=self.now, news_at=news_at)
        joined = self._joined(before.record, seen)
        if _adds_nothing(seen, before.record, joined):
            return None
        joined = self._with_unwritten_view(before, joined, seen)
        return Stored(
            joined,
            before.revision + 1,
            before.sequence + (change_between(before.record, joined) is not None),
            written_at=self.now,
            news_at=news_at,
        )

    def _with_unwritten_view(self, before: Stored, after: Record, seen: Record) -> Record:
        """Return the record with the last unwritten view, if this write would lose it.

        After a write, the record no longer counts as older than the last sweep, so the view of that
        sweep proves nothing. That matters only if neither the observation nor the end of the
        containers is a proof as late as that view.
        """
        proofs = (seen.newest.still_shown_by_event, seen.newest.still_shown_by_view)
        is_proof = max(proof or 0 for proof in proofs) > self.now - LATE_AFTER
        ends_by_containers = (
            after.released_at is not None and after.earliest.execution_stopped_at is not None
        )
        if before.record.address_state != "held" or is_proof or ends_by_containers:
            return after
        viewed_at = last_unwritten_view(before, self._cluster(after.key.cluster_arn))
        released_at = after.released_at
        if viewed_at is None or (released_at is not None and viewed_at > released_at):
            return after
        return join(after, viewed(after.key, viewed_at))

    def _cluster(self, arn: ClusterArn) -> ClusterCoverage | None:
        if arn not in self.clusters:
            self.clusters[arn] = self.store.cluster_coverage(arn)
        return self.clusters[arn]

    def _written(
        self, writes: Sequence[Stored], pending: Mapping[TaskKey, Record]
    ) -> dict[TaskKey, Record]:
        conflicted = {}
        results = self.store.put_many(writes) if writes else ()
        for write, error in zip(writes, results, strict=True):
            key = write.record.key
            if error is None:
                self.recorded.outcomes[key] = Outcome.STORED
            elif isinstance(error, ConflictError):
                conflicted[key] = pending[key]
            else:
                self.recorded.failures[key] = error
        return conflicted

    def _joined(self, one: Record, other: Record) -> Record:
        names = contradictions(one, other)
        if names:
            self.recorded.contradictions[one.key] = names
        return join(one, other)

    def _doubt(self, seen: Record, result: Stored | None) -> None:
        """Note a cluster if an old event leaves a task alive: a redrive must not revive it."""
        if result and result.record.live and _older_than(seen, self.now - LATE_AFTER):
            self.recorded.doubtful.add(seen.key.cluster_arn)


def _older_than(seen: Record, horizon: Instant) -> bool:
    at = seen.newest.observed_at
    return at is not None and at < horizon


def _adds_nothing(seen: Record, before: Record, after: Record) -> bool:
    """Return whether a write would change nothing that matters.

    Every proof in an event is kept: a table can be rebuilt from events in any order only if the
    order does not decide what is left out.
    """
    if seen.status is not None and seen.status.source == "event":
        return before == after
    return _same_but_for_moving_proofs(before, after)


def _same_but_for_moving_proofs(before: Record, after: Record) -> bool:
    """Return whether only moving proofs differ, and nothing that is derived from them."""
    return _but_for_moving_proofs(before) == _but_for_moving_proofs(after) and (
        _derived(before) == _derived(after)
    )


def _but_for_moving_proofs(record: Record) -> Record:
    """Return the record without what each sighting moves, and without `shown_by_view`.

    What is derived from them is compared separately. Otherwise the first sweep would rewrite every
    task.
    """
    newest = record.newest
    still = Newest(
        missing_at=newest.missing_at,
        seen_at=newest.seen_at,
        cluster_gone_at=newest.cluster_gone_at,
        unattached_at=newest.unattached_at if record.tenure is None else None,
    )
    return replace(record, newest=still, earliest=replace(record.earliest, shown_by_view=None))


def _derived(record: Record) -> tuple[object, ...]:
    return (
        record.live,
        record.ended_at,
        record.tenure
        and (
            record.attached_not_before,
            record.attached_at,
            record.released_not_before,
            record.released_at,
        ),
    )

"""The write path: observations in, joined records out, however many writers there are."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce

from core.changes import change_between
from core.instant import Duration, Instant
from core.record import Record, TaskKey, contradictions, join
from core.store import ConflictError, Store, Stored

_ATTEMPTS = 10


class Outcome(StrEnum):
    """What became of an observation."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    TOO_OLD = "too_old"
    UNKNOWN_TASK = "unknown_task"
    """It does not tell enough of a task for a record of its own, and there is none to join."""


@dataclass(slots=True)
class Recorded:
    """What became of a batch: each task in it has an outcome or a failure."""

    outcomes: dict[TaskKey, Outcome] = field(default_factory=dict)
    failures: dict[TaskKey, Exception] = field(default_factory=dict)
    """Tasks whose observations were not stored and should come again."""
    too_old: int = 0
    """Observations older than the retention, which were not stored."""
    contradictions: dict[TaskKey, tuple[str, ...]] = field(default_factory=dict)
    """Facts on which an observation disagreed with what was known; the smaller text was kept."""


def record_observations(
    store: Store, observations: Collection[Record], *, now: Instant, retention: Duration
) -> Recorded:
    """Join observations into the stored records: read, join, put on the revision that was read.

    All observations of a task are folded first. A task that fails never costs another; its
    observations may come again at any time, in any order, any number of times.
    """
    recorded = Recorded()
    recent = [seen for seen in observations if not _too_old(seen, now - retention)]
    recorded.too_old = len(observations) - len(recent)
    recorded.outcomes = {
        seen.key: Outcome.TOO_OLD for seen in observations if _too_old(seen, now - retention)
    }
    pending = _folded(recent, recorded)
    for _ in range(_ATTEMPTS):
        if not pending:
            return recorded
        pending = _attempt(store, pending, now, recorded)
    for key in pending:
        recorded.failures[key] = ConflictError(f"{_ATTEMPTS} times in a row")
    return recorded


def _attempt(
    store: Store, pending: Mapping[TaskKey, Record], now: Instant, recorded: Recorded
) -> dict[TaskKey, Record]:
    """Write what can be written; answers what another writer came in between of."""
    try:
        known = store.get_many(pending)
    except Exception as error:  # noqa: BLE001 - whatever it is, these tasks must come again
        recorded.failures |= dict.fromkeys(pending, error)
        return {}
    writes: list[Stored] = []
    for key, seen in pending.items():
        before = known.get(key)
        if before is None and seen.status is None:
            recorded.outcomes[key] = Outcome.UNKNOWN_TASK
        elif (after := _after(before, seen, now, recorded)) is None:
            recorded.outcomes[key] = Outcome.UNCHANGED
        else:
            writes.append(after)
    return _written(store.put_many(writes) if writes else (), writes, pending, recorded)


def _after(before: Stored | None, seen: Record, now: Instant, recorded: Recorded) -> Stored | None:
    """Join; None where writing the result would change nothing that counts."""
    if before is None:
        told = change_between(None, seen) is not None
        return Stored(seen, revision=1, sequence=int(told), written_at=now)
    _note_contradictions(before.record, seen, recorded)
    joined = join(before.record, seen)
    if _same(before.record, joined):
        return None
    told = change_between(before.record, joined) is not None
    return Stored(joined, before.revision + 1, before.sequence + told, written_at=now)


def _written(
    results: Sequence[Exception | None],
    writes: Sequence[Stored],
    pending: Mapping[TaskKey, Record],
    recorded: Recorded,
) -> dict[TaskKey, Record]:
    conflicted = {}
    for write, error in zip(writes, results, strict=True):
        key = write.record.key
        if error is None:
            recorded.outcomes[key] = Outcome.STORED
        elif isinstance(error, ConflictError):
            conflicted[key] = pending[key]
        else:
            recorded.failures[key] = error
    return conflicted


def _folded(observations: Sequence[Record], recorded: Recorded) -> dict[TaskKey, Record]:
    by_task: dict[TaskKey, list[Record]] = {}
    for seen in observations:
        by_task.setdefault(seen.key, []).append(seen)

    def add(one: Record, other: Record) -> Record:
        _note_contradictions(one, other, recorded)
        return join(one, other)

    return {key: reduce(add, seen) for key, seen in by_task.items()}


def _note_contradictions(one: Record, other: Record, recorded: Recorded) -> None:
    names = contradictions(one, other)
    if names:
        recorded.contradictions[one.key] = names


def _too_old(seen: Record, horizon: Instant) -> bool:
    at = seen.newest.observed_at
    return at is not None and at < horizon


def _same(before: Record, after: Record) -> bool:
    """Tell whether nothing but `observedAt` differs, and nothing that is derived from it."""
    return _but_for_observed_at(before) == _but_for_observed_at(after) and (
        _derived(before) == _derived(after)
    )


def _but_for_observed_at(record: Record) -> Record:
    return replace(record, newest=replace(record.newest, observed_at=None))


def _derived(record: Record) -> tuple[bool, Instant | None, Instant | None, Instant | None]:
    return record.live, record.attached_at, record.ended_at, record.released_not_before

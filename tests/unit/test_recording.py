"""The write path: joined, retried, folded, and each task for itself."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from core.table.recording import Outcome, Recorded, record_observations
from core.table.store import ConflictError, Stored
from core.task.kinds import Newest, TaskKey
from core.task.record import Record, in_vpc, join, missing
from core.text.instant import DAY, HOUR, SECOND
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, key, task

RETENTION = 90 * DAY


def record_all(store: MemoryStore, *seen: Record, now: int = NOON + HOUR) -> Recorded:
    return record_observations(store, seen, now=now, retention=RETENTION)


def stored(store: MemoryStore, task_id: str = "a1") -> Stored:
    return store.get_many([key(task_id)])[key(task_id)]


class CountingStore(MemoryStore):
    """Notes what it is asked, and can let another writer in between."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[int] = []
        self.writes: list[int] = []
        self.before_write: Callable[[Sequence[Stored]], None] = lambda _: None

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        self.reads.append(len(keys))
        return super().get_many(keys)

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        self.writes.append(len(items))
        self.before_write(items)
        return super().put_many(items)


class OutageError(Exception):
    """Made up: something is down."""


class FailingStore(CountingStore):
    """Refuses to write some tasks, or to read at all."""

    def __init__(self, *task_ids: str, unreadable: bool = False) -> None:
        super().__init__()
        self.task_ids, self.unreadable = task_ids, unreadable

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        if self.unreadable:
            raise OutageError
        return super().get_many(keys)

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        return [
            OutageError()
            if item.record.key.task_id in self.task_ids
            else super().put_many([item])[0]
            for item in items
        ]


# Joining


def test_a_first_observation_is_stored_as_it_is() -> None:
    store = MemoryStore()
    recorded = record_all(store, task("a1"))
    assert recorded == Recorded(outcomes={key("a1"): Outcome.STORED})
    assert stored(store) == Stored(task("a1"), revision=1, sequence=1, written_at=NOON + HOUR)


def test_later_observations_are_joined_to_what_is_stored() -> None:
    store = MemoryStore()
    seen = [task("a1", ipv4=None, version=2), task("a1"), task("a1", stopped=NOON + SECOND)]
    for number, one in enumerate(seen, start=1):
        assert record_all(store, one).outcomes == {key("a1"): Outcome.STORED}
        assert stored(store).revision == number
    assert stored(store).record == join(join(seen[0], seen[1]), seen[2])


def test_observations_of_one_task_in_a_batch_are_folded_into_one_write() -> None:
    store = CountingStore()
    lives = [
        one
        for task_id in ("a1", "a2")
        for one in (task(task_id, stopped=NOON + SECOND), task(task_id), task(task_id, version=2))
    ]
    assert set(record_all(store, *lives).outcomes.values()) == {Outcome.STORED}
    assert (store.reads, store.writes) == ([2], [2])
    assert stored(store, "a2").record == join(lives[3], join(lives[4], lives[5]))
    assert stored(store, "a2").revision == 1


def test_a_duplicate_costs_a_read_and_no_write() -> None:
    store = CountingStore()
    record_all(store, task("a1"))
    before = stored(store)
    store.reads.clear()
    assert record_all(store, task("a1"), now=NOON + DAY).outcomes == {key("a1"): Outcome.UNCHANGED}
    assert (store.reads, store.writes) == ([1], [1])
    assert stored(store) == before


def test_an_observation_that_changes_nothing_but_its_own_time_is_not_written() -> None:
    store = CountingStore()
    record_all(store, task("a1"))
    assert record_all(store, task("a1", seen=NOON + SECOND)).outcomes == {
        key("a1"): Outcome.UNCHANGED
    }
    assert stored(store).record.newest.observed_at == NOON


def test_a_later_time_is_written_where_something_follows_from_it() -> None:
    store = MemoryStore()
    record_all(store, task("a1"), missing(key("a1"), at=NOON + HOUR))
    assert not stored(store).record.live
    assert record_all(store, task("a1", seen=NOON + 2 * HOUR)).outcomes == {
        key("a1"): Outcome.STORED
    }
    assert stored(store).record.live


def test_a_later_sight_of_a_stop_that_ecs_did_not_date_moves_its_end() -> None:
    store = MemoryStore()
    undated = task("a1", status="STOPPED", ipv4=None)
    record_all(store, undated)
    later = replace(undated, newest=Newest(observed_at=NOON + SECOND))
    assert record_all(store, later).outcomes == {key("a1"): Outcome.STORED}
    assert stored(store).record.ended_at == NOON + SECOND


def test_a_stale_event_leaves_no_mark_on_a_stopped_task() -> None:
    store = MemoryStore()
    record_all(store, task("a1", stopped=NOON + SECOND))
    record_all(store, task("a1"))
    before = stored(store)
    assert record_all(store, task("a1", status="PENDING", version=2)).outcomes == {
        key("a1"): Outcome.UNCHANGED
    }
    assert stored(store) == before


def test_no_observations_cost_nothing() -> None:
    store = CountingStore()
    assert record_all(store) == Recorded()
    assert (store.reads, store.writes) == ([], [])


# What the world is told of


def test_the_sequence_rises_with_each_change_that_is_told() -> None:
    store = MemoryStore()
    steps = [
        (task("a1", ipv4=None, version=1, status="PROVISIONING"), 0),
        (task("a1", version=2, status="PENDING"), 1),
        (task("a1", version=2, status="PENDING"), 1),
        (task("a1", version=3), 2),
        (in_vpc(key("a1"), "vpc-1"), 3),
        (replace(task("a1"), facts=replace(task("a1").facts, started_by="x")), 3),
        (task("a1", version=4, stopped=NOON + SECOND), 4),
    ]
    for seen, sequence in steps:
        record_all(store, seen)
        assert stored(store).sequence == sequence
    assert stored(store).revision == 6


def test_the_writer_s_clock_is_noted_with_each_write() -> None:
    store = MemoryStore()
    record_all(store, task("a1"), now=NOON + 5)
    assert stored(store).written_at == NOON + 5
    record_all(store, task("a1"), now=NOON + 6)
    assert stored(store).written_at == NOON + 5
    record_all(store, task("a1", version=4), now=NOON + 7)
    assert stored(store).written_at == NOON + 7


# Other writers


def test_a_conflict_is_read_and_joined_again() -> None:
    store = CountingStore()
    other, ours = task("a1", version=4, attached=NOON - SECOND), task("a1")

    def intrude(_: Sequence[Stored]) -> None:
        store.before_write = lambda _: None
        MemoryStore.put_many(store, [Stored(other, revision=1, sequence=1)])

    store.before_write = intrude
    assert record_all(store, ours).outcomes == {key("a1"): Outcome.UNCHANGED}
    assert (store.reads, store.writes) == ([1, 1], [1])
    assert stored(store).record == other


def test_a_conflict_costs_only_its_own_task_another_attempt() -> None:
    store = CountingStore()

    def intrude(_: Sequence[Stored]) -> None:
        store.before_write = lambda _: None
        MemoryStore.put_many(store, [Stored(task("a2", version=2), 1, 1)])

    store.before_write = intrude
    recorded = record_all(store, task("a1"), task("a2"), task("a3"))
    assert list(recorded.outcomes.values()) == [Outcome.STORED] * 3
    assert (store.reads, store.writes) == ([3, 1], [3, 1])
    assert stored(store, "a2") == Stored(task("a2"), 2, 1, NOON + HOUR)


def test_a_writer_who_never_wins_gives_up_and_names_the_task() -> None:
    store = CountingStore()

    versions = iter(range(2, 100))

    def always_ahead(items: Sequence[Stored]) -> None:
        rival = Stored(task("a1", version=next(versions)), items[0].revision)
        MemoryStore.put_many(store, [rival])

    store.before_write = always_ahead
    recorded = record_all(store, task("a1", stopped=NOON + SECOND))
    assert isinstance(recorded.failures[key("a1")], ConflictError)
    assert recorded.outcomes == {}
    assert len(store.writes) == 10


# Failures


def test_a_task_that_cannot_be_written_costs_no_other() -> None:
    store = FailingStore("a2")
    recorded = record_all(store, task("a1"), task("a2"), task("a3"))
    assert recorded.outcomes == {key("a1"): Outcome.STORED, key("a3"): Outcome.STORED}
    assert {k: type(error) for k, error in recorded.failures.items()} == {key("a2"): OutageError}
    assert set(store.get_many([key(f"a{n}") for n in range(4)])) == {key("a1"), key("a3")}


def test_a_store_that_cannot_be_read_fails_every_task_and_writes_none() -> None:
    store = FailingStore(unreadable=True)
    recorded = record_all(store, task("a1"), task("a2"))
    assert {k: type(error) for k, error in recorded.failures.items()} == {
        key("a1"): OutageError,
        key("a2"): OutageError,
    }
    assert recorded.outcomes == {}
    assert store.writes == []


# What is not stored


def test_what_is_older_than_the_retention_is_counted_and_not_stored() -> None:
    store = CountingStore()
    recorded = record_all(store, task("a1"), task("a1", version=4), now=NOON + RETENTION + 1)
    assert recorded.outcomes == {key("a1"): Outcome.TOO_OLD}
    assert recorded.too_old == 2
    assert (store.reads, store.writes) == ([], [])


def test_what_is_just_as_old_as_the_retention_is_stored() -> None:
    recorded = record_all(MemoryStore(), task("a1"), now=NOON + RETENTION)
    assert recorded.outcomes == {key("a1"): Outcome.STORED}
    assert recorded.too_old == 0


def test_an_old_observation_does_not_keep_a_recent_one_of_its_task_out() -> None:
    store = MemoryStore()
    old, recent = task("a1", version=2, seen=NOON - RETENTION), task("a1")
    recorded = record_all(store, old, recent, now=NOON + SECOND)
    assert (recorded.outcomes, recorded.too_old) == ({key("a1"): Outcome.STORED}, 1)
    assert stored(store).record == recent


def test_what_tells_too_little_of_an_unknown_task_is_not_stored() -> None:
    store = CountingStore()
    recorded = record_all(store, missing(key("a1"), at=NOON), in_vpc(key("a2"), "vpc-1"))
    assert set(recorded.outcomes.values()) == {Outcome.UNKNOWN_TASK}
    assert store.writes == []


def test_missing_and_a_sight_in_one_batch_are_a_record() -> None:
    store = MemoryStore()
    record_all(store, missing(key("a1"), at=NOON + HOUR), task("a1"), now=NOON + HOUR)
    assert stored(store).record.missing_at == NOON + HOUR


# Contradictions


def test_a_contradiction_is_noted_and_the_smaller_text_kept() -> None:
    store = MemoryStore()
    record_all(store, task("a1", ipv4="10.0.4.129"))
    recorded = record_all(store, task("a1", ipv4="10.0.4.128"))
    assert recorded.contradictions == {key("a1"): ("private_ipv4_address",)}
    assert stored(store).record.addresses == ("10.0.4.128",)


def test_a_contradiction_within_a_batch_is_noted_too() -> None:
    recorded = record_all(
        MemoryStore(), task("a1", subnet="subnet-b"), task("a1", subnet="subnet-a"), task("a2")
    )
    assert recorded.contradictions == {key("a1"): ("subnet_id",)}


def test_what_was_unknown_before_is_no_contradiction() -> None:
    store = MemoryStore()
    record_all(store, task("a1", ipv4=None, group=None, subnet=None))
    assert record_all(store, task("a1"), task("a1", ipv4=None)).contradictions == {}


def test_every_outcome_is_a_metric_of_its_name() -> None:
    metrics = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    for outcome in Outcome:
        assert f"`{outcome.title().replace('_', '')}`" in metrics


def test_a_store_that_answers_too_little_is_no_store() -> None:
    class Silent(MemoryStore):
        def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
            return super().put_many(items)[1:]

    with pytest.raises(ValueError, match="zip"):
        record_all(Silent(), task())


def test_a_read_that_fails_on_the_last_attempt_is_that_task_s_failure() -> None:
    class Failing(CountingStore):
        def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
            if len(self.reads) == 9:
                raise OutageError
            return super().get_many(keys)

        def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
            return [ConflictError() for _ in items]

    assert type(record_all(Failing(), task()).failures[key()]) is OutageError

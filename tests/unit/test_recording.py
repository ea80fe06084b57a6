"""The write path: joined, retried, folded, and each task for itself."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import replace
from pathlib import Path
from typing import Any

import pytest

from core.table.coverage import ClusterCoverage, CompletedSweep, Tally
from core.table.recording import (
    Outcome,
    Recorded,
    record_observations,
)
from core.table.seen_names import Note, Noted, cluster_note, group_note, subnet_note
from core.table.store import ConflictError, Found, Stored
from core.table.sweep_proofs import last_proof_of_life, last_unwritten_view
from core.task.ecs import parse_task
from core.task.kinds import Newest, TaskKey
from core.task.record import Record, in_vpc, join, missing
from core.text.arn import ClusterArn
from core.text.instant import DAY, HOUR, MINUTE, SECOND, Duration, Instant, to_text
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, eni, event, key, observed, task

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
    assert stored(store) == Stored(
        task("a1"), revision=1, sequence=1, written_at=NOON + HOUR, news_at=NOON
    )


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


def test_an_event_that_changes_nothing_but_its_own_time_is_written() -> None:
    """A table is rebuilt from events in another order, which must not decide what is left out."""
    store = CountingStore()
    record_all(store, task("a1"))
    assert record_all(store, task("a1", seen=NOON + SECOND)).outcomes == {key("a1"): Outcome.STORED}
    assert stored(store).record.newest.observed_at == NOON + SECOND
    assert stored(store).sequence == 1, "there is nothing to tell"


def test_a_later_time_is_written_where_something_follows_from_it() -> None:
    store = MemoryStore()
    record_all(store, task("a1"), missing(key("a1"), at=NOON + HOUR))
    assert not stored(store).record.live
    assert record_all(store, task("a1", seen=NOON + 2 * HOUR)).outcomes == {
        key("a1"): Outcome.STORED
    }
    assert stored(store).record.live


def test_a_later_sighting_of_a_stop_that_ecs_did_not_date_moves_its_end() -> None:
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


def test_when_the_news_of_a_write_were_is_noted_with_it() -> None:
    store = MemoryStore()
    record_all(store, task("a1"))
    assert stored(store).news_at == NOON
    record_all(store, task("a1", version=4, seen=NOON + MINUTE))
    assert stored(store).news_at == NOON + MINUTE
    record_all(store, task("a1", version=2, attached=NOON - SECOND))
    assert stored(store).news_at == NOON - SECOND, "old news, though the record is newer"
    record_all(store, in_vpc(key("a1"), "vpc-1"), now=NOON + 2 * HOUR)
    assert stored(store).news_at == NOON + 2 * HOUR, "what is looked up is as of now"
    record_all(store, missing(key("a1"), at=NOON + 3 * HOUR), now=NOON + 4 * HOUR)
    assert stored(store).news_at == NOON + 3 * HOUR


# Proofs that keep moving


def seen_again(at: Instant, **detail: Any) -> Record:
    """See the task a1 unchanged by an event."""
    return observed("a1", updatedAt=to_text(at), **detail)


def viewed_at(at: Instant, **detail: Any) -> Record:
    """See the task a1 by DescribeTasks."""
    detail_of_it = event("a1", **detail)["detail"]
    return parse_task(detail_of_it, asked_at=at, answered_at=at + SECOND).record


def test_views_of_an_unchanged_task_write_nothing() -> None:
    store = CountingStore()
    record_all(store, seen_again(NOON))
    before = stored(store)
    for number in range(1, 4):
        at = NOON + number * 15 * MINUTE
        view = viewed_at(at)
        assert record_all(store, view, now=at).outcomes == {key("a1"): Outcome.UNCHANGED}
    assert stored(store) == before
    assert len(store.writes) == 1


def test_a_first_connection_is_a_change_and_a_later_one_in_a_view_is_not() -> None:
    store = MemoryStore()
    record_all(store, seen_again(NOON, startedAt=to_text(NOON - 30 * SECOND)))
    connected = {"connectivityAt": to_text(NOON - 20 * SECOND)}
    assert record_all(store, viewed_at(NOON, **connected)).changed == [key("a1")]
    again = {"connectivityAt": to_text(NOON + MINUTE)}
    assert record_all(store, viewed_at(NOON + MINUTE, **again)).changed == []


def test_a_view_that_proves_the_address_earlier_is_written() -> None:
    store = MemoryStore()
    record_all(store, seen_again(NOON))
    record_all(store, viewed_at(NOON - 10 * SECOND))
    assert stored(store).record.attached_at == NOON - 9 * SECOND


def test_a_proof_that_moves_a_bound_of_an_ended_task_is_written() -> None:
    store = MemoryStore()
    ended = {"version": 6, "lastStatus": "STOPPED", "stoppedAt": to_text(NOON + HOUR)}
    record_all(store, seen_again(NOON), seen_again(NOON + HOUR, **ended))
    late = seen_again(NOON + 30 * MINUTE)
    assert record_all(store, late).changed == [key("a1")]
    assert stored(store).record.released_not_before == NOON + 30 * MINUTE
    assert record_all(store, seen_again(NOON + 20 * MINUTE)).changed == []


@pytest.mark.parametrize("see, stale_by", [(seen_again, 0), (viewed_at, MINUTE)])
def test_each_sighting_of_an_eni_that_waits_narrows_the_beginning_and_is_written(
    see: Callable[..., Record], stale_by: Duration
) -> None:
    store = MemoryStore()
    bare = [eni(status="PRECREATED", privateIPv4Address=None, networkInterfaceId=None)]
    record_all(store, see(NOON, version=2, attachments=bare))
    later = see(NOON + 2 * MINUTE, version=2, attachments=bare)
    assert record_all(store, later).changed == [key("a1")]
    record_all(store, seen_again(NOON + 3 * MINUTE))
    assert stored(store).record.attached_not_before == NOON + 2 * MINUTE - stale_by


# Views that were not written

SWEPT = NOON + 30 * MINUTE


def swept(at: Instant = SWEPT, **more: Any) -> ClusterCoverage:
    """Make the coverage of a cluster whose last completed sweep began then."""
    arn = str(key().cluster_arn)
    sweep = CompletedSweep(started_at=at, finished_at=at + MINUTE, **more)
    return ClusterCoverage(cluster_arn=arn, swept_at=at, first_swept_at=NOON, last=sweep)


def held_and_swept(cluster: ClusterCoverage | None = None, **detail: Any) -> CountingStore:
    """Keep a task that was written at noon and that the last sweep must have seen."""
    store = CountingStore()
    record_all(store, seen_again(NOON, **detail), now=NOON)
    store.notice_cluster(swept() if cluster is None else cluster)
    return store


STOP = {
    "version": 6,
    "lastStatus": "STOPPED",
    "stoppedAt": to_text(NOON + HOUR),
    "attachments": [eni(status="DELETED")],
}


def not_released_before(store: CountingStore, *seen: Record) -> Instant | None:
    assert record_all(store, *seen, now=NOON + 2 * HOUR).failures == {}
    return stored(store).record.released_not_before


def test_the_view_of_the_last_sweep_counts_where_a_record_ends_without_its_containers_end() -> None:
    assert not_released_before(held_and_swept(), seen_again(NOON + HOUR, **STOP)) == (
        SWEPT - MINUTE
    ), "what it showed can be a minute old"


def test_the_end_of_the_containers_says_it_better() -> None:
    at = to_text(NOON + 20 * MINUTE)
    store = held_and_swept()
    sighting = seen_again(NOON + HOUR, executionStoppedAt=at, **STOP)
    assert not_released_before(store, sighting) == NOON + 20 * MINUTE


def test_the_view_counts_where_the_eni_is_seen_to_be_gone() -> None:
    teardown = {"version": 5, "lastStatus": "DEPROVISIONING", "attachments": STOP["attachments"]}
    assert not_released_before(held_and_swept(), seen_again(NOON + HOUR, **teardown)) == (
        SWEPT - MINUTE
    )


def test_a_view_after_the_release_is_none() -> None:
    ended = {**STOP, "stoppedAt": to_text(SWEPT - 2 * MINUTE)}
    assert not_released_before(held_and_swept(), seen_again(NOON + HOUR, **ended)) == NOON


def test_a_view_of_a_task_that_was_disconnected_proves_nothing() -> None:
    store = held_and_swept(connectivity="DISCONNECTED")
    assert not_released_before(store, seen_again(NOON + HOUR, **STOP)) == NOON
    lost = held_and_swept()
    sighting = seen_again(NOON + HOUR, connectivity="DISCONNECTED", **STOP)
    assert not_released_before(lost, sighting) == SWEPT - MINUTE, "the sweep saw it connected"


def test_the_view_is_kept_where_a_write_would_lose_it() -> None:
    """The host is lost first, and the end comes later."""
    store = held_and_swept()
    lost = seen_again(NOON + 40 * MINUTE, version=4, connectivity="DISCONNECTED")
    record_all(store, lost, now=NOON + 40 * MINUTE)
    assert stored(store).record.newest.still_shown_by_view == SWEPT - MINUTE
    assert not_released_before(store, seen_again(NOON + HOUR, **STOP)) == SWEPT - MINUTE


def test_a_write_that_proves_as_much_itself_asks_for_no_coverage() -> None:
    store = held_and_swept()
    record_all(store, seen_again(NOON + 40 * MINUTE, version=4), now=NOON + 41 * MINUTE)
    newest = stored(store).record.newest
    assert newest.still_shown_by_event == NOON + 40 * MINUTE
    assert newest.still_shown_by_view is None


@pytest.mark.parametrize(
    "cluster",
    [
        ClusterCoverage(cluster_arn=str(key().cluster_arn), swept_at=SWEPT),
        swept(NOON + MINUTE - 1),
        swept(tally=Tally(unreadable=1)),
    ],
    ids=["none-completed", "before-the-write-was-visible", "could-not-read-all"],
)
def test_a_sweep_that_may_not_have_seen_the_task_proves_nothing(cluster: ClusterCoverage) -> None:
    store = held_and_swept(cluster)
    assert last_proof_of_life(stored(store), cluster) is None
    assert not_released_before(store, seen_again(NOON + HOUR, **STOP)) == NOON


def test_a_sweep_just_after_the_write_was_visible_saw_the_task() -> None:
    store = held_and_swept(swept(NOON + MINUTE))
    assert last_proof_of_life(stored(store), swept(NOON + MINUTE)) == NOON + MINUTE
    assert last_unwritten_view(stored(store), swept(NOON + MINUTE)) == NOON


def test_a_sweep_that_was_unsure_proves_life_up_to_then() -> None:
    unsure = replace(swept(), unsure_since=NOON + 10 * MINUTE)
    store = held_and_swept(unsure)
    assert last_proof_of_life(stored(store), unsure) == NOON + 10 * MINUTE
    assert not_released_before(store, seen_again(NOON + HOUR, **STOP)) == NOON + 9 * MINUTE


def test_a_cluster_that_was_never_noticed_proves_nothing() -> None:
    store = CountingStore()
    record_all(store, seen_again(NOON), now=NOON)
    assert last_proof_of_life(stored(store), None) is None
    assert last_unwritten_view(stored(store), None) is None
    assert not_released_before(store, seen_again(NOON + HOUR, **STOP)) == NOON


def test_a_task_without_an_address_has_a_life_and_no_view() -> None:
    store = held_and_swept(attachments=[])
    assert last_proof_of_life(stored(store), swept()) == SWEPT
    assert last_unwritten_view(stored(store), swept()) is None


def test_of_an_ended_task_no_sweep_proves_life() -> None:
    store = held_and_swept()
    record_all(store, seen_again(NOON + HOUR, **STOP), now=NOON + HOUR)
    assert last_proof_of_life(stored(store), swept(NOON + 3 * HOUR)) is None


# Old news


@pytest.mark.parametrize(
    "age, doubtful", [(HOUR, set()), (HOUR + 1, {key().cluster_arn})], ids=["an-hour", "older"]
)
def test_old_news_that_leaves_a_task_alive_makes_its_cluster_doubtful(
    age: Duration, doubtful: set[ClusterArn]
) -> None:
    assert record_all(MemoryStore(), task("a1"), now=NOON + age).doubtful == doubtful
    store = MemoryStore()
    record_all(store, task("a1"), now=NOON)
    again = record_all(store, task("a1"), now=NOON + age)
    assert (again.changed, again.doubtful) == ([], doubtful), "also where it changes nothing"


def test_old_news_of_a_task_that_has_ended_is_not_doubtful() -> None:
    store = MemoryStore()
    record_all(store, task("a1", stopped=NOON + SECOND), now=NOON + DAY)
    assert record_all(store, task("a1"), now=NOON + DAY).doubtful == set()


def test_a_lookup_of_a_vpc_is_no_old_news() -> None:
    store = MemoryStore()
    record_all(store, task("a1"), now=NOON)
    assert record_all(store, in_vpc(key("a1"), "vpc-1"), now=NOON + DAY).doubtful == set()


# Notes


class NotingStore(CountingStore):
    """Notes the order of what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[object] = []
        self.broken = False

    def put_notes(self, notes: Collection[Note]) -> None:
        if self.broken:
            raise OutageError
        self.order.append(set(notes))
        super().put_notes(notes)

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        self.order.append("records")
        return super().put_many(items)


NOTES = {
    cluster_note(key().cluster_arn),
    group_note(key().cluster_arn, "service:web"),
    subnet_note("subnet-a"),
}


def test_names_are_noted_before_the_first_record_that_has_them() -> None:
    store = NotingStore()
    record_all(store, task("a1"))
    assert store.order == [NOTES, "records"]


def test_a_record_is_not_written_whose_names_could_not_be_noted() -> None:
    store = NotingStore()
    store.broken = True
    recorded = record_all(store, task("a1"))
    assert type(recorded.failures[key("a1")]) is OutageError
    assert store.order == []


def test_names_that_are_in_the_table_or_in_memory_are_not_noted_again() -> None:
    store, noted = NotingStore(), Noted()
    for number in range(3):
        seen = task("a1", version=3 + number)
        record_observations(store, [seen], now=NOON, retention=RETENTION, noted=noted)
    assert store.order == [NOTES, "records", "records", "records"]
    record_all(store, task("a2"))
    assert store.order[-1] == "records", "another process finds them in the table"


def test_names_that_are_in_memory_are_not_asked_for_again() -> None:
    asked: list[Collection[Note]] = []

    class AskedStore(MemoryStore):
        def get_with_notes(
            self, keys: Collection[TaskKey], notes: Collection[Note], *, last_event: bool = False
        ) -> Found:
            asked.append(set(notes))
            return super().get_with_notes(keys, notes, last_event=last_event)

    store, noted = AskedStore(), Noted()
    for version in (3, 4):
        seen = task("a1", version=version)
        record_observations(store, [seen], now=NOON, retention=RETENTION, noted=noted)
    assert asked == [NOTES, set()]


def test_a_bridge_task_s_names_are_noted_too() -> None:
    store = NotingStore()
    record_all(store, observed("a1", attachments=[]))
    assert store.order[0] == NOTES - {subnet_note("subnet-a")}


def test_when_the_last_event_came_is_read_along_once_if_asked_for() -> None:
    store = CountingStore()
    store.note_event(NOON)
    asked = record_observations(store, [task("a1")], now=NOON, retention=RETENTION, last_event=True)
    assert asked.last_event_at == NOON
    assert record_all(store, task("a1")).last_event_at is None
    assert store.reads == [1, 1]


# Other writers


def test_a_conflict_is_read_and_joined_again() -> None:
    store = CountingStore()
    other = task("a1", version=4, attached=NOON - SECOND, seen=NOON)
    ours = task("a1")

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
    assert stored(store, "a2") == Stored(task("a2"), 2, 1, NOON + HOUR, NOON)


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


def test_missing_and_a_sighting_in_one_batch_are_a_record() -> None:
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


def test_of_two_interfaces_one_is_kept_whole_and_the_contradiction_is_noted() -> None:
    store = MemoryStore()
    other = eni(networkInterfaceId="eni-0", privateIPv4Address="10.0.4.200", macAddress=None)
    first, second = observed("a1", attachments=[other]), observed("a1")
    record_all(store, second)
    recorded = record_all(store, first)
    assert recorded.contradictions == {key("a1"): ("network_interface_id", "private_ipv4_address")}
    assert stored(store).record.interface == first.interface


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

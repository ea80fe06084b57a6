"""The intake of events: recorded, and what else follows from them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.table.coverage import ClusterCoverage
from core.table.intake import Intake
from core.table.recording import Outcome
from core.table.seen_names import Note
from core.table.store import Found
from core.task.kinds import TaskKey
from core.text.arn import ClusterArn
from core.text.instant import DAY, HOUR, MINUTE, SECOND, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, key, task


class NotingStore(MemoryStore):
    """Notes which event times are written and read, and can fail to."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Instant] = []
        self.read: list[bool] = []
        self.broken = False

    def get_with_notes(
        self, keys: Collection[TaskKey], notes: Collection[Note], *, last_event: bool = False
    ) -> Found:
        self.read.append(last_event)
        return super().get_with_notes(keys, notes, last_event=last_event)

    def note_event(self, at: Instant) -> bool:
        if self.broken:
            raise ConnectionError
        self.written.append(at)
        return super().note_event(at)


@dataclass
class Asked:
    """What sweeps were asked for."""

    clusters: list[tuple[ClusterArn, Instant]] = field(default_factory=list)
    broken: bool = False

    def __call__(self, cluster: ClusterArn, at: Instant) -> None:
        if self.broken:
            raise ConnectionError
        self.clusters.append((cluster, at))


def noticed(*names: str) -> NotingStore:
    store = NotingStore()
    for name in names:
        arn = str(cluster_arn(name))
        store.notice_cluster(ClusterCoverage(cluster_arn=arn, swept_at=NOON))
    return store


def intake(store: NotingStore, asked: Asked | None = None) -> Intake:
    return Intake(store, 90 * DAY, Asked() if asked is None else asked)


# The last event


def test_when_the_last_event_came_is_noted_at_most_once_a_minute() -> None:
    store = noticed()
    taking = intake(store)
    for second in (0, 1, 59, 60, 61, 125):
        at = NOON + second * SECOND
        taking.take([task("a1", seen=at)], now=at)
    assert store.written == [NOON, NOON + MINUTE, NOON + 125 * SECOND]
    assert store.read == [True, False, False, True, False, True]


def test_the_last_event_is_not_moved_back() -> None:
    store = noticed()
    taking = intake(store)
    taking.take([task("a1", seen=NOON + HOUR), task("a2")], now=NOON + HOUR)
    taking.take([task("a2", version=4)], now=NOON + HOUR)
    assert store.written == [NOON + HOUR]
    assert store.last_event_at() == NOON + HOUR


def test_what_another_process_noted_is_not_noted_again() -> None:
    store = noticed()
    store.note_event(NOON + HOUR)
    taking = intake(store)
    late = NOON + HOUR + MINUTE - 1
    for at, version in ((late, 3), (late, 4), (late + 1, 5)):
        taking.take([task("a1", seen=at, version=version)], now=late + 1)
    assert store.written == [NOON + HOUR, late + 1]
    assert store.read == [True, False, True]


def test_what_another_process_noted_meanwhile_does_not_keep_the_next_event_from_being_noted() -> (
    None
):
    class MeanwhileStore(NotingStore):
        def get_with_notes(self, *arguments: Any, **named: Any) -> Found:
            found = super().get_with_notes(*arguments, **named)
            MemoryStore.note_event(self, NOON)
            return found

    store = MeanwhileStore()
    taking = intake(store)
    for at in (NOON + MINUTE - 1, NOON + 2 * MINUTE - 2):
        taking.take([task("a1", seen=at)], now=NOON + HOUR)
    assert store.last_event_at() == NOON + 2 * MINUTE - 2


def test_an_empty_batch_notes_nothing() -> None:
    store = noticed()
    recorded, failed = intake(store).take([], now=NOON)
    assert (recorded.outcomes, failed, store.written, store.read) == ({}, [], [], [])


def test_a_note_that_fails_costs_no_observation_and_is_made_good_by_the_next_batch() -> None:
    store = noticed()
    store.broken = True
    taking = intake(store)
    recorded, failed = taking.take([task("a1")], now=NOON)
    assert recorded.outcomes == {key("a1"): Outcome.STORED}
    assert [type(error) for error in failed] == [ConnectionError]
    store.broken = False
    assert taking.take([task("a1", seen=NOON + SECOND)], now=NOON)[1] == []
    assert store.written == [NOON + SECOND]


# Old news


@pytest.mark.parametrize("age, asked_for", [(HOUR, 0), (HOUR + 1, 1)], ids=["an-hour", "older"])
def test_old_news_that_leaves_a_task_alive_asks_for_a_sweep(age: int, asked_for: int) -> None:
    asked = Asked()
    intake(noticed("shop"), asked).take([task("a1")], now=NOON + age)
    assert asked.clusters == [(cluster_arn("shop"), NOON + age)] * asked_for


def test_old_news_of_an_ended_task_asks_for_nothing() -> None:
    asked = Asked()
    intake(noticed("shop"), asked).take([task("a1", stopped=NOON + SECOND)], now=NOON + DAY)
    assert asked.clusters == []


def test_a_cluster_is_asked_for_at_most_once_in_five_minutes() -> None:
    asked, store = Asked(), noticed("shop", "bank")
    at = NOON + DAY
    intake(store, asked).take([task("a1"), task("a2"), task("b1", "bank")], now=at)
    assert asked.clusters == [(cluster_arn("bank"), at), (cluster_arn("shop"), at)]
    intake(store, asked).take([task("a3")], now=at + 5 * MINUTE)
    assert len(asked.clusters) == 2, "by any process"
    intake(store, asked).take([task("a4")], now=at + 5 * MINUTE + 1)
    assert asked.clusters[2:] == [(cluster_arn("shop"), at + 5 * MINUTE + 1)]


def test_a_cluster_that_was_never_noticed_waits_for_the_survey() -> None:
    asked = Asked()
    assert intake(noticed(), asked).take([task("a1")], now=NOON + DAY)[1] == []
    assert asked.clusters == []


def test_a_sweep_that_cannot_be_asked_for_costs_no_observation_and_no_other_cluster() -> None:
    asked = Asked(broken=True)
    store = noticed("shop", "bank")
    recorded, failed = intake(store, asked).take([task("a1"), task("b1", "bank")], now=NOON + DAY)
    assert set(recorded.outcomes.values()) == {Outcome.STORED}
    assert [type(error) for error in failed] == [ConnectionError, ConnectionError]

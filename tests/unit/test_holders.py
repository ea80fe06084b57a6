"""The rule of who held an address, against a plain reading of it, an instant at a time."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.candidates import Question
from core.answers.holders import Chain, Judge, Window, chains_of
from core.answers.questions import Holders, holders_at, instant_window
from core.table.coverage import ClusterCoverage, CompletedSweep, Sweeps, Tally
from core.table.store import Stored
from core.task.record import Record
from tests.support.memory import MemoryStore
from tests.support.plain_rule import IP, Life, Rule, at, known, pasts, surely_in
from tests.support.tasks import cluster_arn, key, task


def stored(lives: Iterable[Life]) -> MemoryStore:
    store = MemoryStore()
    store.put_many([Stored(life.record(), revision=1) for life in lives])
    return store


def ids(records: Iterable[Record]) -> set[str]:
    return {record.key.task_id for record in records}


def asked(
    store: MemoryStore, tick: float, subnet: str | None = None, vpc: str | None = None
) -> Holders:
    instant = int(at(0) + (at(1) - at(0)) * tick)
    question = Question(address=IP, window=instant_window(instant), subnet_id=subnet)
    return holders_at(store, question, Judge(), vpc_id=vpc)


HALVES = st.integers(-2, 60).map(lambda number: number / 2)


@given(pasts(), HALVES)
def test_any_past_is_answered_by_the_contract_s_rule(lives: list[Life], tick: float) -> None:
    rule, found = Rule(lives), asked(stored(lives), tick)
    assert ids(found.certain) == rule.certain(tick)
    assert ids(found.possible) == rule.possible(tick)
    assert ids(found.previous) == rule.previous(tick)
    assert ids(found.next) == rule.next(tick)
    assert len(found.certain) == len(ids(found.certain))


@given(
    pasts(),
    HALVES,
    st.sampled_from((None, "subnet-a", "subnet-a-b")),
    st.sampled_from((None, "vpc-1")),
)
def test_a_holder_that_may_be_elsewhere_is_a_possible_one(
    lives: list[Life], tick: float, subnet: str | None, vpc: str | None
) -> None:
    rule, found = Rule(lives), asked(stored(lives), tick, subnet, vpc)
    there = {life.task_id: life for life in known(lives, subnet=subnet, vpc=vpc)}
    certain = rule.certain(tick) & there.keys()
    sure = {name for name in certain if surely_in(there[name], subnet=subnet, vpc=vpc)}
    assert ids(found.certain) == sure
    assert ids(found.possible) == (rule.possible(tick) & there.keys()) | (certain - sure)


# What sweeps add


SWEPT_AT = at(20)


def sweeps(*, unreadable: int = 0) -> Sweeps:
    """Tell of one cluster, and of its last sweep, which began at tick 20."""
    last = CompletedSweep(
        started_at=SWEPT_AT, finished_at=SWEPT_AT, tally=Tally(unreadable=unreadable)
    )
    swept = ClusterCoverage(
        cluster_arn=cluster_arn(), swept_at=SWEPT_AT, first_swept_at=at(0), last=last
    )
    return Sweeps([swept], SWEPT_AT)


def certain_ticks(judge: Judge, *lives: Stored, of: str = "a1") -> list[int]:
    """Tell at which ticks a task is the certain holder, of the first forty."""
    chain = Chain(sorted(lives, key=lambda one: one.record.attached_at or 0))
    spans = judge.spans([chain], [], Window(at(0), at(40)))
    own = [span for span in spans if span.record.key.task_id == of and span.certain]
    return [tick for tick in range(40) if any(s.start <= at(tick) < s.end for s in own)]


HELD = Life("a1", created=0, shown=2, last_shown=5)
NEWER = Stored(Life("b1", created=30, shown=30, last_shown=31).record(), 1)


@pytest.mark.parametrize(
    "written_at, unreadable, connectivity, until",
    [
        (at(5), 0, None, 19),
        (at(19), 0, "CONNECTED", 19),
        (at(19) + 1, 0, None, 5),
        (at(25), 0, None, 5),
        (at(5), 1, None, 5),
        (at(5), 0, "DISCONNECTED", 5),
    ],
)
def test_once_over_a_record_was_certain_up_to_the_last_sweep_that_must_have_seen_its_task(
    written_at: int, unreadable: int, connectivity: str | None, until: int
) -> None:
    """A view counts at a minute before the request, and its record must have been there before."""
    record = HELD.record()
    assert record.status is not None
    record = record._replace(status=record.status._replace(connectivity=connectivity))
    older = Stored(record, 1, written_at=written_at)
    judge = Judge(sweeps(unreadable=unreadable))
    assert certain_ticks(judge, older, NEWER) == list(range(2, until))
    assert certain_ticks(Judge(), older, NEWER) == list(range(2, 5)), "without sweeps"


def test_a_sweep_after_the_newer_holder_came_proves_nothing_of_the_older_one() -> None:
    older = Stored(HELD.record(), 1, written_at=at(5))
    newer = Stored(Life("b1", created=10, shown=10, last_shown=12).record(), 1, written_at=at(10))
    assert certain_ticks(Judge(sweeps()), older, newer) == list(range(2, 5))


def test_a_holder_without_an_end_that_no_sweep_has_confirmed_is_only_possible_before_it() -> None:
    late = Stored(HELD.record(), 1, written_at=at(25))
    assert certain_ticks(Judge(sweeps()), late) == [*range(2, 5), *range(19, 40)]
    confirmed = Stored(HELD.record(), 1, written_at=at(5))
    assert certain_ticks(Judge(sweeps()), confirmed) == list(range(2, 40))
    assert certain_ticks(Judge(), late) == list(range(2, 40)), "nothing is covered yet"


def test_a_sweep_does_not_confirm_a_holder_to_which_ecs_had_lost_the_connection() -> None:
    record = HELD.record()
    assert record.status is not None
    lost = record._replace(status=record.status._replace(connectivity="DISCONNECTED"))
    assert certain_ticks(Judge(sweeps()), Stored(lost, 1, written_at=at(5))) == [
        *range(2, 5),
        *range(19, 40),
    ]


@pytest.mark.parametrize("over_at, released_at", [(5, 10), (10, 5)])
def test_a_proof_from_after_the_end_does_not_make_a_record_certain_up_to_it(
    over_at: int, released_at: int
) -> None:
    """Whichever comes first is the end: the newer holder, or the record's own release."""
    older = task("a1", attached=at(2), last_held=at(8), stopped=at(released_at))
    newer = task("b1", attached=at(over_at))
    assert certain_ticks(Judge(), Stored(older, 1), Stored(newer, 1)) == []


def test_a_chain_has_the_records_that_say_themselves_that_they_belong_to_it() -> None:
    """An index can lag behind: a record can have moved, or be gone."""
    first, second = task("b1", attached=at(1)), task("a1", attached=at(2))
    moved = task("c1", subnet="subnet-b")
    known = {one.key: Stored(one, 1) for one in (second, first, moved)}
    keys = [second.key, key("forgotten"), moved.key, first.key]
    [chain] = chains_of(first.addresses[0], {"subnet-a": keys}, known)
    assert [one.record for one in chain.records] == [first, second]

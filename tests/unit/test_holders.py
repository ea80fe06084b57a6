"""The rule of who held an address, against a plain reading of it, an instant at a time."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from core.answers.candidates import Question
from core.answers.holders import Judge
from core.answers.questions import Holders, holders_at, instant_window
from core.table.store import Stored
from core.task.record import Record
from tests.support.memory import MemoryStore
from tests.support.plain_rule import IP, Life, Rule, at, known, pasts, surely_in


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

"""What is read for a question about an address: few entries, however long its past is."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.candidates import MOST_UNPROVEN, Question, candidates
from core.answers.holders import Judge, Window
from core.answers.questions import Holders, holders_at, instant_window
from core.table.store import AddressEntry, Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import DAY, SECOND, Instant
from tests.support.memory import MemoryStore
from tests.support.plain_rule import IP, Life, at, pasts
from tests.support.tasks import NOON, key, task


class CountingStore(MemoryStore):
    """Counts the reads, and the entries that they return."""

    def __init__(self, records: Iterable[Record]) -> None:
        super().__init__()
        self.reads: Counter[str] = Counter()
        self.entries = 0
        self.put_many([Stored(record, revision=1) for record in records])

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        self.reads["batch"] += 1
        return super().get_many(keys)

    def address_entries(
        self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
    ) -> Sequence[AddressEntry]:
        self.reads["query"] += 1
        found = super().address_entries(address, between, limit, ascending=ascending)
        self.entries += len(found)
        return found


def ask(store: MemoryStore, instant: Instant, subnet: str | None = None) -> Holders:
    question = Question(address=IP, window=instant_window(instant), subnet_id=subnet)
    return holders_at(store, question, Judge())


def second(number: int) -> Instant:
    return NOON + number * SECOND


def brief(task_id: str, start: int, subnet: str = "subnet-a") -> Record:
    """Make a task that held the address for a second."""
    return task(
        task_id,
        created=second(start),
        attached=second(start),
        stopped=second(start + 1),
        subnet=subnet,
    )


def past_of(subnet: str, length: int) -> list[Record]:
    return [brief(f"{subnet}-{n:04}", n, subnet) for n in range(length)]


@given(pasts(), st.integers(-1, 30))
def test_with_a_subnet_an_answer_takes_three_queries_and_one_batch_read(
    lives: list[Life], tick: int
) -> None:
    store = CountingStore(life.record() for life in lives)
    ask(store, at(tick), "subnet-a")
    assert store.reads["query"] <= 3
    assert store.reads["batch"] <= 1


@given(pasts(most=12), st.integers(-1, 30))
def test_without_a_subnet_it_takes_two_for_each_subnet_and_two_more(
    lives: list[Life], tick: int
) -> None:
    store = CountingStore(life.record() for life in lives)
    ask(store, at(tick))
    subnets = {life.subnet for life in lives} - {None}
    assert store.reads["query"] <= 2 * len(subnets) + 2
    assert store.reads["batch"] <= 1


@pytest.mark.parametrize("instant", [0, 1, 50, 90, 98, 99, 100, 200])
@pytest.mark.parametrize("subnets", [1, 2, 5])
def test_the_length_of_the_past_costs_one_query_more_for_a_subnet_at_most(
    subnets: int, instant: int
) -> None:
    records = [one for n in range(subnets) for one in past_of(f"subnet-{n}", 100)]
    store = CountingStore(records)
    found = ask(store, second(instant))
    assert len(found.certain) == (subnets if instant < 100 else 0)
    assert store.reads["query"] <= 3 * subnets + 2
    assert store.entries <= 40 * subnets
    store.reads.clear()
    ask(store, second(instant), "subnet-0")
    assert store.reads == {"query": 3, "batch": 1}


@pytest.mark.parametrize("instant", [95, 98, 99, 100])
@pytest.mark.parametrize("subnets", [1, 2, 5])
def test_the_present_of_a_long_past_costs_one_query_for_each_subnet_and_two_more(
    subnets: int, instant: int
) -> None:
    records = [one for n in range(subnets) for one in past_of(f"subnet-{n}", 100)]
    store = CountingStore(records)
    ask(store, second(instant))
    assert store.reads["query"] <= subnets + 2


def test_a_subnet_that_was_read_whole_on_the_way_is_not_read_again() -> None:
    store = CountingStore([*past_of("subnet-b", 3), *past_of("subnet-a", 100)])
    ask(store, NOON - 1)
    assert store.reads["query"] == 4


def test_a_subnet_whose_name_begins_like_another_s_is_another() -> None:
    names = ["subnet-a", "subnet-a0", "subnet-a-", "subnet-"]
    store = CountingStore(brief(name, 0, name) for name in names)
    found = candidates(store, Question(address=IP, window=instant_window(NOON)), most=0)
    assert {subnet: len(keys) for subnet, keys in found.subnets.items()} == dict.fromkeys(names, 1)


def unproven(number: int, stopped: Instant | None = None) -> Record:
    return task(f"u{number:03}", attached=None, created=NOON - DAY, stopped=stopped)


def test_no_more_than_fifty_records_without_proof_are_read_and_more_are_not_forgotten() -> None:
    for count, complete in ((MOST_UNPROVEN, True), (MOST_UNPROVEN + 1, False)):
        ended = [unproven(n, NOON - DAY + 1) for n in range(200, 300)]
        store = CountingStore([*ended, *(unproven(n) for n in range(count))])
        found = ask(store, NOON)
        assert found.complete is complete
        assert len(found.possible) == MOST_UNPROVEN


def test_records_without_proof_come_by_their_end_from_the_instant_upward() -> None:
    ends = [NOON - 1, NOON, NOON + 1, NOON + 2]
    store = CountingStore(unproven(n, end) for n, end in enumerate(ends))
    question = Question(address=IP, window=instant_window(NOON))
    found = candidates(store, question, most=0)
    assert found.unproven == [key("u002"), key("u003")]


def test_a_window_has_its_holders_and_two_neighbours_on_both_sides() -> None:
    store = CountingStore(past_of("subnet-a", 100))
    window = Window(second(50), second(53))
    names = [f"subnet-a-{n:04}" for n in (49, 50, 51, 52, 53, 54)]
    for subnet in (None, "subnet-a"):
        question = Question(address=IP, window=window, subnet_id=subnet)
        found = candidates(store, question, most=3)
        assert sorted(one.task_id for one in found.subnets["subnet-a"]) == names
        assert not found.too_many


@pytest.mark.parametrize("subnet", [None, "subnet-a"])
def test_a_window_with_more_holders_than_asked_for_says_so(subnet: str | None) -> None:
    store = CountingStore(past_of("subnet-a", 500))
    window = Window(0, second(2_000))
    question = Question(address=IP, window=window, subnet_id=subnet)
    assert candidates(store, question, most=100).too_many
    store.entries = 0
    assert not candidates(store, question, most=1_000).too_many


@pytest.mark.parametrize("subnet", [None, "subnet-a"])
def test_whoever_is_not_told_that_there_are_too_many_has_them_all(subnet: str | None) -> None:
    for held in range(0, 40, 3):
        store = CountingStore(past_of("subnet-a", held))
        question = Question(address=IP, window=Window(NOON - 1, second(held)), subnet_id=subnet)
        for most in range(30):
            found = candidates(store, question, most=most)
            assert found.too_many is (held > most + 4)
            assert found.too_many or len(found.keys) == held


def test_a_window_is_read_in_steps_that_grow_and_not_far_beyond_it() -> None:
    store = CountingStore(past_of("subnet-a", 600))
    brief_window = Window(second(100), second(103))
    candidates(store, Question(address=IP, window=brief_window, subnet_id="subnet-a"), most=100)
    assert store.entries <= 20
    store.reads.clear()
    candidates(
        store, Question(address=IP, window=Window(0, second(600)), subnet_id="subnet-a"), most=600
    )
    assert store.reads["query"] <= 6


def test_what_runs_side_by_side_asks_for_nothing_side_by_side_itself() -> None:
    """Requests share their threads: one that waits for another to become free waits for ever."""
    under_way = 0

    def together[Thing, Result](
        do: Callable[[Thing], Result], things: Iterable[Thing], /
    ) -> Iterable[Result]:
        nonlocal under_way
        assert not under_way
        under_way += 1
        results = list(map(do, things))
        under_way -= 1
        return results

    store = CountingStore([*past_of("subnet-a", 60), *past_of("subnet-b", 60)])
    for subnet in (None, "subnet-a"):
        question = Question(address=IP, window=instant_window(second(30)), subnet_id=subnet)
        candidates(store, question, most=0, together=together)

"""Lookups in bulk: windows split by who held the address, interfaces for a task's whole life."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.holders import Judge, Window
from core.answers.lookups import MOST_HOLDERS, Lookup, look_up, task_on_interface
from core.answers.questions import Holders, instant_window
from core.table.store import Stored, one_by_one
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import DAY, to_text
from tests.support.memory import MemoryStore
from tests.support.plain_rule import IP, TICK, Life, Rule, at, known, pasts, surely_in
from tests.support.tasks import NOON, eni, key, observed, task


def filled(store: MemoryStore, records: Iterable[Record]) -> MemoryStore:
    store.put_many([Stored(record, revision=1) for record in records])
    return store


def answers(store: MemoryStore, *lookups: Lookup) -> list[Holders | None]:
    return look_up(store, lookups, Judge(expired_before=NOON - 1), together=one_by_one)


def answer(store: MemoryStore, lookup: Lookup) -> Holders:
    [found] = answers(store, lookup)
    assert found is not None
    return found


def ids(records: Iterable[Record]) -> set[str]:
    return {record.key.task_id for record in records}


@given(
    pasts(),
    st.integers(-1, 28),
    st.integers(1, 20),
    st.sampled_from([None, "subnet-a"]),
    st.sampled_from([None, "vpc-1"]),
)
def test_a_window_is_split_by_who_certainly_and_who_possibly_held_the_address(
    lives: list[Life], start: int, length: int, subnet: str | None, vpc: str | None
) -> None:
    rule = Rule(lives)
    there = {life.task_id: life for life in known(lives, subnet=subnet, vpc=vpc)}
    sure = {name for name, life in there.items() if surely_in(life, subnet=subnet, vpc=vpc)}
    window = Window(at(start), at(start) + length * TICK)
    store = filled(MemoryStore(), (life.record() for life in lives))
    found = answer(store, Lookup(address=IP, window=window, subnet_id=subnet, vpc_id=vpc))

    for tick in range(start, start + length):
        spans = [span for span in found.spans if span.start <= at(tick) < span.end]
        certain = rule.certain(tick) & there.keys()
        assert ids(span.record for span in spans if span.certain) == certain & sure
        possible = (rule.possible(tick) & there.keys()) | (certain - sure)
        assert ids(span.record for span in spans if not span.certain) == possible
    assert ids(found.certain) == {one.record.key.task_id for one in found.spans if one.certain}
    assert ids(found.possible) == ids(one.record for one in found.spans) - ids(found.certain)
    assert all(window.start <= one.start < one.end <= window.end for one in found.spans)
    by_task = sorted(found.spans, key=lambda span: (span.record.key, span.start))
    for one, other in pairwise(by_task):
        assert one.record.key != other.record.key or one[2:] != (other.start, other.certain)


class Lagging(MemoryStore):
    """Tells of a task on every interface that it has forgotten since."""

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        del network_interface_id
        return [key("forgotten"), key("a1")]


def test_a_record_that_was_deleted_after_its_index_was_read_costs_no_answer() -> None:
    store = filled(Lagging(), [task("a1")])
    assert answer(store, Lookup(network_interface_id="eni-1")).certain == [task("a1")]


def test_an_interface_is_looked_up_at_an_instant_of_its_task_s_life_to_the_millisecond() -> None:
    """Whether the task is known to have held an address by then does not matter."""
    held = task("a1", attached=NOON, stopped=NOON + 5)
    store = filled(Lagging(), [held])
    found = [
        answer(
            store, Lookup(network_interface_id="eni-1", window=instant_window(NOON + off))
        ).certain
        for off in (-60_001, -60_000, -1, 4, 5)
    ]
    assert found == [[], [held], [held], [held], []]


@pytest.mark.parametrize(
    "subnet, vpc, certain, possible",
    [
        (None, None, ["a1"], []),
        ("subnet-a", None, ["a1"], []),
        ("subnet-b", None, [], []),
        (None, "vpc-1", [], ["a1"]),
    ],
)
def test_an_interface_can_be_kept_to_a_subnet_and_a_vpc(
    subnet: str | None, vpc: str | None, certain: list[str], possible: list[str]
) -> None:
    store = filled(Lagging(), [task("a1")])
    found = answer(store, Lookup(network_interface_id="eni-1", subnet_id=subnet, vpc_id=vpc))
    assert [*ids(found.certain)] == certain
    assert [*ids(found.possible)] == possible


def test_of_two_tasks_that_ecs_gives_one_interface_the_last_to_attach_is_answered() -> None:
    def on_interface(task_id: str, clock: str) -> Record:
        return observed(task_id, updatedAt=f"2026-11-20T{clock}Z")

    first, last = on_interface("z", "12:00:00"), on_interface("a", "12:00:01")
    pending = observed("zz", attachments=[eni(privateIPv4Address=None)])
    store = filled(MemoryStore(), [pending, last, first])
    assert task_on_interface(store, "eni-1", expired_before=0) == last
    store = filled(MemoryStore(), [first, on_interface("b", "12:00:00")])
    assert task_on_interface(store, "eni-1", expired_before=0) == first


def test_without_a_time_an_interface_is_found_of_a_task_that_ended_as_it_began() -> None:
    record = observed("a1", lastStatus="STOPPED", createdAt=to_text(NOON), stoppedAt=to_text(NOON))
    store = filled(MemoryStore(), [record])
    found = answer(store, Lookup(network_interface_id="eni-1"))
    assert [(span.start, span.end) for span in found.spans] == [(NOON, NOON + 1)]


def test_an_expired_task_is_not_found_by_its_interface() -> None:
    store = filled(Lagging(), [task("a1", stopped=NOON)])
    assert task_on_interface(store, "eni-1", expired_before=NOON) is None
    assert task_on_interface(store, "eni-1", expired_before=NOON - 1) == task("a1", stopped=NOON)


@pytest.mark.parametrize("count, too_many", [(MOST_HOLDERS, False), (MOST_HOLDERS + 1, True)])
@pytest.mark.parametrize("subnet", [None, "subnet-a"])
def test_more_holders_of_a_subnet_than_an_answer_may_name_are_none_at_all(
    count: int, too_many: bool, subnet: str | None
) -> None:
    def brief(number: int) -> Record:
        begun = NOON + number * 10
        return task(f"t{number:04}", created=begun, attached=begun, stopped=begun + 5)

    store = filled(MemoryStore(), map(brief, range(300)))
    window = Window(NOON + 995, NOON + 995 + count * 10)
    [found] = answers(store, Lookup(address=IP, window=window, subnet_id=subnet))
    assert (found is None) is too_many
    if found is not None:
        assert len(found.certain) == count


def test_lookups_that_differ_by_their_vpc_alone_are_asked_once() -> None:
    asked: list[Lookup] = []

    def together(do: object, things: Iterable[object]) -> list[object]:
        assert callable(do)
        asked.extend(things)  # type: ignore[arg-type]  # they are lookups
        return [do(thing) for thing in asked]

    store = filled(MemoryStore(), [task("a1")])
    window = instant_window(NOON + DAY)
    lookups = [Lookup(address=IP, window=window, vpc_id=vpc) for vpc in (None, "vpc-1", "vpc-2")]
    found = look_up(store, lookups, Judge(), together=together)  # type: ignore[arg-type]  # it is generic there
    assert len(asked) == 1
    assert [ids(one.certain) for one in found if one] == [{"a1"}, set(), set()]
    assert [ids(one.possible) for one in found if one] == [set(), {"a1"}, {"a1"}]

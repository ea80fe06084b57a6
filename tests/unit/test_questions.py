"""Who held an address at an instant, and who before and after."""

from collections.abc import Collection, Iterable, Mapping
from copy import replace
from typing import Any

import pytest

from core.answers.candidates import Question
from core.answers.holders import Judge
from core.answers.questions import holders_at, instant_window
from core.table.store import Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import DAY, HOUR, SECOND, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, key, task

IP = "10.0.4.128"


class Answer(tuple[list[str], list[str], list[str], list[str]]):
    """The ids of the certain and the possible holders, of those before and of those after."""

    __slots__ = ()


def ids(records: Iterable[Record]) -> list[str]:
    return [record.key.task_id for record in records]


def ask(
    *records: Record,
    at: Instant,
    subnet: str | None = None,
    expired_before: Instant = 0,
    address: str = IP,
) -> Answer:
    store = MemoryStore()
    store.put_many([Stored(record, 1) for record in records])
    return answer(store, at, subnet, expired_before, address)


def answer(
    store: MemoryStore,
    at: Instant,
    subnet: str | None = None,
    expired_before: Instant = 0,
    address: str = IP,
) -> Answer:
    question = Question(address=address, window=instant_window(at), subnet_id=subnet)
    found = holders_at(store, question, Judge(expired_before=expired_before))
    lists = (found.certain, found.possible, found.previous, found.next)
    return Answer(ids(records) for records in lists)


def tenure(task_id: str, start: int, end: int | None = None, **more: Any) -> Record:
    """Make a task that certainly held IP from one second after noon to another, and not before."""
    stopped = None if end is None else NOON + end * SECOND
    begun = NOON + start * SECOND
    return task(task_id, created=begun, attached=begun, stopped=stopped, **more)


def second(number: int) -> Instant:
    return NOON + number * SECOND


def test_an_address_never_seen_has_no_holder() -> None:
    assert ask(at=NOON) == ([], [], [], [])
    assert ask(tenure("a1", 0, ipv4="10.0.4.129"), at=NOON) == ([], [], [], [])


@pytest.mark.parametrize(
    "at, found",
    [
        (second(0) - 1, ([], [], [], ["a1"])),
        (second(0), (["a1"], [], [], [])),
        (second(5), (["a1"], [], [], [])),
        (second(10) - 1, (["a1"], [], [], [])),
        (second(10), ([], [], ["a1"], [])),
        (second(99), ([], [], ["a1"], [])),
    ],
)
def test_a_tenure_includes_its_start_and_not_its_end(
    at: Instant, found: tuple[list[str], ...]
) -> None:
    assert ask(tenure("a1", 0, 10), at=at) == found


@pytest.mark.parametrize(
    "at, found",
    [
        (-1, ([], [], [], [])),
        (0, ([], ["a1"], [], [])),
        (9, ([], ["a1"], [], [])),
        (10, (["a1"], [], [], [])),
        (19, (["a1"], [], [], [])),
        (20, ([], ["a1"], [], [])),
        (29, ([], ["a1"], [], [])),
        (30, ([], [], ["a1"], [])),
    ],
)
def test_between_its_bounds_at_both_ends_a_task_is_a_possible_holder(
    at: int, found: tuple[list[str], ...]
) -> None:
    life = task("a1", created=NOON, attached=second(10), last_held=second(20), stopped=second(30))
    expected = found if at >= 0 else ([], [], [], ["a1"])
    assert ask(life, at=second(at)) == expected


@pytest.mark.parametrize(
    "at, found",
    [
        (5, (["a1"], [], [], ["a2"])),
        (10, ([], [], ["a1"], ["a2"])),
        (20, (["a2"], [], ["a1"], ["a3"])),
        (30, (["a3"], [], ["a2"], [])),
        (45, ([], [], ["a3"], [])),
    ],
)
def test_one_holder_after_another_is_answered_with_those_before_and_after(
    at: int, found: tuple[list[str], ...]
) -> None:
    past = [tenure("a1", 0, 10), tenure("a2", 20, 30), tenure("a3", 30, 40)]
    assert ask(*past, at=second(at)) == found


def test_a_newer_holder_ends_an_older_one_whose_stop_has_not_arrived() -> None:
    reused = [tenure("a1", 0), tenure("a2", 10)]
    assert ask(*reused, at=second(9)) == ([], ["a1"], [], ["a2"]), "somewhere before, it ended"
    assert ask(*reused, at=second(10)) == (["a2"], [], ["a1"], [])


def test_an_older_one_is_certain_up_to_the_last_proof_that_it_still_held() -> None:
    older = task("a1", created=NOON, attached=NOON, last_held=second(4))
    reused = [older, tenure("a2", 10)]
    assert ask(*reused, at=second(4) - 1) == (["a1"], [], [], ["a2"])
    assert ask(*reused, at=second(4)) == ([], ["a1"], [], ["a2"])


def test_a_newer_one_possibly_held_no_earlier_than_an_older_one_certainly_did() -> None:
    older = task("a1", created=NOON, attached=NOON, last_held=second(4), stopped=second(6))
    newer = task("a2", created=NOON, attached=second(10))
    assert ask(older, newer, at=second(3)) == (["a1"], [], [], ["a2"])
    assert ask(older, newer, at=second(5)) == ([], ["a1", "a2"], [], [])
    assert ask(older, newer, at=second(7)) == ([], ["a2"], ["a1"], [])


def test_the_end_of_a_newer_holder_does_not_bring_an_older_one_back() -> None:
    reused = [tenure("a1", 0), tenure("a2", 10, 20)]
    assert ask(*reused, at=second(20)) == ([], [], ["a2"], [])


def test_of_two_attached_at_once_the_greater_task_id_holds() -> None:
    assert ask(tenure("a1", 0), tenure("a2", 0), at=NOON) == (["a2"], [], ["a1"], [])
    assert ask(tenure("a2", 0), tenure("a1", 0), at=NOON) == (["a2"], [], ["a1"], [])


def test_a_record_without_proof_possibly_held_where_no_other_certainly_did() -> None:
    end_alone = task("a1", created=second(0), attached=None, stopped=second(30))
    holder = tenure("a2", 10, 20)
    assert ask(end_alone, holder, at=second(5)) == ([], ["a1"], [], ["a2"])
    assert ask(end_alone, holder, at=second(15)) == (["a2"], [], [], [])
    assert ask(end_alone, holder, at=second(25)) == ([], ["a1"], ["a2"], [])
    assert ask(end_alone, holder, at=second(30)) == ([], [], ["a2"], [])


def test_a_record_without_proof_ends_no_other() -> None:
    holder = tenure("a1", 0)
    end_alone = task("a2", created=second(10), attached=None, stopped=second(30))
    assert ask(holder, end_alone, at=second(20)) == (["a1"], [], [], [])


def test_the_same_address_in_two_subnets_has_two_holders() -> None:
    overlapping = [
        tenure("a1", 0, subnet="subnet-a"),
        tenure("b1", 5, subnet="subnet-b"),
        tenure("b0", 0, 3, subnet="subnet-b"),
        tenure("c1", 0, 3, subnet="subnet-c"),
        tenure("d1", 9, subnet="subnet-d"),
    ]
    certain, possible, before, after = ask(*overlapping, at=second(5))
    assert (sorted(certain), possible) == (["a1", "b1"], [])
    assert (sorted(before), after) == (["b0", "c1"], ["d1"])


def test_a_subnet_can_be_asked_for_alone() -> None:
    overlapping = [tenure("a1", 0, subnet="subnet-a"), tenure("b1", 0, subnet="subnet-b")]
    assert ask(*overlapping, at=NOON, subnet="subnet-b") == (["b1"], [], [], [])
    assert ask(*overlapping, at=NOON, subnet="subnet-") == ([], [], [], [])


def test_those_before_and_after_are_of_the_vpc_that_is_asked_for_or_of_an_unknown_one() -> None:
    lives = {"a1": "vpc-1", "a2": "vpc-2", "b1": None, "c1": "vpc-2"}
    store = MemoryStore()
    for number, (name, vpc_id) in enumerate(lives.items()):
        subnet = f"subnet-{name[0]}"
        record = tenure(name, 2 * number, 2 * number + 1, subnet=subnet)
        located = replace(record, facts=replace(record.facts, vpc_id=vpc_id))
        store.put_many([Stored(located, 1)])
    question = Question(address=IP, window=instant_window(second(99)))
    found = holders_at(store, question, Judge(), vpc_id="vpc-1")
    assert ids(found.previous) == ["b1", "a1"]
    found = holders_at(
        store, replace(question, window=instant_window(NOON - 1)), Judge(), vpc_id="vpc-2"
    )
    assert ids(found.next) == ["c1", "b1", "a2"]


def test_records_of_unknown_subnet_count_as_subnets_of_their_own() -> None:
    unknown = [tenure("a1", 0, subnet=None), tenure("a2", 5, subnet=None), tenure("b1", 3)]
    certain, possible, before, after = ask(*unknown, at=second(9))
    assert (sorted(certain), possible, before, after) == (["a1", "a2", "b1"], [], [], [])
    certain, possible, *_ = ask(*unknown, at=second(9), subnet="subnet-a")
    assert (certain, sorted(possible)) == (["b1"], ["a1", "a2"])


def test_ipv6_is_answered_alike() -> None:
    dual = tenure("a1", 0, ipv6="2001:db8::1")
    assert ask(dual, at=NOON, address="2001:db8::1") == (["a1"], [], [], [])


def test_what_has_expired_and_is_not_deleted_yet_is_not_answered() -> None:
    past = [tenure("a1", 0, 10), tenure("a2", 20, 30)]
    assert ask(*past, at=second(5), expired_before=second(10)) == ([], [], [], ["a2"])
    assert ask(*past, at=second(5), expired_before=second(10) - 1)[0] == ["a1"]
    assert ask(*past, at=second(25), expired_before=second(10)) == (["a2"], [], [], [])
    assert ask(tenure("a1", 0), at=NOON, expired_before=NOON + DAY)[0] == ["a1"]


def test_what_has_expired_has_ended_older_holders_all_the_same() -> None:
    past = [tenure("a1", 0), tenure("a2", 20, 30)]
    assert ask(*past, at=second(40), expired_before=second(30)) == ([], [], ["a1"], [])
    assert ask(*past, at=second(40), expired_before=second(30) - 1) == ([], [], ["a2"], [])


def test_a_vanished_task_possibly_held_until_the_latest_possible_instant() -> None:
    gone = task("a1", gone=NOON + 3 * HOUR, last_held=NOON + 5)
    assert ask(gone, at=NOON + 4)[:2] == (["a1"], [])
    assert ask(gone, at=NOON + 2 * HOUR - 1)[:2] == ([], ["a1"])
    assert ask(gone, at=NOON + 2 * HOUR) == ([], [], ["a1"], [])


def test_an_entry_whose_record_is_deleted_meanwhile_is_left_out() -> None:
    class Lagging(MemoryStore):
        def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
            return super().get_many([one for one in keys if one != key("a2")])

    store = Lagging()
    store.put_many([Stored(tenure("a1", 0, 10), 1), Stored(tenure("a2", 20), 1)])
    assert answer(store, second(25)) == ([], [], ["a1"], [])


def test_a_record_that_has_moved_in_the_index_meanwhile_is_judged_by_itself() -> None:
    """An entry without proof, of a record that has been proven since, and the other way round."""

    class Lagging(MemoryStore):
        def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
            found = dict(super().get_many(keys))
            return {one: Stored(moved[one], 2) if one in moved else found[one] for one in found}

    proven, unproven = tenure("a1", 0), task("a1", created=NOON, attached=None)
    elsewhere = task("a1", ipv4="10.0.0.9")
    for before, after, expected in (
        (unproven, proven, (["a1"], [], [], [])),
        (proven, unproven, ([], ["a1"], [], [])),
        (proven, tenure("a1", 0, subnet="subnet-b"), (["a1"], [], [], [])),
        (proven, elsewhere, ([], [], [], [])),
        (unproven, elsewhere, ([], [], [], [])),
    ):
        moved = {key("a1"): after}
        store = Lagging()
        store.put_many([Stored(before, 1)])
        assert answer(store, second(5)) == expected

"""The history of an address: held against every instant of its window, one by one."""

from collections.abc import Callable, Iterable, Sequence
from copy import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import history
from core.answers.history import AddressHistory, AddressPast, AddressPosition
from core.answers.holders import Judge, Window
from core.table.store import AddressEntry, Stored
from core.task.record import Record
from core.text.instant import DAY, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.plain_rule import IP, TICK, Life, Rule, at, known, pasts
from tests.support.tasks import NOON, task

ALWAYS = Window(0, NOON + DAY)


def stored(records: Iterable[Record]) -> MemoryStore:
    store = MemoryStore()
    store.put_many([Stored(record, revision=1) for record in records])
    return store


def brief(task_id: str, attached: Instant, subnet: str = "subnet-a") -> Record:
    """Make a task that held the address for a millisecond, and not before."""
    return task(task_id, created=attached, attached=attached, stopped=attached + 1, subnet=subnet)


def walk(  # noqa: PLR0913 - a question has many parts
    store: MemoryStore,
    window: Window = ALWAYS,
    *,
    limit: int = 100,
    subnet_id: str | None = None,
    vpc_id: str | None = None,
    between_pages: Callable[[], object] = lambda: None,
) -> list[str]:
    """Read an address's history page by page; what ended before noon has expired."""
    asked = AddressPast(address=IP, window=window, subnet_id=subnet_id, vpc_id=vpc_id)
    judge = Judge(expired_before=NOON - 1)
    found: list[str] = []
    position: AddressPosition | None = AddressPosition()
    while position is not None:
        page = AddressHistory(store, asked, judge).page(position, limit)
        assert len(page.records) <= limit
        found += [record.key.task_id for record in page.records]
        position = page.following
        between_pages()
    return found


def test_an_address_never_seen_has_no_history() -> None:
    assert walk(MemoryStore()) == []


def test_records_without_proof_come_first_and_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_LONGEST_READ", 7)
    unproven = [task(f"u{n:02}", created=NOON + n, attached=None) for n in range(60)]
    store = stored([*unproven, task("a1", attached=NOON + MINUTE)])
    assert walk(store) == [*(record.key.task_id for record in unproven), "a1"]
    assert sorted(walk(store, limit=7)) == sorted(walk(store))


def test_holders_come_subnet_by_subnet_and_newest_first() -> None:
    store = stored(
        [
            task("a1", attached=NOON, stopped=NOON + 5),
            task("a2", attached=NOON + 10),
            task("b1", attached=NOON + 3, stopped=NOON + 8, subnet="subnet-b"),
            task("b2", attached=NOON + 8, subnet="subnet-b"),
        ]
    )
    assert walk(store) == ["b2", "b1", "a2", "a1"]
    assert walk(store, subnet_id="subnet-a") == ["a2", "a1"]
    assert walk(store, subnet_id="subnet-c") == []


@pytest.mark.parametrize(
    "start, end, held",
    [
        (0, 10, []),
        (0, 11, ["first"]),
        (10, 11, ["first"]),
        (19, 20, ["first"]),
        (20, 30, []),
        (29, 30, []),
        (30, 31, ["second"]),
        (15, 35, ["second", "first"]),
        (40, 50, ["second"]),
    ],
)
def test_a_window_includes_its_start_and_not_its_end(start: int, end: int, held: list[str]) -> None:
    store = stored(
        [
            task("first", created=NOON + 10, attached=NOON + 10, stopped=NOON + 20),
            task("second", created=NOON + 30, attached=NOON + 30),
        ]
    )
    assert walk(store, Window(NOON + start, NOON + end)) == held


def test_a_newer_holder_ends_an_older_one_whose_stop_is_not_known() -> None:
    store = stored([task("old", attached=NOON), task("new", attached=NOON + 10)])
    assert walk(store, Window(NOON, NOON + 20)) == ["new", "old"]
    assert walk(store, Window(NOON + 10, NOON + 20)) == ["new"]


def test_of_two_attached_at_once_the_one_of_the_greater_id_held_it() -> None:
    store = stored([task("a1", attached=NOON), task("a2", attached=NOON)])
    assert walk(store, Window(NOON, NOON + 1)) == ["a2"]
    assert walk(store) == ["a2", "a1"], "which possibly held it before"


def test_a_record_without_a_subnet_is_a_subnet_of_its_own() -> None:
    store = stored([task("a1", subnet=None), task("a2", subnet=None), task("a3")])
    assert sorted(walk(store)) == ["a1", "a2", "a3"]


def test_expired_records_are_not_answered_but_have_ended_older_ones() -> None:
    store = stored(
        [
            task("old", attached=NOON - 30),
            task("expired", attached=NOON - 20, stopped=NOON - 10),
        ]
    )
    assert walk(store, Window(NOON - 15, NOON)) == []
    assert walk(store, Window(NOON - 25, NOON)) == ["old"]


def test_a_holder_whose_attachment_is_corrected_during_the_walk_comes_once() -> None:
    second = task("a2", attached=NOON + 10)
    store = stored([task("a1", attached=NOON), second])
    corrected = replace(second, earliest=replace(second.earliest, shown_by_event=NOON + 9))

    def correct() -> None:
        store.put_many([Stored(corrected, revision=2)])

    assert walk(store, limit=1, between_pages=correct) == ["a2", "a1"]


class CountingStore(MemoryStore):
    """Notes how many entries of an address's index it is asked for, read by read."""

    def __init__(self, records: Iterable[Record]) -> None:
        super().__init__()
        self.reads: list[int] = []
        self.put_many([Stored(record, revision=1) for record in records])

    def address_entries(
        self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
    ) -> Sequence[AddressEntry]:
        self.reads.append(limit)
        return super().address_entries(address, between, limit, ascending=ascending)


@pytest.mark.parametrize(
    "first, minutes, limit, reads",
    [
        # Those without proof; to the window, through it, and past the subnet.
        (500, 3, 100, [500, 4, 1, 4, 4]),
        # More at once while there is more, but one beyond the limit at most.
        (500, 100, 100, [500, 4, 1, 4, 16, 64, 16, 4, 4]),
        (0, 990, 1_000, [500, 4, 1, 4, 16, 64, 256, 500, 160, 4]),
        (997, 3, 100, [500, 4, 4]),
        (997, 3, 1, [500, 4, 4, 4, 4]),
    ],
)
def test_a_history_reads_no_more_than_its_window_takes(
    first: int, minutes: int, limit: int, reads: list[int]
) -> None:
    store = CountingStore(brief(f"a{minute:04}", NOON + minute * MINUTE) for minute in range(1_000))
    window = Window(NOON + first * MINUTE, NOON + (first + minutes) * MINUTE)
    assert len(walk(store, window, limit=limit)) == minutes
    assert store.reads == reads


def test_one_request_reads_an_index_no_more_than_sixty_four_times() -> None:
    """Each subnet takes a read, since later holders have to be skipped there."""
    names = [f"a{number:02}" for number in range(70)]
    store = CountingStore(
        brief(f"{name}-{minute}", NOON + minute, subnet=f"subnet-{name}")
        for name in names
        for minute in range(5)
    )
    asked = AddressPast(address=IP, window=Window(NOON, NOON + 1))
    found: list[str] = []
    position: AddressPosition | None = AddressPosition()
    while position is not None:
        page = AddressHistory(store, asked, Judge()).page(position, 100)
        found += [record.key.task_id for record in page.records]
        position = page.following
        assert len(store.reads) <= 2 * 64 + 1, "each read can be followed by a jump"
        store.reads.clear()
    assert found == [f"{name}-0" for name in names[::-1]]


def test_tasks_of_one_id_in_two_accounts_are_two() -> None:
    for one, other in (("subnet-a", "subnet-b"), (None, None)):
        store = stored([task("a1", subnet=one), task("a1", subnet=other, account="1" * 12)])
        assert walk(store) == walk(store, limit=1) == ["a1", "a1"]


def test_a_holder_that_learns_its_subnet_during_the_walk_is_not_lost() -> None:
    unplaced = task("b1", subnet=None)
    store = stored([task("a1"), unplaced])
    placed = replace(unplaced, interface=replace(unplaced.interface, subnet_id="subnet-b"))

    def learn() -> None:
        store.put_many([Stored(placed, revision=2)])

    assert set(walk(store, limit=1, between_pages=learn)) == {"a1", "b1"}
    store = stored([task("a1"), unplaced])
    walked = iter(walk(store, limit=1))
    assert next(walked) == "b1", "first, so that it can only move to where the walk comes later"


@given(
    pasts(),
    st.integers(-1, 28),
    st.integers(1, 20),
    st.integers(1, 4),
    st.sampled_from([None, "subnet-a", "subnet-a-b"]),
    st.sampled_from([None, "vpc-1"]),
)
def test_the_history_names_whoever_may_have_held_the_address_at_any_instant(  # noqa: PLR0913, PLR0917 - a question has many parts
    lives: list[Life], start: int, length: int, limit: int, subnet: str | None, vpc: str | None
) -> None:
    rule = Rule(lives)
    ticks = range(start, start + length)
    held = set(chain.from_iterable(rule.certain(t) | rule.possible(t) for t in ticks))
    window = Window(at(start), at(start) + length * TICK)
    store = stored(life.record() for life in lives)
    found = walk(store, window, limit=limit, subnet_id=subnet, vpc_id=vpc)
    assert len(found) == len(set(found))
    assert set(found) == held & {life.task_id for life in known(lives, subnet=subnet, vpc=vpc)}


def test_a_request_that_has_read_enough_says_where_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = stored(brief(f"a{number}", NOON + number * MINUTE) for number in range(6))
    first = Window(NOON, NOON + 1)
    expected = walk(store, first)
    monkeypatch.setattr(history, "_READS_A_REQUEST", 1)
    monkeypatch.setattr(history, "_FIRST_READ", 1)
    asked = AddressPast(address=IP, window=first)
    page = AddressHistory(store, asked, Judge()).page(AddressPosition(), 100)
    assert page.records == []
    assert page.following is not None
    assert walk(store, first) == expected == ["a0"]

"""The past in a window: held against every instant of it, one by one."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import history
from core.answers.current import holders_at
from core.answers.history import (
    SETTLED_AFTER,
    AddressPast,
    AddressPosition,
    ServicePast,
    ServicePosition,
    Window,
    address_history,
    held_within,
    service_history,
)
from core.table.store import Holding, Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import DAY, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

IP = "10.0.4.128"
ALWAYS = Window(0, NOON + DAY)


def stored(records: Iterable[Record]) -> MemoryStore:
    store = MemoryStore()
    store.put_many([Stored(record, revision=1) for record in records])
    return store


def walk(
    store: MemoryStore,
    window: Window = ALWAYS,
    *,
    limit: int = 100,
    subnet_id: str | None = None,
    between_pages: Callable[[], object] = lambda: None,
) -> list[str]:
    """Read an address's history page by page; what ended before noon is forgotten."""
    asked = AddressPast(address=IP, window=window, subnet_id=subnet_id, expired_before=NOON - 1)
    found: list[str] = []
    position: AddressPosition | None = AddressPosition()
    while position is not None:
        records, position = address_history(store, asked, after=position, limit=limit)
        assert len(records) <= limit
        found += [record.key.task_id for record in records]
        between_pages()
    return found


def test_an_address_never_seen_has_no_history() -> None:
    assert walk(MemoryStore()) == []


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
            task("first", attached=NOON + 10, stopped=NOON + 20),
            task("second", attached=NOON + 30),
        ]
    )
    assert walk(store, Window(NOON + start, NOON + end)) == held


def test_a_newer_holder_ends_an_older_one_whose_stop_is_not_known() -> None:
    store = stored([task("old", attached=NOON), task("new", attached=NOON + 10)])
    assert walk(store, Window(NOON, NOON + 20)) == ["new", "old"]
    assert walk(store, Window(NOON + 10, NOON + 20)) == ["new"]


def test_of_two_attached_at_once_the_one_of_the_greater_id_held_it() -> None:
    store = stored([task("a1", attached=NOON), task("a2", attached=NOON)])
    assert walk(store) == ["a2"]


def test_a_record_without_a_subnet_is_a_subnet_of_its_own() -> None:
    store = stored([task("a1", subnet=None), task("a2", subnet=None), task("a3")])
    assert sorted(walk(store)) == ["a1", "a2", "a3"]


def test_forgotten_records_are_not_answered_but_have_ended_older_ones() -> None:
    store = stored(
        [
            task("old", attached=NOON - 30),
            task("forgotten", attached=NOON - 20, stopped=NOON - 10),
        ]
    )
    assert walk(store, Window(NOON - 15, NOON)) == []
    assert walk(store, Window(NOON - 25, NOON)) == ["old"]


def test_a_holder_whose_attachment_is_corrected_during_the_walk_comes_once() -> None:
    second = task("a2", attached=NOON + 10)
    store = stored([task("a1", attached=NOON), second])
    corrected = replace(second, earliest=replace(second.earliest, held_at=NOON + 9))

    def correct() -> None:
        store.put_many([Stored(corrected, revision=2)])

    assert walk(store, limit=1, between_pages=correct) == ["a2", "a1"]


class CountingStore(MemoryStore):
    """Notes how many entries of an address's index it is asked for, read by read."""

    def __init__(self, records: Iterable[Record]) -> None:
        super().__init__()
        self.reads: list[int] = []
        self.put_many([Stored(record, revision=1) for record in records])

    def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
        self.reads.append(limit)
        return super().holdings(address, between, limit)


@pytest.mark.parametrize(
    "first, minutes, limit, reads",
    [
        # To the window, through it, and past the subnet.
        (500, 3, 100, [4, 4, 4]),
        # More at once while there is more, but one beyond the limit at most.
        (500, 100, 100, [4, 4, 16, 64, 17, 4]),
        (0, 990, 1_000, [4, 4, 16, 64, 256, 500, 161]),
        (997, 3, 100, [4, 4]),
        (997, 3, 1, [2, 2, 2, 2]),
    ],
)
def test_a_history_reads_no_more_than_its_window_takes(
    first: int, minutes: int, limit: int, reads: list[int]
) -> None:
    store = CountingStore(
        task(f"a{minute:04}", attached=NOON + minute * MINUTE, stopped=NOON + minute * MINUTE + 1)
        for minute in range(1_000)
    )
    window = Window(NOON + first * MINUTE, NOON + (first + minutes) * MINUTE)
    assert len(walk(store, window, limit=limit)) == minutes
    assert store.reads == reads


def test_one_request_reads_an_index_no_more_than_sixty_four_times() -> None:
    """Each subnet takes a read, since later holders have to be skipped there."""
    names = [f"a{number:02}" for number in range(70)]
    store = CountingStore(
        task(f"{name}-{minute}", subnet=f"subnet-{name}", attached=NOON + minute)
        for name in names
        for minute in range(5)
    )
    asked = AddressPast(address=IP, window=Window(NOON, NOON + 1))
    records, position = address_history(store, asked, after=None, limit=100)
    assert (len(records), len(store.reads)) == (63, 64)
    more, end = address_history(store, asked, after=position, limit=100)
    assert [record.key.task_id for record in [*records, *more]] == [f"{n}-0" for n in names[::-1]]
    assert end is None


def test_tasks_of_one_id_in_two_accounts_are_two() -> None:
    store = stored([task("a1", subnet="subnet-a"), task("a1", subnet="subnet-b", account="1" * 12)])
    assert walk(store) == walk(store, limit=1) == ["a1", "a1"]


def test_a_holder_that_learns_its_subnet_during_the_walk_is_not_lost() -> None:
    unplaced = task("b1", subnet=None)
    store = stored([task("a1"), unplaced])
    placed = replace(unplaced, facts=replace(unplaced.facts, subnet_id="subnet-b"))

    def learn() -> None:
        store.put_many([Stored(placed, revision=2)])

    assert set(walk(store, limit=1, between_pages=learn)) == {"a1", "b1"}
    store = stored([task("a1"), unplaced])
    walked = iter(walk(store, limit=1))
    assert next(walked) == "b1", "first, so that it can only move to where the walk comes later"


TIMES = st.integers(0, 12)
LIVES = st.lists(
    st.tuples(TIMES, st.none() | TIMES, st.sampled_from(["subnet-a", "subnet-b", None])),
    max_size=9,
)


@given(LIVES, TIMES, TIMES, st.integers(1, 4), st.sampled_from([None, "subnet-a"]))
def test_the_history_names_whoever_held_the_address_at_any_instant(
    lives: list[tuple[int, int | None, str | None]],
    start: int,
    length: int,
    limit: int,
    subnet_id: str | None,
) -> None:
    store = stored(
        task(
            f"t{number}",
            attached=NOON + attached,
            stopped=None if stopped is None else NOON + max(attached, stopped),
            subnet=subnet,
        )
        for number, (attached, stopped, subnet) in enumerate(lives)
    )
    window = Window(NOON + start, NOON + start + length + 1)
    held = {
        record.key.task_id
        for instant in range(window.start, window.end)
        for record in holders_at(store, IP, instant, subnet_id=subnet_id, expired_before=0).holders
    }
    found = walk(store, window, limit=limit, subnet_id=subnet_id)
    assert len(found) == len(set(found))
    assert set(found) == held


def service_walk(
    store: MemoryStore,
    window: Window = ALWAYS,
    *,
    limit: int = 100,
    now: Instant = NOON + DAY,
    between_pages: Callable[[], None] = lambda: None,
) -> list[str]:
    """Read a service's history page by page; what ended before noon is forgotten."""
    asked = ServicePast(
        cluster="shop", service="web", window=window, now=now, expired_before=NOON - 1
    )
    found: list[str] = []
    position: ServicePosition | None = None
    while True:
        records, position = service_history(store, asked, after=position, limit=limit)
        assert len(records) <= limit
        found += [record.key.task_id for record in records]
        if position is None:
            return found
        between_pages()


@given(LIVES, TIMES, TIMES, st.integers(1, 4), st.integers(0, 15))
def test_a_service_s_history_names_each_task_by_its_own_interval(
    lives: list[tuple[int, int | None, str | None]], start: int, length: int, limit: int, now: int
) -> None:
    records = [
        task(
            f"t{number}",
            attached=NOON + attached,
            stopped=None if stopped is None else NOON + max(attached, stopped),
            ipv4=f"10.0.0.{number}",
        )
        for number, (attached, stopped, _) in enumerate(lives)
    ]
    window = Window(NOON + start, NOON + start + length + 1)
    found = service_walk(stored(records), window, limit=limit, now=NOON + SETTLED_AFTER + now)
    assert len(found) == len(set(found))
    assert set(found) == {
        record.key.task_id
        for record in records
        if any(
            (record.attached_at or 0) <= instant < (record.released_at or instant + 1)
            for instant in range(window.start, window.end)
        )
    }


@pytest.mark.parametrize("longest_read", [1, 2, 3, 100])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_a_service_s_history_is_read_to_its_end_in_reads_of_any_length(
    longest_read: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "_LONGEST_READ", longest_read)
    store = stored(
        [
            *(task(f"t{number}", ipv4=f"10.0.0.{number}") for number in range(6)),
            *(
                task(f"s{n}", stopped=NOON + n // 2 * MINUTE, ipv4=f"10.0.1.{n}")
                for n in range(2, 8)
            ),
        ]
    )
    found = service_walk(store, limit=limit)
    assert sorted(found[:6]) == [f"t{number}" for number in range(6)]
    assert found[6:] == [f"s{number}" for number in range(7, 1, -1)]


def test_a_service_s_history_leaves_out_what_is_forgotten_or_deleted_meanwhile() -> None:
    class ForgettingStore(MemoryStore):
        def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
            return super().get_many([key for key in keys if key.task_id != "deleted"])

    store = ForgettingStore()
    ends = {"forgotten": NOON - 1, "kept": NOON, "deleted": NOON + 1}
    for name, end in ends.items():
        store.put_many([Stored(task(name, attached=NOON - MINUTE, stopped=end), revision=1)])
    assert service_walk(store) == ["kept"]


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize("stopping", [0, 3, 6])
@pytest.mark.parametrize("told_late", [-1, 0, 5 * MINUTE - 1, 5 * MINUTE])
def test_tasks_that_stop_during_the_walk_are_neither_lost_nor_told_twice(
    limit: int, stopping: int, told_late: int
) -> None:
    """Not twice, unless the table learns of the stop over five minutes late."""
    now = NOON + DAY
    records = [task(f"t{number}", ipv4=f"10.0.0.{number}") for number in range(7)]
    ended = [task(f"s{n}", stopped=NOON + n * MINUTE, ipv4=f"10.0.1.{n}") for n in range(1, 5)]
    store = stored([*records, *ended])
    stops = iter(
        [
            Stored(
                task(f"t{stopping}", stopped=now - told_late, ipv4=f"10.0.0.{stopping}"),
                revision=2,
            )
        ]
    )

    def stop_one() -> None:
        for write in stops:
            assert store.put_many([write]) == [None]

    found = service_walk(store, limit=limit, now=now, between_pages=stop_one)
    if told_late == 5 * MINUTE:
        found = list(dict.fromkeys(found))
    assert sorted(found) == sorted(record.key.task_id for record in [*records, *ended])


def test_a_record_without_an_address_held_nothing() -> None:
    assert not held_within(task("a1", ipv4=None), ALWAYS)


def test_a_request_that_has_read_enough_says_where_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = stored(
        task(f"a{number}", attached=NOON + number * MINUTE, stopped=NOON + number * MINUTE + 1)
        for number in range(6)
    )
    first = Window(NOON, NOON + 1)
    expected = walk(store, first)
    monkeypatch.setattr(history, "_READS_A_REQUEST", 1)
    monkeypatch.setattr(history, "_FIRST_READ", 1)
    asked = AddressPast(address=IP, window=first, expired_before=NOON - 1)
    records, position = address_history(store, asked, after=AddressPosition(), limit=100)
    assert records == []
    assert position is not None
    assert walk(store, first) == expected == ["a0"]

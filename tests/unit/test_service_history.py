"""The history of a service: each task by its own bounds, once, while tasks come and go."""

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import service_history as module
from core.answers.holders import Window
from core.answers.service_history import (
    ENDS_KNOWN_WITHIN,
    ServicePast,
    ServicePosition,
    service_history,
)
from core.table.store import Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import DAY, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

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
    now: Instant = NOON + DAY,
    between_pages: Callable[[], None] = lambda: None,
) -> list[str]:
    """Read a service's history page by page; what ended before noon has expired."""
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


TIMES = st.integers(0, 12)


@given(
    st.lists(st.tuples(TIMES, TIMES, st.none() | TIMES), max_size=9),
    TIMES,
    TIMES,
    st.integers(1, 4),
    st.integers(0, 15),
)
def test_each_task_is_named_by_its_own_bounds(
    lives: list[tuple[int, int, int | None]], start: int, length: int, limit: int, now: int
) -> None:
    records = [
        task(
            f"t{number}",
            created=NOON + created,
            attached=NOON + created + attached,
            stopped=None if stopped is None else NOON + created + attached + stopped,
            ipv4=f"10.0.0.{number}",
        )
        for number, (created, attached, stopped) in enumerate(lives)
    ]
    window = Window(NOON + start, NOON + start + length + 1)
    found = walk(stored(records), window, limit=limit, now=NOON + ENDS_KNOWN_WITHIN + now)
    assert len(found) == len(set(found))
    assert set(found) == {
        record.key.task_id
        for record in records
        if any(
            (record.attached_not_before or 0) <= instant < (record.released_at or instant + 1)
            for instant in range(window.start, window.end)
        )
    }


@pytest.mark.parametrize("longest_read", [1, 2, 3, 100])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_the_history_is_read_to_its_end_in_reads_of_any_length(
    longest_read: int, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LONGEST_READ", longest_read)
    store = stored(
        [
            *(task(f"t{number}", ipv4=f"10.0.0.{number}") for number in range(6)),
            *(
                task(f"s{n}", stopped=NOON + n // 2 * MINUTE, ipv4=f"10.0.1.{n}")
                for n in range(2, 8)
            ),
        ]
    )
    found = walk(store, limit=limit)
    assert sorted(found[:6]) == [f"t{number}" for number in range(6)]
    assert found[6:] == [f"s{number}" for number in range(7, 1, -1)]


def test_what_is_expired_or_deleted_meanwhile_is_left_out() -> None:
    class ForgettingStore(MemoryStore):
        def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
            return super().get_many([key for key in keys if key.task_id != "deleted"])

    store = ForgettingStore()
    ends = {"expired": NOON - 1, "kept": NOON, "deleted": NOON + 1}
    for name, end in ends.items():
        store.put_many([Stored(task(name, attached=NOON - MINUTE, stopped=end), revision=1)])
    assert walk(store) == ["kept"]


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

    found = walk(store, limit=limit, now=now, between_pages=stop_one)
    if told_late == 5 * MINUTE:
        found = list(dict.fromkeys(found))
    assert sorted(found) == sorted(record.key.task_id for record in [*records, *ended])


def test_a_task_without_an_address_is_no_part_of_it() -> None:
    assert walk(stored([task("a1", ipv4=None), task("a2")])) == ["a2"]


@pytest.mark.parametrize("stopped", [None, NOON + MINUTE], ids=["live", "ended"])
def test_a_page_can_end_between_two_tasks_of_one_id_in_two_accounts(
    stopped: Instant | None,
) -> None:
    accounts = ("111122223333", "444455556666")
    store = stored(task("a1", account=account, stopped=stopped) for account in accounts)
    assert walk(store, limit=1) == ["a1", "a1"]


def test_a_task_that_demonstrably_had_no_address_in_the_window_is_no_part_of_it() -> None:
    record = task("a1", attached=NOON + 9)
    seen_without = replace(record, newest=replace(record.newest, unattached_at=NOON + 5))
    store = stored([seen_without])
    assert walk(store, Window(NOON, NOON + 5)) == []
    assert walk(store, Window(NOON, NOON + 6)) == ["a1"]

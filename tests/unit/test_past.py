"""The past, held against a plain scan of all that ever was, while tasks start and end."""

from collections.abc import Callable, Iterable, Sequence
from copy import replace
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import past as module
from core.answers.current import TaskFilter
from core.answers.holders import Window
from core.answers.past import Past, PastPosition, every_past_task, past_tasks
from core.table.seen_names import notes_of
from core.table.store import Page, Stored
from core.task.record import Record
from core.text.instant import DAY, HOUR, MINUTE, SECOND, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

CLUSTERS = ("bank", "shop", "shop-2")


def put(store: MemoryStore, *records: Record, revision: int = 1) -> None:
    store.put_notes({note for record in records for note in notes_of(record)})
    assert set(store.put_many([Stored(record, revision) for record in records])) <= {None}


def stored(records: Iterable[Record]) -> MemoryStore:
    store = MemoryStore()
    put(store, *records)
    return store


def walk(  # noqa: PLR0913 - a question has many parts
    store: MemoryStore,
    window: Window,
    *,
    limit: int = 100,
    between_pages: Callable[[], object] = lambda: None,
    wanted: TaskFilter | None = None,
    expired_before: Instant = 0,
) -> list[str]:
    """Read page by page."""
    past = Past(wanted=wanted or TaskFilter(), window=window, expired_before=expired_before)
    found: list[str] = []
    after: PastPosition | None = None
    for _ in range(10_000):
        page = past_tasks(store, past, after=after, limit=limit)
        assert len(page.found) <= limit
        found += [stored.record.key.task_id for stored in page.found]
        if page.following is None:
            return found
        after = page.following
        between_pages()
    raise AssertionError("no end")


@dataclass(frozen=True)
class Life:
    """A task from its creation on, as long as it lives."""

    number: int
    cluster: str
    created: Instant
    length: int | None
    """None while it lives."""

    def record(self) -> Record:
        end = None if self.length is None else self.created + self.length
        return task(
            f"t{self.number:02}",
            self.cluster,
            created=self.created,
            attached=self.created,
            stopped=end,
        )

    def existed(self, window: Window) -> bool:
        """Tell plainly whether it is in the answer."""
        end = None if self.length is None else self.created + self.length
        return self.created < window.end and (end is None or end > window.start)


# Lengths on both sides of the classes' borders, and instants near each other, so that lives touch.
LENGTHS = st.one_of(
    st.integers(0, 20),
    st.integers(0, 200 * DAY),
    st.builds(lambda power, off: (1 << power) + off, st.integers(12, 38), st.integers(-1, 1)),
)
CREATED = st.one_of(st.integers(NOON - 20, NOON + 20), st.integers(NOON - 200 * DAY, NOON))


@st.composite
def lives(draw: st.DrawFn) -> list[Life]:
    count = draw(st.integers(0, 14))
    return [
        Life(
            number,
            draw(st.sampled_from(CLUSTERS)),
            draw(CREATED),
            draw(st.none() | LENGTHS),
        )
        for number in range(count)
    ]


def near(lives: Sequence[Life]) -> st.SearchStrategy[Instant]:
    """Choose an instant at which something begins or ends, or one beside it."""
    turns = [life.created for life in lives]
    turns += [life.created + life.length for life in lives if life.length is not None]
    some = st.sampled_from(turns or [NOON])
    return st.builds(lambda turn, off: turn + off, some, st.integers(-1, 1)) | CREATED


@given(st.data(), lives(), st.integers(1, 6), st.sampled_from((None, *CLUSTERS)))
def test_whoever_existed_in_a_window_is_listed_once(
    data: st.DataObject, lives: list[Life], limit: int, cluster: str | None
) -> None:
    start = data.draw(near(lives))
    end = data.draw(st.just(start + 1) | near(lives).filter(lambda end: end > start))
    window = Window(start, end)
    store = stored(life.record() for life in lives)
    found = walk(store, window, limit=limit, wanted=TaskFilter(cluster=cluster))
    assert len(found) == len(set(found))
    assert set(found) == {
        f"t{life.number:02}"
        for life in lives
        if life.existed(window) and cluster in (None, life.cluster)
    }


@given(st.data(), lives(), st.integers(1, 3))
def test_tasks_that_start_and_end_between_pages_cost_no_other_its_place(
    data: st.DataObject, lives: list[Life], limit: int
) -> None:
    start = data.draw(near(lives))
    window = Window(start, start + data.draw(st.sampled_from((1, 5, HOUR, 100 * DAY))))
    store = stored(life.record() for life in lives)
    living = [life for life in lives if life.length is None]
    ends = iter(data.draw(st.permutations(living)))
    steady = [life for life in lives if life.length is not None and life.existed(window)]
    throughout = [life for life in living if life.created < window.end]
    started = 0

    def go_on() -> None:
        nonlocal started
        if (life := next(ends, None)) is not None:
            length = max(NOON + DAY, window.end) - life.created
            put(store, replace(life, length=length).record(), revision=2)
        started += 1
        created = data.draw(CREATED)
        put(store, task(f"new{started:02}", "shop", created=created, attached=created))

    found = walk(store, window, limit=limit, between_pages=go_on)
    assert len(found) == len(set(found)), "none twice"
    names = {f"t{life.number:02}" for life in [*steady, *throughout]}
    assert names == {name for name in found if name.startswith("t")}, "and none lost"


def test_a_task_that_ends_between_two_reads_of_one_page_is_listed_once() -> None:
    class Ending(MemoryStore):
        """Ends the task after the live ones were read, and before the ended ones are."""

        def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
            found = super().live_between(cluster, between, limit)
            self.put_many([Stored(task("a1", stopped=NOON + SECOND), revision=2)])
            return found

    store = Ending()
    put(store, task("a1"))
    assert walk(store, Window(NOON, NOON + 1)) == ["a1"]


def test_the_tasks_of_a_cluster_come_in_the_order_of_their_creation() -> None:
    store = stored(
        [
            task("c", "shop", created=NOON - 3, stopped=NOON + DAY),
            task("a", "shop", created=NOON - 1),
            task("b", "shop", created=NOON - 2, stopped=NOON + SECOND),
            task("d", "bank", created=NOON - 1, ipv4=None),
            task("e", "bank", created=NOON - 2, group="family:job"),
        ]
    )
    assert walk(store, Window(NOON, NOON + 1)) == ["e", "d", "c", "b", "a"]


@pytest.mark.parametrize(
    "start, found",
    [(-61_000, []), (-60_001, []), (-60_000, ["a1"]), (999, ["a1"]), (1_000, [])],
)
def test_a_life_includes_its_start_and_not_its_end(start: int, found: list[str]) -> None:
    store = stored([task("a1", stopped=NOON + SECOND)])
    assert walk(store, Window(NOON + start, NOON + start + 1)) == found


def test_a_vanished_task_existed_until_the_latest_possible_instant() -> None:
    store = stored([task("a1", gone=NOON + 3 * HOUR)])
    assert walk(store, Window(NOON + 2 * HOUR - 1, NOON + 2 * HOUR)) == ["a1"]
    assert walk(store, Window(NOON + 2 * HOUR, NOON + 2 * HOUR + 1)) == []


def test_what_has_expired_and_is_not_deleted_yet_is_left_out() -> None:
    store = stored([task("a1", stopped=NOON + 5), task("a2", stopped=NOON + 6), task("a3")])
    window = Window(NOON, NOON + 1)
    assert walk(store, window, expired_before=NOON + 5) == ["a2", "a3"]


def test_a_page_that_a_filter_emptied_is_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_READ", 3)
    tasks = [task(f"t{n}", group=f"service:s{n}", created=NOON - 60 + n) for n in range(9)]
    store = stored(tasks)
    past = Past(wanted=TaskFilter(service="s8"), window=Window(NOON, NOON + 1))
    first = past_tasks(store, past, after=None, limit=10)
    assert first.found == []
    assert first.following is not None
    assert walk(store, past.window, wanted=past.wanted, limit=10) == ["t8"]


def test_a_request_goes_through_twenty_clusters_at_most() -> None:
    store = stored(task(f"t{n:02}", f"cluster-{n:02}") for n in range(45))
    past = Past(wanted=TaskFilter(), window=Window(NOON, NOON + 1))
    page = past_tasks(store, past, after=None, limit=100)
    assert (len(page.found), page.following) == (20, PastPosition("cluster-20"))
    assert len(list(every_past_task(store, past))) == 45


def test_tasks_whose_vpc_is_not_known_are_counted() -> None:
    store = stored([task("a1"), task("a2", ipv4=None, subnet=None), task("a3", subnet="subnet-b")])
    wanted = TaskFilter(vpc_id="vpc-1", subnet_id="subnet-a")
    past = Past(wanted=wanted, window=Window(NOON, NOON + 1))
    assert past_tasks(store, past, after=None, limit=10).undetermined == 1


class CountingStore(MemoryStore):
    """Counts the items that it is asked for, and the reads."""

    def __init__(self) -> None:
        super().__init__()
        self.items = self.reads = 0

    def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        return self._count(super().live_between(cluster, between, limit))

    def past_between(self, partition: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        return self._count(super().past_between(partition, between, limit))

    def _count(self, page: Page[Stored]) -> Page[Stored]:
        self.reads += 1
        self.items += len(page.items)
        return page


@pytest.mark.parametrize("days_ago", [1, 10, 60])
def test_what_is_read_grows_with_the_answer_and_not_with_what_ended_since(days_ago: int) -> None:
    store = CountingStore()
    lengths = (10 * SECOND, 5 * MINUTE, 3 * HOUR, 4 * DAY)
    put(
        store,
        *(
            task(
                f"t{number:05}",
                created=NOON - 70 * DAY + number * 35 * MINUTE,
                attached=NOON - 70 * DAY + number * 35 * MINUTE,
                stopped=NOON - 70 * DAY + number * 35 * MINUTE + lengths[number % 4],
            )
            for number in range(2_880)
        ),
    )
    store.items = 0
    instant = NOON - days_ago * DAY
    found = walk(store, Window(instant, instant + 1), limit=1_000)
    assert found
    assert store.items <= 2 * len(found) + 25
    assert store.reads <= 60


@pytest.mark.parametrize("stopped", [None, NOON + MINUTE], ids=["live", "ended"])
def test_a_page_can_end_between_two_tasks_of_one_id_in_two_accounts(
    stopped: Instant | None,
) -> None:
    accounts = ("111122223333", "444455556666")
    store = stored(task("a1", account=account, stopped=stopped) for account in accounts)
    assert walk(store, Window(NOON, NOON + 1), limit=1) == ["a1", "a1"]

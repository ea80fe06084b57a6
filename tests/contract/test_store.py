"""What a store promises (`core.table.store`), on every store: the one in memory and DynamoDB's."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from adapters.dynamodb import DynamoStore
from core.table import index_keys
from core.table.coverage import Sweeps
from core.table.seen_names import subnet_note
from core.table.store import ConflictError, Page, Store, Stored, live_position
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import DAY, MINUTE, SECOND
from tests.contract.conftest import ENGINES, OpenTable
from tests.support.memory import MemoryStore
from tests.support.samples import readable
from tests.support.tasks import NOON, key, task

ALL = (index_keys.LOWEST, index_keys.HIGHEST)
"""Bounds that hold every sort key of an address."""


type OpenStore = Callable[[], Store]


@pytest.fixture(params=("memory", *ENGINES))
def open_store(request: pytest.FixtureRequest, open_table: OpenTable) -> OpenStore:
    """Give the function that opens one store, time and again, as each function instance does."""
    if request.param == "memory":
        memory = MemoryStore()
        return lambda: memory
    table = open_table(request.param)
    return lambda: DynamoStore(table.client, table.name, 90 * DAY)


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """Give an empty store, once of each kind."""
    return open_store()


def put(store: Store, *records: Record, revision: int = 1) -> None:
    """Write records that nobody else writes."""
    results = store.put_many([Stored(record, revision, written_at=NOON) for record in records])
    assert list(results) == [None] * len(records)


def kinds(results: Iterable[Exception | None]) -> list[type | None]:
    return [None if result is None else type(result) for result in results]


# Reading by key


def test_an_empty_store_has_nothing(store: Store) -> None:
    assert store.get_many([key("a1")]) == {}
    assert store.get_many([]) == {}
    assert list(store.find("a1")) == []
    assert store.live_page(None, None, 10) == Page([], more=False)
    assert store.live_page("shop", None, 10) == Page([], more=False)
    assert list(store.address_entries("10.0.4.128", ALL, 10)) == []
    assert store.live_between("shop", ALL, 10) == Page([], more=False)
    assert store.past_between("shop#14", ALL, 10) == Page([], more=False)
    assert store.sweeps() == Sweeps([], None)
    assert store.last_event_at() is None


def test_every_sample_is_read_back_as_it_was_written(store: Store) -> None:
    seen = {observation.record.key: observation.record for observation in readable().values()}
    items = [
        Stored(record, revision=1, sequence=number, written_at=NOON + number)
        for number, record in enumerate(seen.values())
    ]
    assert kinds(store.put_many(items)) == [None] * len(items)
    assert store.get_many(list(seen)) == {item.record.key: item for item in items}


def test_a_record_that_is_asked_for_twice_is_read_once(store: Store) -> None:
    """An index entry that moves between two reads names its record twice."""
    put(store, task("a1"))
    assert set(store.get_many([key("a1"), key("a1")])) == {key("a1")}


def test_absent_records_are_left_out(store: Store) -> None:
    put(store, task("a1"))
    assert set(store.get_many([key("a1"), key("a2"), key("a1", "other")])) == {key("a1")}


@pytest.mark.parametrize("count", [1, 99, 100, 101, 230])
def test_any_number_of_records_is_read(store: Store, count: int) -> None:
    records = [task(f"a{number:03}", ipv4=None, group=None) for number in range(count)]
    put(store, *records)
    absent = [key(f"b{number:03}") for number in range(30)]
    wanted = [*absent, *(record.key for record in records)]
    assert set(store.get_many(wanted)) == {record.key for record in records}
    assert set(store.get_many(dict.fromkeys(wanted, None))) == {record.key for record in records}


def test_a_write_is_read_at_once(store: Store) -> None:
    for revision in range(1, 30):
        put(store, task("a1", version=revision), revision=revision)
        assert store.get_many([key("a1")])[key("a1")].revision == revision
        assert [item.revision for item in store.find("a1")] == [revision]


def test_a_task_id_is_found_in_every_cluster_that_has_it(store: Store) -> None:
    here, there = task("a1", "shop"), task("a1", "bank")
    elsewhere = task("a1", "shop", account="444455556666")
    put(store, here, there, elsewhere, task("a2", "shop"), task("a11", "shop"))
    found = store.find("a1")
    assert {item.record.key: item.record for item in found} == {
        record.key: record for record in (here, there, elsewhere)
    }
    assert len(found) == 3
    assert list(store.find("a")) == []


# Writing


def test_a_first_write_needs_an_absent_record(store: Store) -> None:
    first, second = task("a1", version=1), task("a1", version=2)
    assert kinds(store.put_many([Stored(first, revision=1)])) == [None]
    assert kinds(store.put_many([Stored(second, revision=1)])) == [ConflictError]
    assert store.get_many([first.key])[first.key] == Stored(first, revision=1)


def test_a_write_needs_the_revision_before_its_own(store: Store) -> None:
    record = task("a1")
    put(store, record)
    put(store, record, revision=2)
    for revision in (1, 2, 4, 5):
        conflict = store.put_many([Stored(task("a1", version=9), revision=revision)])
        assert kinds(conflict) == [ConflictError]
    assert store.get_many([record.key])[record.key] == Stored(record, 2, written_at=NOON)
    put(store, record, revision=3)


def test_a_later_write_needs_a_record(store: Store) -> None:
    assert kinds(store.put_many([Stored(task("a1"), revision=2)])) == [ConflictError]
    assert store.get_many([key("a1")]) == {}


def test_a_conflict_of_one_costs_no_other_and_answers_keep_their_order(store: Store) -> None:
    put(store, task("a1"), task("a3"))
    results = store.put_many(
        [
            Stored(task("a0"), revision=1),
            Stored(task("a1"), revision=1),
            Stored(task("a2"), revision=1),
            Stored(task("a3"), revision=2),
            Stored(task("a4"), revision=7),
        ]
    )
    assert kinds(results) == [None, ConflictError, None, None, ConflictError]
    known = store.get_many([key(f"a{number}") for number in range(5)])
    assert {task_id: item.revision for (task_id, _), item in known.items()} == {
        "a0": 1,
        "a1": 1,
        "a2": 1,
        "a3": 2,
    }


def test_nothing_to_write_is_nothing_written(store: Store) -> None:
    assert list(store.put_many([])) == []


def test_many_records_are_written_each_with_its_answer(store: Store) -> None:
    put(store, *(task(f"a{number:02}") for number in range(0, 60, 3)))
    results = store.put_many([Stored(task(f"a{number:02}"), revision=1) for number in range(60)])
    assert kinds(results) == [ConflictError, None, None] * 20


def test_one_task_id_in_two_clusters_is_two_records(store: Store) -> None:
    here, there = task("a1", "shop", version=1), task("a1", "bank", version=2)
    put(store, here, there)
    known = store.get_many([here.key, there.key])
    assert (known[here.key].record, known[there.key].record) == (here, there)


@pytest.mark.parametrize(
    "open_store",
    [engine for engine in ("memory", *ENGINES) if engine != "moto"],  # it checks, then it writes
    indirect=True,
)
def test_of_two_writers_at_once_one_wins_every_time(open_store: OpenStore) -> None:
    stores = [open_store() for _ in range(4)]
    with ThreadPoolExecutor(len(stores)) as threads:
        for revision in range(1, 11):
            results = threads.map(
                lambda store, revision=revision: store.put_many([Stored(task("a1"), revision)])[0],
                stores,
            )
            won = sorted(kinds(results), key=str)
            assert won == [ConflictError] * 3 + [None]
    assert stores[0].get_many([key("a1")])[key("a1")].revision == 10


# Walking over live tasks


def walk(store: Store, cluster: str | None, limit: int, pages: int = 100) -> list[Record]:
    """Read page after page to the end."""
    found: list[Record] = []
    after = None
    for _ in range(pages):
        page = store.live_page(cluster, after, limit)
        assert len(page.items) <= limit
        found += page.items
        if not page.more:
            return found
        after = live_position(page.items[-1])
    raise AssertionError(f"no end after {pages} pages")


def keys(records: Sequence[Record]) -> list[TaskKey]:
    return [record.key for record in records]


def test_live_tasks_alone_are_listed_whole(store: Store) -> None:
    live = [
        task("a1"),
        task("a2", ipv4=None),
        task("a3", status="DEPROVISIONING"),
        task("a4", gone=NOON - DAY, seen=NOON),
    ]
    ended = [task("b1", stopped=NOON + SECOND), task("b2", gone=NOON + DAY)]
    put(store, *live, *ended)
    assert {record.key: record for record in walk(store, "shop", 10)} == {
        record.key: record for record in live
    }
    assert sorted(keys(walk(store, None, 10))) == sorted(keys(live))
    for cluster in ("shop", None):
        assert sorted(keys(list(store.all_live(cluster)))) == sorted(keys(live))
    assert list(store.all_live("bank")) == []


def test_a_cluster_s_tasks_are_those_of_its_short_name(store: Store) -> None:
    put(store, task("a1", "shop"), task("a2", "bank"), task("a3", "shop-2"))
    put(store, task("a4", "shop", account="444455556666"))
    assert sorted(keys(walk(store, "shop", 10))) == [
        key("a1"),
        key("a4", account="444455556666"),
    ]
    assert keys(walk(store, "sho", 10)) == []
    assert len(walk(store, None, 10)) == 4


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 12, 13, 100])
@pytest.mark.parametrize("cluster", [None, "shop"])
def test_a_walk_lists_each_task_once_however_long_its_pages(
    store: Store, cluster: str | None, limit: int
) -> None:
    records = [
        task(f"a{number}", name, account=account)
        for number in range(4)
        for name in ("shop", "bank")
        for account in ("111122223333", "444455556666")
        if (name, account) != ("bank", "444455556666")
    ]
    put(store, *records)
    wanted = [record for record in records if cluster in (None, record.key.cluster_arn.name)]
    walked = keys(walk(store, cluster, limit))
    assert sorted(walked) == sorted(keys(wanted))
    assert walked == keys(walk(store, cluster, 100))


def test_a_page_says_whether_there_is_more(store: Store) -> None:
    put(store, *(task(f"a{number}") for number in range(3)))
    assert store.live_page("shop", None, 2).more
    last = store.live_page("shop", live_position(task("a1")), 2)
    assert (keys(last.items), last.more) == ([key("a2")], False)
    assert store.live_page("shop", live_position(task("a2")), 2) == Page([], more=False)


@pytest.mark.parametrize("cluster", [None, "shop"])
def test_what_lives_throughout_a_walk_is_listed_once_while_others_come_and_go(
    store: Store, cluster: str | None
) -> None:
    stay = [task(f"s{number:02}", "shop") for number in range(12)]
    leave = [task(f"l{number:02}", "shop") for number in range(12)]
    put(store, *stay, *leave)
    found: list[TaskKey] = []
    after = None
    for number in range(100):
        page = store.live_page(cluster, after, 2)
        found += keys(page.items)
        if not page.more:
            break
        after = live_position(page.items[-1])
        if number < 12:
            gone = leave[number].key.task_id
            put(store, task(gone, stopped=NOON + SECOND), revision=2)
            put(store, task(f"{'ansz'[number % 4]}{number:02}x", "shop"))
            put(store, task(stay[number].key.task_id, version=9), revision=2)
    assert [found.count(record.key) for record in stay] == [1] * len(stay)
    assert len(found) == len(set(found))


def test_a_walk_goes_on_after_a_task_that_has_ended_since(store: Store) -> None:
    put(store, *(task(f"a{number}") for number in range(4)))
    put(store, task("a1", stopped=NOON + SECOND), revision=2)
    assert keys(store.live_page("shop", live_position(task("a1")), 10).items) == [
        key("a2"),
        key("a3"),
    ]


def test_a_task_is_listed_again_when_a_later_sighting_revives_it(store: Store) -> None:
    put(store, task("a1", gone=NOON + DAY))
    assert walk(store, "shop", 10) == []
    put(store, task("a1", gone=NOON + DAY, seen=NOON + 2 * DAY), revision=2)
    assert keys(walk(store, "shop", 10)) == [key("a1")]
    put(store, task("a1", stopped=NOON + 3 * DAY), revision=3)
    assert walk(store, None, 10) == []


# Live and ended tasks by their creation


def by_creation(store: Store, *, live: bool, between: tuple[str, str], limit: int) -> list[str]:
    page = (
        store.live_between("shop", between, limit)
        if live
        else store.past_between(index_keys.past_class("shop", 16), between, limit)
    )
    assert len(page.items) <= limit
    return [item.record.key.task_id for item in page.items]


def life(task_id: str, created: int, *, live: bool, cluster: str = "shop") -> Record:
    """Make a task that lives, or one of 40 seconds, which is of the class of 2^16 ms."""
    end = None if live else NOON + created + 40 * SECOND
    return task(task_id, cluster, created=NOON + created, attached=NOON + created, stopped=end)


@pytest.mark.parametrize("live", [True, False])
def test_tasks_are_read_by_their_creation_within_bounds_that_are_inclusive(
    store: Store, live: bool
) -> None:
    put(store, *(life(f"a{9 - n}", n, live=live) for n in range(6)))
    put(store, life("b1", 3, live=live, cluster="bank"), life("c1", 3, live=not live))
    everything = by_creation(store, live=live, between=ALL, limit=100)
    assert everything == ["a9", "a8", "a7", "a6", "a5", "a4"]
    low = index_keys.created_sort(NOON + 1, key("a8"))
    high = index_keys.created_sort(NOON + 3, key("a6"))
    assert by_creation(store, live=live, between=(low, high), limit=100) == ["a8", "a7", "a6"]
    assert by_creation(store, live=live, between=(low, high), limit=2) == ["a8", "a7"]
    after = f"{low} "
    assert by_creation(store, live=live, between=(after, high), limit=100) == ["a7", "a6"]
    assert by_creation(store, live=live, between=(high, low), limit=100) == []


@pytest.mark.parametrize("live", [True, False])
def test_what_is_read_by_creation_is_the_whole_record_as_it_was_written(
    store: Store, live: bool
) -> None:
    stored = Stored(life("a1", 0, live=live), revision=1, sequence=7, written_at=NOON)
    assert list(store.put_many([stored])) == [None]
    pages = (
        store.live_between("shop", ALL, 10),
        store.past_between(index_keys.past_class("shop", 16), ALL, 10),
    )
    assert [list(page.items) for page in pages] == ([[stored], []] if live else [[], [stored]])


def test_a_page_by_creation_says_whether_there_may_be_more(store: Store) -> None:
    put(store, *(life(f"a{n}", n, live=True) for n in range(3)))
    assert store.live_between("shop", ALL, 2).more
    assert not store.live_between("shop", ALL, 4).more


def test_a_task_that_ends_keeps_its_place_and_moves_to_its_class(store: Store) -> None:
    put(store, life("a1", 0, live=True))
    put(store, life("a1", 0, live=False), revision=2)
    assert by_creation(store, live=True, between=ALL, limit=10) == []
    assert by_creation(store, live=False, between=ALL, limit=10) == ["a1"]


# Address indexes


def held(store: Store, address: str, between: tuple[str, str] = ALL, limit: int = 100) -> list[str]:
    return [entry.key.task_id for entry in store.address_entries(address, between, limit)]


def test_an_address_is_listed_by_subnet_attachment_and_task_greatest_first(store: Store) -> None:
    put(
        store,
        task("a1", subnet="subnet-a", attached=NOON),
        task("a3", subnet="subnet-a", attached=NOON + SECOND),
        task("a2", subnet="subnet-a", attached=NOON + SECOND),
        task("b1", subnet="subnet-b", attached=NOON - DAY, created=NOON - DAY),
        task("ab", subnet="subnet-a-b", attached=NOON),
        task("c1", subnet="subnet-c", attached=NOON, ipv4="10.0.4.129"),
    )
    assert held(store, "10.0.4.128") == ["b1", "ab", "a3", "a2", "a1"]
    assert held(store, "10.0.4.128", limit=2) == ["b1", "ab"]
    assert held(store, "10.0.4.129") == ["c1"]
    assert held(store, "10.0.4.12") == []
    upward = store.address_entries("10.0.4.128", ALL, 3, ascending=True)
    assert [entry.key.task_id for entry in upward] == ["a1", "a2", "a3"]


def test_an_entry_tells_the_place_of_a_record_with_proof(store: Store) -> None:
    put(
        store,
        task("a1", subnet="subnet-a", stopped=NOON + SECOND),
        task("a2", subnet="subnet-b"),
        task("a3", subnet=None, attached=NOON + 7),
        task("a4", subnet="subnet-b", attached=None, stopped=NOON + 9),
    )
    entries = store.address_entries("10.0.4.128", ALL, 10)
    assert [(entry.key, entry.place) for entry in entries] == [
        (key("a3"), None),
        (key("a4"), None),
        (key("a2"), index_keys.Place("subnet-b", NOON, "a2")),
        (key("a1"), index_keys.Place("subnet-a", NOON, "a1")),
    ]


def test_records_without_proof_or_subnet_are_in_one_range_by_their_end(store: Store) -> None:
    put(
        store,
        task("a1"),
        task("u1", subnet=None),
        task("u2", subnet=None, stopped=NOON + 5),
        task("u3", attached=None, stopped=NOON + 3),
        task("u4", attached=None, subnet="subnet-b", stopped=NOON + 4),
    )
    between = index_keys.unproven_after(NOON + 3)
    found = store.address_entries("10.0.4.128", between, 10, ascending=True)
    assert [entry.key.task_id for entry in found] == ["u4", "u2", "u1"]


def test_bounds_of_a_subnet_part_what_was_attached_by_the_instant_from_what_came_after(
    store: Store,
) -> None:
    put(
        store,
        *(task(f"a{number}", attached=NOON + number) for number in range(5)),
        task("b1", subnet="subnet-a0", attached=NOON),
        task("b2", subnet="subnet-", attached=NOON),
    )
    by, after = (
        index_keys.attached_by("subnet-a", NOON + 2),
        index_keys.attached_after("subnet-a", NOON + 2),
    )
    assert held(store, "10.0.4.128", by) == ["a2", "a1", "a0"]
    assert held(store, "10.0.4.128", after) == ["a4", "a3"]
    assert held(store, "10.0.4.128", by, limit=1) == ["a2"]
    assert held(store, "10.0.4.128", index_keys.attached_by("subnet-a", NOON - 1)) == []
    assert held(store, "10.0.4.128", index_keys.attached_by("subnet-c", NOON)) == []


def test_bounds_are_inclusive(store: Store) -> None:
    put(store, *(task(f"a{number}", attached=NOON + number) for number in range(4)))
    low, high = (index_keys.address_sort(task(f"a{n}", attached=NOON + n)) or "" for n in (1, 2))
    assert held(store, "10.0.4.128", (low, high)) == ["a2", "a1"]
    assert held(store, "10.0.4.128", (low, low)) == ["a1"]


def test_bounds_below_a_subnet_hold_every_subnet_that_sorts_before(store: Store) -> None:
    names = ["subnet-a", "subnet-a0", "subnet-b", "subnet-b-b", "subnet-c"]
    put(store, *(task(f"a{number}", subnet=name) for number, name in enumerate(names)))
    listed = store.address_entries("10.0.4.128", ALL, 10)
    for number, entry in enumerate(listed):
        assert entry.place is not None
        below = index_keys.LOWEST, index_keys.below_subnet(entry.place.subnet)
        found = store.address_entries("10.0.4.128", below, 10)
        assert list(found) == list(listed[number + 1 :])


def test_each_family_has_its_own_index(store: Store) -> None:
    both = task("a1", ipv4="10.0.4.128", ipv6="2001:db8::1")
    put(store, both, task("a2", ipv4=None, ipv6="2001:db8::2"))
    assert held(store, "10.0.4.128") == held(store, "2001:db8::1") == ["a1"]
    assert held(store, "2001:db8::2") == ["a2"]


def test_a_task_without_an_address_holds_none(store: Store) -> None:
    put(store, task("a1", ipv4=None))
    assert held(store, "10.0.4.128") == []


def test_an_entry_follows_what_is_learned_of_its_task(store: Store) -> None:
    put(store, task("a1", ipv4=None))
    put(store, task("a1", attached=NOON), revision=2)
    put(store, task("a1", attached=NOON - SECOND, stopped=NOON + SECOND), revision=3)
    entries = store.address_entries("10.0.4.128", ALL, 10)
    assert [entry.place for entry in entries] == [index_keys.Place("subnet-a", NOON - SECOND, "a1")]


# What the store knows of itself


def test_records_and_notes_are_read_at_once(store: Store) -> None:
    put(store, task("a1"))
    known, unknown = subnet_note("subnet-a"), subnet_note("subnet-b")
    store.put_notes([known])
    store.note_event(NOON)
    found = store.get_with_notes([key("a1"), key("a2")], [known, unknown], last_event=True)
    assert set(found.records) == {key("a1")}
    assert list(found.notes) == [known]
    assert found.last_event_at == NOON
    assert store.get_with_notes([], [known]).last_event_at is None


def test_the_last_event_is_exact_to_a_minute(store: Store) -> None:
    assert store.note_event(NOON)
    assert not store.note_event(NOON + MINUTE - 1)
    assert store.last_event_at() == NOON
    assert store.note_event(NOON + MINUTE)
    assert store.last_event_at() == NOON + MINUTE


def test_an_older_event_does_not_turn_back_the_last_one(open_store: OpenStore) -> None:
    """Whichever function instance it comes to."""
    open_store().note_event(NOON)
    open_store().note_event(NOON - DAY)
    one = open_store()
    one.note_event(NOON + DAY)
    open_store().note_event(NOON + 2 * DAY)
    one.note_event(NOON + DAY + MINUTE)
    assert open_store().last_event_at() == NOON + 2 * DAY


def test_what_the_store_knows_of_itself_is_no_task(store: Store) -> None:
    store.note_event(NOON)
    assert walk(store, None, 10) == []
    assert store.sweeps() == Sweeps([], None)
    put(store, task("a1"))
    assert keys(walk(store, None, 10)) == [key("a1")]

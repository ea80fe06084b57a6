"""What a store promises of services, interfaces and subnets, on every store."""

from dataclasses import replace

import pytest

from adapters.dynamodb import DynamoStore
from core.answers.current import live_records
from core.answers.lists import LISTED, Held, address_row, targets
from core.table import index
from core.table.store import Store, Stored, Tenure
from core.task.record import Record
from core.text.instant import DAY, FAR_FUTURE, MINUTE, SECOND
from tests.contract.conftest import ENGINES, OpenTable
from tests.support.memory import MemoryStore
from tests.support.samples import readable
from tests.support.tasks import NOON, key, task

WEB = index.service_partition("shop", "service:web")
ALL = index.released_between(0, None)


@pytest.fixture(params=("memory", *ENGINES))
def store(request: pytest.FixtureRequest, open_table: OpenTable) -> Store:
    """Give an empty store, once of each kind."""
    if request.param == "memory":
        return MemoryStore()
    table = open_table(request.param)
    return DynamoStore(table.client, table.name, 90 * DAY)


def put(store: Store, *records: Record, revision: int = 1) -> None:
    results = store.put_many([Stored(record, revision, written_at=NOON) for record in records])
    assert list(results) == [None] * len(records)


def ids(tenures: object) -> list[str]:
    assert isinstance(tenures, list)
    return [tenure.key.task_id for tenure in tenures]


def test_a_service_s_tasks_come_with_those_that_hold_an_address_first(store: Store) -> None:
    put(
        store,
        task("early", stopped=NOON + MINUTE),
        task("late", stopped=NOON + 2 * MINUTE),
        task("held"),
    )
    assert store.tenures(WEB, ALL, 10) == [
        Tenure(NOON, None, key("held")),
        Tenure(NOON, NOON + 2 * MINUTE, key("late")),
        Tenure(NOON, NOON + MINUTE, key("early")),
    ]


def test_tasks_of_other_services_clusters_and_without_an_address_are_not_there(
    store: Store,
) -> None:
    put(
        store,
        task("mine"),
        task("other-service", group="service:api"),
        task("standalone", group="family:web"),
        task("other-cluster", cluster="lab"),
        task("no-address", ipv4=None),
    )
    assert ids(store.tenures(WEB, ALL, 10)) == ["mine"]


def test_a_service_s_tasks_can_be_bounded_by_their_release(store: Store) -> None:
    put(store, *(task(f"t{n}", stopped=NOON + n * SECOND) for n in range(1, 6)), task("held"))
    between = index.released_between(NOON + 2 * SECOND, NOON + 4 * SECOND)
    assert ids(store.tenures(WEB, between, 10)) == ["t4", "t3"]
    since = index.released_between(NOON + 4 * SECOND, None)
    assert ids(store.tenures(WEB, since, 10)) == ["held", "t5"]
    assert ids(store.tenures(WEB, index.still_held(), 10)) == ["held"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_more_of_a_service_s_tasks_are_read_than_asked_for(store: Store, limit: int) -> None:
    put(store, *(task(f"t{n}") for n in range(3)))
    assert ids(store.tenures(WEB, ALL, limit)) == ["t2", "t1", "t0"][:limit]


def test_a_task_that_stops_moves_among_those_of_its_service(store: Store) -> None:
    put(store, task("a1"))
    put(store, task("a1", stopped=NOON + MINUTE), revision=2)
    assert ids(store.tenures(WEB, index.still_held(), 10)) == []
    assert store.tenures(WEB, ALL, 10) == [Tenure(NOON, NOON + MINUTE, key("a1"))]


def test_a_walk_below_the_last_entry_sees_every_task_once(store: Store) -> None:
    put(store, *(task(f"t{n:02}", stopped=NOON + n % 3) for n in range(1, 20)))
    low, high = ALL
    seen: list[str] = []
    while entries := store.tenures(WEB, (low, high), 4):
        seen += [entry.key.task_id for entry in entries]
        last = entries[-1]
        high = index.just_below(index.tenure_sort(last.released_at, last.key.task_id))
    assert len(seen) == len(set(seen)) == 19


def test_a_task_is_found_by_its_interface(store: Store) -> None:
    put(store, with_interface("a1", "eni-1"), with_interface("a2", "eni-2"))
    assert store.on_interface("eni-2") == [key("a2")]
    assert store.on_interface("eni-3") == []


def with_interface(task_id: str, interface: str) -> Record:
    record = task(task_id)
    return replace(record, facts=replace(record.facts, network_interface_id=interface))


def test_a_subnet_is_noted_once_and_its_vpc_is_kept(store: Store) -> None:
    assert store.subnets() == {}
    store.note_subnets(["subnet-a", "subnet-b"])
    assert store.subnets() == {"subnet-a": None, "subnet-b": None}
    store.put_subnets({"subnet-a": "vpc-1"})
    store.note_subnets(["subnet-a"])
    assert store.subnets() == {"subnet-a": "vpc-1", "subnet-b": None}


def test_what_is_not_a_record_is_not_found_as_one(store: Store) -> None:
    store.note_subnets(["subnet-a"])
    store.note_event(NOON)
    for partition in ("#subnet", "#status", "#coverage"):
        assert store.find(partition) == []


def test_all_entries_hold_between_the_bounds_of_time() -> None:
    low, high = index.released_between(0, None)
    assert low <= index.tenure_sort(1, "0") < index.tenure_sort(None, "z") <= high
    assert index.tenure_sort(None, "a").startswith(str(FAR_FUTURE))


def test_what_is_listed_of_a_task_is_read_alone_and_whole(store: Store) -> None:
    records = [observation.record for observation in readable().values() if observation.record.live]
    put(store, *{record.key: record for record in records}.values())
    whole = {record.key: record for record in live_records(store, None)}
    brief = {record.key: record for record in live_records(store, None, LISTED)}
    assert brief.keys() == whole.keys()
    for key_of, record in brief.items():
        candidates = [Held(address, whole[key_of]) for address in whole[key_of].addresses]
        found = [Held(address, record) for address in record.addresses]
        assert [address_row(held) for held in found] == [address_row(held) for held in candidates]
        assert list(targets([record], 80)) == list(targets([whole[key_of]], 80))

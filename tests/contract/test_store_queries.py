"""What a store promises of services, interfaces and subnets, on every store."""

from collections.abc import Iterable
from copy import replace
from typing import Any

import pytest

from adapters.dynamodb import DynamoStore
from core.answers.current import TaskFilter
from core.answers.lists import LISTED, ListedAddress, address_row
from core.answers.targets import targets
from core.table import index_keys
from core.table.seen_names import CLUSTER, GROUP, Note, begins, notes_of, subnet_note
from core.table.store import ServiceEntry, Store, Stored, Subnet
from core.task.record import Record
from core.text.instant import DAY, FAR_FUTURE, MINUTE, SECOND
from tests.contract.conftest import ENGINES, OpenTable
from tests.support.memory import MemoryStore
from tests.support.samples import readable
from tests.support.tasks import NOON, key, task

WEB = index_keys.service_partition("shop", "service:web")
ALL = index_keys.released_between(0, None)


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


def ids(entries: Iterable[ServiceEntry]) -> list[str]:
    return [entry.key.task_id for entry in entries]


def entry_of(record: Record) -> ServiceEntry:
    return ServiceEntry(index_keys.service_sort(record) or "", record.created_at, record.key)


def test_a_service_s_tasks_come_with_those_that_hold_an_address_first(store: Store) -> None:
    early, late = task("early", stopped=NOON + MINUTE), task("late", stopped=NOON + 2 * MINUTE)
    held = task("held", created=NOON - DAY)
    put(store, early, late, held)
    entries = store.service_entries(WEB, ALL, 10)
    assert list(entries) == [entry_of(held), entry_of(late), entry_of(early)]
    assert [entry.created_at for entry in entries] == [NOON - DAY, NOON - MINUTE, NOON - MINUTE]


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
    assert ids(store.service_entries(WEB, ALL, 10)) == ["mine"]


def test_a_service_s_tasks_can_be_bounded_by_their_release(store: Store) -> None:
    put(store, *(task(f"t{n}", stopped=NOON + n * SECOND) for n in range(1, 6)), task("held"))
    between = index_keys.released_between(NOON + 2 * SECOND, NOON + 4 * SECOND)
    assert ids(store.service_entries(WEB, between, 10)) == ["t4", "t3"]
    since = index_keys.released_between(NOON + 4 * SECOND, None)
    assert ids(store.service_entries(WEB, since, 10)) == ["held", "t5"]
    assert ids(store.service_entries(WEB, index_keys.still_held(), 10)) == ["held"]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_more_of_a_service_s_tasks_are_read_than_asked_for(store: Store, limit: int) -> None:
    put(store, *(task(f"t{n}") for n in range(3)))
    assert ids(store.service_entries(WEB, ALL, limit)) == ["t2", "t1", "t0"][:limit]


def test_a_task_that_stops_moves_among_those_of_its_service(store: Store) -> None:
    put(store, task("a1"))
    stopped = task("a1", stopped=NOON + MINUTE)
    put(store, stopped, revision=2)
    assert ids(store.service_entries(WEB, index_keys.still_held(), 10)) == []
    assert list(store.service_entries(WEB, ALL, 10)) == [entry_of(stopped)]


def test_a_walk_below_the_last_entry_sees_every_task_once(store: Store) -> None:
    put(store, *(task(f"t{n:02}", stopped=NOON + n % 3) for n in range(1, 20)))
    low, high = ALL
    seen: list[str] = []
    while entries := store.service_entries(WEB, (low, high), 4):
        seen += [entry.key.task_id for entry in entries]
        high = index_keys.just_below(entries[-1].sort)
    assert len(seen) == len(set(seen)) == 19


def test_a_task_is_found_by_its_interface(store: Store) -> None:
    put(store, with_interface("a1", "eni-1"), with_interface("a2", "eni-2"))
    assert store.on_interface("eni-2") == [key("a2")]
    assert store.on_interface("eni-3") == []


def with_interface(task_id: str, interface: str) -> Record:
    record = task(task_id)
    return replace(record, interface=replace(record.interface, network_interface_id=interface))


VPC = Subnet(
    "vpc-1",
    availability_zone="eu-west-1a",
    ipv4_cidr="10.0.4.0/24",
    ipv6_cidrs=("2001:db8:4a::/64", "2001:db8:4b::/64"),
)


def test_a_subnet_is_noted_once_and_what_ec2_tells_is_kept(store: Store) -> None:
    assert store.subnets() == {}
    store.put_notes([subnet_note("subnet-a"), subnet_note("subnet-b"), subnet_note("subnet-c")])
    assert store.subnets() == {"subnet-a": None, "subnet-b": None, "subnet-c": None}
    store.put_subnets({"subnet-a": VPC, "subnet-c": Subnet("vpc-2")})
    store.put_notes([subnet_note("subnet-a")])
    assert store.subnets() == {"subnet-a": VPC, "subnet-b": None, "subnet-c": Subnet("vpc-2")}


def test_notes_are_listed_by_what_they_begin_with(store: Store) -> None:
    assert list(store.notes(begins(CLUSTER))) == []
    records = [task("a1"), task("a2", "shop-2"), task("a3", group="family:job"), task("a4", "bank")]
    noted = {note for record in records for note in notes_of(record)}
    store.put_notes(noted)
    store.put_notes(noted)
    for kind in (CLUSTER, GROUP):
        assert list(store.notes(begins(kind))) == sorted(one for one in noted if one.kind == kind)
    shop = store.notes(begins(CLUSTER, "shop"))
    assert [note.name.partition("#")[0] for note in shop] == ["shop"]
    groups = store.notes(begins(GROUP, "shop"))
    assert [note.name.split("#")[1] for note in groups] == ["family:job", "service:web"]
    assert len(store.notes(begins(CLUSTER), 2)) == 2
    assert list(store.notes(Note(CLUSTER, "x"))) == []


def test_what_is_not_a_record_is_not_found_as_one(store: Store) -> None:
    store.put_notes([subnet_note("subnet-a"), *notes_of(task())])
    store.note_event(NOON)
    store.complete_survey(NOON)
    for partition in ("#subnet", "#cluster", "#group", "#status", "#coverage"):
        assert store.find(partition) == []


def test_all_entries_hold_between_the_bounds_of_time() -> None:
    low, high = index_keys.released_between(0, None)
    first, last = index_keys.release_sort(1, key("0")), index_keys.release_sort(None, key("z"))
    assert low <= first < last <= high
    assert last.startswith(str(FAR_FUTURE))


def test_what_is_listed_of_a_task_is_read_alone_and_whole(store: Store) -> None:
    records = [observation.record for observation in readable().values() if observation.record.live]
    put(store, *{record.key: record for record in records}.values())
    whole = {record.key: record for record in store.all_live(None)}
    brief = {record.key: record for record in store.all_live(None, LISTED)}
    assert brief.keys() == whole.keys()
    for key_of, record in brief.items():
        candidates = [ListedAddress(address, whole[key_of]) for address in whole[key_of].addresses]
        found = [ListedAddress(address, record) for address in record.addresses]
        assert [address_row(held) for held in found] == [address_row(held) for held in candidates]


def hard_to_list() -> list[Record]:
    """Make live tasks whose targets depend on fields that few have."""
    torn_down, old, located = (task(f"a{n}", ipv4=f"10.0.9.{n}") for n in (1, 2, 3))
    return [
        replace(torn_down, earliest=replace(torn_down.earliest, gone_at=NOON + SECOND)),
        replace(old, facts=replace(old.facts, task_arn=f"{old.key.cluster_arn.home}task/a2")),
        replace(located, facts=replace(located.facts, vpc_id="vpc-9")),
        *(task(name, attached=None, ipv4="10.0.9.4") for name in ("a4", "a5")),
        *(task(name, subnet=None, ipv4="10.0.9.6") for name in ("a6", "a7")),
        # By its creation and by its id the second is the newer, but it had its address first.
        task("a8", attached=NOON + 2, created=NOON - MINUTE, ipv4="10.0.9.9"),
        task("a9", attached=NOON + 1, created=NOON, ipv4="10.0.9.9"),
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        TaskFilter(),
        TaskFilter(cluster="shop"),
        TaskFilter(subnet_id="subnet-a"),
        TaskFilter(vpc_id="vpc-9"),
        TaskFilter(service="web"),
        TaskFilter(cluster="shop", service="web"),
    ],
    ids=lambda wanted: "-".join(name for name, asked in wanted._asdict().items() if asked) or "all",
)
def test_targets_are_those_of_whole_records(store: Store, wanted: TaskFilter) -> None:
    seen = [observation.record for observation in readable().values() if observation.record.live]
    records = [*{record.key: record for record in seen}.values(), *hard_to_list()]
    put(store, *records)
    whole = MemoryStore()
    put(whole, *records)

    def found(store: Store) -> list[dict[str, Any]]:
        groups = targets(store, wanted, 80, lambda group: group)
        return sorted(groups, key=lambda group: group["labels"]["__meta_ecs_task_arn"])

    assert found(store) == found(whole) != []


def test_of_two_tasks_that_claim_a_place_the_newest_is_the_target(store: Store) -> None:
    put(store, *hard_to_list())
    groups = targets(store, TaskFilter(), 80, lambda group: group)
    arns = [group["labels"]["__meta_ecs_task_arn"] for group in groups]
    assert sorted(arn[-2:] for arn in arns) == ["a2", "a3", "a5", "a6", "a7", "a8"]

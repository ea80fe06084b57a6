"""VPCs: looked up by the sweep, told to live tasks, and filled in for whoever reads."""

from collections.abc import Callable, Collection, Mapping

import pytest

from core.table import index_keys
from core.table.seen_names import subnet_note
from core.table.store import Found, LivePosition, Stored, Subnet
from core.table.vpc import KnownVpcs, StoreWithVpcs, look_up_subnets
from core.task.record import Record, in_vpc, join
from core.text.instant import DAY, MINUTE, SECOND
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, key, task

VPC_1, VPC_2 = Subnet("vpc-1", ipv4_cidr="10.0.4.0/24"), Subnet("vpc-2")


class CountingStore(MemoryStore):
    """Counts how often its subnets are read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0

    def subnets(self) -> Mapping[str, Subnet | None]:
        self.reads += 1
        return super().subnets()


def stored(*records: Record) -> CountingStore:
    store = CountingStore()
    assert not any(store.put_many([Stored(record, revision=1, sequence=1) for record in records]))
    return store


def vpcs(known: KnownVpcs, store: MemoryStore, *records: Record, now: int = NOON) -> list[object]:
    return [record.facts.vpc_id for record in known.locate(records, store, now)]


def look_up(store: CountingStore, known: Mapping[str, Subnet]) -> int:
    def answer(subnets: Collection[str]) -> Mapping[str, Subnet]:
        return {subnet: known[subnet] for subnet in subnets if subnet in known}

    return look_up_subnets(store, answer, now=NOON, retention=90 * DAY)


# Filling in


def test_a_record_is_told_the_vpc_of_its_subnet() -> None:
    store = stored()
    store.put_subnets({"subnet-a": VPC_1})
    records = [task(), task(subnet="subnet-b"), task(subnet=None)]
    assert vpcs(KnownVpcs(), store, *records) == ["vpc-1", None, None]


def test_a_record_that_is_told_a_vpc_is_otherwise_as_it_was() -> None:
    store = stored()
    store.put_subnets({"subnet-a": VPC_1})
    [located] = KnownVpcs().locate([task()], store, NOON)
    assert located == join(task(), in_vpc(key(), "vpc-1"))
    assert KnownVpcs().locate([located], store, NOON) == [located]


def test_a_vpc_that_the_record_knows_stays_where_the_subnet_s_is_not_known() -> None:
    record = join(task(), in_vpc(key(), "vpc-1"))
    assert vpcs(KnownVpcs(), stored(), record) == ["vpc-1"]


def test_known_vpcs_are_read_again_only_for_what_is_unknown_and_every_ten_seconds() -> None:
    store, known = stored(), KnownVpcs()
    assert vpcs(known, store, task(subnet=None)) == [None]
    assert store.reads == 0
    vpcs(known, store, task())
    vpcs(known, store, task(), now=NOON + 10 * SECOND - 1)
    assert store.reads == 1
    store.put_subnets({"subnet-a": VPC_1})
    assert vpcs(known, store, task(), now=NOON + 10 * SECOND) == ["vpc-1"]
    assert vpcs(known, store, task(), now=NOON + DAY) == ["vpc-1"]
    assert store.reads == 2


# A store that is read from

ALL = ("0", "~")
ENDED = task("ended", stopped=NOON + MINUTE)


@pytest.mark.parametrize(
    "read",
    [
        lambda store: [item.record for item in store.peek_many([key("live")]).values()],
        lambda store: [item.record for item in store.find("live")],
        lambda store: store.live_page(None, None, 10).items,
        lambda store: list(store.all_live(None)),
        lambda store: [item.record for item in store.live_between("shop", ALL, 10).items],
        lambda store: [
            item.record
            for item in store.past_between(index_keys.past_partition(ENDED) or "", ALL, 10).items
        ],
    ],
    ids=["peek_many", "find", "live_page", "all_live", "live_between", "past_between"],
)
def test_every_way_to_read_records_gives_them_with_their_vpc(
    read: Callable[[StoreWithVpcs], list[Record]],
) -> None:
    store = stored(task("live"), ENDED)
    store.put_subnets({"subnet-a": VPC_1})
    bare = read(StoreWithVpcs(stored(task("live"), ENDED), KnownVpcs(), NOON))
    located = read(StoreWithVpcs(store, KnownVpcs(), NOON))
    assert [record.facts.vpc_id for record in bare] == [None]
    assert [record.facts.vpc_id for record in located] == ["vpc-1"]
    assert [record.key for record in located] == [record.key for record in bare]


def test_pages_and_revisions_stay_as_they_are() -> None:
    store = stored(task("a1"), task("a2"))
    store.put_subnets({"subnet-a": VPC_1})
    located = StoreWithVpcs(store, KnownVpcs(), NOON)
    first = located.live_page("shop", None, 1)
    assert ([one.key.task_id for one in first.items], first.more) == (["a1"], True)
    after = LivePosition(
        "shop", index_keys.created_sort(NOON - MINUTE, "a1"), "a1", str(key().cluster_arn)
    )
    second = located.live_page("shop", after, 1)
    assert ([one.key.task_id for one in second.items], second.more) == (["a2"], False)
    item = located.peek_many([key("a1")])[key("a1")]
    assert (item.revision, item.sequence) == (1, 1)


def test_what_returns_no_records_is_passed_on() -> None:
    store = stored(task("a1"))
    located = StoreWithVpcs(store, KnownVpcs(), NOON)
    assert located.on_interface("eni-1") == store.on_interface("eni-1")
    assert located.sweeps() == store.sweeps()
    located.note_event(NOON)
    assert store.last_event_at() == NOON


# Looking up


def test_live_tasks_are_told_their_vpc_and_ended_ones_are_left_to_the_reader() -> None:
    store = stored(task("live"), task("ended", stopped=NOON), task("other", subnet="subnet-b"))
    store.put_notes([subnet_note("subnet-a"), subnet_note("subnet-b")])
    assert look_up(store, {"subnet-a": VPC_1}) == 1
    known = store.get_many([key("live"), key("ended"), key("other")])
    assert known[key("live")].record.facts.vpc_id == "vpc-1"
    assert known[key("live")].sequence == 2
    assert known[key("ended")].record.facts.vpc_id is None
    assert known[key("other")].record.facts.vpc_id is None
    assert store.subnets() == {"subnet-a": VPC_1, "subnet-b": None}


def test_more_live_tasks_than_one_page_are_told() -> None:
    store = stored(*(task(f"a{number:04}") for number in range(1_201)))
    store.put_notes([subnet_note("subnet-a")])
    assert look_up(store, {"subnet-a": VPC_1}) == 1
    assert {item.record.facts.vpc_id for item in store._items.values()} == {"vpc-1"}


def test_nothing_is_looked_up_where_nothing_is_unknown() -> None:
    store = stored(task())
    store.put_subnets({"subnet-a": VPC_1})

    def never(_: Collection[str]) -> Mapping[str, Subnet]:
        raise AssertionError

    assert look_up_subnets(store, never, now=NOON, retention=90 * DAY) == 0


def test_a_subnet_that_ec2_does_not_know_is_asked_for_again() -> None:
    store = stored(task())
    store.put_notes([subnet_note("subnet-a")])
    assert look_up(store, {}) == 0
    assert look_up(store, {"subnet-a": VPC_2}) == 1


def test_a_lookup_that_dies_half_way_is_made_good_by_the_next() -> None:
    class FailingStore(CountingStore):
        broken = True

        def put_subnets(self, subnets: Mapping[str, Subnet]) -> None:
            if self.broken:
                raise ConnectionError
            super().put_subnets(subnets)

    store = FailingStore()
    store.put_many([Stored(task(), revision=1)])
    store.put_notes([subnet_note("subnet-a")])
    with pytest.raises(ConnectionError):
        look_up(store, {"subnet-a": VPC_1})
    store.broken = False
    assert look_up(store, {"subnet-a": VPC_1}) == 1
    assert store.get_many([key()])[key()].record.facts.vpc_id == "vpc-1"


def test_a_subnet_is_asked_for_again_whose_live_task_could_not_be_told() -> None:
    class FailingStore(CountingStore):
        def get_with_notes(self, *_: object, **__: object) -> Found:
            raise ConnectionError

    store = FailingStore()
    store.put_many([Stored(task(), revision=1)])
    store.put_notes([subnet_note("subnet-a")])
    with pytest.raises(ConnectionError):
        look_up(store, {"subnet-a": VPC_1})
    assert store.subnets() == {"subnet-a": None}

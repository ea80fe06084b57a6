"""VPCs are filled in for whoever reads."""

from collections.abc import Callable, Mapping

import pytest

from core.table import index_keys
from core.table.store import LivePosition, Stored, Subnet
from core.table.vpc import KnownVpcs, StoreWithVpcs
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
        "shop", index_keys.created_sort(NOON - MINUTE, key("a1")), "a1", str(key().cluster_arn)
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

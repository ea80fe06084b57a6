"""VPCs: noted by subnet, looked up by the sweep, and told to live tasks and ended ones."""

from collections.abc import Collection, Mapping

import pytest

from core.table.store import Stored
from core.table.vpc import KnownVpcs, judged_by_vpc, located, look_up_vpcs, unknown_subnets
from core.task.record import Record
from core.text.instant import DAY, SECOND
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, key, task


class CountingStore(MemoryStore):
    """Counts how often its subnets are read and noted."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.noted: list[set[str]] = []

    def subnets(self) -> Mapping[str, str | None]:
        self.reads += 1
        return super().subnets()

    def note_subnets(self, subnet_ids: Collection[str]) -> None:
        self.noted.append(set(subnet_ids))
        super().note_subnets(subnet_ids)


def stored(*records: Record) -> CountingStore:
    store = CountingStore()
    store.put_many([Stored(record, revision=1, sequence=1) for record in records])
    return store


def look_up(store: CountingStore, known: Mapping[str, str]) -> int:
    def answer(subnets: Collection[str]) -> Mapping[str, str]:
        return {subnet: known[subnet] for subnet in subnets if subnet in known}

    return look_up_vpcs(store, answer, now=NOON, retention=90 * DAY)


def test_a_record_is_told_the_vpc_of_its_subnet() -> None:
    assert located(task(), {"subnet-a": "vpc-1"}).facts.vpc_id == "vpc-1"
    assert located(task(), {"subnet-b": "vpc-1"}).facts.vpc_id is None
    assert located(task(subnet=None), {"subnet-a": "vpc-1"}).facts.vpc_id is None


def test_a_vpc_once_known_is_not_replaced() -> None:
    record = located(task(), {"subnet-a": "vpc-1"})
    assert located(record, {"subnet-a": "vpc-2"}) == record


def test_records_are_judged_by_vpc_and_those_that_cannot_be_are_counted() -> None:
    ours, theirs = located(task("a1"), {"subnet-a": "vpc-1"}), task("a2", subnet="subnet-b")
    assert judged_by_vpc([ours, theirs], "vpc-1") == ([ours], 1)
    assert judged_by_vpc([ours, theirs], "vpc-2") == ([], 1)
    assert judged_by_vpc([ours, theirs], None) == ([ours, theirs], 0)


def test_known_vpcs_are_read_again_only_for_what_is_unknown_and_every_ten_seconds() -> None:
    store, known = stored(), KnownVpcs()
    assert known.among([task(subnet=None)], store, NOON) == {}
    assert store.reads == 0
    known.among([task()], store, NOON)
    known.among([task()], store, NOON + 9 * SECOND)
    assert store.reads == 1
    store.put_subnets({"subnet-a": "vpc-1"})
    assert known.among([task()], store, NOON + 10 * SECOND) == {"subnet-a": "vpc-1"}
    known.among([task()], store, NOON + DAY)
    assert store.reads == 2


def test_a_subnet_is_noted_once() -> None:
    store, known = stored(), KnownVpcs()
    for _ in range(3):
        known.note([task(), task(subnet=None)], store)
    assert [noted for noted in store.noted if noted] == [{"subnet-a"}]


def test_a_subnet_that_was_noted_and_not_looked_up_yet_is_asked_for_again() -> None:
    store, known = stored(), KnownVpcs()
    store.note_subnets(["subnet-a"])
    assert known.among([task()], store, NOON) == {}
    store.put_subnets({"subnet-a": "vpc-1"})
    assert known.among([task()], store, NOON + 10 * SECOND) == {"subnet-a": "vpc-1"}


def test_what_is_known_of_one_store_is_not_told_of_another() -> None:
    known = KnownVpcs()
    store = stored()
    store.put_subnets({"subnet-a": "vpc-1"})
    assert known.among([task()], store, NOON) == {"subnet-a": "vpc-1"}
    assert known.among([task()], stored(), NOON) == {}


def test_a_subnet_that_one_store_noted_is_noted_in_another() -> None:
    known = KnownVpcs()
    for store in (stored(), stored()):
        known.note([task()], store)
        assert store.subnets() == {"subnet-a": None}


def test_live_tasks_are_told_their_vpc_and_ended_ones_are_left_to_the_reader() -> None:
    store = stored(task("live"), task("ended", stopped=NOON), task("other", subnet="subnet-b"))
    store.note_subnets(["subnet-a", "subnet-b"])
    assert look_up(store, {"subnet-a": "vpc-1"}) == 1
    known = store.get_many([key("live"), key("ended"), key("other")])
    assert known[key("live")].record.facts.vpc_id == "vpc-1"
    assert known[key("live")].sequence == 2
    assert known[key("ended")].record.facts.vpc_id is None
    assert known[key("other")].record.facts.vpc_id is None
    assert store.subnets() == {"subnet-a": "vpc-1", "subnet-b": None}


def test_nothing_is_looked_up_where_nothing_is_unknown() -> None:
    store = stored(task())
    store.put_subnets({"subnet-a": "vpc-1"})

    def never(_: Collection[str]) -> Mapping[str, str]:
        raise AssertionError

    assert look_up_vpcs(store, never, now=NOON, retention=90 * DAY) == 0


def test_a_lookup_that_dies_half_way_is_made_good_by_the_next() -> None:
    class FailingStore(CountingStore):
        broken = True

        def put_subnets(self, vpcs: Mapping[str, str]) -> None:
            if self.broken:
                raise ConnectionError
            super().put_subnets(vpcs)

    store = FailingStore()
    store.put_many([Stored(task(), revision=1)])
    store.note_subnets(["subnet-a"])
    with pytest.raises(ConnectionError):
        look_up(store, {"subnet-a": "vpc-1"})
    store.broken = False
    assert look_up(store, {"subnet-a": "vpc-1"}) == 1
    assert store.get_many([key()])[key()].record.facts.vpc_id == "vpc-1"


def test_unknown_subnets_are_those_that_neither_record_nor_memory_knows() -> None:
    records = [task(), task(subnet="subnet-b"), task(subnet=None)]
    assert unknown_subnets(records, {"subnet-b": "vpc-2"}) == {"subnet-a"}

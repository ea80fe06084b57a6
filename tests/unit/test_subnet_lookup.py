"""New subnets are looked up, and live tasks told their VPC."""

from collections.abc import Collection, Mapping

import pytest

from core.sweep.subnet_lookup import look_up_subnets
from core.table.seen_names import subnet_note
from core.table.store import Found, Stored, Subnet
from core.task.record import Record
from core.text.instant import DAY
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, key, task

VPC_1, VPC_2 = Subnet("vpc-1", ipv4_cidr="10.0.4.0/24"), Subnet("vpc-2")


def stored(*records: Record) -> MemoryStore:
    store = MemoryStore()
    assert not any(store.put_many([Stored(record, revision=1, sequence=1) for record in records]))
    return store


def look_up(store: MemoryStore, known: Mapping[str, Subnet]) -> int:
    def answer(subnets: Collection[str]) -> Mapping[str, Subnet]:
        return {subnet: known[subnet] for subnet in subnets if subnet in known}

    return look_up_subnets(store, answer, now=NOON, retention=90 * DAY)


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
    class FailingStore(MemoryStore):
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
    class FailingStore(MemoryStore):
        def get_with_notes(self, *_: object, **__: object) -> Found:
            raise ConnectionError

    store = FailingStore()
    store.put_many([Stored(task(), revision=1)])
    store.put_notes([subnet_note("subnet-a")])
    with pytest.raises(ConnectionError):
        look_up(store, {"subnet-a": VPC_1})
    assert store.subnets() == {"subnet-a": None}

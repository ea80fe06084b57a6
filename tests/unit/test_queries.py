"""The answers: who is where now, and who held an address at an instant."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.current import (
    Holders,
    TaskFilter,
    current_tasks,
    holders_at,
    live_records,
    task_on_interface,
    tasks_by_id,
)
from core.table import index
from core.table.store import Holding, LivePosition, Page, Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.address import parse_cidr
from core.text.instant import DAY, HOUR, MINUTE, SECOND, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, eni, key, observed, task

IP = "10.0.4.128"
FOREVER = 0
"""Keeps records of any age."""


class CountingStore(MemoryStore):
    """Counts the reads it is asked for."""

    def __init__(self, *records: Record) -> None:
        super().__init__()
        self.holdings_read = self.batches_read = 0
        self.pages_read: list[int] = []
        assert set(self.put_many([Stored(record, 1) for record in records])) <= {None}

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        self.batches_read += 1
        return super().get_many(keys)

    def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
        self.holdings_read += 1
        return super().holdings(address, between, limit)

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
        only: Collection[str] = (),
    ) -> Page[Record]:
        self.pages_read.append(limit)
        return super().live_page(cluster, after, limit, only)


# Who holds an address at an instant


def ids(records: Sequence[Record]) -> list[str]:
    return [record.key.task_id for record in records]


def holders(
    *records: Record, at: Instant, subnet: str | None = None, expired_before: Instant = FOREVER
) -> tuple[list[str], list[str]]:
    """Ask for the holders of IP; answers the ids of holders and of those before."""
    found = holders_at(
        CountingStore(*records), IP, at, subnet_id=subnet, expired_before=expired_before
    )
    return ids(found.holders), ids(found.previous)


def tenure(task_id: str, start: int, end: int | None = None, **more: Any) -> Record:
    """Make a task that held IP from one second after noon to another, for ever without."""
    stopped = None if end is None else NOON + end * SECOND
    return task(task_id, attached=NOON + start * SECOND, stopped=stopped, **more)


def second(number: int) -> Instant:
    return NOON + number * SECOND


def test_an_address_never_seen_has_no_holder() -> None:
    assert holders(at=NOON) == ([], [])
    assert holders(tenure("a1", 0, ipv4="10.0.4.129"), at=NOON) == ([], [])


@pytest.mark.parametrize(
    "at, found",
    [
        (second(0) - 1, ([], [])),
        (second(0), (["a1"], [])),
        (second(5), (["a1"], [])),
        (second(10) - 1, (["a1"], [])),
        (second(10), ([], ["a1"])),
        (second(99), ([], ["a1"])),
    ],
)
def test_a_tenure_includes_its_start_and_not_its_end(
    at: Instant, found: tuple[list[str], list[str]]
) -> None:
    assert holders(tenure("a1", 0, 10), at=at) == found


@pytest.mark.parametrize(
    "at, found",
    [
        (5, (["a1"], [])),
        (10, ([], ["a1"])),
        (20, (["a2"], ["a1"])),
        (30, (["a3"], ["a2"])),
        (45, ([], ["a3"])),
    ],
)
def test_one_holder_after_another_is_answered_with_the_one_before(
    at: int, found: tuple[list[str], list[str]]
) -> None:
    past = [tenure("a1", 0, 10), tenure("a2", 20, 30), tenure("a3", 30, 40)]
    assert holders(*past, at=second(at)) == found


def test_a_newer_holder_ends_an_older_one_whose_stop_has_not_arrived() -> None:
    reused = [tenure("a1", 0), tenure("a2", 10)]
    assert holders(*reused, at=second(9)) == (["a1"], [])
    assert holders(*reused, at=second(10)) == (["a2"], ["a1"])


def test_the_end_of_a_newer_holder_does_not_bring_an_older_one_back() -> None:
    reused = [tenure("a1", 0), tenure("a2", 10, 20)]
    assert holders(*reused, at=second(20)) == ([], ["a2"])


def test_of_two_attached_at_once_the_greater_task_id_holds() -> None:
    assert holders(tenure("a1", 0), tenure("a2", 0), at=NOON) == (["a2"], ["a1"])
    assert holders(tenure("a2", 0), tenure("a1", 0), at=NOON) == (["a2"], ["a1"])


def test_the_same_address_in_two_subnets_has_two_holders() -> None:
    overlapping = [
        tenure("a1", 0, subnet="subnet-a"),
        tenure("b1", 5, subnet="subnet-b"),
        tenure("b0", 0, 3, subnet="subnet-b"),
        tenure("c1", 0, 3, subnet="subnet-c"),
        tenure("d1", 9, subnet="subnet-d"),
    ]
    found, before = holders(*overlapping, at=second(5))
    assert (sorted(found), sorted(before)) == (["a1", "b1"], ["b0", "c1"])


def test_a_subnet_can_be_asked_for_alone() -> None:
    overlapping = [tenure("a1", 0, subnet="subnet-a"), tenure("b1", 0, subnet="subnet-b")]
    assert holders(*overlapping, at=NOON, subnet="subnet-b") == (["b1"], [])
    assert holders(*overlapping, at=NOON, subnet="subnet-") == ([], [])


def test_records_of_unknown_subnet_count_as_subnets_of_their_own() -> None:
    unknown = [tenure("a1", 0, subnet=None), tenure("a2", 5, subnet=None), tenure("b1", 3)]
    found, before = holders(*unknown, at=second(9))
    assert (sorted(found), before) == (["a1", "a2", "b1"], [])


def test_ipv6_is_answered_alike() -> None:
    dual = CountingStore(tenure("a1", 0, ipv6="2001:db8::1"))
    found = holders_at(dual, "2001:db8::1", NOON, subnet_id=None, expired_before=FOREVER)
    assert ids(found.holders) == ["a1"]


def test_what_has_expired_and_is_not_deleted_yet_is_not_answered() -> None:
    past = [tenure("a1", 0, 10), tenure("a2", 20, 30)]
    assert holders(*past, at=second(5), expired_before=second(10)) == ([], [])
    assert holders(*past, at=second(5), expired_before=second(10) - 1) == (["a1"], [])
    assert holders(*past, at=second(25), expired_before=second(10)) == (["a2"], [])
    assert holders(tenure("a1", 0), at=NOON, expired_before=NOON + DAY) == (["a1"], [])


def test_what_has_expired_has_ended_older_holders_all_the_same() -> None:
    past = [tenure("a1", 0), tenure("a2", 20, 30)]
    assert holders(*past, at=second(40), expired_before=second(30)) == ([], [])
    assert holders(*past, at=second(40), expired_before=second(30) - 1) == ([], ["a2"])


def test_a_vanished_task_holds_until_the_latest_possible_instant() -> None:
    gone = task("a1", gone=NOON + 3 * HOUR)
    assert holders(gone, at=NOON + 2 * HOUR - 1) == (["a1"], [])
    assert holders(gone, at=NOON + 2 * HOUR) == ([], ["a1"])


def test_an_entry_whose_record_is_deleted_meanwhile_is_left_out() -> None:
    class Lagging(CountingStore):
        def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
            known = dict(super().get_many(keys))
            known.pop(key("a2"), None)
            return known

    store = Lagging(tenure("a1", 0, 10), tenure("a2", 20))
    found = holders_at(store, IP, second(25), subnet_id=None, expired_before=FOREVER)
    assert found == Holders([], [tenure("a1", 0, 10)])


tenures = st.builds(
    lambda subnet, start, length, number: tenure(
        f"t{number}", start, None if length is None else start + length, subnet=subnet
    ),
    st.sampled_from(["subnet-a", "subnet-a-b", "subnet-ab", "subnet-b", None]),
    st.integers(0, 8),
    st.integers(0, 4) | st.none(),
    st.integers(0, 30),
)
pasts = st.lists(tenures, max_size=16, unique_by=lambda record: record.key)


def oracle(past: list[Record], at: Instant) -> tuple[set[str], set[str]]:
    """Apply the contract's rule to every record, one subnet after another."""
    found, before = set(), set()
    for _, group in groupby(sorted(past, key=index.subnet_key), key=index.subnet_key):
        attached = [record for record in group if (record.attached_at or 0) <= at]
        attached.sort(key=lambda record: (record.attached_at or 0, record.key.task_id))
        if attached and (attached[-1].released_at or at + 1) > at:
            found.add(attached.pop().key.task_id)
        before |= {record.key.task_id for record in attached[-1:]}
    return found, before


@given(pasts, st.integers(-1, 13))
def test_any_past_is_answered_by_the_contract_s_rule_within_the_reads_allowed(
    past: list[Record], at: int
) -> None:
    store = CountingStore(*past)
    found = holders_at(store, IP, second(at), subnet_id=None, expired_before=FOREVER)
    assert (set(ids(found.holders)), set(ids(found.previous))) == oracle(past, second(at))
    assert len(ids(found.holders)) == len(set(ids(found.holders)))
    subnets = {index.subnet_key(record) for record in past}
    assert store.holdings_read <= 2 * len(subnets) + 1
    assert store.batches_read <= 1


@given(pasts, st.integers(-1, 13))
def test_with_a_subnet_one_index_read_is_enough(past: list[Record], at: int) -> None:
    store = CountingStore(*past)
    found = holders_at(store, IP, second(at), subnet_id="subnet-a", expired_before=FOREVER)
    there = [record for record in past if record.facts.subnet_id == "subnet-a"]
    assert (set(ids(found.holders)), set(ids(found.previous))) == oracle(there, second(at))
    assert (store.holdings_read, store.batches_read) == (1, 1)


def test_the_length_of_the_past_costs_no_more_reads() -> None:
    store = CountingStore(*(tenure(f"a{n:04}", n, n + 1) for n in range(2_000)))
    found = holders_at(store, IP, second(1_000), subnet_id=None, expired_before=FOREVER)
    assert (ids(found.holders), ids(found.previous)) == (["a1000"], ["a0999"])
    assert store.holdings_read <= 3


# One task


def test_a_task_is_found_by_its_id_and_the_short_name_of_its_cluster() -> None:
    store = CountingStore(task("a1", "shop"), task("a1", "bank"), task("a2", "shop"))
    assert [record.key for record in tasks_by_id(store, "a1", "shop", expired_before=FOREVER)] == [
        key("a1", "shop")
    ]
    assert tasks_by_id(store, "a1", "other", expired_before=FOREVER) == []
    assert tasks_by_id(store, "a3", "shop", expired_before=FOREVER) == []


def test_a_task_of_two_accounts_is_found_twice() -> None:
    store = CountingStore(task("a1"), task("a1", account="444455556666"))
    assert len(tasks_by_id(store, "a1", "shop", expired_before=FOREVER)) == 2


def test_of_two_tasks_that_ecs_gives_one_interface_the_last_to_attach_is_answered() -> None:
    def on_interface(task_id: str, clock: str) -> Record:
        return observed(task_id, updatedAt=f"2026-11-20T{clock}Z")

    first, last = on_interface("z", "12:00:00"), on_interface("a", "12:00:01")
    pending = observed("zz", attachments=[eni(privateIPv4Address=None)])
    store = CountingStore(pending, last, first)
    assert task_on_interface(store, "eni-1", expired_before=FOREVER) == last
    store = CountingStore(first, on_interface("b", "12:00:00"))
    assert task_on_interface(store, "eni-1", expired_before=FOREVER) == first


def test_an_expired_task_is_not_found() -> None:
    store = CountingStore(task("a1", stopped=NOON), task("a2"))
    assert tasks_by_id(store, "a1", "shop", expired_before=NOON) == []
    assert len(tasks_by_id(store, "a1", "shop", expired_before=NOON - 1)) == 1
    assert len(tasks_by_id(store, "a2", "shop", expired_before=NOON + DAY)) == 1


# The current map


def listed(store: MemoryStore, limit: int = 100, **wanted: Any) -> list[str]:
    """Walk the whole list page by page; answers the tasks' ids."""
    found: list[str] = []
    after = None
    for _ in range(1_000):
        page = current_tasks(store, TaskFilter(**wanted), after=after, limit=limit)
        assert len(page[0]) <= limit
        found += ids(page[0])
        after = page[1]
        if after is None:
            return found
    raise AssertionError("no end")


VARIETY = [
    observed("a1", availabilityZone="eu-west-1a"),
    observed("a2", "bank", launchType="EC2", group="family:batch", attachments=[]),
    task("a3", group="service:api", subnet="subnet-b", ipv4="10.1.0.7"),
    task("a4", ipv4=None, status="PENDING"),
    task("a5", ipv4="10.0.9.9", ipv6="2001:db8::5"),
    task("a6", account="444455556666"),
    task("z1", stopped=NOON + SECOND),
    task("z2", gone=NOON + DAY),
]


@pytest.mark.parametrize(
    "wanted, found",
    [
        ({}, ["a2", "a1", "a3", "a4", "a5", "a6"]),
        ({"cluster": "shop"}, ["a1", "a3", "a4", "a5", "a6"]),
        ({"cluster": "sho"}, []),
        (
            {"cluster": "shop", "cluster_arn": cluster_arn(account="444455556666")},
            ["a6"],
        ),
        ({"service": "web"}, ["a1", "a4", "a5", "a6"]),
        ({"group": "family:batch"}, ["a2"]),
        ({"subnet_id": "subnet-b"}, ["a3"]),
        ({"availability_zone": "eu-west-1a"}, ["a1"]),
        ({"launch_type": "EC2"}, ["a2"]),
        ({"last_status": "PENDING"}, ["a4"]),
        ({"address_state": "held"}, ["a1", "a3", "a5", "a6"]),
        ({"address_state": "pending"}, ["a4"]),
        ({"address_state": "none"}, ["a2"]),
        ({"address_state": "released"}, []),
        ({"cidr": parse_cidr("10.0.0.0/16")}, ["a1", "a5", "a6"]),
        ({"cidr": parse_cidr("2001:db8::/32")}, ["a5"]),
        ({"cidr": parse_cidr("10.1.0.7")}, ["a3"]),
        ({"service": "web", "cidr": parse_cidr("10.0.9.0/24"), "cluster": "shop"}, ["a5"]),
    ],
    ids=str,
)
def test_live_tasks_are_listed_by_any_filters(wanted: dict[str, Any], found: list[str]) -> None:
    for limit in (1, 2, 100):
        assert listed(CountingStore(*VARIETY), limit, **wanted) == found


@pytest.mark.parametrize(
    "count, limit",
    [
        *((count, limit) for count in (0, 1, 2, 3, 4, 7) for limit in (1, 2, 3, 1_000)),
        *((count, limit) for count in (999, 1_000, 1_001, 2_500) for limit in (300, 1_000)),
    ],
)
def test_a_walk_with_any_limit_lists_every_task_once(count: int, limit: int) -> None:
    names = [f"a{number:04}" for number in range(count)]
    assert listed(CountingStore(*(task(name) for name in names)), limit) == names


def test_a_page_that_a_filter_emptied_does_not_end_the_list() -> None:
    """A request reads ten thousand entries at most, and says where to go on."""
    others = [task(f"a{number:05}", group="family:other") for number in range(10_050)]
    store = CountingStore(*others, task("z1"))
    first = current_tasks(store, TaskFilter(service="web"), after=None, limit=10)
    assert (first[0], store.pages_read) == ([], [1_000] * 10)
    assert first[1] is not None
    second_page = current_tasks(store, TaskFilter(service="web"), after=first[1], limit=10)
    assert (ids(second_page[0]), second_page[1]) == (["z1"], None)


def test_all_live_records_are_read_once_however_they_come_in_pages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DynamoDB may answer an empty page, and more after it."""

    class StutteringStore(CountingStore):
        def live_page(
            self,
            cluster: str | None,
            after: LivePosition | None,
            limit: int,
            only: Collection[str] = (),
        ) -> Page[Record]:
            page = super().live_page(cluster, after, limit, only)
            return Page([], more=True) if len(self.pages_read) % 2 else page

    monkeypatch.setattr("core.queries.LIVE_READ_AT_ONCE", 3)
    names = [f"a{number}" for number in range(8)]
    store = StutteringStore(*(task(name) for name in names))
    assert ids(list(live_records(store, None))) == names
    assert len(store.pages_read) == 6


def test_a_full_page_that_is_the_last_says_so() -> None:
    store = CountingStore(task("a1"), task("a2"))
    page = current_tasks(store, TaskFilter(), after=None, limit=2)
    assert (ids(page[0]), page[1]) == (["a1", "a2"], None)


def test_what_lives_throughout_a_walk_is_listed_once_whatever_comes_and_goes() -> None:
    names = [f"a{number:02}" for number in range(20)]
    store = CountingStore(*(task(name) for name in names))
    found: list[str] = []
    after = None
    for turn in range(40):
        page = current_tasks(store, TaskFilter(cluster="shop"), after=after, limit=3)
        found += ids(page[0])
        after = page[1]
        if after is None:
            break
        gone = names[turn * 2 % 20]
        store.put_many([Stored(task(gone, stopped=NOON + MINUTE), 2)])
        store.put_many([Stored(task(f"{'ab'[turn % 2]}{turn:02}x"), 1)])
    assert after is None
    for name in names[1::2]:
        assert found.count(name) == 1
    assert len(found) == len(set(found))

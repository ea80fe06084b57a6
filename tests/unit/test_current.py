"""The current map: every live task that has what is asked for, a page at a time."""

from collections.abc import Iterable
from typing import Any

import pytest

from core.answers.current import TaskFilter, current_tasks, tasks_by_id
from core.table.store import LivePosition, Page, Stored
from core.task.record import Record, in_vpc, join
from core.text.address import parse_cidr
from core.text.instant import DAY, MINUTE, SECOND
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, key, observed, task

FOREVER = 0
"""Keeps records of any age."""


class CountingStore(MemoryStore):
    """Notes how much it is asked for, read by read."""

    def __init__(self, *records: Record) -> None:
        super().__init__()
        self.pages_read: list[int] = []
        assert set(self.put_many([Stored(record, 1) for record in records])) <= {None}

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
    ) -> Page[Record]:
        self.pages_read.append(limit)
        return super().live_page(cluster, after, limit)


def ids(records: Iterable[Record]) -> list[str]:
    return [record.key.task_id for record in records]


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
    observed("a1", availabilityZone="eu-west-1a", capacityProviderName="FARGATE_SPOT"),
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
        ({"capacity_provider_name": "FARGATE_SPOT"}, ["a1"]),
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


def test_tasks_whose_vpc_is_not_known_are_counted() -> None:
    placed = task("a1")
    store = CountingStore(
        join(placed, in_vpc(placed.key, "vpc-1")),
        task("a2"),
        task("a3", subnet="subnet-b"),
        observed("a4", attachments=[]),
    )
    page = current_tasks(store, TaskFilter(vpc_id="vpc-1"), after=None, limit=9)
    assert (ids(page.records), page.undetermined) == (["a1"], 2)
    kept = TaskFilter(vpc_id="vpc-1", subnet_id="subnet-b")
    assert current_tasks(store, kept, after=None, limit=9).undetermined == 1
    assert current_tasks(store, TaskFilter(), after=None, limit=9).undetermined == 0

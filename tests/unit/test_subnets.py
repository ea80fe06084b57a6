"""Subnets: what is in use of each, by the tasks of the last hour."""

import pytest

from core.answers.subnets import subnets_in_use
from core.table.store import Subnet
from core.text.instant import HOUR
from tests.support.tasks import NOON, task

NOW = NOON + 10 * HOUR
NAMES = {"subnet-a": None, "subnet-b": None}


def use(*records: object) -> dict[str, tuple[int, int]]:
    rows = subnets_in_use(NAMES, records, now=NOW)  # type: ignore[arg-type]  # they are records
    return {row["subnetId"]: (row["held"], row["released"]) for row in rows}


def test_a_subnet_that_nobody_uses_is_listed_all_the_same() -> None:
    assert use() == {"subnet-a": (0, 0), "subnet-b": (0, 0)}


def test_each_address_counts_once_and_to_its_subnet_alone() -> None:
    assert use(
        task("a1"),
        task("a2", attached=NOON + 1),
        task("a3", ipv4="10.0.4.129"),
        task("b1", subnet="subnet-b"),
        task("c1", subnet="subnet-c"),
        task("d1", subnet=None),
        task("v6", ipv4=None, ipv6="2001:db8::1"),
    ) == {"subnet-a": (2, 0), "subnet-b": (1, 0)}


@pytest.mark.parametrize(
    "stopped, released", [(NOW - HOUR - 1, 0), (NOW - HOUR, 0), (NOW - HOUR + 1, 1), (NOW, 1)]
)
def test_what_was_released_in_the_last_hour_counts(stopped: int, released: int) -> None:
    assert use(task("a1", stopped=stopped))["subnet-a"] == (0, released)


def test_what_was_released_and_is_held_again_counts_as_held() -> None:
    assert use(task("a1", stopped=NOW - 1), task("a2", attached=NOW))["subnet-a"] == (1, 0)


@pytest.mark.parametrize(
    "cidr, usable",
    [("10.0.0.0/16", 65_531), ("10.0.0.0/24", 251), ("10.0.0.0/28", 11), (None, None)],
)
def test_five_addresses_of_a_subnet_are_not_to_be_used(
    cidr: str | None, usable: int | None
) -> None:
    subnet = Subnet("vpc-1", ipv4_cidr=cidr)
    [row] = subnets_in_use({"subnet-a": subnet}, [], now=NOW)
    assert row["usable"] == usable
    assert (row["vpcId"], row["ipv6Cidrs"]) == ("vpc-1", [])

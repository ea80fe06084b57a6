"""The example that keeps a prefix list, on an EC2 that is as strict as the real one."""

from typing import Any

import pytest

import allow_list
import inventory_api

LIST = "pl-0123456789abcdef0"


class FakeEc2:
    """One prefix list: versions, a hundred entries of each kind a change, and changes take time."""

    def __init__(self, cidrs: set[str], most: int) -> None:
        self.cidrs = cidrs
        self.most = most
        self.version = 1
        self.state = "create-complete"
        self.looks_until_settled = 0
        self.sizes: list[tuple[int, int]] = []

    def describe_managed_prefix_lists(self, *, PrefixListIds: list[str]) -> Any:  # noqa: N803 - boto3's name
        assert PrefixListIds == [LIST]
        if self.state == "modify-in-progress":
            self.looks_until_settled -= 1
            if self.looks_until_settled <= 0:
                self.state = "modify-complete"
        described = {"State": self.state, "Version": self.version, "MaxEntries": self.most}
        return {"PrefixLists": [described]}

    def get_paginator(self, operation: str) -> "FakeEc2":
        assert operation == "get_managed_prefix_list_entries"
        return self

    def paginate(self, *, PrefixListId: str, TargetVersion: int) -> list[Any]:  # noqa: N803 - boto3's name
        assert (PrefixListId, TargetVersion) == (LIST, self.version)
        entries = [{"Cidr": cidr} for cidr in sorted(self.cidrs)]
        return [{"Entries": entries[:100]}, {"Entries": entries[100:]}]

    def modify_managed_prefix_list(
        self,
        *,
        PrefixListId: str,  # noqa: N803 - boto3's name
        CurrentVersion: int,  # noqa: N803 - boto3's name
        AddEntries: list[Any],  # noqa: N803 - boto3's name
        RemoveEntries: list[Any],  # noqa: N803 - boto3's name
    ) -> None:
        assert PrefixListId == LIST
        assert self.state.endswith("-complete")
        assert self.version == CurrentVersion
        assert max(len(AddEntries), len(RemoveEntries)) <= 100
        added = {entry["Cidr"] for entry in AddEntries}
        removed = {entry["Cidr"] for entry in RemoveEntries}
        assert removed <= self.cidrs
        assert not added & self.cidrs
        self.cidrs = self.cidrs - removed | added
        assert len(self.cidrs) <= self.most
        self.version += 1
        self.state, self.looks_until_settled = "modify-in-progress", 2
        self.sizes.append((len(RemoveEntries), len(AddEntries)))


class Inventory:
    """`GET /addresses`, with what it was asked."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def get(self, **parameters: Any) -> list[dict[str, Any]]:
        self.asked.append(parameters)
        return [{"address": address} for address in self.addresses]


@pytest.fixture
def inventory(monkeypatch: pytest.MonkeyPatch) -> Inventory:
    made = Inventory()
    for name, value in {
        "PREFIX_LIST_ID": LIST,
        "FAMILY": "ipv4",
        "CLUSTER": "shop",
        "SERVICE": "web",
        "GRACE_SECONDS": "0",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(inventory_api, "addresses", made.get)
    monkeypatch.setattr("allow_list.time.sleep", lambda _: None)
    return made


def run(monkeypatch: pytest.MonkeyPatch, ec2: FakeEc2) -> None:
    monkeypatch.setattr(allow_list, "_ec2", lambda: ec2)
    allow_list.handler({"Records": [{}]}, None)


def ips(start: int, end: int) -> list[str]:
    return [
        f"10.{number // 65536}.{number // 256 % 256}.{number % 256}" for number in range(start, end)
    ]


def cidrs(start: int, end: int) -> set[str]:
    return {f"{ip}/32" for ip in ips(start, end)}


@pytest.mark.parametrize(
    "before, after, most",
    [
        (range(0), range(1), 10),
        (range(1), range(0), 10),
        (range(5), range(3, 8), 10),
        (range(100), range(100), 100),
        (range(250), range(250, 500), 250),  # all of a full list changes
        (range(250), range(100, 350), 250),
        (range(150), range(50, 300), 250),
        (range(250), range(200, 250), 250),
        (range(0), range(1000), 1000),
    ],
)
def test_the_list_becomes_what_the_inventory_says(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory, before: range, after: range, most: int
) -> None:
    ec2 = FakeEc2(cidrs(before.start, before.stop), most)
    inventory.addresses = ips(after.start, after.stop)
    run(monkeypatch, ec2)
    assert ec2.cidrs == cidrs(after.start, after.stop)


def test_changes_are_cut_into_hundreds_and_made_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    ec2 = FakeEc2(cidrs(0, 150), 250)
    inventory.addresses = ips(140, 390)
    run(monkeypatch, ec2)
    assert ec2.sizes == [(100, 100), (40, 100), (0, 40)]
    assert ec2.version == 4


def test_a_second_run_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    ec2 = FakeEc2(set(), 10)
    inventory.addresses = ips(0, 5)
    run(monkeypatch, ec2)
    run(monkeypatch, ec2)
    assert ec2.version == 2


def test_a_change_of_somebody_else_s_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    ec2 = FakeEc2(set(), 10)
    ec2.state, ec2.looks_until_settled = "modify-in-progress", 5
    inventory.addresses = ips(0, 1)
    run(monkeypatch, ec2)
    assert ec2.cidrs == cidrs(0, 1)


@pytest.mark.usefixtures("inventory")
def test_a_list_that_never_settles_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    ec2 = FakeEc2(set(), 10)
    ec2.state, ec2.looks_until_settled = "modify-in-progress", 1_000_000
    with pytest.raises(allow_list.AllowListError, match="stays modify-in-progress"):
        run(monkeypatch, ec2)


def test_too_many_addresses_fill_the_list_keep_who_is_there_and_are_an_error(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    ec2 = FakeEc2(cidrs(90, 95), 10)
    inventory.addresses = ips(0, 100)
    with pytest.raises(allow_list.AllowListError, match="100 addresses, and the list takes 10"):
        run(monkeypatch, ec2)
    assert len(ec2.cidrs) == 10
    assert cidrs(90, 95) <= ec2.cidrs <= cidrs(0, 100)


def test_without_a_grace_period_only_held_addresses_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    run(monkeypatch, FakeEc2(set(), 10))
    assert inventory.asked == [{"family": "ipv4", "cluster": "shop", "service": "web"}]


def test_with_a_grace_period_the_inventory_is_asked_for_what_was_released_within_it(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    monkeypatch.setenv("GRACE_SECONDS", "300")
    run(monkeypatch, FakeEc2(set(), 10))
    assert inventory.asked[0]["releasedWithin"] == 300


def test_ipv6_addresses_are_entries_of_128_bits(
    monkeypatch: pytest.MonkeyPatch, inventory: Inventory
) -> None:
    monkeypatch.setenv("FAMILY", "ipv6")
    inventory.addresses = ["2001:db8::1"]
    ec2 = FakeEc2(set(), 10)
    run(monkeypatch, ec2)
    assert ec2.cidrs == {"2001:db8::1/128"}

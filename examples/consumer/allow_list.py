"""An EC2 managed prefix list that is kept equal to the addresses of a service's tasks."""

import os
import time
from collections.abc import Iterator
from functools import cache
from itertools import batched, zip_longest
from typing import TYPE_CHECKING, Any

import boto3

import inventory_api

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_ENTRIES_A_CHANGE = 100  # of each kind; EC2's limit
_WAITS = 100
_WAIT_SECONDS = 0.3


class AllowListError(Exception):
    """The prefix list is not what it should be, and cannot be made so."""


def handler(event: dict[str, Any], context: object) -> None:
    """Make the list what `GET /addresses` says now, whatever it was that called.

    A message only says that something may have changed, so duplicates and disorder cannot matter.
    The queue is a FIFO queue with one message group: there is never a second of these under way
    whose older view could overwrite a newer one. An exception makes the messages come again.
    """
    wanted = _wanted()
    prefix_list = _settled_list()
    present = _entries(prefix_list["Version"])
    most = prefix_list["MaxEntries"]
    fitting = set(sorted(wanted, key=lambda cidr: (cidr not in present, cidr))[:most])
    changes = list(zip_longest(_cut(present - fitting), _cut(fitting - present), fillvalue=()))
    for removed, added in changes:
        prefix_list = _change(prefix_list["Version"], removed, added)
    print(f"{len(event['Records'])} messages, {len(changes)} changes, {len(fitting)} entries")
    if len(wanted) > most:
        raise AllowListError(f"{len(wanted)} addresses, and the list takes {most}: resize it")


def _wanted() -> set[str]:
    """Read the addresses that the service holds, and those it has just let go of.

    With a grace period the API keeps an address that was released so recently, unless another
    task, of whichever service, holds it now.
    """
    grace = int(os.environ["GRACE_SECONDS"])
    rows = inventory_api.addresses(
        family=os.environ["FAMILY"],
        cluster=os.environ["CLUSTER"],
        service=os.environ["SERVICE"],
        **({"releasedWithin": grace} if grace else {}),
    )
    length = {"ipv4": 32, "ipv6": 128}[os.environ["FAMILY"]]
    return {f"{row['address']}/{length}" for row in rows}


def _settled_list() -> Any:
    """Describe the list once no change of it is under way any more."""
    for _ in range(_WAITS):
        [prefix_list] = _ec2().describe_managed_prefix_lists(
            PrefixListIds=[os.environ["PREFIX_LIST_ID"]]
        )["PrefixLists"]
        if not prefix_list["State"].endswith("-in-progress"):
            return prefix_list
        time.sleep(_WAIT_SECONDS)
    raise AllowListError(f"the list stays {prefix_list['State']}")


def _entries(version: int) -> set[str]:
    pages = (
        _ec2()
        .get_paginator("get_managed_prefix_list_entries")
        .paginate(PrefixListId=os.environ["PREFIX_LIST_ID"], TargetVersion=version)
    )
    return {entry["Cidr"] for page in pages for entry in page["Entries"]}


def _change(version: int, removed: tuple[str, ...], added: tuple[str, ...]) -> Any:
    """Make one version of another; EC2 refuses if the list is not at `version` any more."""
    _ec2().modify_managed_prefix_list(
        PrefixListId=os.environ["PREFIX_LIST_ID"],
        CurrentVersion=version,
        RemoveEntries=[{"Cidr": cidr} for cidr in removed],
        AddEntries=[{"Cidr": cidr, "Description": os.environ["SERVICE"]} for cidr in added],
    )
    return _settled_list()


def _cut(cidrs: set[str]) -> Iterator[tuple[str, ...]]:
    return batched(sorted(cidrs), _ENTRIES_A_CHANGE, strict=False)


@cache
def _ec2() -> "EC2Client":
    return boto3.client("ec2")

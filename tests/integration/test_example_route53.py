"""The example that keeps record sets, with DynamoDB and Route 53 imitated in this process."""

import json
import os
import time
from collections.abc import Iterator, Sequence
from itertools import permutations
from random import Random
from typing import Any

import boto3
import pytest
from moto import mock_aws

import inventory_api
import route53
from core.task.ecs import parse_event
from core.task.record import missing
from core.text.instant import HOUR
from known_tasks import KnownTasks
from tests.support.changes import life, published
from tests.support.tasks import NOON

ZONE = "internal.example.com."
NAME = f"web.{ZONE}"


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the function what its template does: a table, and a zone to keep."""
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="known",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "taskArn", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "taskArn", "KeyType": "HASH"}],
        )
        zone = boto3.client("route53").create_hosted_zone(Name=ZONE, CallerReference="1")
        for name, value in {
            "TABLE_NAME": "known",
            "HOSTED_ZONE_ID": zone["HostedZone"]["Id"],
            "RECORD_NAME": "Web.internal.example.com",
            "RECORD_TTL": "10",
            "CLUSTER": "shop",
            "SERVICE": "web",
        }.items():
            monkeypatch.setenv(name, value)
        for cached in (route53._known_tasks, route53._route53):
            cached.cache_clear()
        yield
    for cached in (route53._known_tasks, route53._route53):
        cached.cache_clear()


def changes(*lives: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the details of what is published of whole lives."""
    return [
        change.detail
        for events in lives
        for change in published([parse_event(event).record for event in events])
    ]


def run(details: Sequence[dict[str, Any]]) -> None:
    route53.handler({"Records": [{"body": json.dumps({"detail": each})} for each in details]}, None)


def rebuild() -> None:
    route53.handler({"Records": [{"body": json.dumps({"detail": {}})}]}, None)


def values(record_type: str = "A") -> set[str]:
    sets = boto3.client("route53").list_resource_record_sets(
        HostedZoneId=os.environ["HOSTED_ZONE_ID"]
    )["ResourceRecordSets"]
    found = [each for each in sets if (each["Name"], each["Type"]) == (NAME, record_type)]
    return {value["Value"] for each in found for value in each["ResourceRecords"]}


def show(
    monkeypatch: pytest.MonkeyPatch,
    addresses: dict[str, str],
    ready: set[str] | None = None,
) -> None:
    """Let the API show tasks by their short id."""
    monkeypatch.setattr(
        inventory_api,
        "addresses",
        lambda **_: [
            {"address": address, "taskArn": arn(name), "attachedAt": "2026-11-20T12:00:00.000Z"}
            for name, address in addresses.items()
        ],
    )
    monkeypatch.setattr(
        inventory_api,
        "tasks",
        lambda **_: [
            {"taskArn": arn(name), "lastStatus": "RUNNING", "desiredStatus": "RUNNING"}
            for name in (addresses if ready is None else ready)
        ],
    )


def arn(name: str) -> str:
    return f"arn:aws:ecs:eu-west-1:111122223333:task/shop/{name}"


def test_a_task_is_in_the_record_set_from_ready_to_asked_to_stop() -> None:
    present = []
    for detail in changes(life("a", "10.0.0.1")):
        run([detail])
        present.append(values())
    assert present == [set(), {"10.0.0.1"}, set(), set(), set()]


def test_a_task_that_vanished_while_it_was_ready_is_taken_out() -> None:
    seen = [parse_event(event).record for event in life("a", "10.0.0.1")[:2]]
    gone = missing(seen[0].key, at=NOON + 2 * HOUR)
    *ready, released = [change.detail for change in published([*seen, gone])]
    assert released["data"]["lastStatus"] == "RUNNING"
    run(ready)
    assert values() == {"10.0.0.1"}
    run([released])
    assert values() == set()


def test_a_task_that_lives_on_without_its_address_is_taken_out() -> None:
    running = life("a", "10.0.0.1")[:2]
    torn = life("a", "10.0.0.1", start=NOON + HOUR)[1]
    torn["detail"]["attachments"][0]["status"] = "DELETED"
    *ready, released = changes([*running, torn])
    assert (released["data"]["live"], released["data"]["lastStatus"]) == (True, "RUNNING")
    run(ready)
    assert values() == {"10.0.0.1"}
    run([released])
    assert values() == set()


def test_a_record_set_without_addresses_is_deleted_and_can_come_back() -> None:
    first, second = changes(life("a", "10.0.0.1")), changes(life("b", "10.0.0.2"))
    run(first)
    assert values() == set()
    run(second[:2])
    assert values() == {"10.0.0.2"}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_disorder_and_duplicates_end_in_the_same_record_set(order: tuple[int, ...]) -> None:
    run(changes(life("b", "10.0.0.2"))[:2])
    ended = changes(life("a", "10.0.0.1"))[:4]
    run([ended[number] for number in (*order, *order[::-1])])
    assert values() == {"10.0.0.2"}


def test_many_lives_in_any_order_leave_those_that_are_ready() -> None:
    lives = [changes(life(f"t{n}", f"10.0.{n}.1"))[: 1 + n % 5] for n in range(50)]
    details = [detail for events in lives for detail in events] * 2
    Random(7).shuffle(details)  # noqa: S311 - to be the same each time
    for start in range(0, len(details), 10):
        run(details[start : start + 10])
    assert values() == {f"10.0.{n}.1" for n in range(50) if n % 5 == 1}


def test_an_unchanged_set_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    details = changes(life("a", "10.0.0.1"))[:2]
    run(details)
    monkeypatch.setattr(route53, "_change", lambda *_: pytest.fail("it was written"))
    run(details)


def test_more_addresses_than_a_record_set_takes_leave_those_of_the_oldest_tasks() -> None:
    details = [
        detail
        for n in range(410)
        for detail in changes(life(f"t{n:03}", f"10.1.{n // 256}.{n % 256}", start=10**12 + n))[:2]
    ]
    run(details)
    assert values() == {f"10.1.{n // 256}.{n % 256}" for n in range(400)}


def test_ipv6_addresses_have_a_record_set_of_their_own() -> None:
    interface = {"attachmentId": "attachment-1", "ipv6Address": "2001:db8::17"}
    containers = [{"networkInterfaces": [interface]}]
    run(changes(life("a", "10.0.0.1", containers=containers))[:2])
    assert values("A") == {"10.0.0.1"}
    assert values("AAAA") == {"2001:db8::17"}
    run(changes(life("a", "10.0.0.1", containers=containers))[2:])
    assert values("A") == values("AAAA") == set()


def test_a_rebuild_of_nothing_takes_over_the_ready_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, {"a": "10.0.0.1", "b": "10.0.0.2"}, ready={"b"})
    rebuild()
    assert values() == {"10.0.0.2"}


def test_any_event_is_newer_than_a_rebuild(monkeypatch: pytest.MonkeyPatch) -> None:
    show(monkeypatch, {"a": "10.0.0.1"})
    rebuild()
    run(changes(life("a", "10.0.0.1"))[-1:])
    assert values() == set()


def test_a_rebuild_makes_good_what_was_never_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    ready, waiting = changes(life("gone", "10.0.0.1"))[:2], changes(life("new", "10.0.0.2"))[:1]
    known = KnownTasks(boto3.client("dynamodb"), "known")
    for detail in ready + waiting:
        known.learn(detail, now=int(time.time()) - 3600)
    show(monkeypatch, {"new": "10.0.0.2"})
    rebuild()
    assert values() == {"10.0.0.2"}
    run(ready)  # delivered late, and twice
    assert values() == {"10.0.0.2"}


def test_a_rebuild_lets_alone_what_an_event_told_a_moment_ago(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(changes(life("new", "10.0.0.1"))[:2] + changes(life("gone", "10.0.0.2")))
    show(monkeypatch, {"gone": "10.0.0.2"})  # the API's indexes lag behind
    rebuild()
    assert values() == {"10.0.0.1"}

"""Every sample event through the deployed stack; each answer compared field by field."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from botocore.config import Config

from local.events import DeadLetter, replay, take_dead_letters
from local.stack import Stack, deployed_stack
from tests.support import samples
from tests.support.plain_holders import Address
from tests.support.plain_reading import records_of

type Json = dict[str, Any]

MASKED = "XXXXXXXXXXXX"
"""How an account is written in events that do not tell it."""


def in_an_envelope(detail: Json) -> Json:
    """Put a detail that came without its envelope, and without its account, into one."""
    detail = json.loads(
        json.dumps(detail).replace("blanked-region-1::", f"blanked-region-1:{MASKED}:")
    )
    return {
        "version": "0",
        "id": "0d1bf1b6-6bd3-4ba5-9b6a-1a8ff5a3a1f7",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": MASKED,
        "time": "2026-11-15T12:39:42Z",
        "region": "blanked-region-1",
        "resources": [detail["taskArn"]],
        "detail": detail,
    }


SHAPES = [event for name, event in samples.SHAPES.items() if name != samples.ABRIDGED]
SHAPES.append(in_an_envelope(samples.DESCRIBED["detail-blanked-stopped-0"]))
ABRIDGED = samples.SHAPES[samples.ABRIDGED]

OWN = list(samples.EVENTS.values())
EXPECTED_OF_OWN = records_of(OWN)
EXPECTED_OF_SHAPES = records_of(SHAPES)
EXPECTED = EXPECTED_OF_OWN | EXPECTED_OF_SHAPES
LIVES = {
    arn: [event for event in [*OWN, *SHAPES] if event["detail"]["taskArn"] == arn]
    for arn in EXPECTED
}
ADDRESSES = {
    address
    for record in EXPECTED.values()
    for address in (record["privateIpv4Address"], record["ipv6Address"])
    if address
}

# It carries a secret, and cannot be stored.
UNORDERED = json.loads(json.dumps(samples.EVENTS["fargate-standalone-3-running"]))
del UNORDERED["detail"]["version"]


@dataclass(frozen=True)
class Fed:
    """A stack that has taken all samples in, and what it put aside."""

    stack: Stack
    dead_letters: list[DeadLetter]


@pytest.fixture(scope="module")
def fed(built: Path) -> Iterator[Fed]:
    """Deploy a stack of our own, so that nothing but the samples is in it."""
    with deployed_stack(built) as stack:
        replay(stack, [json.dumps(event) for event in [*OWN, *SHAPES, ABRIDGED, UNORDERED]])
        yield Fed(stack, take_dead_letters(stack))


def task(fed: Fed, expected: Json) -> Json:
    """Ask for one task, by the short name of its cluster."""
    answer = fed.stack.api.get(f"/tasks/{expected['cluster']}/{expected['taskId']}")
    assert answer.status == 200, answer.body
    record: Json = answer.json()
    return record


@pytest.mark.parametrize("expected", EXPECTED_OF_OWN.values(), ids=lambda one: one["taskId"][:8])
def test_a_task_of_our_own_samples_is_answered_field_by_field(fed: Fed, expected: Json) -> None:
    assert task(fed, expected) == expected


def test_tasks_of_the_less_common_shapes_are_answered_field_by_field(fed: Fed) -> None:
    assert len(EXPECTED_OF_SHAPES) == 10
    for expected in EXPECTED_OF_SHAPES.values():
        assert task(fed, expected) == expected


def test_the_current_map_is_whole_and_nothing_more(fed: Fed) -> None:
    listed = list(fed.stack.api.items("/tasks", limit=7))
    assert len({record["taskArn"] for record in listed}) == len(listed)
    assert {record["taskArn"]: record for record in listed} == {
        arn: record for arn, record in EXPECTED.items() if record["live"]
    }


def test_an_address_is_answered_as_it_was_at_every_turn(fed: Fed) -> None:
    asked = 0
    for address in ADDRESSES:
        known = Address(address, LIVES)
        for at in {instant for turn in known.turns for instant in (turn, just_before(turn))}:
            answer = fed.stack.api.get(f"/ips/{quote(address, safe='')}", at=at).json()
            assert (answer["ip"], answer["at"]) == (address, at)
            told = [answer[name] for name in ("holders", "possible", "previous", "next")]
            assert [sorted(some, key=itemgetter("taskArn")) for some in told] == [
                expected_of(arns) for arns in known.at(at)
            ]
            asked += 1
    assert asked > 60


def expected_of(arns: set[str]) -> list[Json]:
    return [EXPECTED[arn] for arn in sorted(arns)]


def just_before(turn: str) -> str:
    earlier = datetime.fromisoformat(turn) - timedelta(milliseconds=1)
    return earlier.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_an_address_is_answered_as_it_is_now(fed: Fed) -> None:
    """Two tasks have had it; that the first has stopped was heard after the second ran."""
    answer = fed.stack.api.get("/ips/10.0.4.128").json()
    [holder], [previous] = answer["holders"], answer["previous"]
    assert holder["taskId"] == "cc9f11875ff8f6fa52261c28c41ecb3a"
    assert previous["taskId"] == "48176153c24878cda6d9853a8e8fbaa6"


@pytest.mark.parametrize(
    "task_id, shown",
    [
        (
            "67b54c42f9e8ed5b1ea1db56ea680ec0",  # fargate-service
            {
                "service": "web",
                "lastStatus": "STOPPED",
                "version": 6,
                "live": False,
                "addressState": "released",
                "releasedAt": "2026-11-05T19:41:25.800Z",
                "releasedAtEstimated": False,
            },
        ),
        (
            "367e53ad173dbca5a81c81eafbb3e647",  # dual-stack
            {
                "privateIpv4Address": "10.0.6.33",
                "ipv6Address": "2001:db8:4a:600:1c2b:9f3e:7a40:d815",
                "live": True,
                "addressState": "held",
                "releasedAt": None,
            },
        ),
        (
            "534d24a78524e879c0952036a1575390",  # failed-start
            {
                "startedAt": None,
                "connectivityAt": None,
                "stopCode": "TaskFailedToStart",
                "privateIpv4Address": "10.0.5.55",
                "addressState": "released",
                "attachedAtEstimated": True,
            },
        ),
        (
            "d2c4c58d23209494be2826a8e2c2f9c7",  # ec2-bridge
            {"networkMode": None, "attachmentId": None, "addressState": "none", "live": True},
        ),
        (
            "e0511f6d289f40f27e18487e4caa3f7a",  # fargate-provisioning
            {"networkMode": "awsvpc", "addressState": "pending", "attachedAt": None},
        ),
        (
            "8417263bfd53f1ec97e5833eee14d314",  # spot
            {
                "lastStatus": "RUNNING",
                "desiredStatus": "STOPPED",
                "stopCode": "SpotInterruption",
                "live": True,
                "addressState": "held",
            },
        ),
    ],
)
def test_what_is_expected_is_what_a_person_reads_in_the_samples(task_id: str, shown: Json) -> None:
    [record] = [record for record in EXPECTED.values() if record["taskId"] == task_id]
    assert {name: record[name] for name in shown} == shown


def test_what_cannot_be_stored_is_put_aside_with_its_reason_and_without_secrets(fed: Fed) -> None:
    kept = [(json.loads(letter.body), letter.reason) for letter in fed.dead_letters]
    unordered = "detail.version is missing, so that the observation cannot be ordered"
    expected = [
        (without_overrides(ABRIDGED), "region is missing"),
        (without_overrides(UNORDERED), unordered),
    ]
    assert sorted(kept, key=str) == sorted(expected, key=str)


def without_overrides(event: Json) -> Json:
    """Leave out what holds secrets, and nothing else."""
    kept = {name: value for name, value in event["detail"].items() if name != "overrides"}
    return {**event, "detail": kept}


def test_secrets_of_a_task_are_nowhere(fed: Fed) -> None:
    """Neither in the table, nor in answers, logs or dead letters."""
    aws = fed.stack.aws
    assert samples.SECRET in json.dumps(OWN)
    assert samples.SECRET not in "".join(letter.body for letter in fed.dead_letters)
    pages = aws.dynamodb.get_paginator("scan").paginate(TableName=fed.stack.outputs["TableName"])
    items = [item for page in pages for item in page["Items"]]
    assert len(items) >= len(EXPECTED)
    assert samples.SECRET not in json.dumps(items)
    answers = [task(fed, expected) for expected in EXPECTED.values()]
    assert samples.SECRET not in json.dumps(answers)
    assert samples.SECRET not in "".join(letter.reason or "" for letter in fed.dead_letters)
    lines = log_lines(fed.stack)
    assert any("dead-lettered" in line for line in lines)
    assert not [line for line in lines if samples.SECRET in line]
    assert samples.SECRET not in aws.log.read_text(encoding="utf-8", errors="replace")


def log_lines(stack: Stack) -> list[str]:
    """Read all that the functions have logged."""
    logs: Any = stack.aws.session.client(
        "logs", endpoint_url=stack.aws.endpoint, config=Config(proxies={})
    )
    groups = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/")["logGroups"]
    return [
        event["message"]
        for group in groups
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        )
        for event in page["events"]
    ]

"""Events into the queue, changes out of the bus, on the deployed stack."""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest

from adapters.dynamodb.items import REVISION, decode
from core.task.changes import ASSIGNED, RELEASED, UPDATED
from core.task.fields import WATCHED
from core.task.record_json import record_as_json
from local import loopback
from local.events import replay
from local.stack import NAME, Stack
from tests.e2e.redriving import queue_url, redrive
from tests.e2e.subscription import Event, Subscription, subscribed
from tests.support.changes import life
from tests.support.event_bridge import refuses_every_other
from tests.support.event_contract import check, delivered

type Refuses = Callable[[Any], bool]


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> str:
    """Name a cluster of the test's own."""
    return str(request.node.name).replace("_", "-")[:60]


@pytest.fixture
def heard(stack: Stack, cluster: str) -> Iterator[Subscription]:
    with subscribed(stack, cluster=[cluster]) as subscription:
        yield subscription


def send(stack: Stack, events: list[Any]) -> None:
    replay(stack, [json.dumps(event) for event in events])


def kinds(events: list[Event]) -> list[str]:
    in_order = sorted(events, key=lambda event: event["detail"]["metadata"]["sequence"])
    return [event["detail-type"] for event in in_order]


def stored(stack: Stack, cluster: str) -> dict[str, dict[str, Any]]:
    """Read the records of a cluster straight from the table, by task id."""
    pages = stack.aws.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs["TableName"],
        FilterExpression="contains(clusterArn, :cluster)",
        ExpressionAttributeValues={":cluster": {"S": f":cluster/{cluster}"}},
    )
    records = [decode(item).record for page in pages for item in page["Items"] if REVISION in item]
    return {record.key.task_id: record_as_json(record) for record in records}


def test_an_orderly_life_is_assigned_ready_stopping_and_released(
    stack: Stack, cluster: str, heard: Subscription
) -> None:
    for event in life("a1", "10.0.0.1", cluster):
        send(stack, [event])
    events = heard.until(5)
    assert kinds(events) == [ASSIGNED, UPDATED, UPDATED, UPDATED, RELEASED]
    details = sorted(
        (event["detail"] for event in events), key=lambda detail: detail["metadata"]["sequence"]
    )
    assert [detail["metadata"]["changed"] for detail in details[1:]] == [
        ["lastStatus"],
        ["desiredStatus"],
        ["lastStatus"],
        ["lastStatus", "addressState", "releasedNotBefore", "releasedAt"],
    ]
    answered = stack.api.get(f"/tasks/{cluster}/a1").json()
    assert details[-1]["data"] == answered


def test_a_life_that_comes_twice_is_told_once(
    stack: Stack, cluster: str, heard: Subscription
) -> None:
    events = life("a1", "10.0.0.1", cluster)
    for event in events + events:
        send(stack, [event])
    assert len(heard.until(5)) == 5


@pytest.mark.timeout(600)
def test_a_thousand_shuffled_lives_are_told_of_exactly(
    stack: Stack, cluster: str, heard: Subscription
) -> None:
    random = Random(20261123)  # noqa: S311 - to be the same each time
    lives = {
        f"task-{n:04}": life(f"task-{n:04}", f"10.{n // 250}.{n % 250}.7", cluster)
        for n in range(1000)
    }
    unended = set(random.sample(sorted(lives), 200))
    events = [
        event for task, told in lives.items() for event in (told[:-1] if task in unended else told)
    ]
    events += random.sample(events, 500)
    random.shuffle(events)
    send(stack, events)
    told_of = defaultdict[str, list[Event]](list)
    for event in heard.until(1000, quiet=4):
        told_of[event["detail"]["data"]["taskId"]].append(event)

    assert told_of.keys() == lives.keys()
    records = stored(stack, cluster)
    for task, told in told_of.items():
        count = {kind: kinds(told).count(kind) for kind in (ASSIGNED, RELEASED)}
        assert count[RELEASED] == (task not in unended)
        assert count[ASSIGNED] == 1 if task in unended else count[ASSIGNED] <= 1
        metadata = [event["detail"]["metadata"] for event in told]
        sequences = sorted(entry["sequence"] for entry in metadata)
        assert sequences == list(range(1, len(told) + 1))
        last = max(told, key=lambda event: event["detail"]["metadata"]["sequence"])["detail"]
        for name in (
            *(str(field.shown) for field in WATCHED),
            "taskArn",
            "clusterArn",
            "group",
            "createdAt",
            "live",
        ):
            assert last["data"][name] == records[task][name], (task, name)
    for task in random.sample(sorted(lives), 10):
        assert stack.api.get(f"/tasks/{cluster}/{task}").json() == records[task]


@contextmanager
def bus_that(stack: Stack, refuses: Refuses) -> Iterator[None]:
    """Let `publish` speak to a bus that refuses entries, and passes on those that it takes."""

    class Bus(loopback.Prompt, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["Entries"]
            refused = [refuses(entry) for entry in asked]
            taken = [entry for entry, no in zip(asked, refused, strict=True) if not no]
            if taken:
                stack.aws.events.put_events(Entries=taken)
            no = {"ErrorCode": "InternalFailure", "ErrorMessage": "made up"}
            results = [no if each else {"EventId": "1"} for each in refused]
            body = json.dumps({"FailedEntryCount": sum(refused), "Entries": results}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with (
        loopback.serving(ThreadingHTTPServer(("127.0.0.1", 0), Bus)) as url,
        publish_environment(stack, AWS_ENDPOINT_URL_EVENTBRIDGE=url),
    ):
        yield


@contextmanager
def publish_environment(stack: Stack, **more: str) -> Iterator[None]:
    resource = stack.aws.cloudformation.describe_stack_resource(
        StackName=NAME, LogicalResourceId="PublishFunction"
    )
    function = resource["StackResourceDetail"]["PhysicalResourceId"]
    client = stack.aws.functions
    before = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    client.update_function_configuration(
        FunctionName=function, Environment={"Variables": {**before, **more}}
    )
    try:
        yield
    finally:
        client.update_function_configuration(
            FunctionName=function, Environment={"Variables": before}
        )


def letters(stack: Stack, count: int, *, take: bool = False) -> list[Any]:
    """Wait for letters in the changes' dead-letter queue, and look at them."""
    url = queue_url(stack, "ChangeDeadLetterQueue")
    give_up = time.monotonic() + 60
    found: dict[str, Any] = {}
    while len(found) < count:
        assert time.monotonic() < give_up, f"{len(found)} of {count} letters came"
        for message in stack.aws.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, WaitTimeSeconds=1
        ).get("Messages", []):
            found[message["MessageId"]] = json.loads(message["Body"])
            if take:
                stack.aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return list(found.values())


def test_a_bus_that_refuses_every_other_entry_loses_nothing(
    stack: Stack, cluster: str, heard: Subscription
) -> None:
    lives = [life(f"t{number}", f"10.0.1.{number}", cluster) for number in range(30)]
    with bus_that(stack, refuses_every_other()):
        for step in (0, -1):
            send(stack, [told[step] for told in lives])
        events = heard.until(60)
    assert sorted(kinds(events)) == [ASSIGNED] * 30 + [RELEASED] * 30
    assert redrive(stack)["ChangeDeadLetterQueue", "ChangeRedriveQueue"] == 0


def test_what_the_bus_refuses_in_the_end_is_kept_whole_and_sent_again_by_redrive(
    stack: Stack, cluster: str, heard: Subscription
) -> None:
    with bus_that(stack, lambda entry: "10.0.2.2" in entry["Detail"]):
        for number in range(1, 4):
            send(stack, life(f"t{number}", f"10.0.2.{number}", cluster)[:1])
        assert len(heard.until(2)) == 2
        [kept] = letters(stack, 1)
        check(delivered(kept))
    assert redrive(stack)["ChangeDeadLetterQueue", "ChangeRedriveQueue"] == 1
    events = heard.until(3)
    assert {event["detail"]["data"]["privateIpv4Address"] for event in events} == {
        *("10.0.2.1", "10.0.2.2", "10.0.2.3")
    }


def test_an_unreadable_item_is_set_aside_and_holds_up_nothing(
    stack: Stack, cluster: str, heard: Subscription
) -> None:
    table = stack.outputs["TableName"]
    key = {"taskId": {"S": "unreadable"}, "clusterArn": {"S": "nonsense"}}
    stack.aws.dynamodb.put_item(TableName=table, Item={**key, "rv": {"N": "1"}})
    try:
        send(stack, life("a1", "10.0.3.1", cluster)[:1])
        assert kinds(heard.until(1)) == [ASSIGNED]
        [letter] = letters(stack, 1, take=True)
        assert letter["dynamodb"]["NewImage"] == {**key, "rv": {"N": "1"}}
    finally:
        stack.aws.dynamodb.delete_item(TableName=table, Key=key)
    send(stack, life("a2", "10.0.3.2", cluster)[:1])
    assert kinds(heard.until(2)) == [ASSIGNED, ASSIGNED]

"""`make redrive`, with SQS imitated in this process: what is moved, and what is left behind."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from mypy_boto3_sqs import SQSClient

from operations.redrive import (
    LeftBehindError,
    NoOperatorRoleError,
    Way,
    main,
    operator_role,
    send_back,
)


@pytest.fixture
def sqs() -> Iterator[SQSClient]:
    with mock_aws():
        yield boto3.client("sqs")


@pytest.fixture
def way(sqs: SQSClient) -> Way:
    dead, alive = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "alive"))
    return Way("Dead", "Alive", dead, alive)


def put(sqs: SQSClient, url: str, *bodies: str) -> None:
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    time.sleep(0.01)


def left(sqs: SQSClient, url: str) -> list[str]:
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in messages]
    return sorted(found)


def test_every_letter_is_moved_whole(sqs: SQSClient, way: Way) -> None:
    bodies = [f"letter {number:02} é" for number in range(25)]
    put(sqs, way.url, *bodies)
    assert send_back(sqs, way) == 25
    assert left(sqs, way.url) == []
    assert left(sqs, way.target_url) == bodies


def test_a_letter_that_comes_while_it_runs_is_left_for_the_next_time(
    sqs: SQSClient, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sqs, way.url, "old")
    begun = time.time()
    put(sqs, way.url, "new")
    monkeypatch.setattr("operations.redrive.time.time", lambda: begun)
    assert send_back(sqs, way) == 1
    assert left(sqs, way.target_url) == ["old"]
    assert left(sqs, way.url) == ["new"]


def test_what_the_queue_refuses_stays_where_it_was(
    sqs: SQSClient, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sqs, way.url, "one", "two", "three")
    send = sqs.send_message_batch

    def refuse_the_first(**request: Any) -> Any:
        first, *others = request["Entries"]
        sent = send(QueueUrl=request["QueueUrl"], Entries=others)
        return {**sent, "Failed": [{"Id": first["Id"], "Code": "Unavailable"}]}

    monkeypatch.setattr(sqs, "send_message_batch", refuse_the_first)
    with pytest.raises(LeftBehindError, match="Alive refused: Unavailable"):
        send_back(sqs, way)
    assert len(left(sqs, way.target_url)) == 2
    kept = sqs.get_queue_attributes(
        QueueUrl=way.url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    assert kept["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_region_that_is_missing_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert main([]) == 1
    assert capsys.readouterr().err == "make redrive: You must specify a region.\n"


def test_a_stack_of_before_the_operator_role_is_told_from_others() -> None:
    client = boto3.client("cloudformation")
    with Stubber(client) as stubber:
        described = {
            "StackName": "old",
            "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
            "StackStatus": "CREATE_COMPLETE",
            "Outputs": [{"OutputKey": "TableName", "OutputValue": "table"}],
        }
        stubber.add_response("describe_stacks", {"Stacks": [described]}, {"StackName": "old"})
        with pytest.raises(NoOperatorRoleError, match="stack old has no output OperatorRoleArn"):
            operator_role("old", client)

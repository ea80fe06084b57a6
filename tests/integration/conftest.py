"""The functions' surroundings in process: table and queue in moto, settings, a fixed clock."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_sqs import SQSClient

from adapters.dynamodb import DynamoStore
from core.text.instant import HOUR, Instant
from handlers import ingest, query, wiring
from tests.support.aws_calls import Calls
from tests.support.tables import Table, new_table
from tests.support.tasks import NOON, Json

NOW: Instant = NOON + HOUR
"""What the functions' clock says."""

RETENTION_DAYS = 90

FUNCTION = "ecs-ip-inventory-IngestFunction-1A2B3C"
"""The name that the functions are told is theirs."""


class Context:
    """What Lambda passes beside the event."""

    function_name = FUNCTION


@dataclass(frozen=True)
class Service:
    """The functions `ingest` and `query` over a table and a dead-letter queue of their own."""

    table: Table
    sqs: SQSClient
    dead_letter_queue: str
    log: StringIO

    @property
    def store(self) -> DynamoStore:
        return wiring.store()

    def dynamodb_calls(self) -> Calls:
        """Watch what the functions ask of DynamoDB from now on."""
        return Calls(self.store._client)

    def sqs_calls(self) -> Calls:
        """Watch what the functions ask of SQS from now on."""
        return Calls(wiring.dead_letters()._client)

    def ingest(self, *messages: Json | str) -> list[str]:
        """Deliver messages as Lambda does; answers the ids that are to come again: m0, m1, ..."""
        bodies = [
            message if isinstance(message, str) else json.dumps(message) for message in messages
        ]
        records = [sqs_record(f"m{number}", body) for number, body in enumerate(bodies)]
        answer = ingest.handler({"Records": records}, Context())
        assert set(answer) == {"batchItemFailures"}
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    def dead_letters(self) -> list[tuple[str, str]]:
        """Take all dead letters: body and reason."""
        letters = []
        while messages := self.sqs.receive_message(
            QueueUrl=self.dead_letter_queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
        ).get("Messages"):
            for message in messages:
                (reason,) = message["MessageAttributes"].values()
                assert list(message["MessageAttributes"]) == ["reason"]
                letters.append((message["Body"], reason["StringValue"]))
        return letters

    def logged(self) -> list[Json]:
        """Read the log's lines."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]


def sqs_record(message_id: str, body: str) -> Json:
    """Wrap a message as SQS hands it to Lambda."""
    return {
        "messageId": message_id,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1795176000000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1795176000001",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:ingest",
        "awsRegion": "eu-west-1",
    }


def forget_wiring() -> None:
    """Let the next call build its clients anew."""
    for built in vars(wiring).values():
        forget: Any = getattr(built, "cache_clear", None)
        if forget is not None:
            forget()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Give the service with nothing in it, at NOW."""
    log = StringIO()
    forget_wiring()
    monkeypatch.setattr(wiring, "now", lambda: NOW)
    monkeypatch.setattr(ingest.metrics.provider, "namespace", "EcsIpInventory")
    monkeypatch.setattr(ingest.metrics.provider, "service", "ingest")
    for function in (ingest, query):
        monkeypatch.setattr(function.logger.registered_handler, "stream", log)
    with mock_aws(), new_table(boto3.client("dynamodb")) as table:
        sqs = boto3.client("sqs")
        queue = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        monkeypatch.setenv("TABLE_NAME", table.name)
        monkeypatch.setenv("RETENTION_DAYS", str(RETENTION_DAYS))
        monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", queue)
        yield Service(table, sqs, queue, log)
    forget_wiring()

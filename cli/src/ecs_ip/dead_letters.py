"""Dead letters: reads them without removing them, and moves them back."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecs_ip.errors import ApiError
from ecs_ip.operator_role import told
from ecs_ip.queueing import batches

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_HIDDEN_SECONDS = 120
_MOST_READ = 10_000
_TEN = 10


@dataclass(frozen=True, slots=True)
class Way:
    """From a dead-letter queue to the queue that it serves, by logical id and by URL."""

    name: str
    target_name: str
    url: str
    target_url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter that was received."""

    body: str
    receipt: str
    sent_at: float


class LeftBehindError(ApiError):
    """Some dead letters could not be sent; they are still in the dead-letter queue."""


def ways(stack: str, cloudformation: "CloudFormationClient", sqs: "SQSClient") -> Iterator[Way]:
    """Return the queues of a stack that have a dead-letter queue."""
    with told(f"list the resources of the stack {stack}"):
        pages = list(cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack))
    names = {
        resource.get("PhysicalResourceId", ""): resource["LogicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::SQS::Queue"
    }
    with told("read the queues"):
        described = {
            url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            for url in names
        }
    urls = {attributes["QueueArn"]: url for url, attributes in described.items()}
    for target_url, attributes in described.items():
        if policy := attributes.get("RedrivePolicy"):
            url = urls[json.loads(policy)["deadLetterTargetArn"]]
            yield Way(names[url], names[target_url], url, target_url)


def waiting(sqs: "SQSClient", url: str) -> int:
    """Return roughly how many messages are in a queue."""
    with told("count the dead letters"):
        answer = sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def send_back(sqs: "SQSClient", way: Way) -> int:
    """Move what is in a dead-letter queue now; return how many letters that was.

    A letter is deleted after it is sent; sending it twice does no harm. A letter that fails again
    while this runs is newer, and is left for the next time.
    """
    begun = time.time()
    moved = 0
    with told(f"move the dead letters of {way.name}"):
        while letters := _older(sqs, way.url, begun):
            for batch in batches(letters):
                moved += _moved(sqs, way, batch)
    return moved


def _moved(sqs: "SQSClient", way: Way, letters: list[Letter]) -> int:
    sent = sqs.send_message_batch(
        QueueUrl=way.target_url,
        Entries=[
            {"Id": str(number), "MessageBody": letter.body} for number, letter in enumerate(letters)
        ],
    )
    done = sent.get("Successful", [])
    for result in done:
        sqs.delete_message(QueueUrl=way.url, ReceiptHandle=letters[int(result["Id"])].receipt)
    if failed := sent.get("Failed"):
        raise LeftBehindError(
            f"{way.target_name} refused {len(failed)} letters ({failed[0]['Code']}): "
            f"they are still in {way.name}"
        )
    return len(done)


def _older(sqs: "SQSClient", url: str, begun: float) -> list[Letter]:
    letters = list(map(_letter, _received(sqs, url)))
    older = [letter for letter in letters if letter.sent_at < begun]
    _show_again(sqs, url, [letter for letter in letters if letter.sent_at >= begun])
    return older


def letters_since(sqs: "SQSClient", url: str, begun: float) -> tuple[list[str], bool]:
    """Read the letters that came since then, and leave them; return whether these are all.

    Each is hidden from others for at most two minutes. Reading counts as a delivery, which only
    matters for queues that have a dead-letter queue themselves.
    """
    read: list[Letter] = []
    deadline = time.monotonic() + _HIDDEN_SECONDS / 2
    whole = True
    with told("read the dead letters"):
        while messages := _received(sqs, url):
            read += map(_letter, messages)
            if len(read) >= _MOST_READ or time.monotonic() > deadline:
                whole = False
                break
        _show_again(sqs, url, read)
    return [letter.body for letter in read if letter.sent_at >= begun], whole


def _received(sqs: "SQSClient", url: str) -> "list[MessageTypeDef]":
    return sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_TEN,
        VisibilityTimeout=_HIDDEN_SECONDS,
        MessageSystemAttributeNames=["SentTimestamp"],
        WaitTimeSeconds=1,
    ).get("Messages", [])


def _letter(message: "MessageTypeDef") -> Letter:
    sent_at = int(message["Attributes"]["SentTimestamp"]) / 1000
    return Letter(message["Body"], message["ReceiptHandle"], sent_at)


def _show_again(sqs: "SQSClient", url: str, letters: list[Letter]) -> None:
    for begin in range(0, len(letters), _TEN):
        entries: list[Any] = [
            {"Id": str(number), "ReceiptHandle": letter.receipt, "VisibilityTimeout": 0}
            for number, letter in enumerate(letters[begin : begin + _TEN])
        ]
        sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)

"""`make redrive`: dead letters of a deployed stack, sent back to the queues that they failed in.

The stack's queues take messages by hand from its operator role alone, so that role is assumed.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_STACK = "ecs-ip-inventory"
_HIDDEN_SECONDS = 120


class LeftBehindError(Exception):
    """Some dead letters could not be sent; they are still where they were."""


class NoOperatorRoleError(Exception):
    """The stack has no output that names its operator role."""


@dataclass(frozen=True, slots=True)
class Way:
    """From a dead-letter queue to the queue that it serves, by logical id and by URL."""

    name: str
    target_name: str
    url: str
    target_url: str


def main(arguments: list[str] | None = None) -> int:
    """Send them all back; return the exit code."""
    options = _options(arguments)
    try:
        cloudformation = boto3.client("cloudformation")
        sqs = as_operator(operator_role(options.stack, cloudformation)).client("sqs")
        for way in ways(options.stack, cloudformation, sqs):
            print(f"{way.name} → {way.target_name}: ", end="", flush=True)
            if options.dry_run:
                print(f"{_waiting(sqs, way.url)} wait")
            else:
                print(f"{send_back(sqs, way)} sent back", flush=True)
    except (BotoCoreError, ClientError, LeftBehindError, NoOperatorRoleError) as error:
        print(f"make redrive: {error}", file=sys.stderr)
        return 1
    return 0


def operator_role(stack: str, cloudformation: "CloudFormationClient") -> str:
    """Return the ARN of the role that may put messages on the queues of a stack."""
    [described] = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    for output in described.get("Outputs", []):
        if output["OutputKey"] == "OperatorRoleArn":
            return output["OutputValue"]
    raise NoOperatorRoleError(f"stack {stack} has no output OperatorRoleArn: update it first")


def as_operator(role_arn: str) -> boto3.Session:
    """Assume the operator role, for an hour."""
    made = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="redrive")
    key = made["Credentials"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])


def ways(stack: str, cloudformation: "CloudFormationClient", sqs: "SQSClient") -> Iterator[Way]:
    """Find the queues of a stack that have a dead-letter queue."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    names = {
        resource["PhysicalResourceId"]: resource["LogicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::SQS::Queue"
    }
    described = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for url in names
    }
    urls = {attributes["QueueArn"]: url for url, attributes in described.items()}
    for target_url, attributes in described.items():
        if "RedrivePolicy" in attributes:
            url = urls[json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]]
            yield Way(names[url], names[target_url], url, target_url)


def send_back(sqs: "SQSClient", way: Way) -> int:
    """Move what lies in a dead-letter queue now; return how many letters that was.

    A letter is deleted once it was sent: one that is moved twice is harmless. One that fails again
    at once, while this runs, comes back younger, and is left for the next time.
    """
    begun = time.time()
    moved = 0
    while letters := _older(sqs, way.url, begun):
        sent = sqs.send_message_batch(
            QueueUrl=way.target_url,
            Entries=[
                {"Id": str(number), "MessageBody": letter["Body"]}
                for number, letter in enumerate(letters)
            ],
        )
        for result in sent.get("Successful", ()):
            letter = letters[int(result["Id"])]
            sqs.delete_message(QueueUrl=way.url, ReceiptHandle=letter["ReceiptHandle"])
            moved += 1
        if sent.get("Failed"):
            raise LeftBehindError(f"{way.target_name} refused: {sent['Failed'][0]['Code']}")
    return moved


def _older(sqs: "SQSClient", url: str, begun: float) -> "list[MessageTypeDef]":
    letters = sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=_HIDDEN_SECONDS,
        MessageSystemAttributeNames=["SentTimestamp"],
        WaitTimeSeconds=1,
    ).get("Messages", [])
    older = [letter for letter in letters if _sent_at(letter) < begun]
    for letter in letters:
        if letter not in older:
            sqs.change_message_visibility(
                QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"], VisibilityTimeout=0
            )
    return older


def _sent_at(letter: "MessageTypeDef") -> float:
    return int(letter["Attributes"]["SentTimestamp"]) / 1000


def _waiting(sqs: "SQSClient", url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return answer["Attributes"]["ApproximateNumberOfMessages"]


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m operations.redrive",
        description="Send the dead letters of a deployed stack back, once their cause is mended.",
    )
    parser.add_argument(
        "--stack",
        default=os.environ.get("STACK") or _STACK,
        help=f"name of the stack (default: $STACK, else {_STACK})",
    )
    parser.add_argument("--dry-run", action="store_true", help="only say how many wait")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

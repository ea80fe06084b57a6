"""Sends the dead letters of the deployed stack back, as a person would."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.stack import NAME, Stack
from tests.e2e.command import ecs_ip, of_stack


def redrive(stack: Stack, *arguments: str) -> dict[tuple[str, str], int]:
    """Run `ecs-ip redrive`; return how many letters, by the queues from and to."""
    done = ecs_ip(of_stack(stack), "redrive", *arguments, "-o", "json")
    assert done.code == 0, done.err
    count = "waiting" if "--dry-run" in arguments else "sentBack"
    return {(row["from"], row["to"]): row[count] for row in done.json()}


def queue_url(stack: Stack, logical_id: str) -> str:
    """Find a queue of the stack."""
    resource = stack.aws.cloudformation.describe_stack_resource(
        StackName=NAME, LogicalResourceId=logical_id
    )
    return resource["StackResourceDetail"]["PhysicalResourceId"]


@contextmanager
def open_to_all(stack: Stack, url: str) -> Iterator[None]:
    """Take the policy off a queue for a while, so that a test can send what only the stack may."""
    attributes = stack.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    policy = attributes["Attributes"]["Policy"]
    stack.aws.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    try:
        yield
    finally:
        stack.aws.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})

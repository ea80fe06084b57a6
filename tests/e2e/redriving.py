"""Owns running `make redrive` on the deployed stack, as a person would."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack import NAME, Stack

_PROJECT = Path(__file__).parents[2]


def redrive(stack: Stack, *arguments: str) -> list[str]:
    """Run the command behind `make redrive`; answers what it printed, by line."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    result = subprocess.run(
        [sys.executable, "-m", "operations.redrive", "--stack", NAME, *arguments],
        cwd=_PROJECT,
        env={**own, **stack.aws.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


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

"""Owns running `make redrive` on the deployed stack, as a person would."""

import os
import subprocess
import sys
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

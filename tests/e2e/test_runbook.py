"""The runbook's commands that only look, on the deployed stack; and what they are to find there."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jmespath  # type: ignore[import-untyped]  # has no types
import pytest

from local.embedded import CLIENT
from local.events import replay, take_dead_letters
from local.stack import NAME, Stack
from tests.support.changes import life
from tests.support.runbook import Command, commands, members

LOOKS = ("describe-", "list-", "get-", "receive-", "tail")
NOT_THERE = {"describe-change-set"}
"""Of what commands before it have made."""


@pytest.fixture(scope="module")
def named(stack: Stack) -> Callable[[str], str]:
    """Look resources up as the page's own function does."""

    def of_stack(logical_id: str) -> str:
        if not logical_id.isalnum():
            return logical_id
        described = stack.aws.cloudformation.describe_stack_resource(
            StackName=NAME, LogicalResourceId=logical_id
        )
        return str(described["StackResourceDetail"]["PhysicalResourceId"])

    return of_stack


def looking(resolved: Callable[[str], str] = str) -> list[Command]:
    """Return the commands that change nothing and need nothing that a person would put in."""
    return [
        command
        for command in commands(resolved)
        if command.operation.startswith(LOOKS) and command.operation not in NOT_THERE
        if "$" not in command.text.partition("--filter-pattern")[0].partition("--query")[0]
    ]


def run(stack: Stack, command: Command) -> Any:
    """Call what a command calls, and pick what it picks."""
    make: Callable[..., Any] = stack.aws.session.client  # its many types are of literal names
    client = make(command.service, endpoint_url=stack.aws.endpoint, config=CLIENT)
    if str(command) == "logs tail":
        group = command.text.split()[3]
        found = client.filter_log_events(
            logGroupName=group.strip('"'), startTime=int(time.time() - 1800) * 1000
        )
        return [event["message"] for event in found["events"]]
    taken = members(command)
    request: dict[str, Any] = {}
    for option, values in command.options.items():
        if option in taken:
            name, shape = taken[option]
            request[name] = values if shape.type_name == "list" else values[0]
            if shape.type_name == "integer":
                request[name] = int(values[0])
    answer = getattr(client, command.operation.replace("-", "_"))(**request)
    query = command.options.get("query")
    return jmespath.search(query[0], answer) if query else answer


@pytest.mark.parametrize(
    "at", [pytest.param(at, id=f"{at} {it}") for at, it in enumerate(looking())]
)
def test_a_command_that_looks_is_answered(
    stack: Stack, named: Callable[[str], str], at: int
) -> None:
    run(stack, looking(named)[at])


@pytest.fixture
def dead_letter(stack: Stack) -> Iterator[None]:
    """Have one message that is no event come to rest."""
    replay(stack, ["no event of a task"])
    yield
    take_dead_letters(stack)


@pytest.mark.usefixtures("dead_letter")
def test_dead_letters_are_shown_with_what_it_takes_to_delete_one(
    stack: Stack, named: Callable[[str], str]
) -> None:
    [first, *_] = [it for it in looking(named) if it.operation == "receive-message"]
    [[body, attributes, handle]] = run(stack, first)
    assert body == "no event of a task"
    assert attributes["reason"]["StringValue"] == "the message is not JSON"
    queue = named("IngestDeadLetterQueue")
    stack.aws.sqs.delete_message(QueueUrl=queue, ReceiptHandle=handle)
    assert take_dead_letters(stack) == []


@pytest.mark.usefixtures("dead_letter")
def test_metrics_of_ingest_are_told_as_its_alarm_reads_them(
    stack: Stack, named: Callable[[str], str]
) -> None:
    replay(stack, [json.dumps(life("t1", "10.8.0.1", "of-the-runbook")[1])])
    told = of_log(stack, "ingest")
    assert told
    for line in told:
        [directive] = line["_aws"]["CloudWatchMetrics"]
        assert [sorted(it) for it in directive["Dimensions"]] == [["FunctionName", "service"]]
        assert line["FunctionName"] == named("IngestFunction")


def of_log(stack: Stack, function: str) -> list[Any]:
    """Read the metrics that a function has written to its log group."""
    client = stack.aws.session.client("logs", endpoint_url=stack.aws.endpoint, config=CLIENT)
    group = f"/aws/lambda/{NAME}-{function}"
    events = client.filter_log_events(logGroupName=group, startTime=int(time.time() - 600) * 1000)
    return [json.loads(it["message"]) for it in events["events"] if '"_aws"' in it["message"]]

"""`ecs-ip replay`, with AWS imitated in this process."""

import json
import time
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from conftest import Run
from ecs_ip import dead_letters
from ecs_ip.invocation import Invocation
from ecs_ip.operator_role import stack_of
from ecs_ip.options import Options
from ecs_ip.queueing import Backlog
from ecs_ip.stack import Stack
from fake_stack import NAME, drained, event, output

pytestmark = pytest.mark.usefixtures("stack")


@pytest.mark.usefixtures("consumed")
def test_recorded_events_are_put_on_the_queue_without_their_secrets(
    run: Run, sqs: Any, tmp_path: Path
) -> None:
    file = tmp_path / "events.json"
    file.write_text("\n".join(json.dumps(event(number)) for number in range(25)))
    result = run("replay", str(file), "--rate", "10000")
    assert result.code == 0, result.err
    assert json.loads(result.out)["sent"] == 25
    bodies = drained(sqs)
    assert sorted(body["detail"]["version"] for body in bodies) == list(range(25))
    assert "s3cret" not in json.dumps(bodies)
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.usefixtures("consumed")
def test_the_summary_says_what_became_of_every_line(run: Run, sqs: Any, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    kept = [event(1), event(2, timedelta(days=59))]
    left = [
        event(3, timedelta(days=61)),
        event(4) | {"detail-type": "ECS Deployment State Change"},
        event(5) | {"source": "elsewhere"},
    ]
    file.write_text("\n".join([*map(json.dumps, kept + left), "nonsense", '{"a": 1}']))
    result = run("replay", str(file))
    summary = json.loads(result.out)
    assert result.code == 6
    assert (summary["sent"], summary["olderThanRetention"], summary["notTaskEvents"]) == (2, 1, 2)
    assert [(one["file"], one["line"]) for one in summary["unreadableLines"]] == [
        (str(file), 6),
        (str(file), 7),
    ]
    assert f"{file}, line 6: this is not JSON: 'nonsense'" in result.err
    assert len(drained(sqs)) == 2


@pytest.mark.usefixtures("consumed")
def test_dead_letters_that_came_of_it_are_counted_and_left(
    run: Run, sqs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = output("IngestDeadLetterQueueUrl")
    sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(event(7)))
    time.sleep(0.01)
    file = tmp_path / "events.json"
    file.write_text("\n".join(json.dumps(event(number)) for number in range(12)))
    original = Backlog.wait

    def wait(self: Backlog, *arguments: Any) -> int:
        for body in (event(3), event(4), event(99)):
            sqs.send_message(QueueUrl=dead, MessageBody=json.dumps(body, indent=1))
        sqs.send_message(QueueUrl=dead, MessageBody="not JSON")
        return original(self, *arguments)

    monkeypatch.setattr(Backlog, "wait", wait)
    result = run("replay", str(file))
    assert (result.code, json.loads(result.out)["deadLetters"]) == (6, 2)
    assert dead_letters.waiting(sqs, dead) == 5


@pytest.mark.usefixtures("consumed")
def test_a_log_group_is_read(run: Run, sqs: Any) -> None:
    logs = boto3.client("logs")
    logs.create_log_group(logGroupName="/ecs/events")
    logs.create_log_stream(logGroupName="/ecs/events", logStreamName="s")
    at = int(time.time() * 1000)
    messages = [json.dumps(event(1)), "hello", json.dumps(event(2))]
    logs.put_log_events(
        logGroupName="/ecs/events",
        logStreamName="s",
        logEvents=[
            {"timestamp": at - 5000 + number, "message": text}
            for number, text in enumerate(messages)
        ],
    )
    result = run("replay", "--log-group", "/ecs/events", "--from", "1h ago")
    assert json.loads(result.out)["sent"] == 2
    assert "/ecs/events, line 2: this message is not JSON: 'hello'" in result.err
    assert len(drained(sqs)) == 2
    later = run("replay", "--log-group", "/ecs/events", "--from", "2s ago")
    assert json.loads(later.out)["sent"] == 0
    assert "read in" not in later.err


def test_a_queue_that_does_not_empty_is_told(
    run: Run, sqs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.json"
    file.write_text("\n".join(json.dumps(event(number)) for number in range(3)))
    sqs.send_message(QueueUrl=output("IngestQueueUrl"), MessageBody="of somebody else")
    original = Backlog.wait
    monkeypatch.setattr(Backlog, "wait", lambda self, show: original(self, show, 0.05))
    result = run("replay", str(file))
    assert (result.code, json.loads(result.out)["stillQueued"]) == (6, 4)


def waited(monkeypatch: pytest.MonkeyPatch, counts: list[int]) -> tuple[int, list[int]]:
    """Wait on a queue that is counted so, a second apart; return what is left and the counts."""
    clock, shown = count(), list[int]()
    numbers = iter(counts)
    monkeypatch.setattr(Backlog, "count", lambda _: next(numbers))
    monkeypatch.setattr("ecs_ip.queueing.time.monotonic", lambda: float(next(clock)))
    return Backlog(None, "url", lambda _: None).wait(shown.append, 9), shown  # type: ignore[arg-type]


def test_it_is_waited_until_the_queue_is_empty_whatever_was_on_it_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = [500, 300, 0, 1, 0, 0, 0]
    assert waited(monkeypatch, counts) == (0, counts)


def test_a_queue_with_other_traffic_is_waited_for_as_long_as_it_gets_emptier(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    left, shown = waited(monkeypatch, [900, 500, *([3, 2, 4] * 50)])
    assert left in {2, 3, 4}
    assert 5 < len(shown) < 20


@pytest.mark.parametrize(
    "arguments, said",
    [
        ((), "name FILEs, or a --log-group"),
        (("x", "--log-group", "y"), "name FILEs, or a --log-group"),
        (("x", "--from", "03:00"), "--from and --to are for a --log-group"),
        (("--url", "http://127.0.0.1:1", "x"), "an API alone has no queue"),
        (("--stack", "other", "--log-group", "x"), "there is no stack other"),
        (("-", "--resume"), "standard input cannot be resumed"),
        (("/nowhere",), "/nowhere: there is no such file"),
    ],
)
def test_what_cannot_be_meant_is_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    result = run("replay", *arguments)
    assert result.code in {2, 5}
    assert said in result.err
    assert result.err.count("\n") == 1


@pytest.mark.parametrize("command", ["replay", "redrive"])
@pytest.mark.usefixtures("consumed")
def test_who_has_named_an_api_alone_does_not_mean_the_default_stack(
    run: Run, sqs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps(event(1)))
    arguments = [command, *([str(file)] if command == "replay" else [])]
    monkeypatch.setenv("ECS_IP_URL", "http://127.0.0.1:8080")
    refused = run(*arguments)
    assert (refused.code, refused.out, refused.err.count("\n")) == (2, "", 1)
    assert "ECS_IP_URL names an API, and an API alone has no queue" in refused.err
    assert drained(sqs) == []
    assert run(*arguments, "--stack", NAME).code == 0
    monkeypatch.setenv("ECS_IP_STACK", NAME)
    assert run(*arguments).code == 0
    monkeypatch.delenv("ECS_IP_STACK")
    monkeypatch.setattr("ecs_ip.stack.Stack.endpoint", None)
    assert run(*arguments).code == 2
    monkeypatch.setattr("ecs_ip.stack.Stack.endpoint", "http://127.0.0.1:4566")
    assert invoked_stack(*arguments).endpoint == "http://127.0.0.1:4566"


def invoked_stack(*_: str) -> Stack:
    return stack_of(Invocation(Options()))


def test_a_role_that_may_not_be_assumed_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        error: Any = {"Error": {"Code": "AccessDenied", "Message": "no sts:AssumeRole for you"}}
        raise ClientError(error, "AssumeRole")

    monkeypatch.setattr("ecs_ip.operator_role._assumed", refuse)
    file = tmp_path / "events.json"
    file.write_text(json.dumps(event(1)))
    result = run("replay", str(file))
    assert (result.code, result.err.count("\n")) == (5, 1)
    assert "not able to act as arn:aws:iam" in result.err
    assert "sts:AssumeRole" in result.err

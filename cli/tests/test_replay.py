"""`ecs-ip replay`, with AWS imitated in this process."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from conftest import Run
from ecs_ip import dead_letters
from ecs_ip.queueing import Backlog, Sender
from ecs_ip.replaying import Message
from fake_stack import output

pytestmark = pytest.mark.usefixtures("stack")

NOW = datetime.now(UTC)


def event(number: int, age: timedelta = timedelta(0)) -> dict[str, Any]:
    return {
        "version": "0",
        "id": f"event-{number}",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "time": (NOW - age).isoformat(timespec="seconds"),
        "detail": {
            "taskArn": f"arn:aws:ecs:eu-west-1:1:task/shop/{number}",
            "version": number,
            "overrides": {"containerOverrides": [{"environment": [{"value": "s3cret"}]}]},
        },
    }


def drained(sqs: Any, name: str = "IngestQueueUrl") -> list[dict[str, Any]]:
    """Take all messages off a queue."""
    url, bodies = output(name), []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


@pytest.fixture
def consumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the queue look as if the ingest function had taken everything."""
    monkeypatch.setattr(Backlog, "count", lambda _: 0)


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
def test_what_broke_off_is_continued_and_only_its_last_batch_is_sent_twice(
    run: Run, sqs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.json"
    lines = [json.dumps(event(number)) for number in range(95)]
    lines.insert(5, "nonsense")
    file.write_text("\n".join(lines))
    original, sends = Sender.send, []

    def send(self: Any, batch: list[Message]) -> Any:
        refused = original(self, batch)
        sends.append(len(batch))
        if len(sends) == 4:
            raise KeyboardInterrupt  # sent, and not written down
        return refused

    monkeypatch.setattr(Sender, "send", send)
    broken = run("replay", str(file), "--rate", "10000")
    assert broken.code == 130
    assert "--resume continues" in broken.err
    assert len(drained(sqs)) == 40
    result = run("replay", str(file), "--rate", "10000", "--resume")
    again = [body["detail"]["version"] for body in drained(sqs)]
    assert sorted(again) == list(range(30, 95))
    summary = json.loads(result.out)
    assert (summary["sent"], summary["unreadable"]) == (95, 1)
    assert "nonsense" not in result.err
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.usefixtures("consumed")
def test_only_the_same_replay_is_continued(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps(event(1)))
    (tmp_path / ".events.json.ecs-ip-replay").write_text('{"run": {}, "counts": {}}')
    result = run("replay", str(file), "--resume")
    assert result.code == 2
    assert "belongs to a replay of other files" in result.err


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


def test_a_queue_that_does_not_empty_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps(event(1)))
    original = Backlog.wait
    monkeypatch.setattr(Backlog, "wait", lambda self, show: original(self, show, 0.05))
    result = run("replay", str(file))
    assert (result.code, json.loads(result.out)["stillQueued"]) == (6, 1)


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

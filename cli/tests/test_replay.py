"""`ecs-ip replay` and `ecs-ip redrive`, with AWS imitated in this process."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from conftest import Run
from ecs_ip import dead_letters, queueing
from ecs_ip.dead_letters import LeftBehindError, Way, send_back
from ecs_ip.errors import ApiError
from ecs_ip.queueing import Backlog, Sender, batches
from ecs_ip.replaying import Message

NAME = "ecs-ip-inventory"
NOW = datetime.now(UTC)
ROLE = "arn:aws:iam::123456789012:role/operator"


class CloudFormation:
    """A stack with the ingest queue, as CloudFormation describes it."""

    def __init__(self, sqs: Any) -> None:
        self.urls: dict[str, str] = {}
        dead = sqs.create_queue(QueueName="IngestDeadLetterQueue")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
        policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 5})
        live = sqs.create_queue(QueueName="IngestQueue", Attributes={"RedrivePolicy": policy})
        self.urls = {"IngestDeadLetterQueue": dead, "IngestQueue": live["QueueUrl"]}

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - as boto3 has it
        if StackName != NAME:
            error: Any = {"Error": {"Code": "ValidationError", "Message": "does not exist"}}
            raise ClientError(error, "DescribeStacks")
        outputs = {f"{name}Url": url for name, url in self.urls.items()} | {"OperatorRoleArn": ROLE}
        return {
            "Stacks": [
                {
                    "Outputs": [
                        {"OutputKey": key, "OutputValue": value} for key, value in outputs.items()
                    ],
                    "Parameters": [{"ParameterKey": "RetentionDays", "ParameterValue": "60"}],
                }
            ]
        }

    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self, StackName: str) -> Any:  # noqa: N803 - as boto3 has it
        assert StackName == NAME
        resources = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": url,
                "ResourceType": "AWS::SQS::Queue",
            }
            for name, url in self.urls.items()
        ]
        other = {"LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table"}
        return [{"StackResourceSummaries": [other]}, {"StackResourceSummaries": resources}]


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudFormation]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(queueing, "_SECONDS_BETWEEN_COUNTS", 0.0)
    monkeypatch.setattr(queueing, "_FIRST_PAUSE", 0.001)
    with mock_aws():
        made = CloudFormation(boto3.client("sqs"))
        client = boto3.Session.client

        def choose(self: boto3.Session, service: Any, **options: Any) -> Any:
            return made if service == "cloudformation" else client(self, service, **options)

        monkeypatch.setattr(boto3.Session, "client", choose)
        yield made


@pytest.fixture
def sqs() -> Any:
    return boto3.client("sqs")


def output(name: str) -> str:
    url: str = boto3.client("sqs").get_queue_url(QueueName=name.removesuffix("Url"))["QueueUrl"]
    return url


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


def message(body: str) -> Message:
    return Message(body, 0, "file", 1)


def test_a_batch_has_ten_messages_and_256_kib_at_most() -> None:
    sizes = [1] * 12 + [200_000, 100_000, 100_000, 300_000, 5]
    found = [len(batch) for batch in batches(message("x" * size) for size in sizes)]
    assert found == [10, 3, 2, 1, 1]


class FlakyQueue:
    """A queue that takes some messages only at the second try, and one never."""

    def __init__(self, *failures: list[dict[str, Any]]) -> None:
        self.failures = list(failures)
        self.sent: list[str] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> Any:  # noqa: ARG002, N803 - as boto3 has it
        failed = self.failures.pop(0) if self.failures else []
        numbers = {one["Id"] for one in failed}
        self.sent += [one["MessageBody"] for one in Entries if one["Id"] not in numbers]
        return {"Failed": failed}


def test_what_a_batch_leaves_out_is_tried_again() -> None:
    later = {"Id": "1", "Code": "Throttled", "SenderFault": False}
    never = {"Id": "2", "Code": "InvalidMessageContents", "SenderFault": True}
    queue = FlakyQueue([later, never], [{**later, "Id": "0"}])
    sender: Sender[Message] = Sender(queue, "url", 1000, lambda _: None)  # type: ignore[arg-type]
    refused = sender.send([message(text) for text in "abcd"])
    assert queue.sent == ["a", "d", "b"]
    assert [(one.body, why) for one, why in refused] == [("c", "InvalidMessageContents: ")]


def test_a_queue_that_takes_nothing_is_given_up() -> None:
    later = {"Id": "0", "Code": "Throttled", "SenderFault": False}
    sender: Sender[Message] = Sender(FlakyQueue(*[[later]] * 99), "url", 1000, lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(ApiError, match="does not take 1 messages"):
        sender.send([message("a")])


def test_the_rate_is_kept() -> None:
    slept: list[float] = []
    sender: Sender[Message] = Sender(FlakyQueue(), "url", 100, slept.append)  # type: ignore[arg-type]
    for _ in range(5):
        sender.send([message("a")] * 10)
    assert sum(slept[-1:]) == pytest.approx(0.4, abs=0.05)


@pytest.fixture
def way(sqs: Any) -> Way:
    dead, alive = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "alive"))
    return Way("Dead", "Alive", dead, alive)


def put(sqs: Any, url: str, *bodies: str) -> None:
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body)
    time.sleep(0.01)


def left(sqs: Any, url: str) -> list[str]:
    found: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [one["Body"] for one in messages]
    return sorted(found)


def test_every_letter_is_moved_whole(sqs: Any, way: Way) -> None:
    bodies = [f"letter {number:02} é" for number in range(25)]
    put(sqs, way.url, *bodies)
    assert send_back(sqs, way) == 25
    assert left(sqs, way.url) == []
    assert left(sqs, way.target_url) == bodies


def test_a_letter_that_comes_while_it_runs_is_left_for_the_next_time(
    sqs: Any, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sqs, way.url, "old")
    begun = time.time()
    put(sqs, way.url, "new")
    monkeypatch.setattr("ecs_ip.dead_letters.time.time", lambda: begun)
    assert send_back(sqs, way) == 1
    assert left(sqs, way.target_url) == ["old"]
    assert left(sqs, way.url) == ["new"]


def test_what_the_queue_refuses_stays_where_it_was(
    sqs: Any, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(sqs, way.url, "one", "two", "three")
    send = sqs.send_message_batch

    def refuse_the_first(**request: Any) -> Any:
        first, *others = request["Entries"]
        sent = send(QueueUrl=request["QueueUrl"], Entries=others)
        return {**sent, "Failed": [{"Id": first["Id"], "Code": "Unavailable"}]}

    monkeypatch.setattr(sqs, "send_message_batch", refuse_the_first)
    with pytest.raises(LeftBehindError, match="Alive refused 1 letters"):
        send_back(sqs, way)
    assert len(left(sqs, way.target_url)) == 2


def test_redrive_finds_the_queues_of_the_stack(run: Run, sqs: Any) -> None:
    put(sqs, output("IngestDeadLetterQueueUrl"), "a", "b")
    ways = {"from": "IngestDeadLetterQueue", "to": "IngestQueue"}
    assert json.loads(run("redrive", "--dry-run").out) == [{**ways, "waiting": 2}]
    assert json.loads(run("redrive").out) == [{**ways, "sentBack": 2}]
    assert json.loads(run("redrive", "--dry-run").out) == [{**ways, "waiting": 0}]
    assert left(sqs, output("IngestQueueUrl")) == ["a", "b"]

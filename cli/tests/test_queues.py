"""Messages on queues, and `ecs-ip redrive`, with AWS imitated in this process."""

import json
import time
from typing import Any

import pytest

from conftest import Run
from ecs_ip.dead_letters import LeftBehindError, Way, send_back
from ecs_ip.errors import ApiError
from ecs_ip.queueing import Sender, batches
from ecs_ip.replaying import Message
from fake_stack import output

pytestmark = pytest.mark.usefixtures("stack")


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

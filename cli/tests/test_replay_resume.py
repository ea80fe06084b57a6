"""`ecs-ip replay --resume`: what broke off is continued, and nothing else is."""

import io
import json
import sys
import time
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import boto3
import pytest

from conftest import Result, Run
from ecs_ip.queueing import Backlog, Sender
from ecs_ip.replaying import Message
from fake_stack import CloudFormation, drained, event, output

pytestmark = pytest.mark.usefixtures("stack")


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
@pytest.mark.parametrize("batches_sent", [1, 2, 3])
def test_what_was_left_out_is_counted_once_however_often_it_broke_off(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batches_sent: int
) -> None:
    file = tmp_path / "events.json"
    lines = []
    for number in range(40):
        old = event(number, timedelta(days=90))
        lines += [
            json.dumps(event(number)),
            "nonsense",
            json.dumps(old),
            json.dumps({**old, "source": "x"}),
        ]
    file.write_text("\n".join(lines))
    original, sends = Sender.send, []

    def send(self: Any, batch: list[Message]) -> Any:
        sends.append(len(batch))
        if len(sends) == batches_sent + 1:
            raise KeyboardInterrupt
        return original(self, batch)

    monkeypatch.setattr(Sender, "send", send)
    assert run("replay", str(file), "--rate", "10000").code == 130
    summary = json.loads(run("replay", str(file), "--rate", "10000", "--resume").out)
    names = ("sent", "olderThanRetention", "notTaskEvents", "unreadable")
    assert [summary[name] for name in names] == [40, 40, 40, 40]


def broken_off(run: Run, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """Run a replay that is interrupted after its first batch."""
    with monkeypatch.context() as patched:
        original, sends = Sender.send, []

        def send(self: Any, batch: list[Message]) -> Any:
            sends.append(len(batch))
            if len(sends) == 2:
                raise KeyboardInterrupt
            return original(self, batch)

        patched.setattr(Sender, "send", send)
        result = run("replay", *arguments, "--rate", "10000")
    assert result.code == 130
    return result


@pytest.mark.usefixtures("consumed")
def test_a_folder_with_another_file_is_another_replay(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "b.json").write_text("\n".join(json.dumps(event(number)) for number in range(25)))
    broken_off(run, monkeypatch, str(folder))
    (folder / "a.json").write_text(json.dumps(event(99)))
    refused = run("replay", str(folder), "--resume")
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "belongs to a replay of other files" in refused.err
    (folder / "a.json").unlink()
    assert json.loads(run("replay", str(folder), "--resume").out)["sent"] == 25


@pytest.mark.usefixtures("consumed")
def test_the_queue_of_another_region_is_another_replay(
    run: Run, stack: CloudFormation, sqs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.json"
    file.write_text("\n".join(json.dumps(event(number)) for number in range(25)))
    broken_off(run, monkeypatch, str(file))
    stack.urls["IngestQueue"] = sqs.create_queue(QueueName="elsewhere")["QueueUrl"]
    refused = run("replay", str(file), "--resume")
    assert refused.code == 2
    assert "of another stack" in refused.err


@pytest.mark.usefixtures("consumed")
def test_what_cannot_be_continued_is_not_promised_to_be(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(json.dumps(event(number)) for number in range(25)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    assert "--resume" not in broken_off(run, monkeypatch, "-").err
    file = tmp_path / "events.json"
    file.write_bytes(lines)
    assert "--resume continues" in broken_off(run, monkeypatch, str(file)).err


@pytest.mark.usefixtures("consumed")
def test_who_stops_waiting_can_go_on_waiting(
    run: Run, sqs: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    file = tmp_path / "events.json"
    file.write_text("\n".join(json.dumps(event(number)) for number in range(25)))
    with monkeypatch.context() as patched:
        patched.setattr(Backlog, "wait", interrupt)
        stopped = run("replay", str(file), "--rate", "10000")
    assert (stopped.code, len(drained(sqs))) == (130, 25)
    assert "--resume continues" in stopped.err
    assert json.loads(run("replay", str(file), "--resume").out)["sent"] == 25
    assert drained(sqs) == []


@pytest.mark.usefixtures("consumed")
def test_only_the_same_replay_is_continued(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "events.json"
    file.write_text(json.dumps(event(1)))
    (tmp_path / ".events.json.ecs-ip-replay").write_text('{"run": {}, "counts": {}}')
    result = run("replay", str(file), "--resume")
    assert result.code == 2
    assert "belongs to a replay of other files" in result.err


@pytest.mark.usefixtures("consumed")
def test_the_zone_of_a_log_groups_times_is_told_once_and_kept(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    boto3.client("logs").create_log_group(logGroupName="/ecs/events")
    times = ("--from", "2026-10-01 00:00", "--to", "2026-10-02 00:00")
    result = run("replay", "--log-group", "/ecs/events", *times)
    assert result.err == "ecs-ip: times without a zone are read in Europe/Berlin\n"
    said = {"queue": output("IngestQueueUrl"), "group": "/ecs/events"}
    kept = {"times": [times[1], times[3], "Europe/Berlin"], "files": [0, blake2b(b"").hexdigest()]}
    (tmp_path / ".ecs_events.ecs-ip-replay").write_text(
        json.dumps({"run": said | kept, "counts": {"begun": time.time()}})
    )
    arguments = ("replay", "--log-group", "/ecs/events", *times, "--resume")
    assert run(*arguments, "--zone", "Asia/Tokyo").code == 2
    assert run(*arguments).code == 0

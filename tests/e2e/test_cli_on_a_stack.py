"""What `ecs-ip` does with a stack: replay, the signing proxy, and the console."""

import json
import signal
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from core.text.instant import to_text
from local.stack import Stack
from tests.e2e.command import ecs_ip, of_stack, started
from tests.e2e.redriving import queue_url
from tests.support.changes import life


def test_a_recorded_past_is_replayed_and_summed_up(stack: Stack, tmp_path: Path) -> None:
    events = [
        event
        for number in range(7)
        for event in life(f"r{number}", f"10.66.0.{number}", "replayed")
    ]
    other = {**events[0], "detail-type": "ECS Deployment State Change"}
    lines = [json.dumps(event) for event in [*events, other]]
    (tmp_path / "kept.jsonl").write_text("\n".join([*lines, "no JSON"]))
    done = ecs_ip(of_stack(stack), "replay", str(tmp_path))
    summary = done.json()
    assert done.code == 6
    assert summary["sent"] == len(events)
    assert (summary["notTaskEvents"], summary["deadLetters"]) == (1, 0)
    assert summary["olderThanRetention"] == 0
    [bad] = summary["unreadableLines"]
    assert (bad["file"], bad["line"]) == (str(tmp_path / "kept.jsonl"), len(lines) + 1)
    at = to_text(_instant(events[1]))
    shown = ecs_ip(of_stack(stack), "tasks", "--cluster", "replayed", "--at", at).json()["items"]
    assert sorted(task["taskId"] for task in shown) == [f"r{number}" for number in range(7)]


def _instant(event: dict[str, Any]) -> int:
    return int(datetime.fromisoformat(event["time"]).timestamp() * 1000)


def test_dead_letters_that_come_of_a_replay_are_counted(stack: Stack, tmp_path: Path) -> None:
    event = life("broken", "10.66.1.1", "replayed")[1]
    event["detail"].pop("taskArn")
    (tmp_path / "broken.json").write_text(json.dumps(event))
    done = ecs_ip(of_stack(stack), "replay", str(tmp_path / "broken.json"))
    assert (done.code, done.json()["deadLetters"]) == (6, 1)
    stack.aws.sqs.purge_queue(QueueUrl=queue_url(stack, "IngestDeadLetterQueue"))


def test_the_proxy_signs_what_cannot_sign_itself_and_serves_the_console(stack: Stack) -> None:
    with started(of_stack(stack), "proxy", "--port", "0") as process:
        assert process.stderr
        url = process.stderr.readline().split()[1]
        with urlopen(f"{url}/-/healthy") as answer:
            assert answer.read() == b"Healthy.\n"
        with urlopen(f"{url}/status") as answer:
            assert json.load(answer).keys() == stack.api.get("/status").json().keys()
        page = Request(f"{url}/", headers={"Accept": "text/html"})
        with urlopen(page) as answer:
            assert answer.url == f"{url}/console/"
            assert b"<!doctype html>" in answer.read().lower()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_the_console_is_served_on_a_port_of_its_own(stack: Stack) -> None:
    with started(of_stack(stack), "console", "--no-open") as process:
        assert process.stderr
        page = process.stderr.readline().split()[1]
        with urlopen(page) as answer:
            assert "require-trusted-types-for" in answer.headers["Content-Security-Policy"]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0

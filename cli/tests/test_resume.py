"""`--resume`: a run that was killed and continued leaves what one run does, byte by byte."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from bulk_api import BulkApi
from conftest import Run
from ecs_ip import bulk_run

AT = 1_795_514_400  # 2026-11-24T10:00:00Z
SOURCES = str(Path(__file__).parents[1] / "src")


@pytest.fixture
def bulk_api() -> Iterator[BulkApi]:
    with BulkApi() as api:
        for number in range(0, 4000, 3):
            api.holds(address(number), AT - 3600, AT + 7200, number)
        yield api


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


def address(number: int) -> str:
    return f"10.31.{number // 250}.{number % 250}"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Write a log of 6,000 lines, 4,000 addresses and two hours."""
    chance = random.Random(7)  # noqa: S311 - the same log every time
    file = tmp_path / "flow.log"
    lines = []
    for number in range(6_000):
        source, target = chance.randrange(4000), chance.randrange(4000)
        start = AT + number // 3
        lines.append(
            f"2 111122223333 eni-{source:017x} {address(source)} {address(target)} 1 2 6 1 1 "
            f"{start} {start + 50} ACCEPT OK\n"
        )
    lines[2500] = "broken\n"
    file.write_text("".join(lines))
    return file


def command(bulk_api: BulkApi, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "ecs_ip", "--url", bulk_api.url, *arguments]


def killed_after(seconds: float, command_: list[str], log: Path) -> bool:
    """Run a command, kill it when it has been at work so long; return whether it was unfinished.

    The file beside the input tells: it is there from the beginning of the work to its end.
    """
    beside = log.with_name(f".{log.name}.ecs-ip-enrich")
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    with subprocess.Popen(command_, env=environment, stderr=subprocess.DEVNULL) as process:
        while not beside.exists() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    return beside.exists()


@pytest.mark.parametrize("written_as", ["csv", "json"])
def test_a_run_that_is_killed_again_and_again_ends_as_if_it_never_was(
    ask: Run, bulk_api: BulkApi, log: Path, tmp_path: Path, written_as: str
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert ask("enrich", str(log), "-o", written_as, "--out", str(whole)).code == 6
    once = dict(bulk_api.asked)
    bulk_api.asked.clear()
    bulk_api.pause = 0.15
    arguments = ("enrich", str(log), "-o", written_as, "--out", str(broken), "--resume")
    chance = random.Random(written_as)  # noqa: S311 - the same moments every time
    kills = 0
    while kills < 3 and killed_after(chance.random(), command(bulk_api, *arguments), log):
        kills += 1
    bulk_api.pause = 0
    if kills == 3:
        assert ask(*arguments).code == 6
    assert kills > 0
    assert broken.read_bytes() == whole.read_bytes()
    # A request that was under way when the process died was answered to nobody.
    repeated = sum(bulk_api.asked.values()) - len(bulk_api.asked)
    assert repeated <= kills * 8 * 100
    assert set(bulk_api.asked) == set(once)


def test_answers_that_arrived_are_never_asked_for_again(
    ask: Run, bulk_api: BulkApi, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "BATCH", 2000)
    arguments = ("enrich", str(log), "-o", "csv", "--out", str(tmp_path / "out.csv"))
    bulk_api.refused = [0] * 30 + [400]
    failed = ask(*arguments)
    assert failed.code == 5
    assert "--resume continues" in failed.err
    answered = dict(bulk_api.asked)
    assert answered
    assert ask(*arguments, "--resume").code == 6
    assert {question: bulk_api.asked[question] for question in answered} == answered
    assert list(tmp_path.glob(".*")) == []


def test_only_the_same_run_is_continued(ask: Run, bulk_api: BulkApi, log: Path) -> None:
    bulk_api.refused = [0, 0, 400]
    assert ask("enrich", str(log), "-o", "csv").code == 5
    other = ask("enrich", str(log), "-o", "json", "--resume")
    assert (other.code, other.out) == (2, "")
    assert "belongs to a run with other files, options or zone" in other.err


def test_a_file_that_two_runs_would_write_is_used_by_one(ask: Run, log: Path) -> None:
    beside = log.with_name(".flow.log.ecs-ip-enrich")
    with sqlite3.connect(beside) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("CREATE TABLE run (a)")
        result = ask("enrich", str(log), "--resume")
    holder.close()
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "in use" in result.err


def test_a_damaged_file_is_told(ask: Run, log: Path) -> None:
    log.with_name(".flow.log.ecs-ip-enrich").write_bytes(b"x" * 5000)
    result = ask("enrich", str(log), "--resume")
    assert result.code == 2
    assert "damaged" in result.err


def test_an_output_that_is_shorter_than_it_was_is_not_continued(
    ask: Run, bulk_api: BulkApi, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "BATCH", 1000)
    out = tmp_path / "out.csv"
    bulk_api.refused = [0] * 35 + [400]
    assert ask("enrich", str(log), "--out", str(out)).code == 5
    assert out.stat().st_size > 0
    out.write_text("")
    result = ask("enrich", str(log), "--out", str(out), "--resume")
    assert result.code == 2
    assert "shorter" in result.err


def test_standard_input_cannot_be_resumed(ask: Run) -> None:
    result = ask("enrich", "-", "--resume")
    assert result.code == 2
    assert "standard input cannot be resumed" in result.err


def questions(tmp_path: Path, *lines: str) -> Path:
    """Write a file of more questions than one request can carry."""
    file = tmp_path / "questions.txt"
    every = [f"{address(number)},{AT}" for number in range(900)]
    file.write_text("\n".join([*every, *lines]) + "\n")
    return file


def test_a_file_of_questions_is_continued_where_it_broke_off(
    ask: Run, bulk_api: BulkApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "BATCH", 300)
    file = questions(tmp_path, "nonsense")
    whole, out = tmp_path / "whole.csv", tmp_path / "out.csv"
    assert ask("who", "-f", str(file), "--out", str(whole)).code == 6
    bulk_api.asked.clear()
    bulk_api.refused = [0] * 6 + [400]
    failed = ask("who", "-f", str(file), "--out", str(out))
    assert failed.code == 5
    assert "--resume continues" in failed.err
    answered = dict(bulk_api.asked)
    assert 0 < len(answered) < 900
    assert 0 < out.stat().st_size < whole.stat().st_size
    assert ask("who", "-f", str(file), "--out", str(out), "--resume").code == 6
    assert out.read_bytes() == whole.read_bytes()
    assert len(bulk_api.asked) == 900
    assert {question: bulk_api.asked[question] for question in answered} == answered
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("command", ["who", "enrich"])
def test_a_run_that_is_continued_means_the_times_that_it_meant_when_it_began(
    ask: Run, bulk_api: BulkApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def at(seconds: float) -> None:
        fixed = type(
            "Fixed", (datetime,), {"now": lambda zone: datetime.fromtimestamp(seconds, zone)}
        )
        for module in ("invocation", "remembering"):
            monkeypatch.setattr(f"ecs_ip.{module}.datetime", fixed)

    every = [f"{address(number)},{when}" for number in range(300) for when in ("10m ago", "03:12")]
    file = tmp_path / "table.csv"
    file.write_text("\n".join(["ip,at", *every]) + "\n")
    of_enrich = ("enrich", str(file), "--ip-field", "ip", "--time-field", "at")
    arguments = ("who", "-f", str(file)) if command == "who" else of_enrich
    at(AT)
    bulk_api.refused = [0, 400]
    assert ask(*arguments).code == 5
    at(AT + 7200)
    zone = ask(*arguments, "--resume", "--zone", "Asia/Tokyo")
    assert (zone.code, zone.out) == (2, "")
    assert "belongs to a run with other files, options or zone" in zone.err
    assert ask(*arguments, "--resume").code == 0
    instants = {
        json.loads(asked).get("at") or json.loads(asked)["from"] for asked in bulk_api.asked
    }
    assert instants == (
        {"2026-11-24T09:50:00.000Z", "2026-11-24T02:12:00.000Z"}
        if command == "who"
        else {"2026-11-24T09:00:00.000Z", "2026-11-24T02:00:00.000Z"}
    )


def test_a_full_disk_under_the_file_beside_the_input_is_one_line(
    ask: Run, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("ecs_ip.remembering.asdict", full)
    result = ask("enrich", str(log), "-o", "csv")
    assert (result.code, "disk is full" in result.err) == (5, True)

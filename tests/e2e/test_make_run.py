"""`make run` as a person has it: start it, wait for the map, ask with curl, press Ctrl-C."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

PROJECT = Path(__file__).parents[2]
READY_SECONDS = 100
ENDED_SECONDS = 15


@dataclass(frozen=True)
class Terminal:
    """A running `make run`, and what it has printed until it was ready."""

    process: subprocess.Popen[str]
    url: str
    screen: str

    def press_ctrl_c(self) -> str:
        """Interrupt all that runs in the foreground, as a terminal does; answers the last words."""
        os.killpg(self.process.pid, signal.SIGINT)
        last, _ = self.process.communicate(timeout=ENDED_SECONDS)
        return last

    def started(self) -> set[int]:
        """List the processes that run because of it."""
        table = subprocess.run(
            ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
        ).stdout
        pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
        found = {self.process.pid}
        while more := {pid for pid, parent in pairs if parent in found} - found:
            found |= more
        return found


@contextmanager
def make_run(folder: Path, *variables: str) -> Iterator[Terminal]:
    """Run `make run` in a session of its own, with a folder for its temporary files."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}", *variables],
        cwd=PROJECT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        screen = read_until(process.stdout, "Ready after")
        yield Terminal(process, f"http://127.0.0.1:{port}", screen)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def read_until(output: IO[str], words: str) -> str:
    """Read lines up to the one with these words."""
    lines = []
    for line in output:
        lines.append(line)
        if words in line:
            return "".join(lines)
    pytest.fail("it ended before it was ready:\n" + "".join(lines))


def curl(*arguments: str) -> tuple[int, Any]:
    """Ask with curl; answers status and JSON."""
    asked = ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*"]
    out = subprocess.run(
        [*asked, "--write-out", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body, _, status = out.rpartition("\n")
    return int(status), json.loads(body)


def lives(process_id: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "state=", "-p", str(process_id)], capture_output=True, text=True, check=False
    ).stdout
    return state.strip() not in {"", "Z"}


@pytest.mark.timeout(READY_SECONDS + ENDED_SECONDS + 30)
def test_a_person_runs_it_asks_and_stops_it(tmp_path: Path) -> None:
    with make_run(tmp_path) as terminal:
        steps = re.findall(r"^(\w+) .*\.{3} [\d.]+ s$", terminal.screen, re.MULTILINE)
        assert steps == ["Starting", "Building", "Deploying", "Replaying", "Asking"]

        status, tasks = curl(f"{terminal.url}/tasks?limit=1000")
        assert status == 200
        assert tasks["nextCursor"] is None
        lines = {line.split()[0]: line for line in terminal.screen.splitlines() if line}
        for record in tasks["items"]:
            line = lines[record["taskId"]]
            assert (record["privateIpv4Address"] or record["ipv6Address"] or " - ") in line
            assert record["addressState"] in line
        assert "10.0.4.128" in {record["privateIpv4Address"] for record in tasks["items"]}

        for shown in re.findall(r"^  curl '?([^'\n]+)'?$", terminal.screen, re.MULTILINE):
            assert curl(shown)[0] == 200, shown

        status, problem = curl("-X", "DELETE", f"{terminal.url}/tasks")
        assert (status, problem["status"]) == (405, 405)
        status, problem = curl("--get", f"{terminal.url}/tasks", "--data-urlencode", "x=a b&c:d")
        assert (status, problem["errors"][0]["parameter"]) == (400, "x")

        started = terminal.started()
        assert len(started) > 3  # make, python, the embedded AWS and its functions
        last = terminal.press_ctrl_c()
        assert "nothing is left running" in last

    ended = time.monotonic() + 2
    while any(map(lives, started)) and time.monotonic() < ended:
        time.sleep(0.05)
    assert [process_id for process_id in started if lives(process_id)] == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(READY_SECONDS + ENDED_SECONDS + 30)
def test_it_replays_a_folder_of_ones_own_and_ends_when_asked_to(tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.mkdir()
    event = (PROJECT / "events" / "fargate-service-3-running.json").read_text()
    (events / "mine.json").write_text(event.replace("10.0.4.", "10.99.4."))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with make_run(temporary, f"EVENTS={events}") as terminal:
        _, tasks = curl(f"{terminal.url}/tasks")
        [record] = tasks["items"]
        assert record["privateIpv4Address"].startswith("10.99.4.")
        started = terminal.started()
        terminal.process.terminate()  # make passes it on
        terminal.process.communicate(timeout=ENDED_SECONDS)
    assert [process_id for process_id in started if lives(process_id)] == []
    assert list(temporary.iterdir()) == []

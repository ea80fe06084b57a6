"""What is wrong with a `make run` is said in one line, before anything starts."""

import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local import run
from local.events import read_events

if TYPE_CHECKING:
    from ecs_ip.recorded import BadLine

PROJECT = Path(__file__).parents[2]
EVENT = PROJECT / "events" / "fargate-service-3-running.json"


def complaint(folder: Path, port: int = 1, **environment: str) -> str:
    """Run with a folder of events and a port; answer the one line that it prints, and no more."""
    result = subprocess.run(
        [sys.executable, "-m", "local", "--events", folder, "--port", str(port)],
        cwd=PROJECT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert result.returncode == 2
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"{", "line 1: "),
        (b"hello", "line 1: "),
        (b"[1]", "line 1: this is no event: 1"),
        (b'{"taskArn": "x"}', "line 1: this is no event: it has no detail-type and detail"),
    ],
)
def test_a_folder_without_a_readable_event_is_an_error_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    bad = tmp_path / "bad.json"
    bad.write_bytes(content)
    assert f"make run: {bad}, {reason}" in complaint(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert f"{tmp_path} holds no events" in complaint(tmp_path)


def test_what_a_folder_holds_only_beside_events_is_left_out(tmp_path: Path) -> None:
    shutil.copy(EVENT, tmp_path)
    (tmp_path / "lines.jsonl").write_text("{}\n" * 7 + EVENT.read_text())
    left_out: list[BadLine] = []
    assert len(read_events(tmp_path, left_out.append)) == 2
    assert [bad.line for bad in left_out] == [1, 2, 3, 4, 5, 6, 7]
    assert {bad.file for bad in left_out} == {str(tmp_path / "lines.jsonl")}


def test_a_folder_counts_with_all_that_are_in_it(tmp_path: Path) -> None:
    shutil.copy(EVENT, tmp_path)
    (tmp_path / "2026" / "11").mkdir(parents=True)
    (tmp_path / "aws-logs-write-test").write_text("Permission Check Successful")
    with gzip.open(tmp_path / "2026" / "11" / "000000.gz", "wt") as export:
        export.write("2026-11-22T03:12:45.000Z " + json.dumps(json.loads(EVENT.read_text())))
    assert len(read_events(tmp_path)) == 2


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    assert f"{tmp_path / 'nowhere'} is not a folder" in complaint(tmp_path / "nowhere")


def test_a_port_in_use_is_an_error(tmp_path: Path) -> None:
    shutil.copy(EVENT, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert complaint(tmp_path, port) == (
            f"make run: 127.0.0.1 port {port} cannot be used: Address already in use; "
            "try another, as in: make run PORT=9080"
        )


def test_a_missing_tool_is_an_error(tmp_path: Path) -> None:
    shutil.copy(EVENT, tmp_path)
    said = complaint(tmp_path, PATH=str(tmp_path))
    assert said == "make run: make is missing: install it and try again"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_an_error(port: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "local"],
        cwd=PROJECT,
        env={**os.environ, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert result.returncode == 2
    assert f"{port!r} is no port" in result.stderr


def test_what_can_be_asked_of_recordings_is_shown_for_the_command_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = {"privateIpv4Address": "10.0.4.128", "attachedAt": "2026-11-20T08:00:05.000Z"}
    run._ask_of_records("http://127.0.0.1:8080", [record])
    shown = capsys.readouterr().out
    assert "export ECS_IP_URL=http://127.0.0.1:8080 PATH=" in shown
    commands = re.findall(r"^  (ecs-ip .+)$", shown, re.MULTILINE)
    assert commands == [
        "ecs-ip tasks",
        "ecs-ip who 10.0.4.128",
        "ecs-ip who 10.0.4.128 --at 2026-11-20T08:00:05.000Z",
        "ecs-ip history 10.0.4.128",
    ]
    assert shown.count("\n  curl '") == len(commands)


def test_an_interrupt_while_it_loads_ends_it_without_a_traceback(tmp_path: Path) -> None:
    slow = 'import time\nprint("loading", flush=True)\ntime.sleep(60)\n'
    (tmp_path / "aiohttp.py").write_text(slow)
    with subprocess.Popen(
        [sys.executable, "-m", "local"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said) == (-signal.SIGINT, "")

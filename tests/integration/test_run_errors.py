"""What is wrong with a `make run` is said in one line, before anything starts."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
EVENT = PROJECT / "events" / "fargate-service-3-running.json"


def complaint(folder: Path, port: int = 1, **environment: str) -> str:
    """Run with a folder of events and a port; answer the one line that it prints, and no more."""
    result = subprocess.run(
        [sys.executable, "-m", "local.run", "--events", folder, "--port", str(port)],
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
        (b"{", "is not JSON: Expecting property name"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[]", "is not an event: it has no detail-type and detail"),
        (b'{"taskArn": "x"}', "is not an event: it has no detail-type and detail"),
    ],
)
def test_an_unreadable_event_is_named_with_the_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    shutil.copy(EVENT, tmp_path)
    bad = tmp_path / "z-bad.json"
    bad.write_bytes(content)
    assert f"{bad} {reason}" in complaint(tmp_path)


def test_an_event_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    assert f"{tmp_path / 'a.json'} cannot be read" in complaint(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    assert f"{tmp_path} holds no *.json file" in complaint(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    assert f"{tmp_path / 'nowhere'} is not a folder" in complaint(tmp_path / "nowhere")


def test_a_port_in_use_is_an_error(tmp_path: Path) -> None:
    shutil.copy(EVENT, tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert complaint(tmp_path, port) == (
            f"make run: port {port} cannot be used: Address already in use; "
            "try another, as in: make run PORT=9080"
        )


def test_a_missing_tool_is_an_error(tmp_path: Path) -> None:
    shutil.copy(EVENT, tmp_path)
    said = complaint(tmp_path, PATH=str(tmp_path))
    assert said == "make run: make is missing: install it and try again"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_an_error(port: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=PROJECT,
        env={**os.environ, "PORT": port},
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert result.returncode == 2
    assert f"{port!r} is no port" in result.stderr

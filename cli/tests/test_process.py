"""The command as a process: terminals, pipes, Ctrl-C, completion."""

import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from fake_api import FakeApi
from samples import record

SOURCES = Path(__file__).parents[1] / "src"
COMMAND = [sys.executable, "-c", "from ecs_ip.main import run; run()"]


def environment(**more: str) -> dict[str, str]:
    return {"PYTHONPATH": str(SOURCES), "PATH": os.environ["PATH"], "TERM": "xterm-256color",
            "LANG": "C.UTF-8", **more}  # fmt: skip


def on_a_terminal(*arguments: str, width: int = 200, **more: str) -> str:
    """Run the command on a terminal, and return what it shows there."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, width))
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=theirs, stderr=theirs, stdin=theirs, env=environment(**more)
    ) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        assert process.wait(30) == 0
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side has closed it
        return b""


def test_a_terminal_gets_a_table_with_colour_unless_that_is_not_wanted(api: FakeApi) -> None:
    api.records = [record(1)]
    question = ("--url", api.url, "who", "10.0.4.1")
    plain = "10.0.4.1 is held by shop/web."
    coloured = on_a_terminal(*question)
    assert "\x1b[" in coloured
    assert plain in coloured
    for shown in (on_a_terminal(*question, NO_COLOR="1"), on_a_terminal(*question, "--no-color")):
        assert plain in shown
        assert "\x1b[3" not in shown


def test_a_narrow_terminal_gets_whole_cells_and_is_told_which_columns_it_lacks(
    api: FakeApi,
) -> None:
    api.records = [record(1)]
    shown = on_a_terminal("--url", api.url, "tasks", width=80)
    assert "10.0.4.1  shop     web      RUNNING  held   2026-11-20T08:00:05.000Z" in shown
    assert "too narrow for TASK" in shown
    assert api.records[0]["taskId"] not in shown
    assert api.records[0]["taskId"] in on_a_terminal("--url", api.url, "tasks", width=120)


def test_help_on_a_terminal_obeys_no_color() -> None:
    assert "\x1b[3" not in on_a_terminal("--help", NO_COLOR="1")


def test_a_reader_that_goes_away_ends_the_command_quietly(api: FakeApi) -> None:
    api.records = [record(number % 250) for number in range(2000)]
    with subprocess.Popen(
        [*COMMAND, "--url", api.url, "export"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


def test_what_is_piped_is_utf_8_in_any_locale(api: FakeApi) -> None:
    api.records = [record(1, service="grüße-服务")]
    latin = environment(PYTHONIOENCODING="latin-1")
    for form in ("json", "table"):
        done = subprocess.run(
            [*COMMAND, "--url", api.url, "tasks", "-o", form],
            capture_output=True, check=True, timeout=30, env=latin,
        )  # fmt: skip
        assert "grüße-服务" in done.stdout.decode()


def test_ctrl_c_ends_the_command_quietly(api: FakeApi) -> None:
    with subprocess.Popen(
        [*COMMAND, "--url", api.url, "watch", "--interval", "0.2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 30
        while len(api.requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    assert err.decode().splitlines() == ["ecs-ip: watching 0 tasks, every 0.2 s; Ctrl-C ends it"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_made_for_each_shell(shell: str) -> None:
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, check=False, timeout=30,
        env=environment(_ECS_IP_COMPLETE=f"source_{shell}"),
    )  # fmt: skip
    assert "_ECS_IP_COMPLETE" in done.stdout


def test_commands_are_completed() -> None:
    done = subprocess.run(
        COMMAND, capture_output=True, text=True, check=False, timeout=30,
        env=environment(_ECS_IP_COMPLETE="complete_bash", COMP_WORDS="ecs-ip sub", COMP_CWORD="1"),
    )  # fmt: skip
    assert done.stdout.split() == ["subnets"]

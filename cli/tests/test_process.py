"""The command as a process: terminals, pipes, Ctrl-C, completion."""

import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bulk_api import BulkApi
from fake_api import FakeApi
from samples import record

SOURCES = Path(__file__).parents[1] / "src"
COMMAND = [sys.executable, "-c", "from ecs_ip.main import run; run()"]


COLOUR = re.compile(r"\x1b\[(?:\d+;)*[349]\d")


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
    assert COLOUR.search(on_a_terminal("--help"))
    assert not COLOUR.search(on_a_terminal("--help", NO_COLOR="1"))
    for arguments in (("--no-color", "--help"), ("tasks", "--help", "--no-color")):
        assert not COLOUR.search(on_a_terminal(*arguments))


@pytest.mark.parametrize("name", ["GITHUB_ACTIONS", "FORCE_COLOR", "PY_COLORS"])
@pytest.mark.parametrize("arguments", [("--help",), ("who", "--help"), ()])
def test_no_colour_and_no_bold_leaves_the_terminal(name: str, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, check=True, timeout=30,
        env=environment(**{name: "1"}),
    )  # fmt: skip
    assert b"Examples" in done.stdout
    assert b"\x1b" not in done.stdout + done.stderr


@pytest.fixture
def slow() -> Iterator[BulkApi]:
    with BulkApi() as api:
        api.pause = 0.6  # longer than a progress bar needs to show itself
        yield api


@pytest.mark.parametrize("command", ["who", "enrich", "export"])
def test_a_terminal_shows_how_far_a_long_command_came(
    slow: BulkApi, tmp_path: Path, command: str
) -> None:
    file, out = tmp_path / "list.csv", tmp_path / "out.json"
    file.write_text("ip\n" + "".join(f"10.31.1.{number % 250}\n" for number in range(9000)))
    arguments = {
        "who": ("who", "-f", str(file)),
        "enrich": ("enrich", str(file), "--ip-field", "ip"),
        "export": ("export",),
    }[command]
    words = (*arguments, "--url", slow.url, "--out", str(out))
    told = {"who": "Asking", "enrich": "Naming tasks", "export": "exporting"}[command]
    coloured = on_a_terminal(*words)
    assert told in coloured
    assert COLOUR.search(coloured)
    for shown in (on_a_terminal(*words, "--no-color"), on_a_terminal(*words, NO_COLOR="1")):
        assert told in shown
        assert not COLOUR.search(shown)


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("words", ["tasks", "tasks -o csv", "export", "--help"])
def test_a_full_disk_behind_standard_output_is_one_line(api: FakeApi, words: str) -> None:
    api.records = [record(number % 250) for number in range(500)]
    with FULL.open("w") as full:
        done = subprocess.run(
            [*COMMAND, "--url", api.url, *words.split()], stdout=full, stderr=subprocess.PIPE,
            check=False, timeout=30, env=environment(),
        )  # fmt: skip
    assert done.returncode == 5
    told = [line for line in done.stderr.splitlines() if b"records written" not in line]
    assert told == [b"ecs-ip: the answer cannot be written: No space left on device"]


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
@pytest.mark.parametrize("name", ["tasks", "diff"])
def test_a_full_disk_behind_a_file_is_one_line(api: FakeApi, name: str) -> None:
    times = ("-10m", "now") if name == "diff" else ()
    done = subprocess.run(
        [*COMMAND, "--url", api.url, name, *times, "--out", str(FULL)], capture_output=True,
        check=False, timeout=30, env=environment(),
    )  # fmt: skip
    assert (done.returncode, done.stderr.count(b"\n")) == (5, 1)
    assert b"cannot be written: No space left on device" in done.stderr


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

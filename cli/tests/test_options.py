"""Where options can stand, and what comes out by default."""

import json
from pathlib import Path

import pytest

from conftest import Run
from ecs_ip import __version__
from fake_api import FakeApi
from samples import record


def test_shared_options_stand_before_the_command_or_after_it(run: Run, api: FakeApi) -> None:
    api.records = [record(1)]
    before = run("--url", api.url, "-o", "json", "tasks")
    after = run("tasks", "--url", api.url, "-o", "json")
    assert before == after
    assert before.code == 0
    assert json.loads(before.out)["items"] == api.records


def test_what_stands_after_the_command_wins(run: Run, api: FakeApi) -> None:
    result = run(
        "--url", "http://127.0.0.1:1", "-o", "csv", "tasks", "--url", api.url, "-o", "json"
    )
    assert json.loads(result.out) == {"items": [], "nextCursor": None}


def test_the_environment_names_the_api(
    run: Run, api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_IP_URL", api.url)
    assert run("tasks").code == 0


def test_output_is_json_when_piped_and_a_file_when_asked(
    ask: Run, api: FakeApi, tmp_path: Path
) -> None:
    api.records = [record(1)]
    file = tmp_path / "map.json"
    result = ask("tasks", "--out", str(file))
    assert (result.code, result.out) == (0, "")
    assert json.loads(file.read_text())["items"][0]["privateIpv4Address"] == "10.0.4.1"


def test_a_file_that_cannot_be_written_is_wrong_usage(ask: Run, tmp_path: Path) -> None:
    result = ask("tasks", "--out", str(tmp_path / "no" / "map.json"))
    assert result.code == 2
    assert "cannot be written" in result.err


def test_the_command_alone_shows_help_with_examples(run: Run) -> None:
    result = run()
    assert result.code == 0
    assert "ecs-ip who 10.0.4.128" in result.out


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help(run: Run, flag: str) -> None:
    result = run("tasks", flag)
    assert result.code == 0
    assert "ecs-ip tasks --count-by service" in result.out
    assert "--capacity-provider-name" in result.out


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out == f"ecs-ip {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("tasks", "--no-such-option"),
        ("no-such-command",),
        ("tasks", "--count-by", "colour"),
        ("tasks", "--at", "03:12", "--from", "02:00"),
        ("tasks", "--at", "2026-11-22"),
        ("tasks", "--zone", "Mars/Olympus", "--at", "03:12"),
        ("--url", "ftp://example.org", "tasks"),
        ("--url", "http://127.0.0.1:99999", "tasks"),
        ("who",),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("ecs-ip: ")
    assert result.err.count("\n") == 1


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with a list of addresses."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list").write_text("ip\n10.0.4.1\n")
    return tmp_path


@pytest.mark.parametrize(
    "command", [("tasks",), ("who", "10.0.4.1"), ("history", "10.0.4.1"), ("who", "-f", "list")]
)
@pytest.mark.parametrize(
    "words, is_csv",
    [
        ("x.csv", True),
        ("x.CSV", True),
        ("x.json", False),
        ("x", False),
        ("x.csv -o json", False),
        ("x.json -o csv", True),
    ],
)
def test_the_form_is_what_was_named_else_what_the_file_is_called(
    ask: Run, in_folder: Path, command: tuple[str, ...], words: str, is_csv: bool
) -> None:
    name, *option = words.split()
    result = ask(*command, "--out", name, *option)
    assert result.code in {0, 1}, result.err
    first = (in_folder / name).read_text()[:1]
    assert (first != "{") == is_csv


@pytest.mark.parametrize(
    "command", [("tasks",), ("who", "-f", "list"), ("enrich", "list", "--ip-field", "ip")]
)
def test_only_export_writes_parquet(ask: Run, in_folder: Path, command: tuple[str, ...]) -> None:
    result = ask(*command, "--out", "x.parquet")
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "only `export` writes" in result.err
    assert not (in_folder / "x.parquet").exists()

"""The examples of help pages and of `docs/cli.md`: they run, and no command lacks its own."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import pytest

from conftest import Run
from ecs_ip.main import COMMANDS, EXAMPLES, main
from fake_api import FakeApi
from samples import ended, record

PAGES = Path(__file__).parents[2] / "docs"
CLI = (PAGES / "cli.md").read_text(encoding="utf-8")
RESPONDERS = (PAGES / "who-had-an-address.md").read_text(encoding="utf-8")

# These need files, a queue, or a port; the tests of their own run them.
ELSEWHERE = ("enrich", "replay", "proxy", "console", "redrive", "who -f", "who --file")


def examples_of_help() -> list[str]:
    modules = [import_module(f"ecs_ip.commands.{name}") for name in COMMANDS]
    every = [*EXAMPLES, *(example for module in modules for example in module.EXAMPLES)]
    return [how for _, how in every]


def examples_of(page: str) -> list[str]:
    """Return each line of the page's `sh` blocks that is one plain command of ours."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.startswith("ecs-ip ")]


def ours(examples: list[str]) -> list[str]:
    return [
        how
        for how in dict.fromkeys(examples)
        if how.startswith("ecs-ip") and not how.removeprefix("ecs-ip ").startswith(ELSEWHERE)
    ]


@pytest.mark.parametrize(
    "example", ours([*examples_of_help(), *examples_of(CLI), *examples_of(RESPONDERS)])
)
def test_an_example_runs(
    run: Run, api: FakeApi, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt(seconds)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ECS_IP_URL", api.url)
    monkeypatch.setattr("time.sleep", interrupt)
    api.records = [ended(128), record(129)]
    api.canned |= {"/subnets": {"items": [], "nextCursor": None}, "/status": STATUS}
    command, *_ = example.split(" | ")
    words = [
        word for word in shlex.split(command)[1:] if word not in {"--url", "http://127.0.0.1:8080"}
    ]
    result = run(*words)
    assert result.code in expected(words), result.err
    assert "Traceback" not in result.err


STATUS: dict[str, object] = {
    "coverage": {"from": None, "gaps": []},
    "lastEventAt": None,
    "lastReconcile": None,
}


def expected(words: list[str]) -> set[int]:
    if "who" in words:
        return {0, 1, 3, 4}
    if "--resume" in words:
        return {2}  # nothing was interrupted here
    return {130} if "watch" in words else {0}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_on_the_page(name: str) -> None:
    assert re.search(rf"^## {name}$", CLI, re.MULTILINE)
    assert re.search(rf"^.*\becs-ip (-\S+ \S+ )?{name}\b", CLI, re.MULTILINE)


def test_every_option_on_the_pages_exists(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        main([name, "--help"])
    main(["--help"])
    known = set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))
    of_others = {"--signal"}
    sections = re.split(r"^## ", CLI, flags=re.MULTILINE)
    ours_ = [each for each in sections if each.split("\n")[0] in {"", *COMMANDS}]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", "\n".join([*ours_, RESPONDERS])))
    assert named - known - of_others - {"--since", "--profile"} == set()

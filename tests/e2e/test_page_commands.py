"""Every `sh` block of the pages about `ecs-ip` runs on what is deployed, as it is printed.

Those of the README ask the living estate of `make run`, the others a stack with the sample events
in it. A page's blocks run in order and share a folder: some use the files of earlier ones.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.events import read_events, replay
from local.stack import Stack
from tests.e2e.command import environment, of_stack
from tests.e2e.living import Terminal

pytestmark = pytest.mark.timeout(120)

ROOT = Path(__file__).parents[2]
README = "README.md"
PAGES = ("docs/cli.md", "docs/who-had-an-address.md", "docs/ended-tasks.md")

# The exit code of `who` is its verdict: any of them is an answer.
VERDICTS = {0, 1, 3, 4}
# Blocks that cannot end with 0 here, and why.
OTHERWISE = {
    "ecs-ip who -f questions.txt -o csv --out answers.csv --resume\n": (
        {2},
        "no interrupted run was found",
    ),
}


@dataclass(frozen=True)
class Block:
    """A block of commands, and the page that shows it."""

    page: str
    text: str

    def __str__(self) -> str:
        return f"{Path(self.page).stem}: {self.text.splitlines()[0]}"

    @property
    def codes(self) -> set[int]:
        """The exit codes that it may end with."""
        *_, last = self.text.splitlines()
        asks = re.match(r"ecs-ip who (?!-f)", last)
        return VERDICTS if asks else {0}


def blocks(*pages: str) -> list[Block]:
    return [block for page in pages for block in blocks_of(page)]


def blocks_of(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if page != README or found.startswith("ecs-ip "):
            yield Block(page, found)


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PATH on which `ecs-ip` is found."""
    if shutil.which("jq") is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("jq is missing, which the pages use: apt-get install jq")
    commands = tmp_path_factory.mktemp("bin")
    (commands / "ecs-ip").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecs_ip "$@"\n')
    (commands / "ecs-ip").chmod(0o755)
    return f"{commands}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="module")
def with_samples(stack: Stack) -> dict[str, str]:
    """Name the stack as the one to ask, with the sample events in it."""
    replay(stack, read_events(ROOT / "events"))
    return of_stack(stack)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Make a folder for each page, with the recorded events that one of them replays."""
    made = {page: tmp_path_factory.mktemp(Path(page).stem) for page in PAGES}
    for folder in made.values():
        (folder / "events").mkdir()
        for event in (ROOT / "events").glob("*.json"):
            shutil.copy(event, folder / "events")
    return made


@pytest.mark.parametrize("block", blocks(*PAGES), ids=str)
def test_a_block_runs(
    with_samples: dict[str, str], commands: str, folders: dict[str, Path], block: Block
) -> None:
    check(block, {**with_samples, "PATH": commands}, folders[block.page])


@pytest.mark.parametrize("block", blocks(README), ids=str)
def test_a_block_of_the_readme_runs(
    living: Terminal, commands: str, tmp_path: Path, block: Block
) -> None:
    check(block, environment(ECS_IP_URL=living.url, PATH=commands), tmp_path)


def check(block: Block, given: dict[str, str], folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-ec", block.text],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    codes, said = OTHERWISE.get(block.text, (block.codes, ""))
    assert done.returncode in codes, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_readme_asks_five_questions() -> None:
    assert len(blocks(README)) == 5


def test_the_pages_show_each_command_that_ends_by_itself() -> None:
    text = "".join(block.text for block in blocks(*PAGES))
    shown = set(re.findall(r"\becs-ip (?:-\S+ \S+ )?([a-z]+)", text))
    assert shown == {
        *("who", "tasks", "diff", "history", "subnets", "status"),
        *("watch", "enrich", "export", "replay"),
    }

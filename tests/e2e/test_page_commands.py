"""Every `sh` block of the pages about `ecs-ip` runs on a stack with the sample events in it.

A page's blocks run in order and share a folder: some use the files of earlier ones.
"""

import json
import re
import shutil
from pathlib import Path

import pytest

from local.events import replay
from local.stack import Stack
from tests.e2e.command import of_stack
from tests.e2e.pages import ROOT, Block, blocks, check
from tests.support.samples import EVENTS

PAGES = ("docs/cli.md", "docs/who-had-an-address.md", "docs/ended-tasks.md")


@pytest.fixture(scope="module")
def with_samples(stack: Stack) -> dict[str, str]:
    """Name the stack as the one to ask, with the sample events in it."""
    replay(stack, list(map(json.dumps, EVENTS.values())))
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


def test_the_pages_show_each_command_that_ends_by_itself() -> None:
    text = "".join(block.text for block in blocks(*PAGES))
    shown = set(re.findall(r"\becs-ip (?:-\S+ \S+ )?([a-z]+)", text))
    assert shown == {
        *("who", "tasks", "diff", "history", "subnets", "status"),
        *("watch", "enrich", "export", "replay"),
    }

"""Runs the `sh` blocks of pages, as they are printed."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = "README.md"

# The exit code of `who` is its verdict: any of them is an answer.
VERDICTS = {0, 1, 3, 4}


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
    """Find the blocks of pages, of the README those that start with `ecs-ip`."""
    return [block for page in pages for block in _blocks_of(page)]


def _blocks_of(page: str) -> Iterator[Block]:
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        if page != README or found.startswith("ecs-ip "):
            yield Block(page, found)


def check(block: Block, given: dict[str, str], folder: Path) -> None:
    """Run a block, and see that it ends as it should."""
    done = subprocess.run(
        ["bash", "-ec", block.text],
        cwd=folder,
        env=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode in block.codes, done.stderr
    assert "Traceback" not in done.stderr

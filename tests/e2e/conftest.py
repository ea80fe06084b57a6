"""What the end-to-end tests share: the deployed stack, and the estate of `make run`."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.events import replay
from local.stack import Stack, build, deployed_stack
from tests.e2e.checked import Checked
from tests.e2e.living import Terminal, make_run
from tests.e2e.small_estate import events


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the functions, once for all stacks."""
    return build(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="session")
def stack(built: Path) -> Iterator[Stack]:
    """Deploy the template into an embedded AWS, once for all tests."""
    with deployed_stack(built) as stack:
        yield stack


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Run the living estate, once for the tests that ask it; test_make_run stops it at its end."""
    with make_run(tmp_path_factory.mktemp("living")) as terminal:
        yield terminal


@pytest.fixture(scope="session")
def small_estate(stack: Stack) -> Stack:
    """Tell the stack of a small estate."""
    replay(stack, [json.dumps(event) for event in events()])
    return stack


@pytest.fixture(scope="session")
def api(small_estate: Stack) -> Checked:
    """Ask as a caller who may call the API and nothing else."""
    return Checked(small_estate.api)


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a PATH on which `ecs-ip` is found."""
    if shutil.which("jq") is None:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("jq is missing, which the pages use: apt-get install jq")
    commands = tmp_path_factory.mktemp("bin")
    (commands / "ecs-ip").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecs_ip "$@"\n')
    (commands / "ecs-ip").chmod(0o755)
    return f"{commands}{os.pathsep}{os.environ['PATH']}"

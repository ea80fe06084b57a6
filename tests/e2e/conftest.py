"""Owns what the end-to-end tests share: the deployed stack, and the estate of `make run`."""

import json
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

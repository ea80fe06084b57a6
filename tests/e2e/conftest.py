"""Owns what the end-to-end tests share: the deployed stack, and the estate of `make run`."""

from collections.abc import Iterator

import pytest

from local.stack import Stack, deployed_stack
from tests.e2e.living import Terminal, make_run


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Deploy the template into an embedded AWS, once for all tests."""
    with deployed_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def living(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Run the living estate, once for the tests that ask it; test_make_run stops it at its end."""
    with make_run(tmp_path_factory.mktemp("living")) as terminal:
        yield terminal

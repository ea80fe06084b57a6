"""Owns the deployed stack that the end-to-end tests share."""

from collections.abc import Iterator

import pytest

from local.stack import Stack, deployed_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Deploy the template into an embedded AWS, once for all tests."""
    with deployed_stack() as stack:
        yield stack

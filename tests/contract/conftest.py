"""Owns the engines that each contract runs on."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
from moto import mock_aws

from tests.tables import Table, new_table

ENGINES = ("moto", "dynamodb-local")


class OpenTable(Protocol):
    """Makes a table on the engine of that name, one of ENGINES."""

    def __call__(self, engine: str) -> Table: ...


@pytest.fixture
def open_table(request: pytest.FixtureRequest) -> Iterator[OpenTable]:
    """Give the function that makes tables, for fixtures with engines of their own besides."""
    with ExitStack() as stack:

        def open_on(engine: str) -> Table:
            if engine == "moto":
                stack.enter_context(mock_aws())
                return stack.enter_context(new_table(None))
            endpoint: str = request.getfixturevalue(engine.replace("-", "_"))
            return stack.enter_context(new_table(endpoint))

        yield open_on


@pytest.fixture(params=ENGINES)
def table(request: pytest.FixtureRequest, open_table: OpenTable) -> Table:
    """Give an empty table, once on each engine."""
    return open_table(request.param)

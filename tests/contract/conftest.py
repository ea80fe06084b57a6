"""The engines that each contract runs on."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Protocol

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient

from tests.support.tables import Table, new_table

ENGINES = ("moto", "dynamodb-local", "ministack")


class OpenTable(Protocol):
    """Makes a table on the engine of that name, one of ENGINES."""

    def __call__(self, engine: str) -> Table: ...


@pytest.fixture(scope="session")
def moto_client() -> DynamoDBClient:
    """Give one client for all tests: moto answers it while a mock is on, each with nothing kept."""
    return boto3.client("dynamodb")


@pytest.fixture
def open_table(request: pytest.FixtureRequest) -> Iterator[OpenTable]:
    """Give the function that makes tables, for fixtures with engines of their own besides."""
    with ExitStack() as stack:

        def client(engine: str) -> DynamoDBClient:
            if engine == "moto":
                stack.enter_context(mock_aws())
                mocked: DynamoDBClient = request.getfixturevalue("moto_client")
                return mocked
            if engine == "dynamodb-local":
                url = request.getfixturevalue("dynamodb_local")
                return stack.enter_context(closing(boto3.client("dynamodb", endpoint_url=url)))
            aws: DynamoDBClient = request.getfixturevalue("ministack").dynamodb
            return aws

        yield lambda engine: stack.enter_context(new_table(client(engine)))


@pytest.fixture(params=ENGINES)
def table(request: pytest.FixtureRequest, open_table: OpenTable) -> Table:
    """Give an empty table, once on each engine."""
    return open_table(request.param)

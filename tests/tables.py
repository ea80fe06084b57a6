"""Owns the tables that tests work on: the template's, on each engine that imitates DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from uuid import uuid4

from mypy_boto3_dynamodb import DynamoDBClient

from tests.template import create_table_request


class Table(NamedTuple):
    """A table of its own for one test."""

    client: DynamoDBClient
    name: str


@contextmanager
def new_table(client: DynamoDBClient) -> Iterator[Table]:
    """Make a table, and delete it at the end."""
    name = f"tasks-{uuid4()}"
    client.create_table(**create_table_request(name))
    try:
        yield Table(client, name)
    finally:
        client.delete_table(TableName=name)

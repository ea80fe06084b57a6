"""The tables that tests work on: the template's, on each engine that imitates DynamoDB."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import batched
from typing import Any, NamedTuple
from uuid import uuid4

from mypy_boto3_dynamodb import DynamoDBClient

from adapters.dynamodb.items import encode
from core.table.store import Stored
from core.task.record import Record
from core.text.instant import DAY
from tests.support.template import create_table_request


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


def write_records(table: Table, records: Iterable[Record]) -> None:
    """Write records as they are, side by side: a large table in little time."""

    def write(some: tuple[Record, ...]) -> None:
        items = [encode(Stored(record, revision=1), 90 * DAY) for record in some]
        left: Any = {table.name: [{"PutRequest": {"Item": item}} for item in items]}
        while left:
            left = table.client.batch_write_item(RequestItems=left)["UnprocessedItems"]

    with ThreadPoolExecutor(8) as threads:
        for _ in threads.map(write, batched(records, 25, strict=False)):
            pass

"""Events a second and core, beside imitations of what people do today.

The imitations (`tests/proof/imitations.py`) are AWS's documented get-then-put, and deleting what
stopped. Both lose what the service keeps; this shows what keeping it costs.
"""

import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any, NamedTuple

import boto3
from botocore.config import Config

from adapters.dynamodb import DynamoStore
from adapters.dynamodb.items import encode, key_item
from benchmarks.lives import LONG, sightings
from core.table.recording import record_observations
from core.table.seen_names import Noted
from core.table.store import Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from tests.proof.imitations import delete_on_stopped, get_then_put
from tests.support.dynamodb_local import running
from tests.support.memory import MemoryStore
from tests.support.tables import new_table

BATCH = 100


class Rate(NamedTuple):
    """Events a second of this process's processor time, and of wall time."""

    name: str
    a_core_second: float
    a_second: float


class _Memory(MemoryStore):
    def overwrite(self, record: Record) -> None:
        self._items[record.key] = Stored(record, 1)

    def delete(self, key: TaskKey) -> None:
        self._items.pop(key, None)


class _Dynamo(DynamoStore):
    def overwrite(self, record: Record) -> None:
        item = encode(Stored(record, 1), self._retention)
        self._client.put_item(TableName=self._table, Item=item)

    def delete(self, key: TaskKey) -> None:
        self._client.delete_item(TableName=self._table, Key=key_item(*key))


def rates(into: str, events: int, make: Callable[[], Any]) -> Iterator[Rate]:
    """Take in events of whole lives, a hundred at a time, in each way."""
    seen = list(sightings(range(events // 6)))
    shuffled = [one for at in range(6) for one in seen[at::6]]  # step by step, as a fleet does
    noted = Noted()
    ways: dict[str, Callable[[Any, Collection[Record]], Any]] = {
        "the service": lambda store, some: record_observations(
            store, some, now=_now(some), retention=LONG, noted=noted
        ),
        "get, then put": lambda store, some: get_then_put(store, some, now=0, retention=LONG),
        "delete on STOPPED": lambda store, some: delete_on_stopped(
            store, some, now=0, retention=LONG
        ),
    }
    for name, take in ways.items():
        with make() as store:
            wall, cpu = time.monotonic(), time.process_time()
            for some in batched(shuffled, BATCH, strict=False):
                take(store, some)
            wall, cpu = time.monotonic() - wall, time.process_time() - cpu
        yield Rate(f"{name}, into {into}", len(shuffled) / cpu, len(shuffled) / wall)


def _now(some: Collection[Record]) -> int:
    return max(one.newest.observed_at or 0 for one in some) + 1_000


def measured(in_memory: int = 12_000, in_dynamodb: int = 3_000) -> list[Rate]:
    """Measure both stores."""
    found = list(rates("memory", in_memory, _in_memory))
    with running() as url:
        config = Config(max_pool_connections=50)
        client = boto3.client("dynamodb", endpoint_url=url, config=config)
        return [*found, *rates("DynamoDB Local", in_dynamodb, lambda: _in(client))]


@contextmanager
def _in_memory() -> Iterator[_Memory]:
    yield _Memory()


@contextmanager
def _in(client: Any) -> Iterator[_Dynamo]:
    with new_table(client) as table:
        yield _Dynamo(table.client, table.name, LONG)

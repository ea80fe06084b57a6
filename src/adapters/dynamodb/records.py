"""Stores records: reads by key and by index, writes if the revision is unchanged."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from adapters.dynamodb.items import (
    CREATED,
    PLACE,
    REVISION,
    UNTIL,
    decode,
    decode_record,
    encode,
    key_item,
    projection,
    task_key,
)
from adapters.dynamodb.seen_names import LAST_EVENT
from adapters.dynamodb.table import (
    DynamoTable,
    Item,
    ThrottledError,
    is_failed_condition,
    number,
)
from core.table import index_keys
from core.table.seen_names import Note
from core.table.store import (
    AddressEntry,
    ConflictError,
    Found,
    LivePosition,
    Page,
    ServiceEntry,
    Stored,
)
from core.task.kinds import TaskKey
from core.task.record import Record

if TYPE_CHECKING:
    from concurrent.futures import Future

_KEYS_A_READ = 100  # BatchGetItem's limit

_LIVE_A_PAGE = 1_500
"""About as many as fit the megabyte at which DynamoDB ends a page."""

_USUAL_INTERVAL = sys.getswitchinterval()


class DynamoRecords(DynamoTable):
    """Implements `core.table.store.StoredRecords`."""

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        return self.get_with_notes(keys, ()).records

    def peek_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        items = self._read(list(dict.fromkeys(keys)), consistent=False)
        records = [decode(item) for item in items]
        return {stored.record.key: stored for stored in records}

    def get_with_notes(
        self, keys: Collection[TaskKey], notes: Collection[Note], *, last_event: bool = False
    ) -> Found:
        wanted = [*map(tuple, dict.fromkeys(keys)), *map(tuple, notes)]
        wanted += [LAST_EVENT] if last_event else []
        items = self._read(wanted, consistent=True)
        records = [decode(item) for item in items if REVISION in item]
        others = {_key_of(item): item for item in items if REVISION not in item}
        return Found(
            {stored.record.key: stored for stored in records},
            [note for note in notes if tuple(note) in others],
            number(others.get(LAST_EVENT, {}), "at"),
        )

    def _read(self, keys: Sequence[tuple[str, ...]], *, consistent: bool) -> list[Item]:
        parts = list(batched(keys, _KEYS_A_READ, strict=False))
        get = partial(self._get, consistent=consistent)
        found = self._threads.map(get, parts) if len(parts) > 1 else map(get, parts)
        return [item for part in found for item in part]

    def _get(self, keys: Collection[tuple[str, ...]], *, consistent: bool) -> list[Item]:
        """Read until nothing is left unprocessed; each round must make progress."""
        found: list[Item] = []
        wanted = [key_item(*key) for key in keys]
        while wanted:
            request: Any = {self._table: {"Keys": wanted, "ConsistentRead": consistent}}
            answer: Any = self._client.batch_get_item(RequestItems=request)
            found += answer["Responses"].get(self._table, ())
            left = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if len(left) == len(wanted):
                raise ThrottledError("BatchGetItem processed none of the keys")
            wanted = left
        return found

    def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
        if len(items) == 1:
            return [self._put(items[0])]
        return list(self._threads.map(self._put, items))

    def _put(self, stored: Stored) -> Exception | None:
        condition: Any = {"ConditionExpression": "attribute_not_exists(taskId)"}
        if stored.revision > 1:
            condition = {
                "ConditionExpression": f"{REVISION} = :read",
                "ExpressionAttributeValues": {":read": {"N": str(stored.revision - 1)}},
            }
        try:
            self._client.put_item(
                TableName=self._table, Item=encode(stored, self._retention), **condition
            )
        except ClientError as error:
            return ConflictError(stored.record.key.task_id) if is_failed_condition(error) else error
        except Exception as error:  # noqa: BLE001 - an outage of one write is its result
            return error
        return None

    def find(self, task_id: str) -> Sequence[Stored]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="taskId = :id",
            ExpressionAttributeValues={":id": {"S": task_id}},
            ConsistentRead=True,
        )
        return [decode(item) for item in answer["Items"] if REVISION in item]

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
    ) -> Page[Record]:
        ask, request = self._live(cluster, limit)
        if after is not None:
            request["ExclusiveStartKey"] = {
                "live": {"S": after.cluster},
                CREATED: {"S": after.created},
                **key_item(after.task_id, after.cluster_arn),
            }
        answer = ask(**request)
        # DynamoDB may return an empty page before the end, but the caller continues after the last
        # record of a page, so it needs one.
        while not answer["Items"] and "LastEvaluatedKey" in answer:
            answer = ask(**{**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]})
        records = [decode(item).record for item in answer["Items"]]
        return Page(records, more="LastEvaluatedKey" in answer)

    def all_live(self, cluster: str | None, only: Collection[str] = ()) -> Iterator[Record]:
        ask, request = self._live(cluster, _LIVE_A_PAGE)
        request |= projection(only) if only else {}
        # A page is decoded while the next one is on its way.
        upcoming: Future[Any] | None = self._threads.submit(ask, **request)
        with _prompt_receiving() if only else nullcontext():
            while upcoming is not None:
                answer = upcoming.result()
                following = answer.get("LastEvaluatedKey")
                upcoming = None
                if following is not None:
                    upcoming = self._threads.submit(ask, **request, ExclusiveStartKey=following)
                yield from map(decode_record, answer["Items"])

    def _live(self, cluster: str | None, limit: int) -> tuple[Any, dict[str, Any]]:
        """Return the operation that reads live tasks, and its request."""
        request: dict[str, Any] = {"TableName": self._table, "IndexName": "live", "Limit": limit}
        if cluster is None:
            return self._client.scan, request
        request["KeyConditionExpression"] = "live = :cluster"
        request["ExpressionAttributeValues"] = {":cluster": {"S": cluster}}
        return self._client.query, request

    def live_between(self, cluster: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        return self._created_between("live", cluster, between, limit)

    def past_between(self, partition: str, between: tuple[str, str], limit: int) -> Page[Stored]:
        return self._created_between("past", partition, between, limit)

    def _created_between(
        self, name: str, partition: str, between: tuple[str, str], limit: int
    ) -> Page[Stored]:
        bounds = (CREATED, *between)
        items = list(self._between(name, (name, partition), bounds, limit, ascending=True))
        return Page([decode(item) for item in items], more=len(items) == limit)

    def address_entries(
        self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
    ) -> Sequence[AddressEntry]:
        name = "ipv6" if ":" in address else "ipv4"
        bounds = (PLACE, *between)
        items = self._between(name, (name, address), bounds, limit, ascending=ascending)
        return [_address_entry(item) for item in items]

    def service_entries(
        self, service: str, between: tuple[str, str], limit: int
    ) -> Sequence[ServiceEntry]:
        bounds = (UNTIL, *between)
        items = self._between("service", ("service", service), bounds, limit, ascending=False)
        return [_service_entry(item) for item in items]

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        answer = self._client.query(
            TableName=self._table,
            IndexName="eni",
            KeyConditionExpression="eni = :eni",
            ExpressionAttributeValues={":eni": {"S": network_interface_id}},
        )
        return sorted(task_key(item) for item in answer["Items"])


@contextmanager
def _prompt_receiving() -> Iterator[None]:
    """Let a thread receive while another computes.

    It needs the interpreter for a moment after every few kilobytes, and would wait for 5 ms each
    time. Not where each record is written as it is read: many busy threads would lose more than
    that by taking turns so often.
    """
    sys.setswitchinterval(_USUAL_INTERVAL / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(_USUAL_INTERVAL)


def _key_of(item: Item) -> tuple[str, str]:
    return item["taskId"]["S"], item["clusterArn"]["S"]


def _address_entry(item: Item) -> AddressEntry:
    sort = item[PLACE]["S"]
    return AddressEntry(sort, index_keys.place_of(sort), task_key(item))


def _service_entry(item: Item) -> ServiceEntry:
    created_at = int(item[CREATED]["S"].partition("#")[0])
    return ServiceEntry(item[UNTIL]["S"], created_at, task_key(item))

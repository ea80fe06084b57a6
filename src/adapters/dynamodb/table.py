"""The requests that every part of the store makes."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from core.text.instant import Duration

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]
"""An item in DynamoDB's own form: `{"name": {"S": "text"}}`."""

MAX_CONCURRENT_REQUESTS = 50
"""The client needs as many connections. A batch of a hundred events is written in two round
trips."""

CONDITION_FAILED = "ConditionalCheckFailedException"


class ThrottledError(Exception):
    """DynamoDB answered, but processed nothing of the request."""


class DynamoTable:
    """A table, and the client for it."""

    def __init__(self, client: "DynamoDBClient", table: str, retention: Duration) -> None:
        self._client = client
        for operation, name in _ITEMS_IN.items():
            event = f"before-parse.dynamodb.{operation}"
            client.meta.events.register(event, partial(_as_sent, name), unique_id=event)
        self._table = table
        self._retention = retention
        self._threads = ThreadPoolExecutor(MAX_CONCURRENT_REQUESTS)

    def _put_if(self, item: Item, condition: str, values: Item | None = None) -> bool:
        """Put an item if a condition holds; return whether it did."""
        given: Any = {} if values is None else {"ExpressionAttributeValues": values}
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression=condition, **given
            )
        except ClientError as error:
            if not is_failed_condition(error):
                raise
            return False
        return True

    def _update_if(self, **request: Any) -> Item | None:
        """Update an item if a condition holds; return the whole item, None if it does not."""
        try:
            answer = self._client.update_item(
                TableName=self._table, ReturnValues="ALL_NEW", **request
            )
        except ClientError as error:
            if not is_failed_condition(error):
                raise
            return None
        return cast("Item", answer["Attributes"])

    def _partition(self, name: str, beginning: str = "") -> Iterator[Item]:
        """Yield the items of a partition whose sort keys begin like this, in order."""
        condition, values = "taskId = :partition", {":partition": {"S": name}}
        if beginning:
            condition += " AND begins_with(clusterArn, :beginning)"
            values[":beginning"] = {"S": beginning}
        request: Any = {
            "TableName": self._table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        # No paginator: creating one takes a cold start longer than the request.
        while True:
            answer = self._client.query(**request)
            yield from cast("list[Item]", answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _between(
        self,
        index: str,
        key: tuple[str, str],
        between: tuple[str, str, str],
        limit: int,
        *,
        ascending: bool,
    ) -> Iterator[Item]:
        """Query an index: `key` is name and value, `between` is name and bounds."""
        sort, low, high = between
        if low > high:
            return
        request: Any = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": "#key = :key AND #sort BETWEEN :low AND :high",
            "ExpressionAttributeNames": {"#key": key[0], "#sort": sort},
            "ExpressionAttributeValues": {
                ":key": {"S": key[1]},
                ":low": {"S": low},
                ":high": {"S": high},
            },
            "ScanIndexForward": ascending,
        }
        while limit > 0:
            answer = self._client.query(**request, Limit=limit)
            yield from cast("list[Item]", answer["Items"])
            limit -= len(answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


# Where responses have their items.
_ITEMS_IN = {"Query": "Items", "Scan": "Items", "BatchGetItem": "Responses"}


def _as_sent(name: str, response_dict: Item, customized_response_dict: Item, **_: object) -> None:
    """Take the items of a response from its JSON unchanged; they are already in the right form.

    botocore would walk through each value of each item to build exactly the same, which takes nine
    tenths of the time of a large read.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
    """
    if response_dict["status_code"] != HTTPStatus.OK:
        return
    with suppress(ValueError):  # botocore reports invalid JSON itself
        body = json.loads(response_dict["body"])
        customized_response_dict[name] = body.pop(name)
        response_dict["body"] = json.dumps(body).encode()


def is_failed_condition(error: ClientError) -> bool:
    """Return whether an error means that a condition did not hold."""
    return error.response["Error"]["Code"] == CONDITION_FAILED


def number(item: Item, name: str) -> int | None:
    """Return an optional number of an item."""
    return int(item[name]["N"]) if name in item else None


def text(item: Item, name: str) -> str | None:
    """Return an optional text of an item."""
    return str(item[name]["S"]) if name in item else None


def typed(value: str | int) -> dict[str, str]:
    """Return a value in DynamoDB's own form."""
    return {"S": str(value)} if isinstance(value, str) else {"N": str(value)}


def typed_values(values: dict[str, str | int | None]) -> Item:
    """Return values in DynamoDB's own form, without those that are None."""
    return {name: typed(value) for name, value in values.items() if value is not None}

"""Owns counting what a client asks of DynamoDB: requests by operation, and the units they cost."""

from collections import Counter
from typing import Any

from mypy_boto3_dynamodb import DynamoDBClient

READS = ("Query", "Scan", "GetItem", "BatchGetItem")
WRITES = ("PutItem", "UpdateItem", "BatchWriteItem")


class Consumption:
    """Counts from when it is made; `clear` starts anew."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.requests: Counter[str] = Counter()
        self.reads = 0.0
        self.writes = 0.0
        for name in READS + WRITES:
            client.meta.events.register(f"provide-client-params.dynamodb.{name}", self._ask)
            client.meta.events.register(f"after-call.dynamodb.{name}", self._count)

    def clear(self) -> None:
        """Forget what was counted."""
        self.requests.clear()
        self.reads = self.writes = 0.0

    def _ask(self, params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _count(self, parsed: dict[str, Any], model: Any, **_: object) -> None:
        self.requests[model.name] += 1
        capacity = parsed.get("ConsumedCapacity", [])
        units = sum(
            float(part["CapacityUnits"])
            for part in (capacity if isinstance(capacity, list) else [capacity])
        )
        if model.name in READS:
            self.reads += units
        else:
            self.writes += units

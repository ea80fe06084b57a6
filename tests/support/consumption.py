"""Counts what a client asks of DynamoDB: requests by operation, and the units they cost."""

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
        self.empty = 0
        """Queries that DynamoDB Local billed nothing for."""
        self.absent = 0.0
        """Units of items asked for by key that are not there: it billed nothing for them either."""
        self.writes = 0.0
        self._unit = 1.0
        for name in READS + WRITES:
            client.meta.events.register(f"provide-client-params.dynamodb.{name}", self._ask)
            client.meta.events.register(f"after-call.dynamodb.{name}", self._count)

    def clear(self) -> None:
        """Forget what was counted."""
        self.requests.clear()
        self.empty = 0
        self.absent = 0.0
        self.reads = self.writes = 0.0

    @property
    def billed_reads(self) -> float:
        """The read units that DynamoDB itself would bill: it bills what is not there, too.

        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
        """
        return self.reads + self.empty / 2 + self.absent

    def _ask(self, params: dict[str, Any], **_: object) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"
        for request in params.get("RequestItems", {}).values():
            if "Keys" in request:
                self._unit = 1.0 if request.get("ConsistentRead") else 0.5
                self.absent += self._unit * len(request["Keys"])

    def _count(self, parsed: dict[str, Any], model: Any, **_: object) -> None:
        self.requests[model.name] += 1
        for items in parsed.get("Responses", {}).values():
            self.absent -= self._unit * len(items)
        capacity = parsed.get("ConsumedCapacity", [])
        units = sum(
            float(part["CapacityUnits"])
            for part in (capacity if isinstance(capacity, list) else [capacity])
        )
        if model.name in READS:
            self.reads += units
            self.empty += units == 0 and model.name == "Query"
        else:
            self.writes += units

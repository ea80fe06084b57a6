"""The table's stream: what its records say, and records fetched by a pointer to them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from adapters.dynamodb.items import decode
from core.table.store import Stored

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


def states(record: Mapping[str, Any]) -> tuple[Stored | None, Stored] | None:
    """Read a stream record: the task's record before and after a write.

    None where there is nothing after it (the TTL's removal of an old record, the only kind there
    is), and for items that are no task's record, whose `taskId` begins with `#`.
    """
    change = record["dynamodb"]
    if "NewImage" not in change or change["Keys"]["taskId"]["S"].startswith("#"):
        return None
    before = decode(change["OldImage"]) if "OldImage" in change else None
    return before, decode(change["NewImage"])


class Stream:
    """Fetches records that Lambda gave up on, as long as the stream still has them (24 hours)."""

    def __init__(self, client: "DynamoDBStreamsClient") -> None:
        self._client = client

    def fetch(self, batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Read the records that a `DDBStreamBatchInfo` of a failed invocation points to.

        Raises botocore's TrimmedDataAccessException for those that are gone.
        """
        iterator: str | None = self._client.get_shard_iterator(
            StreamArn=batch["streamArn"],
            ShardId=batch["shardId"],
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=batch["startSequenceNumber"],
        )["ShardIterator"]
        last = int(batch["endSequenceNumber"])
        while iterator is not None:
            answer = self._client.get_records(ShardIterator=iterator)
            for record in answer["Records"]:
                if int(record["dynamodb"]["SequenceNumber"]) > last:
                    return
                yield record
            at_end = answer["Records"] and (
                int(answer["Records"][-1]["dynamodb"]["SequenceNumber"]) >= last
            )
            iterator = None if at_end else answer.get("NextShardIterator")

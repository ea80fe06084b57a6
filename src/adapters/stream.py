"""Decodes stream records, and refetches those a dead letter points to."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from adapters.dynamodb.items import decode
from core.table.store import Stored

if TYPE_CHECKING:
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient


def states(record: Mapping[str, Any]) -> tuple[Stored | None, Stored] | None:
    """Decode a stream record: the task's record before and after a write.

    Return None if there is nothing after it (a deletion; only TTL deletes records), and for items
    that are not records, whose `taskId` begins with `#`.
    """
    change = record["dynamodb"]
    if "NewImage" not in change or change["Keys"]["taskId"]["S"].startswith("#"):
        return None
    before = decode(change["OldImage"]) if "OldImage" in change else None
    return before, decode(change["NewImage"])


class Stream:
    """Fetches records that Lambda gave up on, while the stream still has them (24 hours)."""

    def __init__(self, client: "DynamoDBStreamsClient") -> None:
        self._client = client

    def fetch(self, batch: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield the records that the `DDBStreamBatchInfo` of a failed invocation points to.

        Raise botocore's TrimmedDataAccessException if they are gone.
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

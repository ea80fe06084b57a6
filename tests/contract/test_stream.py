"""Contract: the table's stream tells the states of a record, and can be read again by a pointer."""

from typing import Any

import boto3
import pytest
from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient

from adapters.dynamodb import DynamoStore
from adapters.stream import Stream, states
from core.table.store import Stored
from core.task.record import join
from core.text.instant import DAY
from tests.support.tables import Table
from tests.support.tasks import observed


@pytest.fixture
def streams(table: Table, request: pytest.FixtureRequest) -> DynamoDBStreamsClient:
    """Give the client of the engine's streams."""
    url = table.client.meta.endpoint_url
    if request.node.callspec.params["table"] == "ministack":
        session: boto3.Session = request.getfixturevalue("ministack").session
        return session.client("dynamodbstreams", endpoint_url=url)
    return boto3.client("dynamodbstreams", endpoint_url=None if "amazonaws" in url else url)


@pytest.fixture
def written(table: Table) -> list[Stored]:
    """Write three states of one record."""
    store = DynamoStore(table.client, table.name, 90 * DAY)
    seen = [
        observed(version=2, lastStatus="PENDING"),
        observed(version=3, lastStatus="RUNNING"),
        observed(version=4, lastStatus="RUNNING", desiredStatus="STOPPED"),
    ]
    states_of_it: list[Stored] = []
    for number, record in enumerate(seen, start=1):
        joined = join(states_of_it[-1].record, record) if states_of_it else record
        states_of_it.append(Stored(joined, revision=number, sequence=number))
        assert store.put_many(states_of_it[-1:]) == [None]
    return states_of_it


def shard_of(streams: DynamoDBStreamsClient, table: Table) -> tuple[str, str, list[Any]]:
    arn = table.client.describe_table(TableName=table.name)["Table"]["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        if records := streams.get_records(ShardIterator=iterator)["Records"]:
            return arn, shard["ShardId"], records
    raise AssertionError("the stream is empty")


def test_a_stream_record_tells_the_states_before_and_after_a_write(
    table: Table, streams: DynamoDBStreamsClient, written: list[Stored]
) -> None:
    _, _, records = shard_of(streams, table)
    first, second, third = written
    assert [states(record) for record in records] == [
        (None, first),
        (first, second),
        (second, third),
    ]


def test_a_removal_and_items_that_are_no_record_tell_nothing(
    table: Table, streams: DynamoDBStreamsClient, written: list[Stored]
) -> None:
    DynamoStore(table.client, table.name, 90 * DAY).note_event(DAY)
    key = {"taskId": {"S": "a1"}, "clusterArn": {"S": str(written[0].record.key.cluster_arn)}}
    table.client.delete_item(TableName=table.name, Key=key)
    _, _, records = shard_of(streams, table)
    assert {record["eventName"] for record in records[3:]} >= {"INSERT", "REMOVE"}
    assert {states(record) for record in records[3:]} == {None}


@pytest.mark.parametrize("start, end", [(0, 0), (0, 1), (1, 2), (0, 2)])
def test_records_are_fetched_again_by_a_pointer_from_the_first_to_the_last(
    table: Table,
    streams: DynamoDBStreamsClient,
    written: list[Stored],
    start: int,
    end: int,
) -> None:
    arn, shard, records = shard_of(streams, table)
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    pointer = {
        "streamArn": arn,
        "shardId": shard,
        "startSequenceNumber": numbers[start],
        "endSequenceNumber": numbers[end],
    }
    fetched = [states(record) for record in Stream(streams).fetch(pointer)]
    assert [told and told[1] for told in fetched] == written[start : end + 1]

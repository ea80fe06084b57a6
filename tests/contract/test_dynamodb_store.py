"""How the store speaks to DynamoDB: what it asks, what it costs, what it makes of refusals."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient

from adapters.dynamodb import DynamoStore, ThrottledError, encode, encode_coverage
from core.table import index
from core.table.coverage import ClusterCoverage
from core.table.store import ConflictError, Stored
from core.task.ecs import parse_event
from core.task.kinds import TaskKey
from core.task.record import Record, in_vpc, join, missing
from core.text.instant import DAY, SECOND
from tests.contract.conftest import OpenTable
from tests.support.aws_calls import THROTTLED, Calls, Json
from tests.support.capacity import WRITE_UNIT, item_size
from tests.support.samples import EVENTS, read_event, readable
from tests.support.tables import Table, new_table
from tests.support.tasks import NOON, eni, event, key, observed, task
from tests.support.template import resource

RETENTION = 90 * DAY


@pytest.fixture
def moto_table() -> Iterator[Table]:
    """Give a table in moto, whose client tries once."""
    config = Config(retries={"total_max_attempts": 1})
    with mock_aws(), new_table(boto3.client("dynamodb", config=config)) as table:
        yield table


@pytest.fixture
def calls(moto_table: Table) -> Calls:
    return Calls(moto_table.client)


@pytest.fixture
def store(moto_table: Table) -> DynamoStore:
    return DynamoStore(moto_table.client, moto_table.name, RETENTION)


def written(*records: Record) -> list[Stored]:
    return [Stored(record, revision=1, written_at=NOON) for record in records]


# What it asks


@pytest.mark.parametrize("cluster, operation", [(None, "Scan"), ("shop", "Query")])
def test_an_empty_page_that_is_not_the_last_is_read_past(
    store: DynamoStore, calls: Calls, cluster: str | None, operation: str
) -> None:
    store.put_many(written(task("a1"), task("a2")))
    position = {
        "liveCluster": {"S": "shop"},
        "taskId": {"S": "a1"},
        "clusterArn": {"S": str(key("a1").cluster_arn)},
    }
    empty: Json = {"Items": [], "Count": 0, "LastEvaluatedKey": position}
    calls.answers[operation] = lambda body: None if "ExclusiveStartKey" in body else empty
    page = store.live_page(cluster, None, 10)
    assert ([record.key for record in page.items], page.more) == ([key("a2")], False)


def test_an_index_is_read_on_where_dynamodb_stops_short_of_the_limit(
    store: DynamoStore, calls: Calls
) -> None:
    """It reads a megabyte at most before it answers."""
    records = [task(name, attached=NOON + at) for at, name in enumerate("abc")]
    store.put_many(written(*records))
    newest = item_of(records[-1])
    names = ("privateIpv4Address", "addressSort", "taskId", "clusterArn")
    place = {name: newest[name] for name in names}
    short: Json = {"Items": [newest], "Count": 1, "LastEvaluatedKey": place}
    calls.answers["Query"] = lambda body: None if "ExclusiveStartKey" in body else short
    found = store.holdings("10.0.4.128", (index.LOWEST, index.HIGHEST), 2)
    assert [entry.key for entry in found] == [key("c"), key("b")]
    assert [body["Limit"] for body in calls.of("Query")] == [2, 1]


def test_what_is_known_of_a_cluster_that_is_gone_expires() -> None:
    gone = ClusterCoverage(cluster_arn="arn", swept_at=NOON, gone=True)
    assert encode_coverage(gone, RETENTION)["expiresAt"] == {"N": f"{(NOON + RETENTION) // SECOND}"}
    assert "expiresAt" not in encode_coverage(replace(gone, gone=False), RETENTION)


def test_records_are_read_strongly_consistently(store: DynamoStore, calls: Calls) -> None:
    store.put_many(written(task("a1")))
    store.get_many([key("a1")])
    store.find("a1")
    (batch,), (query,) = calls.of("BatchGetItem"), calls.of("Query")
    assert [request["ConsistentRead"] for request in batch["RequestItems"].values()] == [True]
    assert query["ConsistentRead"]


@pytest.mark.parametrize("count, batches", [(0, 0), (1, 1), (100, 1), (101, 2), (250, 3)])
def test_a_hundred_records_are_read_at_once(
    store: DynamoStore, calls: Calls, count: int, batches: int
) -> None:
    store.get_many([key(f"a{number}") for number in range(count)])
    assert [operation for operation, _ in calls.seen] == ["BatchGetItem"] * batches


def test_a_record_is_written_by_one_put_on_the_revision_that_was_read(
    store: DynamoStore, calls: Calls
) -> None:
    store.put_many(written(task("a1")))
    store.put_many([Stored(task("a1"), revision=2)])
    first, second = calls.of("PutItem")
    assert first["ConditionExpression"] == "attribute_not_exists(taskId)"
    assert second["ExpressionAttributeValues"] == {":read": {"N": "1"}}
    assert len(calls.seen) == 2


def test_a_minute_of_events_costs_an_instance_one_write(store: DynamoStore, calls: Calls) -> None:
    for second in range(0, 60, 5):
        store.note_event(NOON + second * SECOND)
    assert [operation for operation, _ in calls.seen] == ["UpdateItem"]


# What it makes of refusals


def test_keys_left_unprocessed_are_asked_for_again(store: DynamoStore, calls: Calls) -> None:
    records = [task(f"a{number}") for number in range(7)]
    store.put_many(written(*records))

    def two_at_a_time(body: Json) -> Json:
        ((name, request),) = body["RequestItems"].items()
        some, rest = request["Keys"][:2], request["Keys"][2:]
        items = [encode(item, RETENTION) for item in written(*records)]
        found = [item for item in items if item["taskId"] in [one["taskId"] for one in some]]
        unprocessed = {name: {**request, "Keys": rest}} if rest else {}
        return {"Responses": {name: found}, "UnprocessedKeys": unprocessed}

    calls.answers["BatchGetItem"] = two_at_a_time
    wanted = [key("x"), key("y"), *(record.key for record in records)]
    assert set(store.get_many(wanted)) == {record.key for record in records}
    assert len(calls.of("BatchGetItem")) == 5


def test_a_read_that_makes_no_headway_is_given_up(store: DynamoStore, calls: Calls) -> None:
    calls.answers["BatchGetItem"] = lambda body: {
        "Responses": {},
        "UnprocessedKeys": body["RequestItems"],
    }
    with pytest.raises(ThrottledError):
        store.get_many([key("a1"), key("a2")])
    assert len(calls.of("BatchGetItem")) == 1


def test_a_refused_read_is_raised_and_never_looks_like_absence(
    store: DynamoStore, calls: Calls
) -> None:
    for operation in ("BatchGetItem", "Query", "Scan", "GetItem", "UpdateItem"):
        calls.answers[operation] = lambda _: THROTTLED
    reads: list[Callable[[], object]] = [
        lambda: store.get_many([key("a1")]),
        lambda: store.find("a1"),
        lambda: store.live_page("shop", None, 10),
        lambda: store.live_page(None, None, 10),
        lambda: store.holdings("10.0.4.128", (index.LOWEST, "~"), 2),
        store.coverages,
        store.last_event_at,
        lambda: store.note_event(NOON),
    ]
    for read in reads:
        with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
            read()


def test_an_event_whose_time_was_not_noted_is_noted_the_next_time(
    store: DynamoStore, calls: Calls
) -> None:
    calls.answers["UpdateItem"] = lambda _: THROTTLED
    with pytest.raises(ClientError):
        store.note_event(NOON)
    del calls.answers["UpdateItem"]
    store.note_event(NOON)
    assert store.last_event_at() == NOON


def test_a_throttled_write_costs_no_other(store: DynamoStore, calls: Calls) -> None:
    def throttle_one(body: Json) -> Json | None:
        return THROTTLED if body["Item"]["taskId"]["S"] == "a1" else None

    calls.answers["PutItem"] = throttle_one
    results = store.put_many(written(task("a0"), task("a1"), task("a2")))
    assert [result is None for result in results] == [True, False, True]
    assert isinstance(results[1], ClientError)
    assert not isinstance(results[1], ConflictError)
    assert set(store.get_many([key("a0"), key("a1"), key("a2")])) == {key("a0"), key("a2")}


@pytest.mark.parametrize("count", [1, 3])
def test_a_lost_connection_is_the_result_of_its_write(
    store: DynamoStore, calls: Calls, count: int
) -> None:
    calls.answers["PutItem"] = lambda _: EndpointConnectionError(endpoint_url="http://gone")
    results = store.put_many(written(*(task(f"a{number}") for number in range(count))))
    assert [type(result) for result in results] == [EndpointConnectionError] * count


# What is in the table


def item_of(record: Record) -> Json:
    return encode(Stored(record, revision=1, sequence=1, written_at=NOON), RETENTION)


def text(item: Json, name: str) -> str | None:
    return next(iter(item[name].values())) if name in item else None


KEYS_OF_INDEX = {
    definition["IndexName"]: {part["AttributeName"] for part in definition["KeySchema"]}
    for definition in resource("Table")["GlobalSecondaryIndexes"]
}


@pytest.mark.parametrize(
    "record, indexes",
    [
        (task(), {"live", "service", "ipv4"}),
        (task(ipv6="2001:db8::1"), {"live", "service", "ipv4", "ipv6"}),
        (task(ipv4=None, ipv6="2001:db8::1"), {"live", "service", "ipv6"}),
        (task(ipv4=None), {"live"}),
        (task(group=None), {"live", "ipv4"}),
        (task(stopped=NOON + SECOND), {"service", "ipv4"}),
        (task(gone=NOON + DAY), {"service", "ipv4"}),
        (task(ipv4=None, stopped=NOON + SECOND), set()),
        (observed(), {"live", "service", "ipv4", "eni"}),
    ],
    ids=[
        *("held", "dual-stack", "ipv6-only", "no-address", "no-group"),
        *("stopped", "gone", "stopped-without-address", "eni"),
    ],
)
def test_a_record_is_in_the_indexes_that_apply_to_it(record: Record, indexes: set[str]) -> None:
    item = item_of(record)
    assert {name for name, keys in KEYS_OF_INDEX.items() if keys <= item.keys()} == indexes


def test_an_item_expires_when_its_retention_after_its_end_is_over() -> None:
    assert resource("Table")["TimeToLiveSpecification"]["AttributeName"] == "expiresAt"
    assert text(item_of(task()), "expiresAt") is None
    stopped = text(item_of(task(stopped=NOON)), "expiresAt")
    assert stopped == str((NOON + RETENTION) // SECOND)
    gone = text(item_of(task(gone=NOON + DAY)), "expiresAt")
    assert gone == str((NOON + DAY - 3_600 * SECOND + RETENTION) // SECOND)


# What it costs


@pytest.mark.parametrize("name", sorted(readable()))
def test_every_sample_fits_one_write_unit(name: str) -> None:
    assert item_size(item_of(readable()[name].record)) <= WRITE_UNIT


def test_every_whole_life_fits_one_write_unit_with_all_that_can_be_learned_of_it() -> None:
    """The largest is a recorded one, of a cluster and a service that the CDK named."""
    lives: dict[TaskKey, Record] = {}
    for observation in readable().values():
        seen = observation.record
        lives[seen.key] = join(lives.get(seen.key, seen), seen)
    for identity, life in lives.items():
        whole = join(life, in_vpc(identity, "vpc-0123456789abcdef0"))
        whole = join(whole, missing(identity, at=NOON + DAY, seen_at=NOON + 1))
        assert item_size(item_of(whole)) <= WRITE_UNIT


@pytest.fixture
def real_table(open_table: OpenTable) -> Table:
    """Give a table in Amazon's own engine, which counts what it consumes."""
    return open_table("dynamodb-local")


class Consumed:
    """Adds up what requests of a client consume."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.puts: list[tuple[float, dict[str, float]]] = []
        events: Any = client.meta.events
        events.register("provide-client-params.dynamodb.PutItem", self._ask)
        events.register("after-call.dynamodb.PutItem", self._note)

    def _ask(self, params: Json, **_: Any) -> Json:
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    def _note(self, parsed: Json, **_: Any) -> None:
        consumed = parsed["ConsumedCapacity"]
        indexes = consumed.get("GlobalSecondaryIndexes", {})
        self.puts.append(
            (
                consumed["Table"]["CapacityUnits"],
                {name: used["CapacityUnits"] for name, used in indexes.items()},
            )
        )


def test_a_whole_life_costs_one_unit_a_put_and_few_index_writes(real_table: Table) -> None:
    store = DynamoStore(real_table.client, real_table.name, RETENTION)
    consumed = Consumed(real_table.client)
    record: Record | None = None
    for revision, name in enumerate(
        sorted(name for name in EVENTS if name.startswith("fargate-service-")), start=1
    ):
        seen = read_event(name).record
        record = seen if record is None else join(record, seen)
        assert store.put_many([Stored(record, revision, revision, NOON)]) == [None]
    assert consumed.puts == [
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0, "service": 1.0, "ipv4": 1.0, "eni": 1.0}),
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0, "service": 2.0, "ipv4": 1.0}),
    ]


def test_a_typical_put_costs_one_write_unit_of_the_table(real_table: Table) -> None:
    store = DynamoStore(real_table.client, real_table.name, RETENTION)
    consumed = Consumed(real_table.client)
    records = {observation.record.key: observation.record for observation in readable().values()}
    assert set(store.put_many(written(*records.values()))) == {None}
    assert {units for units, _ in consumed.puts} == {1.0}
    assert len(consumed.puts) == len(records)


INSTANTS = (
    *("createdAt", "connectivityAt", "startedAt", "stoppingAt"),
    *("executionStoppedAt", "stoppedAt", "updatedAt"),
)


def longest_life() -> Record:
    """Make a stopped task with every field, each as long as ECS documents that it can be."""
    home = "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:"
    address = {"ipv6Address": f"2001:db8{':ffff' * 6}"}
    longest = event(
        taskArn=f"{home}task/{'c' * 255}/{'a' * 32}",
        clusterArn=f"{home}cluster/{'c' * 255}",
        group=f"service:{'s' * 255}",
        startedBy="s" * 128,
        taskDefinitionArn=f"{home}task-definition/{'t' * 255}:999999",
        capacityProviderName="p" * 255,
        containerInstanceArn=f"{home}container-instance/{'c' * 255}/{'b' * 32}",
        platformVersion="1.4.0",
        availabilityZone="us-gov-west-1a",
        lastStatus="STOPPED",
        stopCode="ServiceSchedulerInitiated",
        stoppedReason="x" * 1_024,
        attachments=[eni(privateDnsName=f"ip-100-100-100-100.{'d' * 60}.internal")],
        containers=[{"networkInterfaces": [address]}],
        **dict.fromkeys(INSTANTS, "2026-11-20T11:59:59.999Z"),
    )
    return parse_event(longest | {"region": "us-gov-west-1"}).record


def test_even_the_longest_names_that_ecs_allows_cost_no_more_than_three_units() -> None:
    assert 2 * WRITE_UNIT < item_size(item_of(longest_life())) <= 3 * WRITE_UNIT

"""How the store speaks to DynamoDB: what it asks, what it costs, what it makes of refusals."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import replace
from functools import reduce
from itertools import accumulate
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from mypy_boto3_dynamodb import DynamoDBClient

from adapters.dynamodb import DynamoStore, ThrottledError
from adapters.dynamodb.items import decode, encode, projection
from adapters.dynamodb.sweeps import encode_coverage
from core.table import index_keys
from core.table.coverage import ClusterCoverage
from core.table.seen_names import CLUSTER, begins
from core.table.store import ConflictError, Stored
from core.task.ecs import parse_event
from core.task.fields import STORED
from core.task.kinds import Earliest, Newest, TaskKey
from core.task.record import Record, in_vpc, join
from core.text.instant import DAY, SECOND
from tests.contract.conftest import OpenTable
from tests.support.aws_calls import THROTTLED, Calls, Json
from tests.support.capacity import WRITE_UNIT, item_size
from tests.support.samples import EVENTS, readable
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
        "live": {"S": "shop"},
        "created": {"S": index_keys.created_sort(NOON - 60 * SECOND, key("a1"))},
        "taskId": {"S": "a1"},
        "clusterArn": {"S": str(key("a1").cluster_arn)},
    }
    empty: Json = {"Items": [], "Count": 0, "LastEvaluatedKey": position}
    calls.answers[operation] = lambda body: None if "ExclusiveStartKey" in body else empty
    page = store.live_page(cluster, None, 10)
    assert ([record.key for record in page.items], page.more) == ([key("a2")], False)


@pytest.mark.parametrize("cluster, operation", [(None, "Scan"), ("shop", "Query")])
def test_all_live_tasks_are_read_to_the_end_however_they_come_in_pages(
    monkeypatch: pytest.MonkeyPatch,
    store: DynamoStore,
    calls: Calls,
    cluster: str | None,
    operation: str,
) -> None:
    monkeypatch.setattr("adapters.dynamodb.records._LIVE_A_PAGE", 3)
    store.put_many(written(*(task(f"a{number}") for number in range(8))))
    found = sorted(record.key.task_id for record in store.all_live(cluster))
    assert found == [f"a{number}" for number in range(8)]
    assert [body["Limit"] for body in calls.of(operation)] == [3, 3, 3]


def test_a_walk_over_live_tasks_can_be_left(
    monkeypatch: pytest.MonkeyPatch, store: DynamoStore
) -> None:
    monkeypatch.setattr("adapters.dynamodb.records._LIVE_A_PAGE", 1)
    store.put_many(written(task("a1"), task("a2"), task("a3")))
    usual = sys.getswitchinterval()
    records = store.all_live(None, ["last_status"])
    assert next(records).live
    assert sys.getswitchinterval() < usual
    records.close()  # type: ignore[attr-defined]  # it is a generator
    assert sys.getswitchinterval() == usual


def test_an_index_is_read_on_where_dynamodb_stops_short_of_the_limit(
    store: DynamoStore, calls: Calls
) -> None:
    """It reads a megabyte at most before it answers."""
    records = [task(name, attached=NOON + at) for at, name in enumerate("abc")]
    store.put_many(written(*records))
    newest = item_of(records[-1])
    names = ("ipv4", "place", "taskId", "clusterArn")
    place = {name: newest[name] for name in names}
    short: Json = {"Items": [newest], "Count": 1, "LastEvaluatedKey": place}
    calls.answers["Query"] = lambda body: None if "ExclusiveStartKey" in body else short
    found = store.address_entries("10.0.4.128", (index_keys.LOWEST, index_keys.HIGHEST), 2)
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
        lambda: list(store.all_live("shop")),
        lambda: list(store.all_live(None)),
        lambda: store.address_entries("10.0.4.128", (index_keys.LOWEST, "~"), 2),
        store.sweeps,
        lambda: store.cluster_coverage("arn"),
        lambda: store.live_between("shop", (index_keys.LOWEST, "~"), 2),
        lambda: store.past_between("shop#14", (index_keys.LOWEST, "~"), 2),
        lambda: store.service_entries("shop#service:web", (index_keys.LOWEST, "~"), 2),
        lambda: store.on_interface("eni-1"),
        lambda: store.notes(begins(CLUSTER)),
        store.subnets,
        lambda: store.ask_for_sweep("arn", now=NOON, not_since=0),
        lambda: store.claim_sweep("arn", NOON, now=NOON, until=NOON),
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
        (task(stopped=NOON + SECOND), {"past", "service", "ipv4"}),
        (task(gone=NOON + DAY), {"past", "service", "ipv4"}),
        (task(ipv4=None, stopped=NOON + SECOND), {"past"}),
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
    lives: dict[TaskKey, Record] = {}
    for observation in readable().values():
        seen = observation.record
        lives[seen.key] = join(lives.get(seen.key, seen), seen)
    for life in lives.values():
        assert item_size(item_of(with_all_proofs(life))) <= WRITE_UNIT


def with_all_proofs(life: Record) -> Record:
    """Add every proof that there is, and the VPC, whether or not they can all be true."""
    start, end = life.created_at + 12_345, (life.newest.observed_at or NOON) - 1_234
    earliest = {name: getattr(life.earliest, name) or start for name in Earliest._fields}
    newest = {name: getattr(life.newest, name) or end for name in Newest._fields}
    proven = replace(life, earliest=Earliest(**earliest), newest=Newest(**newest))
    return join(proven, in_vpc(life.key, "vpc-0123456789abcdef0"))


FARGATE = sorted(name for name in EVENTS if name.startswith("fargate-service-"))


def generated_names(name: str) -> Json:
    """Give cluster, service and task definition of a sample names of 50 characters."""
    text = json.dumps(EVENTS[name])
    for before, after in (
        ("cluster/shop", f"cluster/{'c' * 50}"),
        ("task/shop/", f"task/{'c' * 50}/"),
        ("service:web", f"service:{'s' * 50}"),
        ("task-definition/web", f"task-definition/{'t' * 50}"),
    ):
        assert before in text
        text = text.replace(before, after)
    changed: Json = json.loads(text)
    return changed


def test_a_life_with_generated_names_fits_one_write_unit_at_every_step() -> None:
    """Tools that deploy generate names of some 50 characters."""
    seen = [parse_event(generated_names(name)).record for name in FARGATE]
    lives = list(accumulate(seen, join))
    sizes = [item_size(item_of(life)) for life in lives]
    assert sizes == sorted(sizes)
    assert sizes[-1] <= 950
    assert item_size(item_of(with_all_proofs(lives[-1]))) <= 1_010


AWKWARD = [
    "=",
    "==",
    "=a",
    "=R",
    "a",
    "R",
    "eu-west-1",
    "eu-west-1=",
    "",
    "\x01",
    "ecs-svc/1",
    "é=",
]
SHORTENED_NAMES = st.sampled_from(
    [
        *("STOPPED", "ATTACHED", "awsvpc", "FARGATE", "CONNECTED", "ServiceSchedulerInitiated"),
        *(
            "eu-west-1a",
            "eu-west-1-wl1-a",
            "us-east-1a",
            "ip-10-0-4-128.eu-west-1.compute.internal",
        ),
        *(
            "ip-10-0-4-128.ec2.internal",
            "ecs-svc/1 stopped, ecs-svc/1",
            "=ecs-svc/1",
            "ecs-svc/1\x01",
        ),
        *AWKWARD,
    ]
)


@given(st.data())
def test_whatever_ecs_says_is_read_back_from_its_short_form(data: st.DataObject) -> None:
    def some() -> str:
        return data.draw(SHORTENED_NAMES)

    life = observed(capacityProviderName="FARGATE")
    assert life.status is not None
    said = replace(
        life,
        status=replace(
            life.status,
            last_status=some(),
            desired_status=some(),
            attachment_status=some(),
            connectivity=some(),
            stop_code=some(),
            stopped_reason=some(),
        ),
        facts=replace(
            life.facts,
            started_by=data.draw(st.sampled_from([None, "ecs-svc/1", "="])),
            launch_type=some(),
            capacity_provider_name=some(),
            network_mode=some(),
            availability_zone=some(),
            task_definition_arn=data.draw(
                st.sampled_from([some(), f"{life.key.cluster_arn.home}task-definition/web:1"])
            ),
            container_instance_arn=data.draw(
                st.sampled_from([some(), f"{life.key.cluster_arn.home}container-instance/shop/1"])
            ),
        ),
        interface=replace(
            life.interface,
            private_dns_name=some(),
            private_ipv4_address=data.draw(st.sampled_from([None, "10.0.4.128"])),
        ),
    )
    item = item_of(said)
    assert decode(item).record == said


@pytest.mark.parametrize("short", ["ls", "ds", "v", "so", "rv", "sq", "wa"])
def test_an_item_without_what_every_record_has_is_no_record(short: str) -> None:
    item = item_of(task())
    del item[short]
    with pytest.raises(KeyError, match=short):
        decode(item)


def test_what_cannot_be_told_from_the_item_alone_is_read_along() -> None:
    for name, needed in (("sr", "sb"), ("dn", "ipv4")):
        by_short = {field.short: field.name for field in STORED}
        names = projection([by_short[name]])["ExpressionAttributeNames"].values()
        assert {name, needed} <= set(names)


@pytest.fixture
def real_table(open_table: OpenTable) -> Table:
    """Give a table in Amazon's own engine, which counts what it consumes."""
    return open_table("dynamodb-local")


type Units = tuple[float, dict[str, float]]
"""Write units of the table, and of each index that was written."""


class Consumed:
    """Adds up what requests of a client consume."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.puts: list[Units] = []
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


def put_life(real_table: Table, batches: Iterable[Sequence[str]]) -> list[Units]:
    """Write a recorded life, so many events at a time; return what each write took."""
    store = DynamoStore(real_table.client, real_table.name, RETENTION)
    consumed = Consumed(real_table.client)
    record: Record | None = None
    for revision, names in enumerate(batches, start=1):
        seen = reduce(join, [parse_event(generated_names(name)).record for name in names])
        record = seen if record is None else join(record, seen)
        assert store.put_many([Stored(record, revision, revision, NOON)]) == [None]
    return consumed.puts


def total(puts: Iterable[Units]) -> float:
    return sum(table + sum(indexes.values()) for table, indexes in puts)


def test_a_whole_life_one_event_at_a_time_takes_eighteen_write_units(real_table: Table) -> None:
    """At its end it leaves `live`, enters `past`, and moves in `service`."""
    puts = put_life(real_table, [[name] for name in FARGATE])
    assert puts == [
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0, "service": 1.0, "ipv4": 1.0, "eni": 1.0}),
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0}),
        (1.0, {"live": 1.0, "past": 1.0, "service": 2.0}),
    ]
    assert total(puts) == 18


def test_a_whole_life_in_two_batches_takes_ten_write_units(real_table: Table) -> None:
    puts = put_life(real_table, [FARGATE[:3], FARGATE[3:]])
    assert puts == [
        (1.0, {"live": 1.0, "service": 1.0, "ipv4": 1.0, "eni": 1.0}),
        (1.0, {"live": 1.0, "past": 1.0, "service": 2.0}),
    ]
    assert total(puts) == 10


def test_a_sighting_that_moves_a_proof_alone_writes_no_address_index(real_table: Table) -> None:
    store = DynamoStore(real_table.client, real_table.name, RETENTION)
    first = observed()
    again = join(first, observed(version=4, updatedAt="2026-11-20T13:00:00Z"))
    store.put_many([Stored(first, 1)])
    consumed = Consumed(real_table.client)
    store.put_many([Stored(again, 2)])
    assert consumed.puts == [(1.0, {"live": 1.0})]


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

"""The store on DynamoDB: one item a task, under one kilobyte, found through sparse indexes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from functools import lru_cache
from itertools import batched
from sys import intern
from typing import TYPE_CHECKING, Any, cast

from botocore.exceptions import ClientError

from core import index
from core.arn import ClusterArn
from core.coverage import ClusterCoverage, CompletedSweep, Gap, Tally
from core.instant import FAR_FUTURE, MINUTE, SECOND, Duration, Instant
from core.record import Earliest, Facts, Newest, Record, Status, TaskKey
from core.store import ConflictError, Holding, LivePosition, Page, Stored, Tenure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Item = dict[str, Any]
"""An item in DynamoDB's own form: `{"name": {"S": "text"}}`."""

SIDE_BY_SIDE = 16
"""Writes under way at once; the client needs as many connections."""

_KEYS_A_READ = 100  # BatchGetItem's limit
_CONDITION_FAILED = "ConditionalCheckFailedException"

# Short names, because a name counts into the item's size each time: a record is to fit the
# kilobyte that one write unit pays for. Those that an index uses are spelled out.
_STATUS = {
    "last_status": "ls",
    "desired_status": "ds",
    "version": "v",
    "attachment_status": "as",
    "stop_code": "sc",
    "stopped_reason": "sr",
    "source": "so",
}
_FACTS = {
    "task_arn": "ta",
    "group": "gr",
    "started_by": "sb",
    "task_definition_arn": "td",
    "launch_type": "lt",
    "capacity_provider_name": "cp",
    "platform_version": "pv",
    "availability_zone": "az",
    "container_instance_arn": "ci",
    "network_mode": "nm",
    "attachment_id": "ai",
    "network_interface_id": "networkInterfaceId",
    "subnet_id": "sn",
    "vpc_id": "vpcId",
    "mac_address": "ma",
    "private_dns_name": "dn",
    "private_ipv4_address": "privateIpv4Address",
    "ipv6_address": "ipv6Address",
    "created_at": "ca",
}
_EARLIEST = {
    "connectivity_at": "cn",
    "started_at": "sta",
    "stopping_at": "spa",
    "execution_stopped_at": "xsa",
    "stopped_at": "sda",
    "held_at": "ha",
}
_NEWEST = {"observed_at": "oa", "missing_at": "mi", "seen_at": "sa", "cluster_gone_at": "cg"}

# ARNs of the cluster's own partition, region and account are kept without these.
_RELATIVE = {"task_definition_arn": "tdr", "container_instance_arn": "cir"}

_TALLY = {
    "seen": "se",
    "missed": "ms",
    "repaired": "rp",
    "closed": "cl",
    "drift": "dr",
    "unreadable": "ur",
}

_REVISION = "rv"
"""What records have, and the other items of the table do not."""

_COVERAGE_PARTITION = "#coverage"
_SUBNET_PARTITION = "#subnet"
_LAST_EVENT: Any = {"taskId": {"S": "#status"}, "clusterArn": {"S": "#last-event"}}


class DynamoStore:
    """Implements `core.store.Store`. Whatever DynamoDB refuses is raised as botocore has it."""

    def __init__(self, client: "DynamoDBClient", table: str, retention: Duration) -> None:
        self._client = client
        self._table = table
        self._retention = retention
        self._noted_event_at: Instant = 0
        self._threads = ThreadPoolExecutor(SIDE_BY_SIDE)

    def get_many(self, keys: Collection[TaskKey]) -> Mapping[TaskKey, Stored]:
        parts = list(batched(dict.fromkeys(keys), _KEYS_A_READ, strict=False))
        found = self._threads.map(self._get, parts) if len(parts) > 1 else map(self._get, parts)
        return {stored.record.key: stored for part in found for stored in part}

    def _get(self, keys: Collection[TaskKey]) -> list[Stored]:
        """Read until nothing is left unprocessed; each round must make some headway."""
        found = []
        wanted = [_key(key) for key in keys]
        while wanted:
            request: Any = {self._table: {"Keys": wanted, "ConsistentRead": True}}
            answer: Any = self._client.batch_get_item(RequestItems=request)
            found += [decode(item) for item in answer["Responses"].get(self._table, ())]
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
        try:
            if stored.revision == 1:
                self._client.put_item(
                    TableName=self._table,
                    Item=encode(stored, self._retention),
                    ConditionExpression="attribute_not_exists(taskId)",
                )
            else:
                self._client.put_item(
                    TableName=self._table,
                    Item=encode(stored, self._retention),
                    ConditionExpression="rv = :read",
                    ExpressionAttributeValues={":read": {"N": str(stored.revision - 1)}},
                )
        except ClientError as error:
            if error.response["Error"]["Code"] == _CONDITION_FAILED:
                return ConflictError(stored.record.key.task_id)
            return error
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
        return [decode(item) for item in answer["Items"] if _REVISION in item]

    def live_page(
        self,
        cluster: str | None,
        after: LivePosition | None,
        limit: int,
        only: Collection[str] = (),
    ) -> Page[Record]:
        request: Any = {"TableName": self._table, "IndexName": "live", "Limit": limit}
        if only:
            request |= _projection(only)
        if after is not None:
            request["ExclusiveStartKey"] = {
                "liveCluster": {"S": after.cluster},
                "taskId": {"S": after.task_id},
                "clusterArn": {"S": after.cluster_arn},
            }
        if cluster is not None:
            request["KeyConditionExpression"] = "liveCluster = :cluster"
            request["ExpressionAttributeValues"] = {":cluster": {"S": cluster}}
        ask: Any = self._client.scan if cluster is None else self._client.query
        answer = ask(**request)
        # DynamoDB may answer nothing short of the end; whoever goes on after the last record of
        # a page needs one to go by.
        while not answer["Items"] and "LastEvaluatedKey" in answer:
            answer = ask(**{**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]})
        records = [decode(item).record for item in answer["Items"]]
        return Page(records, more="LastEvaluatedKey" in answer)

    def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
        index, key = (
            ("ipv6", _FACTS["ipv6_address"])
            if ":" in address
            else ("ipv4", _FACTS["private_ipv4_address"])
        )
        return [
            _holding(item)
            for item in self._greatest(index, (key, address), ("addressSort", *between), limit)
        ]

    def tenures(self, service: str, between: tuple[str, str], limit: int) -> Sequence[Tenure]:
        key = ("serviceKey", service)
        return [
            _tenure(item)
            for item in self._greatest("service", key, ("serviceSort", *between), limit)
        ]

    def _greatest(
        self, index: str, key: tuple[str, str], between: tuple[str, str, str], limit: int
    ) -> Iterable[Item]:
        """Query an index backwards: `key` is name and value, `between` name and bounds."""
        sort, low, high = between
        request: Any = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": f"{key[0]} = :key AND {sort} BETWEEN :low AND :high",
            "ExpressionAttributeValues": {
                ":key": {"S": key[1]},
                ":low": {"S": low},
                ":high": {"S": high},
            },
            "ScanIndexForward": False,
        }
        while limit > 0:
            answer = self._client.query(**request, Limit=limit)
            yield from cast("list[Item]", answer["Items"])
            limit -= len(answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        answer = self._client.query(
            TableName=self._table,
            IndexName="eni",
            KeyConditionExpression="networkInterfaceId = :eni",
            ExpressionAttributeValues={":eni": {"S": network_interface_id}},
        )
        return sorted(_task_key(item) for item in answer["Items"])

    def coverages(self) -> Sequence[ClusterCoverage]:
        return [decode_coverage(item) for item in self._partition(_COVERAGE_PARTITION)]

    def subnets(self) -> Mapping[str, str | None]:
        return {
            item["clusterArn"]["S"]: item["vpcId"]["S"] if "vpcId" in item else None
            for item in self._partition(_SUBNET_PARTITION)
        }

    def note_subnets(self, subnet_ids: Collection[str]) -> None:
        for subnet_id in subnet_ids:
            self._put_if(_subnet_key(subnet_id), "attribute_not_exists(taskId)")

    def put_subnets(self, vpcs: Mapping[str, str]) -> None:
        for subnet_id, vpc_id in vpcs.items():
            item = {**_subnet_key(subnet_id), "vpcId": {"S": vpc_id}}
            self._client.put_item(TableName=self._table, Item=item)

    def _partition(self, name: str) -> Iterable[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="taskId = :partition",
            ExpressionAttributeValues={":partition": {"S": name}},
        )
        return (cast("Item", item) for page in pages for item in page["Items"])

    def notice_cluster(self, cluster: ClusterCoverage) -> None:
        self._put_if(
            encode_coverage(cluster, self._retention),
            "attribute_not_exists(clusterArn) OR attribute_exists(gone)",
        )

    def claim_sweep(
        self, cluster_arn: str, generation: Instant, *, now: Instant, until: Instant
    ) -> ClusterCoverage | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=_coverage_key(cluster_arn),
                UpdateExpression="SET generation = :generation, lease = :until",
                ConditionExpression=(
                    "attribute_exists(clusterArn)"
                    " AND (attribute_not_exists(started) OR swept < :generation)"
                    " AND (attribute_not_exists(lease) OR generation = :generation"
                    " OR (lease < :now AND generation < :generation))"
                ),
                ExpressionAttributeValues={
                    ":generation": {"N": str(generation)},
                    ":now": {"N": str(now)},
                    ":until": {"N": str(until)},
                },
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONDITION_FAILED:
                raise
            return None
        return decode_coverage(cast("Item", answer["Attributes"]))

    def complete_sweep(self, cluster: ClusterCoverage, generation: Instant) -> bool:
        return self._put_if(
            encode_coverage(cluster, self._retention),
            "generation = :generation",
            {":generation": {"N": str(generation)}},
        )

    def _put_if(self, item: Item, condition: str, values: Item | None = None) -> bool:
        given: Any = {} if values is None else {"ExpressionAttributeValues": values}
        try:
            self._client.put_item(
                TableName=self._table, Item=item, ConditionExpression=condition, **given
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONDITION_FAILED:
                raise
            return False
        return True

    def last_event_at(self) -> Instant | None:
        answer: Any = self._client.get_item(TableName=self._table, Key=_LAST_EVENT)
        return _number(answer.get("Item", {}), "at")

    def note_event(self, at: Instant) -> None:
        minute = at - at % MINUTE
        if minute <= self._noted_event_at:
            return
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_LAST_EVENT,
                UpdateExpression="SET #at = :minute",
                ConditionExpression="attribute_not_exists(#at) OR #at < :minute",
                ExpressionAttributeNames={"#at": "at"},
                ExpressionAttributeValues={":minute": {"N": str(minute)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _CONDITION_FAILED:
                raise
        self._noted_event_at = minute


class ThrottledError(Exception):
    """DynamoDB answered, but did nothing of what it was asked."""


def encode(stored: Stored, retention: Duration) -> Item:
    """Write a record as an item: what is known, and the index keys that apply."""
    record = stored.record
    cluster = ClusterArn(record.key.cluster_arn)
    expires_at = record.expires_at(retention)
    values: dict[str, str | int | None] = {
        "taskId": record.key.task_id,
        "clusterArn": cluster,
        **_values(record.status, _STATUS),
        **_values(record.facts, _FACTS),
        **_values(record.earliest, _EARLIEST),
        **_values(record.newest, _NEWEST),
        _REVISION: stored.revision,
        "sq": stored.sequence,
        "wa": stored.written_at,
        "liveCluster": index.live_cluster(record),
        "serviceKey": index.service_key(record),
        "serviceSort": index.service_sort(record),
        "addressSort": index.address_sort(record),
        "attachedAt": record.attached_at,
        "releasedAt": record.released_at,
        "releasedNotBefore": record.released_not_before,
        "expiresAt": None if expires_at is None else expires_at // SECOND,
    }
    if record.facts.task_arn == cluster.task_arn(record.key.task_id):
        values[_FACTS["task_arn"]] = None
    # What a key of an index says is not said twice.
    if values["serviceKey"] is not None:
        values[_FACTS["group"]] = None
    if values["addressSort"] is not None:
        values[_FACTS["subnet_id"]] = None
    for field, name in _RELATIVE.items():
        arn = values[_FACTS[field]]
        if isinstance(arn, str) and arn.startswith(cluster.home):
            values[_FACTS[field]], values[name] = None, arn.removeprefix(cluster.home)
    return {name: _typed(value) for name, value in values.items() if value is not None}


def decode(item: Mapping[str, Any]) -> Stored:
    """Read an item back."""
    cluster = _cluster_arn(item["clusterArn"]["S"])
    key = TaskKey(item["taskId"]["S"], cluster)
    facts = _fields(item, _FACTS)
    facts.setdefault("task_arn", cluster.task_arn(key.task_id))
    if "serviceKey" in item:
        facts["group"] = item["serviceKey"]["S"].partition("#")[2]
    if "addressSort" in item:
        facts["subnet_id"] = index.subnet_id(item["addressSort"]["S"])
    for field, path in _fields(item, _RELATIVE).items():
        facts[field] = cluster.home + path
    record = Record(
        key=key,
        status=Status(**_fields(item, _STATUS)),
        facts=Facts(**facts),
        earliest=Earliest(**_fields(item, _EARLIEST)),
        newest=Newest(**_fields(item, _NEWEST)),
    )
    revision, sequence, written_at = (int(item[name]["N"]) for name in (_REVISION, "sq", "wa"))
    return Stored(record, revision, sequence, written_at)


def _projection(fields: Collection[str]) -> Item:
    """Ask for some fields of records alone, by placeholders, since some names are DynamoDB's."""
    names = {**_STATUS, **_FACTS, **_EARLIEST, **_NEWEST}
    wanted = ["taskId", "clusterArn", "serviceKey", "addressSort", _REVISION, "sq", "wa"]
    wanted += [names[field] for field in fields]
    wanted += [_RELATIVE[field] for field in fields if field in _RELATIVE]
    placeholders = {f"#{number}": name for number, name in enumerate(wanted)}
    return {
        "ProjectionExpression": ", ".join(placeholders),
        "ExpressionAttributeNames": placeholders,
    }


@lru_cache(maxsize=1024)
def _cluster_arn(text: str) -> ClusterArn:
    return ClusterArn(text)


def _values(part: Any, names: Mapping[str, str]) -> dict[str, str | int | None]:
    return {names[field.name]: getattr(part, field.name) for field in fields(part)}


def _fields(item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {field: _plain(item[name]) for field, name in names.items() if name in item}


def _typed(value: str | int) -> dict[str, str]:
    return {"S": str(value)} if isinstance(value, str) else {"N": str(value)}


def _plain(value: Mapping[str, str]) -> str | int:
    # Most texts are those of many records: kept once, a large list takes a third of the memory.
    return intern(value["S"]) if "S" in value else int(value["N"])


def _number(item: Mapping[str, Any], name: str) -> int | None:
    return int(item[name]["N"]) if name in item else None


def _key(key: TaskKey) -> Item:
    return {"taskId": {"S": key.task_id}, "clusterArn": {"S": str(key.cluster_arn)}}


def _subnet_key(subnet_id: str) -> Item:
    return {"taskId": {"S": _SUBNET_PARTITION}, "clusterArn": {"S": subnet_id}}


def _task_key(item: Mapping[str, Any]) -> TaskKey:
    return TaskKey(item["taskId"]["S"], _cluster_arn(item["clusterArn"]["S"]))


def _holding(item: Mapping[str, Any]) -> Holding:
    return Holding(
        subnet=item["addressSort"]["S"].partition("#")[0],
        attached_at=int(item["attachedAt"]["N"]),
        released_at=_number(item, "releasedAt"),
        key=_task_key(item),
    )


def _tenure(item: Mapping[str, Any]) -> Tenure:
    released_at = int(item["serviceSort"]["S"].split("#")[0])
    return Tenure(
        attached_at=int(item["attachedAt"]["N"]),
        released_at=None if released_at == FAR_FUTURE else released_at,
        key=_task_key(item),
    )


def encode_coverage(cluster: ClusterCoverage, retention: Duration) -> Item:
    """Write a cluster's coverage as an item, which expires once the cluster is gone for good."""
    last = cluster.last
    values: dict[str, str | int | None] = {
        "first": cluster.first_swept_at,
        "swept": cluster.swept_at,
        "started": last.started_at if last else None,
        "finished": last.finished_at if last else None,
        **(_values(last.tally, _TALLY) if last else {}),
        "gone": 1 if cluster.gone else None,
        "expiresAt": (cluster.swept_at + retention) // SECOND if cluster.gone else None,
    }
    gaps = [
        {"M": {"from": _typed(gap.start), "to": _typed(gap.end)}}
        for gap in cluster.gaps
        if gap.end is not None
    ]
    return {
        **_coverage_key(cluster.cluster_arn),
        **{name: _typed(value) for name, value in values.items() if value is not None},
        **({"gaps": {"L": gaps}} if gaps else {}),
    }


def decode_coverage(item: Item) -> ClusterCoverage:
    """Read a cluster's coverage back."""
    arn = item["clusterArn"]["S"]
    return ClusterCoverage(
        cluster_arn=arn,
        swept_at=int(item["swept"]["N"]),
        first_swept_at=_number(item, "first"),
        gaps=tuple(
            Gap(int(gap["M"]["from"]["N"]), int(gap["M"]["to"]["N"]), arn)
            for gap in item.get("gaps", {}).get("L", ())
        ),
        gone="gone" in item,
        last=CompletedSweep(
            started_at=int(item["started"]["N"]),
            finished_at=int(item["finished"]["N"]),
            tally=Tally(**_fields(item, _TALLY)),
        )
        if "started" in item
        else None,
    )


def _coverage_key(cluster_arn: str) -> Item:
    return {"taskId": {"S": _COVERAGE_PARTITION}, "clusterArn": {"S": str(cluster_arn)}}

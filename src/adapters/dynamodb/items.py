"""A record as an item: short names, and no redundant values.

DynamoDB bills a write by the kilobyte, and the names of attributes count. They are in
`core.task.fields`. An attribute that is the partition key of an index has the name of that index.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from sys import intern
from typing import Any

from adapters.dynamodb.short_forms import MARK, NEEDS, SHORTENED, restored, shortened
from adapters.dynamodb.table import Item, typed_values
from core.table import index_keys
from core.table.store import Stored
from core.task.fields import EARLIEST, FACTS, INTERFACE, NEWEST, STATUS, STORED, Field
from core.task.kinds import KINDS, Earliest, Facts, Interface, Newest, Status, TaskKey
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import SECOND, Duration

_SHORT = {field.name: field.short for field in STORED}

# ARNs in the cluster's own partition, region and account are stored without their beginning.
_RELATIVE = {"task_definition_arn": "tr", "container_instance_arn": "cr"}


def _beginning(name: str, cluster: ClusterArn) -> str:
    if name == "task_definition_arn":
        return f"{cluster.home}task-definition/"
    return f"{cluster.home}container-instance/{cluster.name}/"


REVISION = "rv"
"""Records have this attribute; other items of the table do not."""
_SEQUENCE, _WRITTEN, _NEWS = "sq", "wa", "nw"

CREATED, PLACE, UNTIL = "created", "place", "until"
"""The sort keys of the indexes `live` and `past`, `ipv4` and `ipv6`, and `service`."""


def encode(stored: Stored, retention: Duration) -> Item:
    """Encode a record as an item: its known values, and the index keys that apply."""
    record = stored.record
    cluster = record.key.cluster_arn
    expires_at = record.expires_at(retention)
    values: dict[str, str | int | None] = {
        "taskId": record.key.task_id,
        "clusterArn": cluster,
        **{field.short: field.of(record) for field in STORED},
        REVISION: stored.revision,
        _SEQUENCE: stored.sequence,
        _WRITTEN: stored.written_at,
        _NEWS: stored.news_at,
        "live": index_keys.live_cluster(record),
        "past": index_keys.past_partition(record),
        CREATED: index_keys.created_sort(record.created_at, record.key.task_id),
        "service": index_keys.service_key(record),
        UNTIL: index_keys.service_sort(record),
        PLACE: index_keys.address_sort(record),
        "expiresAt": None if expires_at is None else expires_at // SECOND,
    }
    return typed_values(_without_repetition(values, record))


def _without_repetition(
    values: dict[str, str | int | None], record: Record
) -> dict[str, str | int | None]:
    """Drop what a key or another value already says; `decode` restores it."""
    cluster = record.key.cluster_arn
    said_by_keys = {
        "created_at": True,
        "task_arn": record.facts.task_arn == cluster.task_arn(record.key.task_id),
        "group": values["service"] is not None,
        "subnet_id": _is_proven(values[PLACE]),
        "connected_at": record.newest.connected_at == record.earliest.connectivity_at,
    }
    for name, said in said_by_keys.items():
        if said:
            values[_SHORT[name]] = None
    if values[_NEWS] == record.newest.observed_at:
        values[_NEWS] = None
    for name, short in _RELATIVE.items():
        arn, beginning = values[_SHORT[name]], _beginning(name, cluster)
        if isinstance(arn, str) and arn.startswith(beginning):
            values[_SHORT[name]], values[short] = None, arn.removeprefix(beginning)
    for name in SHORTENED:
        text = values[_SHORT[name]]
        if isinstance(text, str):
            values[_SHORT[name]] = shortened(name, text, record)
    return values


def _is_proven(place: object) -> bool:
    return isinstance(place, str) and index_keys.place_of(place) is not None


def decode(item: Mapping[str, Any]) -> Stored:
    """Decode an item."""
    cluster = cluster_arn(item["clusterArn"]["S"])
    key = TaskKey(item["taskId"]["S"], cluster)
    newest = _newest(item)
    record = Record(
        key,
        Status._make(_values(item, STATUS, cluster)),
        _facts(item, key),
        _interface(item, cluster),
        Earliest._make(_values(item, EARLIEST, cluster)),
        newest,
    )
    news_at = _number(item[_NEWS]) if _NEWS in item else newest.observed_at or 0
    return Stored(
        record,
        _number(item[REVISION]),
        _number(item[_SEQUENCE]),
        _number(item[_WRITTEN]),
        news_at,
    )


def _facts(item: Mapping[str, Any], key: TaskKey) -> Facts:
    cluster = key.cluster_arn
    facts = _values(item, FACTS, cluster)
    if facts[_AT["task_arn"]] is None:
        facts[_AT["task_arn"]] = cluster.task_arn(key.task_id)
    if "service" in item:
        facts[_AT["group"]] = intern(item["service"]["S"].partition("#")[2])
    if CREATED in item:
        facts[_AT["created_at"]] = int(item[CREATED]["S"].partition("#")[0])
    for name, short in _RELATIVE.items():
        if short in item:
            facts[_AT[name]] = intern(_beginning(name, cluster) + item[short]["S"])
    return Facts._make(facts)


def _interface(item: Mapping[str, Any], cluster: ClusterArn) -> Interface:
    interface = _values(item, INTERFACE, cluster)
    place = index_keys.place_of(item[PLACE]["S"]) if PLACE in item else None
    if place is not None:
        interface[_AT["subnet_id"]] = intern(place.subnet)
    return Interface._make(interface)


def _newest(item: Mapping[str, Any]) -> Newest:
    newest = _values(item, NEWEST)
    connectivity_at = _SHORT["connectivity_at"]
    if newest[_AT["connected_at"]] is None and connectivity_at in item:
        newest[_AT["connected_at"]] = _number(item[connectivity_at])
    return Newest._make(newest)


def projection(names: Collection[str]) -> Item:
    """Return a projection on some fields, with placeholders because some names are reserved."""
    keys = ("taskId", "clusterArn", "service", CREATED, PLACE, REVISION, _SEQUENCE, _WRITTEN)
    wanted = [*keys, *(_SHORT[name] for name in names)]
    wanted += [_SHORT[NEEDS[name]] for name in names if name in NEEDS]
    wanted += [_RELATIVE[name] for name in names if name in _RELATIVE]
    placeholders = {f"#{number}": name for number, name in enumerate(dict.fromkeys(wanted))}
    return {
        "ProjectionExpression": ", ".join(placeholders),
        "ExpressionAttributeNames": placeholders,
    }


@lru_cache(maxsize=1024)
def cluster_arn(text: str) -> ClusterArn:
    """Parse an ARN, only once for all records of a cluster."""
    return ClusterArn(text)


def task_key(item: Mapping[str, Any]) -> TaskKey:
    """Return the key of a task."""
    return TaskKey(item["taskId"]["S"], cluster_arn(item["clusterArn"]["S"]))


def key_item(partition: str, sort: str) -> Item:
    """Return a key of the table as an item."""
    return {"taskId": {"S": partition}, "clusterArn": {"S": sort}}


def _values(item: Mapping[str, Any], kind: str, cluster: ClusterArn | None = None) -> list[Any]:
    """Return the fields of a kind, in its order, with short forms restored."""
    values: list[Any] = [
        read(item[short]) if short in item or is_needed else None
        for short, read, is_needed in _READ[kind]
    ]
    for at, name in _RESTORED[kind]:
        text = values[at]
        if text is not None and cluster is not None and text.startswith(MARK):
            needed = item.get(_SHORT[NEEDS[name]], {}).get("S", "") if name in NEEDS else ""
            values[at] = intern(restored(name, text, cluster, needed))
    return values


def _number(value: Mapping[str, str]) -> int:
    return int(value["N"])


def _text(value: Mapping[str, str]) -> str:
    return value["S"]


def _common_text(value: Mapping[str, str]) -> str:
    # Many records have the same text; interning cuts the memory of a large list to a third.
    return intern(value["S"])


def _reader(field: Field) -> Callable[[Mapping[str, str]], str | int]:
    if field.is_instant or field.name == "version":
        return _number
    return _text if field.kind == INTERFACE else _common_text


_CLASSES: dict[str, Any] = dict(
    zip((STATUS, FACTS, INTERFACE, EARLIEST, NEWEST), KINDS, strict=True)
)
_BY_NAME = {(field.kind, field.name): field for field in STORED}
_READ = {
    kind: [
        (field.short, _reader(field), field.name not in made._field_defaults)
        for field in (_BY_NAME[kind, name] for name in made._fields)
    ]
    for kind, made in _CLASSES.items()
}
"""For each kind, in its order: the attribute, how to read it, and whether it is always there."""
_RESTORED = {
    kind: [(at, name) for at, name in enumerate(made._fields) if name in SHORTENED]
    for kind, made in _CLASSES.items()
}
_AT = {name: at for kind in (Facts, Interface, Newest) for at, name in enumerate(kind._fields)}

"""A record as an item: short names, and no redundant values.

DynamoDB bills a write by the kilobyte, and the names of attributes count. They are in
`core.task.fields`. An attribute that is the partition key of an index has the name of that index.
"""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from sys import intern
from typing import Any, cast

from adapters.dynamodb.short_forms import (
    MARK,
    NEEDS,
    SHORTENED,
    TEXTS,
    WORDS,
    restored,
    shortened,
    word,
)
from adapters.dynamodb.table import Item, typed_values
from core.table import index_keys
from core.table.store import Stored
from core.task.fields import INTERFACE, STORED, Field
from core.task.kinds import KINDS, Status, TaskKey
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
        CREATED: index_keys.created_sort(record.created_at, record.key),
        "service": index_keys.service_key(record),
        UNTIL: index_keys.service_sort(record),
        PLACE: index_keys.address_sort(record),
        "expiresAt": None if expires_at is None else expires_at // SECOND,
    }
    return typed_values(_without_repetition(values, record))


def _without_repetition(
    values: dict[str, str | int | None], record: Record
) -> dict[str, str | int | None]:
    """Drop what a key or another value already says; `decode_record` restores it."""
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
    """Decode an item; raise KeyError if it lacks what every record has."""
    lacking = _ALWAYS_THERE - item.keys()
    if lacking:
        raise KeyError(*lacking)
    record = decode_record(item)
    news_at = _number(item[_NEWS]) if _NEWS in item else record.newest.observed_at or 0
    revision, sequence, written_at = item[REVISION], item[_SEQUENCE], item[_WRITTEN]
    return Stored(record, _number(revision), _number(sequence), _number(written_at), news_at)


def decode_record(item: Mapping[str, Any]) -> Record:
    """Decode the record in an item; a field that the item lacks is None, whatever its type."""
    key = task_key(item)
    values: list[Any] = [None] * len(_AT)
    for name, value in item.items():
        if name in _READ:
            at, read = _READ[name]
            values[at] = read(value)
    _fill_in(values, item, key)
    _lengthen(values, item, key.cluster_arn)
    return Record(key, *[made._make(values[own]) for made, own in _KINDS])


def _fill_in(values: list[Any], item: Mapping[str, Any], key: TaskKey) -> None:
    """Fill in what the item does not repeat."""
    if values[_TASK_ARN] is None:
        values[_TASK_ARN] = key.cluster_arn.task_arn(key.task_id)
    if values[_CONNECTED_AT] is None:
        values[_CONNECTED_AT] = values[_CONNECTIVITY_AT]
    if "service" in item:
        values[_GROUP] = intern(item["service"]["S"].partition("#")[2])
    if CREATED in item:
        values[_CREATED_AT] = int(item[CREATED]["S"].partition("#")[0])
    if PLACE in item:
        place = index_keys.place_of(item[PLACE]["S"])
        if place is not None:
            values[_SUBNET_ID] = intern(place.subnet)


def _lengthen(values: list[Any], item: Mapping[str, Any], cluster: ClusterArn) -> None:
    """Restore short forms that depend on other values."""
    for at, name, short in _RESTORED_ARNS:
        if short in item:
            values[at] = intern(_beginning(name, cluster) + item[short]["S"])
    for at, name, needed_at in _RESTORED_TEXTS:
        text = values[at]
        if text is not None and text.startswith(MARK):
            values[at] = intern(restored(name, text, cluster, values[needed_at] or ""))


def projection(names: Collection[str]) -> Item:
    """Return what `decode_record` needs for some fields, as a projection.

    It has placeholders because some names are reserved.
    """
    keys = ("taskId", "clusterArn", "service", CREATED, PLACE)
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


def _number(value: Mapping[str, str]) -> int:
    return int(value["N"])


def _text(value: Mapping[str, str]) -> str:
    return value["S"]


def _common_text(value: Mapping[str, str]) -> str:
    # Many records have the same text; interning cuts the memory of a large list to a third.
    return intern(value["S"])


def _word(value: Mapping[str, str]) -> str:
    return word(value["S"])


def _reader(field: Field) -> Callable[[Mapping[str, str]], str | int]:
    if field.is_instant or field.name == "version":
        return _number
    if field.name in WORDS:
        return _word
    return _text if field.kind == INTERFACE else _common_text


_AT = {name: at for at, name in enumerate(name for made in KINDS for name in made._fields)}
"""Where `decode_record` puts each field: all fields of all kinds, one after the other."""
_READ = {field.short: (_AT[field.name], _reader(field)) for field in STORED}
_KINDS = [
    (made, slice(_AT[made._fields[0]], _AT[made._fields[-1]] + 1)) for made in cast("Any", KINDS)
]
_ALWAYS_THERE = {_SHORT[name] for name in Status._fields if name not in Status._field_defaults}
_TASK_ARN, _GROUP, _CREATED_AT = _AT["task_arn"], _AT["group"], _AT["created_at"]
_SUBNET_ID = _AT["subnet_id"]
_CONNECTED_AT, _CONNECTIVITY_AT = _AT["connected_at"], _AT["connectivity_at"]
_RESTORED_ARNS = [(_AT[name], name, short) for name, short in _RELATIVE.items()]
_RESTORED_TEXTS = [(_AT[name], name, _AT[NEEDS.get(name, name)]) for name in TEXTS]

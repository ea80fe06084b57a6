"""Stores seen names (subnets, clusters, groups), what EC2 says of subnets, and the last event."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any

from adapters.dynamodb.items import key_item
from adapters.dynamodb.table import DynamoTable, Item, number, text, typed
from core.table.seen_names import SUBNET, Note
from core.table.store import LAST_EVENT_EXACT_TO, Subnet
from core.text.instant import Instant

LAST_EVENT = ("#status", "#last-event")
_KEY_NAME = "clusterArn"


class DynamoSeenNames(DynamoTable):
    """Implements `core.table.store.StoredSeenNames`."""

    def put_notes(self, notes: Collection[Note]) -> None:
        def put(note: Note) -> bool:
            return self._put_if(key_item(*note), "attribute_not_exists(taskId)")

        list(self._threads.map(put, notes))  # raises what one of them raises

    def notes(self, beginning: Note, limit: int | None = None) -> Sequence[Note]:
        items = self._partition(beginning.kind, beginning.name)
        return [Note(beginning.kind, item[_KEY_NAME]["S"]) for item in islice(items, limit)]

    def subnets(self) -> Mapping[str, Subnet | None]:
        return {item[_KEY_NAME]["S"]: _subnet(item) for item in self._partition(SUBNET)}

    def put_subnets(self, subnets: Mapping[str, Subnet]) -> None:
        for name, subnet in subnets.items():
            self._client.put_item(TableName=self._table, Item=_subnet_item(name, subnet))

    def last_event_at(self) -> Instant | None:
        key: Any = key_item(*LAST_EVENT)
        answer: Any = self._client.get_item(TableName=self._table, Key=key)
        return number(answer.get("Item", {}), "at")

    def note_event(self, at: Instant) -> bool:
        noted = self._update_if(
            Key=key_item(*LAST_EVENT),
            UpdateExpression="SET #at = :at",
            ConditionExpression="attribute_not_exists(#at) OR #at <= :old",
            ExpressionAttributeNames={"#at": "at"},
            ExpressionAttributeValues={":at": typed(at), ":old": typed(at - LAST_EVENT_EXACT_TO)},
        )
        return noted is not None


def _subnet(item: Item) -> Subnet | None:
    vpc_id = text(item, "vpcId")
    if vpc_id is None:
        return None
    prefixes = item.get("ipv6Cidrs", {}).get("L", ())
    return Subnet(
        vpc_id,
        availability_zone=text(item, "availabilityZone"),
        ipv4_cidr=text(item, "ipv4Cidr"),
        ipv6_cidrs=tuple(prefix["S"] for prefix in prefixes),
    )


def _subnet_item(name: str, subnet: Subnet) -> Item:
    known = {
        "vpcId": subnet.vpc_id,
        "availabilityZone": subnet.availability_zone,
        "ipv4Cidr": subnet.ipv4_cidr,
    }
    return {
        **key_item(SUBNET, name),
        **{key: {"S": value} for key, value in known.items() if value is not None},
        "ipv6Cidrs": {"L": [{"S": prefix} for prefix in subnet.ipv6_cidrs]},
    }

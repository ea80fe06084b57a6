"""What was last told of each task of a service, kept in a small table of the consumer's own.

Events come at least once and in any order: what is not newer, by its sequence, than what is known
of its task is dropped. An ended task is remembered for two days, longer than EventBridge tries to
deliver (24 hours), so that a late event cannot revive it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_REMEMBERED_SECONDS = 2 * 24 * 3600
# What an event told so recently is newer than anything that the API's indexes can show.
_SETTLED_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTask:
    """One task, as far as a consumer cares; instants are epoch seconds."""

    task_arn: str
    addresses: tuple[str, ...] = ()
    ready: bool = False
    attached_at: str = ""
    sequence: int = 0
    told_at: int
    expires_at: int | None = None
    """When an ended task may be forgotten; None while it lives."""


class KnownTasks:
    """A table with a task an item, its key the task's ARN."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def learn(self, detail: Mapping[str, Any], *, now: int) -> None:
        """Keep what an event tells, unless that or something newer is known."""
        data = detail["data"]
        both = (data["privateIpv4Address"], data["ipv6Address"])
        told = KnownTask(
            task_arn=data["taskArn"],
            addresses=tuple(address for address in both if address),
            ready=data["addressState"] == "held" and is_ready(data),
            attached_at=data["attachedAt"],
            sequence=detail["metadata"]["sequence"],
            told_at=now,
            expires_at=None if data["live"] else now + _REMEMBERED_SECONDS,
        )
        self._put(told, over="#sequence < :sequence")

    def rebuild(self, shown: Mapping[str, KnownTask], *, now: int) -> None:
        """Take over what the API shows, but for tasks that an event told of a moment ago.

        The API does not know sequences: one that was unknown gets 0, so that any event is newer;
        of one that is known the sequence stays.
        """
        known = {task.task_arn: task for task in self.all()}
        unsettled = {arn for arn, task in known.items() if now - task.told_at <= _SETTLED_SECONDS}
        for arn, task in shown.items():
            before = known.get(arn)
            if arn not in unsettled and not (before and _state(before) == _state(task)):
                self._take_over(before, task)
        for arn in known.keys() - shown.keys() - unsettled:
            if known[arn].expires_at is None:
                expires_at = now + _REMEMBERED_SECONDS
                ended = KnownTask(task_arn=arn, told_at=now, expires_at=expires_at)
                self._take_over(known[arn], ended)

    def all(self) -> list[KnownTask]:
        """Read every task, consistently; tasks that ended are among them until they expire."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True
        )
        return [_decode(item) for page in pages for item in page["Items"]]

    def _take_over(self, before: KnownTask | None, after: KnownTask) -> None:
        sequence = before.sequence if before else 0
        self._put(replace(after, sequence=sequence), over="#sequence <= :sequence")

    def _put(self, task: KnownTask, *, over: str) -> None:
        """Put a task in the place of what is known of it, if that meets the condition `over`."""
        item: dict[str, Any] = {
            "taskArn": {"S": task.task_arn},
            "addresses": {"L": [{"S": address} for address in task.addresses]},
            "ready": {"BOOL": task.ready},
            "attachedAt": {"S": task.attached_at},
            "sequence": {"N": str(task.sequence)},
            "toldAt": {"N": str(task.told_at)},
        }
        if task.expires_at is not None:
            item["expiresAt"] = {"N": str(task.expires_at)}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression=f"attribute_not_exists(taskArn) OR {over}",
                ExpressionAttributeNames={"#sequence": "sequence"},
                ExpressionAttributeValues={":sequence": item["sequence"]},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def is_ready(record: Mapping[str, Any]) -> bool:
    """Return whether a task serves, and is not asked to stop."""
    return bool(record["lastStatus"] == record["desiredStatus"] == "RUNNING")


def _state(task: KnownTask) -> tuple[frozenset[str], bool, bool]:
    return frozenset(task.addresses), task.ready, task.expires_at is None


def _decode(item: Any) -> KnownTask:
    return KnownTask(
        task_arn=item["taskArn"]["S"],
        addresses=tuple(address["S"] for address in item["addresses"]["L"]),
        ready=item["ready"]["BOOL"],
        attached_at=item["attachedAt"]["S"],
        sequence=int(item["sequence"]["N"]),
        told_at=int(item["toldAt"]["N"]),
        expires_at=int(item["expiresAt"]["N"]) if "expiresAt" in item else None,
    )

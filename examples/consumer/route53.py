"""A Route 53 record set for each address family, with the addresses of a service's ready tasks."""

import json
import os
import time
from collections.abc import Iterable
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3

import inventory_api
from known_tasks import KnownTask, KnownTasks, is_ready

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_route53.type_defs import ResourceRecordSetOutputTypeDef

# Route 53 takes 400 values a record set, and 32,000 characters a request, where an UPSERT counts
# twice: 400 IPv6 addresses of 39 characters just fit, so each family is a request of its own.
MOST_VALUES = 400


def handler(event: dict[str, Any], context: object) -> None:
    """Take messages off the queue: changes, and the schedule's word to rebuild from the API.

    The queue is a FIFO queue with one message group: there is never a second of these under way
    whose older view could overwrite a newer one. An exception makes the whole batch come again.
    """
    known = _known_tasks()
    now = int(time.time())
    for message in event["Records"]:
        told = json.loads(message["body"])
        if "detail" in told and "metadata" in told["detail"]:
            known.learn(told["detail"], now=now)
        else:
            known.rebuild(_shown_by_api(now), now=now)
    ready = [task for task in known.all() if task.ready]
    for record_type, mark in (("A", "."), ("AAAA", ":")):
        _keep(record_type, _chosen(ready, mark))


def _shown_by_api(now: int) -> dict[str, KnownTask]:
    """Rebuild from `GET /addresses`; which of the tasks are ready is told by `GET /tasks`."""
    service = {"cluster": os.environ["CLUSTER"], "service": os.environ["SERVICE"]}
    ready = {task["taskArn"] for task in inventory_api.tasks(**service) if is_ready(task)}
    shown: dict[str, KnownTask] = {}
    for row in inventory_api.addresses(**service):
        arn, before = row["taskArn"], shown.get(row["taskArn"])
        addresses = (*(before.addresses if before else ()), row["address"])
        shown[arn] = KnownTask(
            task_arn=arn,
            addresses=addresses,
            ready=arn in ready,
            attached_at=row["attachedAt"],
            told_at=now,
        )
    return shown


def _chosen(ready: Iterable[KnownTask], mark: str) -> list[str]:
    """List the addresses of a family, those of the oldest tasks if there are too many."""
    oldest_first = sorted(ready, key=lambda task: (task.attached_at, task.task_arn))
    addresses = dict.fromkeys(
        address for task in oldest_first for address in task.addresses if mark in address
    )
    if len(addresses) > MOST_VALUES:
        print(f"{len(addresses)} addresses; a record set takes {MOST_VALUES}, those of the oldest")
    return sorted(islice(addresses, MOST_VALUES))


def _keep(record_type: Any, addresses: list[str]) -> None:
    """Make the record set so; ask for no change where it is so already."""
    wanted: Any = {
        "Name": _record_name(),
        "Type": record_type,
        "TTL": int(os.environ["RECORD_TTL"]),
        "ResourceRecords": [{"Value": address} for address in addresses],
    }
    present = _present(record_type)
    if present is not None and not addresses:
        _change("DELETE", present)
    elif addresses and (present is None or _content(present) != _content(wanted)):
        _change("UPSERT", wanted)


def _present(record_type: Any) -> "ResourceRecordSetOutputTypeDef | None":
    found = _route53().list_resource_record_sets(
        HostedZoneId=os.environ["HOSTED_ZONE_ID"],
        StartRecordName=_record_name(),
        StartRecordType=record_type,
        MaxItems="1",
    )["ResourceRecordSets"]
    same = (each for each in found if (each["Name"], each["Type"]) == (_record_name(), record_type))
    return next(same, None)


def _change(action: Any, record_set: Any) -> None:
    _route53().change_resource_record_sets(
        HostedZoneId=os.environ["HOSTED_ZONE_ID"],
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record_set}]},
    )


def _content(record_set: Any) -> tuple[int, set[str]]:
    return record_set["TTL"], {each["Value"] for each in record_set["ResourceRecords"]}


def _record_name() -> str:
    return os.environ["RECORD_NAME"].rstrip(".").lower() + "."


@cache
def _known_tasks() -> KnownTasks:
    return KnownTasks(boto3.client("dynamodb"), os.environ["TABLE_NAME"])


@cache
def _route53() -> "Route53Client":
    return boto3.client("route53")

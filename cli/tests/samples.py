"""Records as the API writes them, made up."""

from typing import Any

from ecs_ip.records import FIELDS

Record = dict[str, Any]

ACCOUNT = "111122223333"
REGION = "eu-west-1"


def record(number: int = 1, **fields: Any) -> Record:
    """Return the record of a live task of shop/web; `fields` say what differs."""
    cluster = fields.get("cluster", "shop")
    task_id = f"{number:032x}"
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
    known = {
        "taskArn": f"{arn}:task/{cluster}/{task_id}",
        "taskId": task_id,
        "account": ACCOUNT,
        "region": REGION,
        "clusterArn": f"{arn}:cluster/{cluster}",
        "cluster": cluster,
        "group": "service:web",
        "service": "web",
        "taskDefinitionArn": f"{arn}:task-definition/web:12",
        "launchType": "FARGATE",
        "availabilityZone": "eu-west-1a",
        "networkMode": "awsvpc",
        "networkInterfaceId": f"eni-{number:017x}",
        "subnetId": "subnet-0a1",
        "vpcId": "vpc-1",
        "privateIpv4Address": f"10.0.4.{number}",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "version": 3,
        "createdAt": "2026-11-20T08:00:00.000Z",
        "live": True,
        "addressState": "held",
        "attachedNotBefore": "2026-11-20T08:00:00.000Z",
        "attachedAt": "2026-11-20T08:00:05.000Z",
        "attachedAtEstimated": False,
        "releasedAtEstimated": False,
        "source": "event",
        "observedAt": "2026-11-20T08:00:30.000Z",
    }
    return dict.fromkeys(FIELDS) | known | fields


def ended(number: int = 1, **fields: Any) -> Record:
    """Return the record of a task that ended at 09:30 of its day."""
    over = {
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stoppedAt": "2026-11-20T09:30:24.000Z",
        "stopCode": "ServiceSchedulerInitiated",
        "stoppedReason": "Scaling activity",
        "live": False,
        "addressState": "released",
        "releasedNotBefore": "2026-11-20T09:30:00.000Z",
        "releasedAt": "2026-11-20T09:30:24.000Z",
    }
    return record(number, **(over | fields))

"""Made-up tasks: the events ECS would send of one, and the records they add up to."""

from typing import Any

from core.task.ecs import ParsedObservation, parse_event, parse_task
from core.task.kinds import Earliest, Facts, Interface, Newest, Status, TaskKey
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import Instant, from_text, to_text

type Json = dict[str, Any]

ACCOUNT = "111122223333"
REGION = "eu-west-1"
NOON = from_text("2026-11-20T12:00:00Z")
"""An instant to count from."""


def cluster_arn(name: str = "shop", *, account: str = ACCOUNT) -> ClusterArn:
    """Name a cluster."""
    return ClusterArn(f"arn:aws:ecs:{REGION}:{account}:cluster/{name}")


def key(task_id: str = "a1", cluster: str = "shop", *, account: str = ACCOUNT) -> TaskKey:
    """Identify a task."""
    return TaskKey(task_id, cluster_arn(cluster, account=account))


def event(task_id: str = "a1", cluster: str = "shop", **detail: Any) -> Json:
    """Make an event of a running task with one address; None in `detail` leaves a field out."""
    fields: Json = {
        "taskArn": cluster_arn(cluster).task_arn(task_id),
        "clusterArn": str(cluster_arn(cluster)),
        "version": 3,
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "createdAt": to_text(NOON - 60_000),
        "updatedAt": to_text(NOON),
        "group": "service:web",
        "launchType": "FARGATE",
        "attachments": [eni()],
        **detail,
    }
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": to_text(NOON),
        "region": REGION,
        "resources": [fields["taskArn"]],
        "detail": {name: value for name, value in fields.items() if value is not None},
    }


def eni(*, status: str = "ATTACHED", kind: str = "eni", **details: str | None) -> Json:
    """Make an ENI attachment; None in `details` leaves one out."""
    pairs = {
        "subnetId": "subnet-a",
        "networkInterfaceId": "eni-1",
        "macAddress": "0a:58:a9:fe:ac:01",
        "privateIPv4Address": "10.0.4.128",
        **details,
    }
    return {
        "id": "attachment-1",
        "type": kind,
        "status": status,
        "details": [
            {"name": name, "value": value} for name, value in pairs.items() if value is not None
        ],
    }


def observed(task_id: str = "a1", cluster: str = "shop", **detail: Any) -> Record:
    """Parse the event that `event` makes."""
    return parse_event(event(task_id, cluster, **detail)).record


def described(**fields: Any) -> ParsedObservation:
    """Parse the detail of an event as if DescribeTasks had answered it."""
    return parse_task(event(**fields)["detail"], asked_at=NOON + 4_000, answered_at=NOON + 5_000)


def status_of(seen: Record) -> Status:
    """Return the status of a record that has one."""
    assert seen.status is not None
    return seen.status


def at(time: str) -> str:
    """Return a time of the day as ECS writes it."""
    return f"2026-11-20T{time}Z"


def stopped(**detail: Any) -> Record:
    """See a task STOPPED at one o'clock, with its address still listed."""
    return observed(
        **{
            "version": 6,
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "updatedAt": at("13:00:01"),
            "stoppedAt": at("13:00:00"),
            "attachments": [eni(status="DELETED")],
            **detail,
        }
    )


def task(  # noqa: PLR0913 - a made-up record can be told from another in many ways
    task_id: str = "a1",
    cluster: str = "shop",
    *,
    account: str = ACCOUNT,
    status: str = "RUNNING",
    version: int = 3,
    ipv4: str | None = "10.0.4.128",
    ipv6: str | None = None,
    subnet: str | None = "subnet-a",
    group: str | None = "service:web",
    attached: Instant | None = NOON,
    stopped: Instant | None = None,
    seen: Instant | None = None,
    gone: Instant | None = None,
    created: Instant = NOON - 60_000,
    last_held: Instant | None = None,
) -> Record:
    """Make a record: attached at noon, alive unless it `stopped`, MISSING since `gone`.

    Something proves that it had its address at `attached`, unless that is None, and still had it at
    `last_held`; without that, until it `stopped`.
    """
    identity = key(task_id, cluster, account=account)
    return Record(
        key=identity,
        status=Status(
            last_status=status if stopped is None else "STOPPED",
            desired_status="RUNNING" if stopped is None else "STOPPED",
            version=version,
            source="event",
        ),
        facts=Facts(
            task_arn=identity.cluster_arn.task_arn(task_id),
            group=group,
            network_mode="awsvpc",
            created_at=created,
        ),
        interface=Interface(subnet_id=subnet, private_ipv4_address=ipv4, ipv6_address=ipv6),
        earliest=Earliest(
            shown_by_event=attached,
            stopped_at=stopped,
            execution_stopped_at=stopped if last_held is None else None,
        ),
        newest=Newest(
            observed_at=seen or stopped or attached or NOON,
            missing_at=gone,
            still_shown_by_event=last_held,
        ),
    )


def containers(*interfaces: dict[str, str]) -> list[Json]:
    """Make containers, each with one of the interfaces as ECS lists them there."""
    return [{"name": f"c{n}", "networkInterfaces": [one]} for n, one in enumerate(interfaces)]

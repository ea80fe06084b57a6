"""How ECS writes a task: as DescribeTasks answers it, and as its events tell of it."""

from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import Any

from local.embedded import ACCOUNT, REGION
from local.estate.clock import Instant
from local.estate.task import HOME, Task


def describe(task: Task) -> dict[str, Any]:
    """Write it as DescribeTasks does, timestamps as epoch seconds."""
    return {
        **_facts(task),
        **{name: at / 1_000 for name, at in task.at.items()},
        "attachments": _attachments(task, "ElasticNetworkInterface", beside="ServiceConnect"),
        "containers": [{**container, "healthStatus": "UNKNOWN"} for container in _containers(task)],
        "healthStatus": "UNKNOWN",
        "tags": [],
    }


def event(task: Task, now: Instant, event_id: str) -> dict[str, Any]:
    """Write the event of its present state."""
    return {
        "version": "0",
        "id": event_id,
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": iso(now - now % 1_000),
        "region": REGION,
        "resources": [task.arn],
        "detail": {
            **_facts(task),
            **{name: iso(at) for name, at in task.at.items()},
            "attachments": _attachments(task, "eni", beside="sdi"),
            "containers": _containers(task),
            "updatedAt": iso(now),
        },
    }


def iso(instant: Instant) -> str:
    """Write an instant as the events do, without zeros at the end of its fraction."""
    whole, fraction = divmod(instant, 1_000)
    text = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return text + f".{fraction:03d}".rstrip("0").rstrip(".") + "Z"


def _facts(task: Task) -> dict[str, Any]:
    """Write what both forms share."""
    workload = task.workload
    whole: dict[str, Any] = {
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": task.subnet.zone if task.subnet else f"{REGION}a",
        "capacityProviderName": workload.capacity_provider,
        "clusterArn": workload.cluster_arn,
        "connectivity": task.connectivity,
        "containerInstanceArn": task.container_instance,
        "cpu": "256",
        "desiredStatus": task.desired_status,
        "enableExecuteCommand": False,
        "group": workload.group,
        "lastStatus": task.last_status,
        "launchType": workload.launch_type,
        "memory": "512",
        "overrides": {"containerOverrides": [{"name": name} for name in workload.containers]},
        "platformVersion": "1.4.0" if workload.launch_type == "FARGATE" else None,
        "startedBy": None if workload.standalone else task.deployment,
        "stopCode": task.stop_code,
        "stoppedReason": task.stopped_reason,
        "taskArn": task.arn,
        "taskDefinitionArn": f"{HOME}task-definition/{workload.name}:{task.revision}",
        "version": task.version,
    }
    return {name: value for name, value in whole.items() if value is not None}


def _attachments(task: Task, interface: str, *, beside: str) -> list[dict[str, Any]]:
    """Write the attachments, of which the interface's need not be the first."""
    status = "DELETED" if task.stopped_at else "ATTACHED"
    other = {"id": task.attachment_id[::-1], "type": beside, "status": status, "details": []}
    details = {name: value for name, value in _details(task).items() if value}
    own = {
        "id": task.attachment_id,
        "type": interface,
        "status": task.interface,
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }
    return [other] * task.workload.connected + [own] * (task.interface is not None)


def _details(task: Task) -> dict[str, str | None]:
    subnet_id = task.subnet.id if task.subnet else None
    if not (task.shows_address and task.address):
        return {"subnetId": subnet_id}
    return {
        "subnetId": subnet_id,
        "networkInterfaceId": task.interface_id,
        "macAddress": task.mac_address,
        "privateDnsName": f"ip-{task.address.replace('.', '-')}.{REGION}.compute.internal",
        "privateIPv4Address": task.address,
    }


def _containers(task: Task) -> list[dict[str, Any]]:
    return [
        {
            "containerArn": f"{task.arn.replace(':task/', ':container/')}/{container_id}",
            "cpu": "0",
            "image": f"registry.example.com/{task.workload.name}-{name}:{task.revision}",
            "lastStatus": task.containers_status,
            "name": name,
            "networkInterfaces": _interfaces(task),
            "taskArn": task.arn,
            **({} if task.exit_code is None else {"exitCode": task.exit_code}),
            **({} if task.workload.awsvpc else {"networkBindings": _bindings(task)}),
        }
        for name, container_id in zip(task.workload.containers, task.container_ids, strict=True)
    ]


def _interfaces(task: Task) -> list[dict[str, str]]:
    if not (task.shows_address and task.address):
        return []
    shown = {"attachmentId": task.attachment_id, "privateIpv4Address": task.address}
    return [shown | ({"ipv6Address": task.ipv6_address} if task.ipv6_address else {})]


def _bindings(task: Task) -> list[dict[str, Any]]:
    """Write the host's ports, which are no addresses of the task."""
    if not task.host_port:
        return []
    port = {"containerPort": 8125, "hostPort": task.host_port, "protocol": "udp"}
    return [{"bindIP": str(IPv4Address(0)), **port}]

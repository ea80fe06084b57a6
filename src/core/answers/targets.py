"""What Prometheus should scrape, in the form of its HTTP service discovery."""

from collections.abc import Iterable, Iterator
from typing import Any

from core.answers.lists import HELD, ListedAddress, newest_holders
from core.task.record import Record

RUNNING = "RUNNING"


def targets(records: Iterable[Record], port: int) -> Iterator[dict[str, Any]]:
    """Yield the tasks that run, hold an address and were not told to stop."""
    running = (
        ListedAddress(record.addresses[0], record)
        for record in records
        if record.address_state == HELD
        and record.status is not None
        and record.status.last_status == record.status.desired_status == RUNNING
    )
    for held in newest_holders(running).values():
        yield _target_group(held, port)


def _target_group(held: ListedAddress, port: int) -> dict[str, Any]:
    """Return a target with the labels of Prometheus' own ECS discovery (`discovery/aws/ecs.go`)."""
    record, facts, cluster = held.record, held.record.facts, held.record.key.cluster_arn
    labels = {
        "cluster": cluster.name,
        "cluster_arn": cluster,
        "service": record.service,
        "task_group": facts.group,
        "task_definition": facts.task_definition_arn,
        "region": cluster.region,
        "availability_zone": facts.availability_zone,
        "subnet_id": record.interface.subnet_id,
        "launch_type": facts.launch_type,
        "last_status": RUNNING,
        "desired_status": RUNNING,
        "platform_version": facts.platform_version,
        "network_mode": facts.network_mode,
        "container_instance_arn": facts.container_instance_arn,
        "task_arn": facts.task_arn,
        "ip_address": held.address,
    }
    host = f"[{held.address}]" if ":" in held.address else held.address
    known = {f"__meta_ecs_{name}": value for name, value in labels.items() if value is not None}
    return {"targets": [f"{host}:{port}"], "labels": known}

"""What Prometheus should scrape, in the form of its HTTP service discovery."""

from collections.abc import Callable
from typing import Any

from core.answers.current import TaskFilter
from core.answers.lists import HELD, ListedAddress, current_records
from core.table.store import Store
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import Instant

RUNNING = "RUNNING"

SCRAPED = (
    *("last_status", "desired_status", "task_arn", "group", "task_definition_arn"),
    *("container_instance_arn", "launch_type", "platform_version", "availability_zone"),
    *("network_mode", "vpc_id", "subnet_id", "private_ipv4_address", "ipv6_address", "gone_at"),
)
"""The fields of a live task that make it a target; none that say since when it had its address."""


def targets[Written](
    store: Store, wanted: TaskFilter, port: int, write: Callable[[dict[str, Any]], Written]
) -> list[Written]:
    """Write the tasks that run, hold an address and were not told to stop.

    Each is written as it is read: that takes less memory than its record, and no time, because the
    next ones are on their way.
    """
    claims: dict[tuple[str, str], dict[TaskKey, Written]] = {}
    for record in filter(_is_running, current_records(store, wanted, SCRAPED)):
        held = ListedAddress(record.addresses[0], record)
        claims.setdefault(held.place, {})[record.key] = write(_target_group(held, port))
    # Two live tasks can claim one place if ECS has not reported the end of one of them.
    contested = [key for claimed in claims.values() if len(claimed) > 1 for key in claimed]
    known = store.get_many(contested)

    def rank(key: TaskKey) -> tuple[Instant, str]:
        return ListedAddress("", known[key].record).rank if key in known else (0, key.task_id)

    return [claimed[max(claimed, key=rank)] for claimed in claims.values()]


def _is_running(record: Record) -> bool:
    status = record.status
    return (
        record.address_state == HELD
        and status is not None
        and status.last_status == status.desired_status == RUNNING
    )


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

"""The record as outsiders see it, in the HTTP API and in published events."""

from typing import Any

from core.arn import ClusterArn
from core.instant import Instant, to_text
from core.record import Record, Status

_NO_STATUS = Status(last_status="", desired_status="", version=0, source="")


def record_as_json(record: Record) -> dict[str, Any]:
    """Write every field of the contract, flat, in its order; what is not known is None."""
    cluster = ClusterArn(record.key.cluster_arn)
    facts, earliest, newest = record.facts, record.earliest, record.newest
    status = record.status or _NO_STATUS
    return {
        "taskArn": facts.task_arn,
        "taskId": record.key.task_id,
        "account": cluster.account or None,
        "region": cluster.region,
        "clusterArn": str(cluster),
        "cluster": cluster.name,
        "group": facts.group,
        "service": record.service,
        "startedBy": facts.started_by,
        "taskDefinitionArn": facts.task_definition_arn,
        "launchType": facts.launch_type,
        "capacityProviderName": facts.capacity_provider_name,
        "platformVersion": facts.platform_version,
        "availabilityZone": facts.availability_zone,
        "containerInstanceArn": facts.container_instance_arn,
        "networkMode": facts.network_mode,
        "attachmentId": facts.attachment_id,
        "attachmentStatus": status.attachment_status,
        "networkInterfaceId": facts.network_interface_id,
        "subnetId": facts.subnet_id,
        "vpcId": facts.vpc_id,
        "macAddress": facts.mac_address,
        "privateDnsName": facts.private_dns_name,
        "privateIpv4Address": facts.private_ipv4_address,
        "ipv6Address": facts.ipv6_address,
        "lastStatus": status.last_status or None,
        "desiredStatus": status.desired_status or None,
        "version": status.version if record.status else None,
        "createdAt": _text(facts.created_at),
        "connectivityAt": _text(earliest.connectivity_at),
        "startedAt": _text(earliest.started_at),
        "stoppingAt": _text(earliest.stopping_at),
        "executionStoppedAt": _text(earliest.execution_stopped_at),
        "stoppedAt": _text(earliest.stopped_at),
        "stopCode": status.stop_code,
        "stoppedReason": status.stopped_reason,
        "live": record.live,
        "addressState": record.address_state,
        "attachedAt": _text(record.attached_at),
        "attachedAtEstimated": record.attached_at_estimated,
        "releasedAt": _text(record.released_at),
        "releasedAtEstimated": record.released_at_estimated,
        "releasedNotBefore": _text(record.released_not_before),
        "source": status.source or None,
        "observedAt": _text(newest.observed_at),
        "missingAt": _text(record.missing_at),
    }


def _text(instant: Instant | None) -> str | None:
    return None if instant is None else to_text(instant)

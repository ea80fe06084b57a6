"""ECS's own JSON of a made-up life: events, and views by DescribeTasks."""

from functools import lru_cache
from typing import Any

from tests.proof.clock import SECOND, Instant, written
from tests.proof.life import Life, Picture, Shown

type Json = dict[str, Any]


@lru_cache(maxsize=50_000)
def event_of(life: Life, picture: Picture) -> Json:
    """Write the event that tells of a picture; nobody may change it."""
    updated = {"updatedAt": written(picture.at)} if life.dated else {}
    return {
        "version": "0",
        "id": f"{life.number}-{picture.at}",
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "account": "111122223333",
        "region": "eu-west-1",
        "time": written(picture.at // SECOND * SECOND),
        "resources": [life.task_arn],
        "detail": {**_task(life, picture, "eni"), **updated},
    }


@lru_cache(maxsize=50_000)
def view_of(life: Life, picture: Picture) -> Json:
    """Write a task of a DescribeTasks answer; nobody may change it."""
    listed = picture._replace(eni=picture.eni or "DELETED")
    return _task(life, listed, "ElasticNetworkInterface")


def _task(life: Life, picture: Picture, eni_type: str) -> Json:
    stamps: dict[str, Instant] = life.stamps_in(picture)
    on_host = {
        "containerInstanceArn": life.cluster_arn.replace(":cluster/", ":container-instance/")
    }
    return {
        "taskArn": life.task_arn,
        "clusterArn": life.cluster_arn,
        "group": life.group,
        "launchType": life.launch_type,
        "lastStatus": picture.last_status,
        "desiredStatus": picture.desired_status,
        "version": picture.version,
        "createdAt": written(life.created),
        "attachments": [*_decoys(life, picture, eni_type), *_attachments(life, picture, eni_type)],
        "containers": [{"name": "app", "networkInterfaces": _interfaces(life, picture)}],
        **({} if life.launch_type == "FARGATE" else on_host),
        **({"connectivity": picture.connectivity} if picture.connectivity else {}),
        **{name: written(instant) for name, instant in stamps.items()},
        **({"stopCode": "UserInitiated"} if picture.desired_status == "STOPPED" else {}),
    }


def _attachments(life: Life, picture: Picture, eni_type: str) -> list[Json]:
    if picture.eni is None:
        return []
    details = {"subnetId": life.place.subnet}
    if picture.shown >= Shown.INTERFACE:
        details["networkInterfaceId"] = life.interface
    if picture.shown >= Shown.ADDRESS and life.place.ipv4:
        details["privateIPv4Address"] = life.place.ipv4
    return [_attachment(f"att-{life.number}", eni_type, picture.eni, details)]


def _decoys(life: Life, picture: Picture, eni_type: str) -> list[Json]:
    """List an attempt that failed first, with an address that belongs to somebody else."""
    if life.decoy is None or picture.eni is None or picture.shown == Shown.NOTHING:
        return []
    details = {
        "subnetId": life.place.subnet,
        "networkInterfaceId": f"eni-failed-{life.number}",
        "privateIPv4Address": life.decoy,
    }
    return [_attachment(f"att-failed-{life.number}", eni_type, "FAILED", details)]


def _attachment(identity: str, eni_type: str, status: str, details: dict[str, str]) -> Json:
    return {
        "id": identity,
        "type": eni_type,
        "status": status,
        "details": [{"name": name, "value": value} for name, value in details.items()],
    }


def _interfaces(life: Life, picture: Picture) -> list[Json]:
    if picture.shown < Shown.ADDRESS or picture.eni is None:
        return []
    interface = {"attachmentId": f"att-{life.number}"}
    if life.place.ipv4:
        interface["privateIpv4Address"] = life.place.ipv4
    if life.place.ipv6:
        interface["ipv6Address"] = life.place.ipv6
    return [interface]

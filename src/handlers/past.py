"""The routes of what was: who held an address, who had an interface, a service's history."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from core import queries
from core.address import canonical_ip
from core.history import (
    AddressPast,
    AddressPosition,
    ServicePast,
    ServicePosition,
    Window,
    address_history,
    service_history,
)
from core.instant import to_text
from core.vpc import judged_by_vpc
from handlers import wiring
from handlers.asked import as_json, horizon, known_coverage, parameters, with_vpcs
from handlers.http import ProblemError, answer

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.get("/ips/<ip>")
def holders_of_address(ip: str) -> Response[str]:
    """`GET /ips/{ip}`: who held an address at an instant."""
    now = wiring.now()
    given = parameters(router)
    at = given.instant("at", now=now)
    at = now if at is None else at
    subnet_id, vpc_id = given.text("subnetId"), given.text("vpcId")
    address = given.path("ip", ip, canonical_ip)
    given.check()
    covered = known_coverage(now)  # before what it vouches for is read
    found = queries.holders_at(
        wiring.store(), address, at, subnet_id=subnet_id, expired_before=horizon(now)
    )
    holders, unsure = judged_by_vpc(with_vpcs(found.holders), vpc_id)
    previous, unsure_before = judged_by_vpc(with_vpcs(found.previous), vpc_id)
    return answer(
        {
            "ip": address,
            "at": to_text(at),
            "holders": as_json(holders),
            "previous": as_json(previous),
            **_undetermined(vpc_id, unsure + unsure_before),
            "coverage": covered.as_json(),
        }
    )


@router.get("/ips/<ip>/history")
def history_of_address(ip: str) -> Response[str]:
    """`GET /ips/{ip}/history`: every record that held an address in a window."""
    now = wiring.now()
    given = parameters(router)
    covered = known_coverage(now)
    window = given.window(now=now, covered_from=covered.start)
    subnet_id, vpc_id = given.text("subnetId"), given.text("vpcId")
    address = given.path("ip", ip, canonical_ip)
    path, limit = f"/ips/{address}/history", given.limit()
    cursor = given.cursor(path, length=len(Window._fields) + len(AddressPosition._fields))
    given.check()
    position = None
    if cursor:
        start, end, highest, newer_at, task = cursor
        window = Window(int(start), int(end))
        position = AddressPosition(highest, int(newer_at) if newer_at else None, task)
    asked = AddressPast(
        address=address, window=window, subnet_id=subnet_id, expired_before=horizon(now)
    )
    found, position = address_history(wiring.store(), asked, after=position, limit=limit)
    kept, unsure = judged_by_vpc(with_vpcs(found), vpc_id)
    return answer(
        {
            "items": as_json(kept),
            "nextCursor": given.next_cursor(path, position and (*window, *position)),
            **_undetermined(vpc_id, unsure),
            "coverage": covered.as_json(),
        }
    )


@router.get("/services/<cluster>/<service>/history")
def history_of_service(cluster: str, service: str) -> Response[str]:
    """`GET /services/{cluster}/{service}/history`: its tasks that held an address in a window."""
    now = wiring.now()
    given = parameters(router)
    covered = known_coverage(now)
    window = given.window(now=now, covered_from=covered.start)
    cluster, service = given.path("cluster", cluster), given.path("service", service)
    path, limit = f"/services/{cluster}/{service}/history", given.limit()
    cursor = given.cursor(path, length=len(Window._fields) + len(ServicePosition._fields))
    given.check()
    position = None
    if cursor:
        start, end, settled, task, highest = cursor
        window = Window(int(start), int(end))
        position = ServicePosition(int(settled), task, highest or None)
    asked = ServicePast(
        cluster=cluster, service=service, window=window, now=now, expired_before=horizon(now)
    )
    found, position = service_history(wiring.store(), asked, after=position, limit=limit)
    return answer(
        {
            "items": as_json(with_vpcs(found)),
            "nextCursor": given.next_cursor(path, position and (*window, *position)),
            "coverage": covered.as_json(),
        }
    )


@router.get("/enis/<network_interface_id>")
def task_on_interface(network_interface_id: str) -> Response[str]:
    """`GET /enis/{networkInterfaceId}`: the task that a network interface belongs to."""
    given = parameters(router)
    interface = given.path("networkInterfaceId", network_interface_id)
    given.check()
    found = queries.task_on_interface(
        wiring.store(), interface, expired_before=horizon(wiring.now())
    )
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "No record of a task with this interface.")
    return answer(as_json(with_vpcs([found]))[0])


def _undetermined(vpc_id: str | None, count: int) -> dict[str, Any]:
    """Say how many records could not be judged by the VPC that was asked for."""
    return {} if vpc_id is None else {"undetermined": count}

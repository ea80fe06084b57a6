"""The routes of one address or interface: who held it, and its history."""

from collections.abc import Sequence
from http import HTTPStatus

from core.answers.candidates import Question
from core.answers.cursor import part_instant, part_of_key
from core.answers.history import AddressHistory, AddressPast, AddressPosition
from core.answers.holders import Window
from core.answers.lookups import task_on_interface
from core.answers.questions import holders_at, instant_window
from core.answers.verdict import verdict_at
from core.table import index_keys
from core.text.address import canonical_ip
from core.text.instant import to_text
from handlers import wiring
from handlers.inventory import Inventory, as_json
from handlers.requests import Request
from handlers.responses import ProblemError, Response, success


def holders_of_address(request: Request) -> Response:
    """`GET /ips/{ip}`: who held an address at an instant."""
    inventory, given = Inventory(), request.parameters
    at = given.instant("at", now=inventory.now)
    at = inventory.now if at is None else at
    subnet_id = given.identifier("subnetId", "subnet-")
    vpc_id = given.identifier("vpcId", "vpc-")
    address = given.path("ip", canonical_ip)
    given.check()
    covered = inventory.coverage
    found = holders_at(
        inventory.store,
        Question(address=address, window=instant_window(at), subnet_id=subnet_id),
        inventory.judge,
        vpc_id=vpc_id,
        together=wiring.side_by_side,
    )
    return success(
        {
            "ip": address,
            "at": to_text(at),
            "verdict": verdict_at(found.spans, covered, at, complete=found.complete),
            "holders": as_json(found.certain),
            "possible": as_json(found.possible),
            "previous": as_json(found.previous),
            "next": as_json(found.next),
            "coverage": covered.as_json(),
        }
    )


def history_of_address(request: Request) -> Response:
    """`GET /ips/{ip}/history`: every record that may have held an address in a window."""
    inventory, given = Inventory(), request.parameters
    window = given.window(now=inventory.now, earliest=inventory.horizon)
    subnet_id = given.identifier("subnetId", "subnet-")
    vpc_id = given.identifier("vpcId", "vpc-")
    address = given.path("ip", canonical_ip)
    path, limit = f"/ips/{address}/history", given.limit()
    position = given.cursor(path, _position)
    given.check()
    covered = inventory.coverage
    window, after = position or (window, None)
    history = AddressHistory(
        inventory.store,
        AddressPast(address=address, window=window, subnet_id=subnet_id, vpc_id=vpc_id),
        inventory.judge,
        wiring.side_by_side,
    )
    page = history.page(after, limit)
    return success(
        {
            "items": as_json(page.records),
            "nextCursor": given.next_cursor(path, page.following, *window),
            "coverage": covered.as_json(),
        }
    )


def _position(parts: Sequence[str]) -> tuple[Window, AddressPosition]:
    start, end, unproven, sort = parts
    if sort:
        index_keys.place_of(part_of_key(sort))
    unproven = part_of_key(unproven) if unproven else ""
    return Window(part_instant(start), part_instant(end)), AddressPosition(unproven, sort)


def interface(request: Request) -> Response:
    """`GET /enis/{networkInterfaceId}`: the task that a network interface belongs to."""
    inventory, given = Inventory(), request.parameters
    network_interface_id = given.path("networkInterfaceId")
    given.check()
    found = task_on_interface(
        inventory.store, network_interface_id, expired_before=inventory.horizon
    )
    if found is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "No record of a task with this interface.")
    return success(as_json([found])[0])

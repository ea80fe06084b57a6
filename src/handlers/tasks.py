"""The routes of tasks: the map now, at an instant, in a window; and one task."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from core.answers.current import TaskFilter, current_tasks, tasks_by_id
from core.answers.cursor import part_instant, part_of_key
from core.answers.holders import Window
from core.answers.past import Past, PastPosition, past_tasks
from core.answers.questions import instant_window
from core.table.coverage import Coverage
from core.table.store import LivePosition
from core.task.fields import SHOWN
from core.task.record import Record
from core.text.address import parse_cidr
from core.text.arn import ClusterArn
from handlers import wiring
from handlers.formats import CONTENT_TYPES, CSV, LINES, coverage_header, csv_lines, json_lines
from handlers.inventory import Inventory, as_json
from handlers.never_seen import require_seen
from handlers.parameters import Parameters
from handlers.requests import Request
from handlers.responses import JSON, ProblemError, Response, compact, negotiated, success

PATH = "/tasks"
ADDRESS_STATES = ("held", "pending", "released", "none")
_WITHOUT_ADDRESS = ("pending", "none")
_COLUMNS = [str(field.shown) for field in SHOWN]
_ENDED = ("STOPPED", "DELETED")


def tasks(request: Request) -> Response:
    """`GET /tasks`: the current map; with `at`, or `from` and `to`, the map of that time."""
    given = request.parameters
    if given.has("at") or given.has("from") or given.has("to"):
        return _then(request)
    return _now(request)


def _now(request: Request) -> Response:
    inventory, given = Inventory(), request.parameters
    wanted = _filter(given, now=True)
    limit = given.limit()
    after = given.cursor(PATH, _live_position)
    given.check()
    found = current_tasks(inventory.store, wanted, after=after, limit=limit)
    if not found.records:
        require_seen(inventory.store, wanted)
    cursor = given.next_cursor(PATH, found.following)
    undetermined = None if wanted.vpc_id is None else found.undetermined
    return _page(request, found.records, cursor, undetermined=undetermined)


def _then(request: Request) -> Response:
    inventory, given = Inventory(), request.parameters
    window = _window(given, inventory)
    wanted = _filter(given, now=False)
    limit = given.limit()
    position = given.cursor(PATH, _past_position)
    given.check()
    window, after = position or (window, None)
    covered = inventory.coverage
    found = past_tasks(
        inventory.store,
        Past(wanted=wanted, window=window, expired_before=inventory.horizon),
        after=after,
        limit=limit,
        together=wiring.side_by_side,
    )
    if not found.found:
        require_seen(inventory.store, wanted)
    cursor = given.next_cursor(PATH, found.following, *window)
    undetermined = None if wanted.vpc_id is None else found.undetermined
    records = [stored.record for stored in found.found]
    return _page(request, records, cursor, undetermined=undetermined, covered=covered)


def _window(given: Parameters, inventory: Inventory) -> Window:
    if given.has("at") and (given.has("from") or given.has("to")):
        given.refuse("at", "cannot be combined with `from` or `to`")
    window = given.window(now=inventory.now, earliest=inventory.horizon)
    at = given.instant("at", now=inventory.now)
    return window if at is None else instant_window(at)


def _filter(given: Parameters, *, now: bool) -> TaskFilter:
    """Read the filters; `lastStatus` and `addressState` describe the present."""
    cluster, cluster_arn = given.cluster()
    service, group = given.text("service"), given.text("group")
    if service is not None and group not in (None, f"service:{service}"):
        given.refuse("group", "is not the group of this `service`, so that nothing can match")
    last_status = given.constant("lastStatus")
    address_state = given.choice("addressState", ADDRESS_STATES)
    if now and last_status in _ENDED:
        given.refuse("lastStatus", "is that of no live task; ask with `at`, or `from` and `to`")
    cidr = given.parsed("cidr", parse_cidr)
    if cidr is not None and address_state in _WITHOUT_ADDRESS:
        given.refuse("cidr", "is that of no task in this `addressState`, which has no address")
    for name in ("lastStatus", "addressState"):
        if not now and given.has(name):
            given.refuse(
                name, "describes the present and cannot be combined with `at`, `from` or `to`"
            )
    return TaskFilter(
        cluster=cluster,
        cluster_arn=cluster_arn,
        service=service,
        group=group,
        subnet_id=given.identifier("subnetId", "subnet-"),
        vpc_id=given.identifier("vpcId", "vpc-"),
        availability_zone=given.text("availabilityZone"),
        launch_type=given.constant("launchType"),
        capacity_provider_name=given.text("capacityProviderName"),
        last_status=last_status if now else None,
        address_state=address_state if now else None,
        cidr=cidr,
    )


def _live_position(parts: Sequence[str]) -> LivePosition:
    cluster, created, task_id, cluster_arn = map(part_of_key, parts)
    return LivePosition(cluster, created, task_id, ClusterArn(cluster_arn))


def _past_position(parts: Sequence[str]) -> tuple[Window, PastPosition]:
    start, end, cluster, place = parts
    position = PastPosition(part_of_key(cluster), part_of_key(place) if place else "")
    return Window(part_instant(start), part_instant(end)), position


def _page(
    request: Request,
    records: Sequence[Record],
    cursor: str | None,
    *,
    undetermined: int | None = None,
    covered: Coverage | None = None,
) -> Response:
    """Return a page in the requested format; if not JSON, headers have what is not a record."""
    content_type = negotiated(request.headers.get("accept"), (JSON, CSV, LINES))
    link = {} if cursor is None else {"Link": f'<?cursor={cursor}>; rel="next"'}
    rows = as_json(records)
    if content_type == JSON:
        body: dict[str, Any] = {"items": rows, "nextCursor": cursor}
        body |= {} if undetermined is None else {"undetermined": undetermined}
        body |= {} if covered is None else {"coverage": covered.as_json()}
        return Response(HTTPStatus.OK, JSON, [compact(body)], link)
    pieces = csv_lines(_COLUMNS, rows) if content_type == CSV else json_lines(rows)
    headers = link | coverage_header(covered)
    return Response(HTTPStatus.OK, CONTENT_TYPES[content_type], pieces, headers)


def task(request: Request) -> Response:
    """`GET /tasks/{cluster}/{taskId}`: one record, also of a stopped task."""
    inventory, given = Inventory(), request.parameters
    cluster, task_id = given.path("cluster"), given.path("taskId")
    given.check()
    found = tasks_by_id(inventory.store, task_id, cluster, expired_before=inventory.horizon)
    if not found:
        raise ProblemError(HTTPStatus.NOT_FOUND, "No record of this task in this cluster.")
    if len(found) > 1:
        detail = "More than one account or region has this task."
        raise ProblemError(HTTPStatus.CONFLICT, detail, choices=as_json(found))
    return success(as_json(found)[0])

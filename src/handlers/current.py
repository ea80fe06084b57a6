"""The routes of what is now: tasks, Prometheus targets, addresses."""

from collections.abc import Iterable, Iterator
from csv import writer
from http import HTTPStatus
from io import StringIO
from itertools import batched, chain, groupby

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from core import listing, queries
from core.address import parse_cidr
from core.instant import DAY, SECOND
from core.listing import Held
from core.queries import TaskFilter
from core.record import Record
from core.store import LivePosition
from handlers import wiring
from handlers.asked import as_json, horizon, parameters, with_vpcs
from handlers.http import (
    JSON,
    Parameters,
    ProblemError,
    answer,
    compact,
    long_answer,
    negotiated,
)

router = APIGatewayRouter()  # type: ignore[no-untyped-call]

ADDRESS_STATES = ("held", "pending", "released", "none")
_FORMATS = {
    "text/plain": "text/plain; charset=utf-8",
    "text/csv": "text/csv; charset=utf-8",
    JSON: JSON,
}
_GREATEST_PORT = 65_535
_LOCATED_AT_ONCE = 1_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@router.get("/tasks")
def current_tasks() -> Response[str]:
    """`GET /tasks`: the current map."""
    given = parameters(router)
    cluster, cluster_arn = given.cluster()
    wanted = TaskFilter(
        cluster=cluster,
        cluster_arn=cluster_arn,
        service=given.text("service"),
        group=given.text("group"),
        subnet_id=given.text("subnetId"),
        vpc_id=given.text("vpcId"),
        availability_zone=given.text("availabilityZone"),
        launch_type=given.text("launchType"),
        last_status=given.text("lastStatus"),
        address_state=given.choice("addressState", ADDRESS_STATES),
        cidr=given.parsed("cidr", parse_cidr),
    )
    limit = given.limit()
    cursor = given.cursor("/tasks", length=len(LivePosition._fields))
    given.check()
    found = queries.current_tasks(
        wiring.store(),
        wanted,
        after=LivePosition(*cursor) if cursor else None,
        limit=limit,
        locate=with_vpcs,
    )
    return answer(
        {
            "items": as_json(found.records),
            "nextCursor": given.next_cursor("/tasks", found.next_position),
            **({} if wanted.vpc_id is None else {"undetermined": found.undetermined}),
        }
    )


@router.get("/tasks/<cluster>/<task_id>")
def one_task(cluster: str, task_id: str) -> Response[str]:
    """`GET /tasks/{cluster}/{taskId}`: one record, of a stopped task too."""
    given = parameters(router)
    name, task = given.path("cluster", cluster), given.path("taskId", task_id)
    given.check()
    found = as_json(
        with_vpcs(
            queries.tasks_by_id(wiring.store(), task, name, expired_before=horizon(wiring.now()))
        )
    )
    if not found:
        raise ProblemError(HTTPStatus.NOT_FOUND, "No record of this task in this cluster.")
    if len(found) > 1:
        detail = "More than one account or region has this task."
        raise ProblemError(HTTPStatus.CONFLICT, detail, choices=found)
    return answer(found[0])


@router.get("/targets")
def targets() -> Response[str]:
    """`GET /targets`: what Prometheus is to scrape, for its HTTP service discovery."""
    given = parameters(router)
    wanted = _service_filter(given)
    port = given.integer("port", default=0, least=1, most=_GREATEST_PORT)
    given.require("port")
    given.check()
    records = listing.current_records(wiring.store(), wanted)
    pieces = (compact(target) for target in listing.targets(records, port))
    return long_answer(_json_list(pieces), JSON, router.current_event.raw_event)


@router.get("/addresses")
def addresses() -> Response[str]:
    """`GET /addresses`: the addresses that tasks hold, as prefixes, as CSV, or as JSON."""
    now = wiring.now()
    given = parameters(router)
    wanted = _service_filter(given)
    family = given.choice("family", ("ipv4", "ipv6"))
    seconds = given.integer("releasedWithin", default=0, least=1, most=DAY // SECOND)
    if seconds and (wanted.cluster is None or wanted.service is None):
        given.refuse("releasedWithin", "needs `cluster` and `service`")
    given.check()
    content_type = negotiated(router.current_event.headers.get("Accept"), tuple(_FORMATS))
    if seconds:
        found = listing.held_or_released(
            wiring.store(),
            wanted,
            since=now - seconds * SECOND,
            now=now,
            together=wiring.side_by_side,
        )
        listed = _located_holdings(found)
    else:
        listed = listing.addresses_of(_located(listing.current_records(wiring.store(), wanted)))
    pieces = _WRITERS[content_type](listing.in_order(listed, family))
    return long_answer(pieces, _FORMATS[content_type], router.current_event.raw_event, tagged=True)


def _service_filter(given: Parameters) -> TaskFilter:
    cluster, cluster_arn = given.cluster()
    return TaskFilter(cluster=cluster, cluster_arn=cluster_arn, service=given.text("service"))


def _located(records: Iterable[Record]) -> Iterator[Record]:
    for some in batched(records, _LOCATED_AT_ONCE, strict=False):
        yield from with_vpcs(some)


def _located_holdings(listed: Iterable[Held]) -> Iterator[Held]:
    return (Held(address, record) for address, old in listed for record in with_vpcs([old]))


def _json_list(pieces: Iterable[str]) -> Iterator[str]:
    separator = "["
    for piece in pieces:
        yield separator + piece
        separator = ","
    yield "[]" if separator == "[" else "]"


def _as_text(listed: Iterable[Held]) -> Iterator[str]:
    """Write prefixes, one a line; an address of two subnets is one prefix."""
    for address, _ in groupby(held.address for held in listed):
        yield f"{listing.prefix_of(address)}\n"


def _as_csv(listed: Iterable[Held]) -> Iterator[str]:
    """Write a table with a header line, as RFC 4180 has it; no cell is a spreadsheet formula."""
    line = StringIO()
    table = writer(line)
    rows = (listing.address_row(held).values() for held in listed)
    for row in chain([listing.ADDRESS_COLUMNS], rows):
        table.writerow(map(_cell, row))
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def _cell(value: str | None) -> str:
    text = value or ""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _as_json(listed: Iterable[Held]) -> Iterator[str]:
    yield '{"items":'
    yield from _json_list(compact(listing.address_row(held)) for held in listed)
    yield "}"


_WRITERS = {"text/plain": _as_text, "text/csv": _as_csv, JSON: _as_json}

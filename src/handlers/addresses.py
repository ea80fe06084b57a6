"""The routes for programs: lists of addresses, Prometheus targets and subnets."""

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from itertools import groupby

from core.answers import lists
from core.answers.current import TaskFilter
from core.answers.cursor import part_of_key
from core.answers.holders import Window
from core.answers.lists import AddressFilter, ListedAddress
from core.answers.past import Past, every_past_task
from core.answers.questions import instant_window
from core.answers.subnets import JUST_RELEASED, subnets_in_use
from core.answers.targets import targets as targets_of
from core.table.coverage import Coverage
from core.text.address import parse_cidr
from core.text.instant import DAY, SECOND, Instant
from handlers import wiring
from handlers.formats import CONTENT_TYPES, CSV, PLAIN, coverage_header, csv_lines
from handlers.inventory import Inventory
from handlers.never_seen import require_seen
from handlers.parameters import Parameters
from handlers.requests import Request
from handlers.responses import JSON, Response, compact, json_list, negotiated, success

_GREATEST_PORT = 65_535
_SUBNETS = "/subnets"


def targets(request: Request) -> Response:
    """`GET /targets`: what Prometheus should scrape, for its HTTP service discovery."""
    inventory, given = Inventory(), request.parameters
    wanted = _filter(given)
    port = given.integer("port", default=0, least=1, most=_GREATEST_PORT)
    given.require("port")
    given.check()
    found = targets_of(inventory.store, wanted, port, compact)
    if not found:
        require_seen(inventory.store, wanted)
    return Response(HTTPStatus.OK, JSON, json_list(found))


def addresses(request: Request) -> Response:
    """`GET /addresses`: who has which address, now or at an instant, as prefixes, CSV or JSON."""
    inventory, given = Inventory(), request.parameters
    wanted = _address_filter(given)
    seconds = given.integer("releasedWithin", default=0, least=1, most=DAY // SECOND)
    at = given.instant("at", now=inventory.now)
    if given.has("releasedWithin") and given.has("at"):
        given.refuse("at", "cannot be combined with `releasedWithin`")
    if seconds and (wanted.tasks.cluster is None or wanted.tasks.service is None):
        given.refuse("releasedWithin", "needs `cluster` and `service`")
    given.check()
    content_type = negotiated(request.headers.get("accept"), (PLAIN, CSV, JSON))
    listed = (
        _listed_now(inventory, wanted, seconds) if at is None else _listed_at(inventory, wanted, at)
    )
    if not listed:
        require_seen(inventory.store, wanted.tasks)
    columns = (*lists.ADDRESS_COLUMNS, *(() if at is None else ("certain",)))
    covered = None if at is None else inventory.coverage
    pieces = _written(content_type, columns, listed, covered)
    headers = {} if content_type == JSON else coverage_header(covered)
    return Response(HTTPStatus.OK, CONTENT_TYPES[content_type], pieces, headers, tagged=True)


def _listed_now(inventory: Inventory, wanted: AddressFilter, seconds: int) -> list[ListedAddress]:
    if not seconds:
        return lists.current_addresses(inventory.store, wanted)
    return lists.held_or_released(
        inventory.store,
        wanted,
        since=inventory.now - seconds * SECOND,
        now=inventory.now,
        together=wiring.side_by_side,
    )


def _listed_at(inventory: Inventory, wanted: AddressFilter, at: Instant) -> list[ListedAddress]:
    tasks = TaskFilter(cluster=wanted.tasks.cluster, cluster_arn=wanted.tasks.cluster_arn)
    past = Past(wanted=tasks, window=instant_window(at), expired_before=inventory.horizon)
    listing = lists.AddressesAt(inventory.store, inventory.judge, at, wiring.side_by_side)
    existing = every_past_task(inventory.store, past, together=wiring.side_by_side)
    return listing.among(existing, wanted)


def _filter(given: Parameters) -> TaskFilter:
    cluster, cluster_arn = given.cluster()
    return TaskFilter(
        cluster=cluster,
        cluster_arn=cluster_arn,
        service=given.text("service"),
        subnet_id=given.identifier("subnetId", "subnet-"),
        vpc_id=given.identifier("vpcId", "vpc-"),
    )


def _address_filter(given: Parameters) -> AddressFilter:
    tasks = _filter(given)
    family = given.choice("family", ("ipv4", "ipv6"))
    cidr = given.parsed("cidr", parse_cidr)
    if cidr is not None and family not in (None, f"ipv{cidr.version}"):
        given.refuse("cidr", "is of the other family, so that nothing can match")
    return AddressFilter(tasks=tasks, family=family, cidr=cidr)


def _written(
    content_type: str,
    columns: Sequence[str],
    listed: Iterable[ListedAddress],
    covered: Coverage | None,
) -> Iterator[str]:
    """Return the pieces of a list; only JSON has room for the coverage."""
    if content_type == PLAIN:
        return _prefixes(held for held in listed if held.certain)
    rows = (lists.address_row(held) | {"certain": held.certain} for held in listed)
    if content_type == CSV:
        return csv_lines(columns, rows)
    return _json_items(({name: row[name] for name in columns} for row in rows), covered)


def _prefixes(listed: Iterable[ListedAddress]) -> Iterator[str]:
    """Yield prefixes, one per line; an address in two subnets is one prefix."""
    for address, _ in groupby(held.address for held in listed):
        yield f"{lists.prefix_of(address)}\n"


def _json_items(rows: Iterable[object], covered: Coverage | None) -> Iterator[str]:
    yield '{"items":'
    yield from json_list(map(compact, rows))
    yield "}" if covered is None else f',"coverage":{compact(covered.as_json())}}}'


def subnets(request: Request) -> Response:
    """`GET /subnets`: the subnets that tasks were seen in, and how full they are."""
    inventory, given = Inventory(), request.parameters
    limit = given.limit()
    after = given.cursor(_SUBNETS, _position) or ""
    given.check()
    known = {name: one for name, one in inventory.store.subnets().items() if name > after}
    window = Window(inventory.now - JUST_RELEASED, inventory.now + 1)
    past = Past(wanted=TaskFilter(), window=window, expired_before=inventory.horizon)
    found = every_past_task(inventory.store, past, together=wiring.side_by_side)
    records = (stored.record for stored in found)
    rows = subnets_in_use(dict(sorted(known.items())[:limit]), records, now=inventory.now)
    last = [rows[-1]["subnetId"]] if len(known) > limit else None
    return success({"items": rows, "nextCursor": given.next_cursor(_SUBNETS, last)})


def _position(parts: Sequence[str]) -> str:
    [subnet_id] = parts
    return part_of_key(subnet_id)

"""The route that answers many questions at once, such as both sides of each flow of a log."""

import json
from http import HTTPStatus
from math import isfinite
from typing import Any, NamedTuple, NoReturn

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from core.address import canonical_ip
from core.instant import Instant
from core.lookups import MOST_HOLDERS, Lookup, look_up
from core.record import Record
from core.vpc import judged_by_vpc
from handlers import wiring
from handlers.asked import as_json, horizon, known_coverage, parameters, with_vpcs
from handlers.http import Parameters, ProblemError, answer

router = APIGatewayRouter()  # type: ignore[no-untyped-call]

_MOST_LOOKUPS = 100
_LARGEST_BODY = 256 * 1024
_INSTANTS = ("at", "from", "to")


class _Question(NamedTuple):
    """An entry of the request that can be answered."""

    lookup: Lookup
    vpc_id: str | None


@router.post("/lookups")
def lookups() -> Response[str]:
    """`POST /lookups`: up to 100 questions, answered in the same order."""
    now = wiring.now()
    parameters(router).check()
    covered = known_coverage(now)
    entries = _entries(_body())
    questions = [_question(entry, now, covered.start) for entry in entries]
    found = iter(
        look_up(
            wiring.store(),
            [question.lookup for question in questions if isinstance(question, _Question)],
            expired_before=horizon(now),
            together=wiring.side_by_side,
        )
    )
    results = [
        {"lookup": entry, "error": question.body}
        if isinstance(question, ProblemError)
        else {"lookup": entry, **_result(question, next(found))}
        for entry, question in zip(entries, questions, strict=True)
    ]
    return answer({"results": results, "coverage": covered.as_json()})


def _body() -> str:
    """Take the body, which the gateway passes on in base64, as it does all bodies."""
    try:
        return router.current_event.decoded_body or ""
    except UnicodeDecodeError:
        _refuse("body", "is not UTF-8")


def _entries(body: str) -> list[object]:
    """Read the body; raises ProblemError where it is not a list of lookups."""
    if len(body) > _LARGEST_BODY:
        detail = f"The body is larger than {_LARGEST_BODY // 1024} KiB."
        raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
    try:
        content = json.loads(body, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        _refuse("body", "is not JSON")
    if not isinstance(content, dict):
        _refuse("body", "is not a JSON object")
    for name in sorted(content.keys() - {"lookups"}):
        _refuse(name, "is not a member of this request")
    entries = content.get("lookups")
    if not isinstance(entries, list):
        _refuse("lookups", "is not a list" if "lookups" in content else "is missing")
    if len(entries) > _MOST_LOOKUPS:
        _refuse("lookups", f"has more than {_MOST_LOOKUPS} entries")
    return entries


def _question(
    entry: object, now: Instant, covered_from: Instant | None
) -> _Question | ProblemError:
    """Read an entry; answers the problem where it is not one that can be answered."""
    try:
        return _asked(_as_parameters(entry), now, covered_from)
    except ProblemError as problem:
        return problem


def _asked(given: Parameters, now: Instant, covered_from: Instant | None) -> _Question:
    address = given.parsed("ip", canonical_ip)
    interface = given.text("networkInterfaceId")
    if given.has("ip") == given.has("networkInterfaceId"):
        given.refuse("ip", "or `networkInterfaceId` is needed, and not both")
    at, window = given.instant("at", now=now), None
    if given.has("from") or given.has("to"):
        window = given.window(now=now, covered_from=covered_from)
        if given.has("at"):
            given.refuse("at", "goes without `from` and `to`")
    elif at is None and interface is None:
        at = now
    lookup = Lookup(
        address=address,
        network_interface_id=interface,
        at=at,
        window=window,
        subnet_id=given.text("subnetId"),
    )
    vpc_id = given.text("vpcId")
    given.check()
    return _Question(lookup, vpc_id)


def _as_parameters(entry: object) -> Parameters:
    """Take an entry's members as parameters: text, and for instants numbers; null is none."""
    if not isinstance(entry, dict):
        _refuse("lookups", "holds something that is not a JSON object")
    for name, value in entry.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (value is None or isinstance(value, str) or (is_number and name in _INSTANTS)):
            _refuse(name, "is not text")
    return Parameters({name: [str(value)] for name, value in entry.items() if value is not None})


def _result(question: _Question, found: list[Record] | None) -> dict[str, Any]:
    if found is None:
        reason = (
            f"makes a window with more than {MOST_HOLDERS} holders, or in too many subnets;"
            " narrow it, name a subnet, or ask for the history of the address"
        )
        return {"error": _fault("from", reason).body}
    holders, undetermined = judged_by_vpc(with_vpcs(found), question.vpc_id)
    result: dict[str, Any] = {"holders": as_json(holders)}
    if question.vpc_id is not None:
        result["undetermined"] = undetermined
    return result


def _finite(text: str) -> float | str:
    """Read a number; one too large for a float stays text, for JSON has no infinity to echo."""
    number = float(text)
    return number if isfinite(number) else text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse(name: str, reason: str) -> NoReturn:
    raise _fault(name, reason)


def _fault(name: str, reason: str) -> ProblemError:
    errors = [{"parameter": name, "reason": reason}]
    return ProblemError(HTTPStatus.BAD_REQUEST, f"{name} {reason}", errors=errors)

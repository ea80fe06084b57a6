"""The route that answers many questions at once, such as both sides of each flow of a log."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from core.answers.holders import Span, Window
from core.answers.lookups import MOST_HOLDERS, Lookup, look_up
from core.answers.questions import Holders, instant_window
from core.answers.verdict import Verdict, verdict_at, verdict_within
from core.table.coverage import Coverage
from core.text.address import canonical_ip
from core.text.instant import to_text
from handlers import wiring
from handlers.inventory import Inventory, as_json
from handlers.parameters import Parameters
from handlers.requests import Request
from handlers.responses import ProblemError, Response, invalid, success

_MOST_LOOKUPS = 100
_INSTANTS = ("at", "from", "to")


class _Question(NamedTuple):
    """A valid entry of the request."""

    lookup: Lookup
    is_window: bool


def lookups(request: Request) -> Response:
    """`POST /lookups`: up to 100 questions, answered in the same order."""
    inventory = Inventory()
    request.parameters.check()
    entries = _entries(request.json_body)
    covered = inventory.coverage
    questions = [_question(entry, inventory) for entry in entries]
    found = iter(
        look_up(
            inventory.store,
            [question.lookup for question in questions if isinstance(question, _Question)],
            inventory.judge,
            together=wiring.side_by_side,
        )
    )
    results = [
        {"lookup": entry, "error": question.body}
        if isinstance(question, ProblemError)
        else {"lookup": entry, **_result(question, next(found), covered)}
        for entry, question in zip(entries, questions, strict=True)
    ]
    return success({"results": results, "coverage": covered.as_json()})


def _entries(content: object) -> list[object]:
    """Read the body; raise ProblemError if it is not a list of lookups."""
    if not isinstance(content, dict):
        raise invalid("body", "is not a JSON object")
    for name in sorted(content.keys() - {"lookups"}):
        raise invalid(name, "is not a member of this request")
    entries = content.get("lookups")
    if not isinstance(entries, list):
        raise invalid("lookups", "is not a list" if "lookups" in content else "is missing")
    if len(entries) > _MOST_LOOKUPS:
        raise invalid("lookups", f"has more than {_MOST_LOOKUPS} entries")
    return entries


def _question(entry: object, inventory: Inventory) -> _Question | ProblemError:
    """Read an entry; return the problem if it is not valid."""
    try:
        return _asked(_as_parameters(entry), inventory)
    except ProblemError as problem:
        return problem


def _asked(given: Parameters, inventory: Inventory) -> _Question:
    address = given.parsed("ip", canonical_ip)
    interface = given.identifier("networkInterfaceId", "eni-")
    if given.has("ip") == given.has("networkInterfaceId"):
        given.refuse("ip", "or `networkInterfaceId` is needed, and not both")
    window, is_window = _window(given, inventory)
    if window is None and interface is None:
        window = instant_window(inventory.now)
    lookup = Lookup(
        address=address,
        network_interface_id=interface,
        window=window,
        subnet_id=given.identifier("subnetId", "subnet-"),
        vpc_id=given.identifier("vpcId", "vpc-"),
    )
    given.check()
    return _Question(lookup, is_window)


def _window(given: Parameters, inventory: Inventory) -> tuple[Window | None, bool]:
    """Return the time that is asked about, and whether it is a window."""
    at = given.instant("at", now=inventory.now)
    if given.has("from") or given.has("to"):
        if given.has("at"):
            given.refuse("at", "cannot be combined with `from` or `to`")
        return given.window(now=inventory.now, earliest=inventory.horizon), True
    return None if at is None else instant_window(at), False


def _as_parameters(entry: object) -> Parameters:
    """Return an entry's members as parameters: text, numbers for instants, null for absent."""
    if not isinstance(entry, dict):
        raise invalid("lookups", "holds something that is not a JSON object")
    for name, value in entry.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not (value is None or isinstance(value, str) or (is_number and name in _INSTANTS)):
            raise invalid(name, "is not text")
    return Parameters({name: [_text(value)] for name, value in entry.items() if value is not None})


def _text(value: str | float) -> str:
    """Return a number as text for an instant parameter; 1.7e12 counts as a whole number."""
    is_whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if is_whole else str(value)


def _result(question: _Question, found: Holders | None, covered: Coverage) -> Mapping[str, Any]:
    if found is None:
        reason = (
            f"makes a window with more than {MOST_HOLDERS} holders of a subnet;"
            " narrow it, or ask for the history of the address"
        )
        return {"error": invalid("from", reason).body}
    return {
        "verdict": _verdict(question, found, covered),
        "holders": as_json(found.certain),
        "possible": as_json(found.possible),
        **({"spans": [_span(span) for span in found.spans]} if question.is_window else {}),
    }


def _verdict(question: _Question, found: Holders, covered: Coverage) -> Verdict:
    window = question.lookup.window
    if window is None:  # an interface, whenever it was
        if not found.spans:
            return Verdict.UNKNOWN
        return Verdict.HELD if found.certain else Verdict.POSSIBLE
    if question.is_window:
        return verdict_within(found.spans, covered, window, complete=found.complete)
    return verdict_at(found.spans, covered, window.start, complete=found.complete)


def _span(span: Span) -> dict[str, Any]:
    return {
        "taskArn": span.record.facts.task_arn,
        "from": to_text(span.start),
        "to": to_text(span.end),
        "certain": span.certain,
    }

"""Who held an address in a part of a window, by the spans that the API gave for the whole.

The API splits a window by who certainly and who possibly held the address. If nobody held it in a
part, the verdict follows from coverage.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

FOREVER = 1 << 62
HELD, POSSIBLE, UNKNOWN, UNCONFIRMED, NONE = "held", "possible", "unknown", "unconfirmed", "none"


@dataclass(frozen=True, slots=True)
class Holder:
    """What a line says about a task."""

    task_arn: str
    cluster: str
    service: str
    subnet: str
    vpc: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a window in which a task held the address; half-open, in milliseconds."""

    start: int
    end: int
    certain: bool
    holder: Holder


@dataclass(frozen=True, slots=True)
class Coverage:
    """What sweeps cover, in milliseconds; `start` and `end` are None before the first."""

    start: int | None
    end: int | None
    gaps: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: spans for a window, or the holders of an interface or of now as one span."""

    verdict: str
    spans: tuple[Span, ...]
    coverage: Coverage
    # The API could not say `none` although coverage allows it: its answer was cut short.
    doubtful: bool
    error: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who held an address in one line's time."""

    word: str
    holders: tuple[Holder, ...]


def kept(result: dict[str, Any], coverage: dict[str, Any]) -> Any:
    """Return what is needed of a result, small enough to keep a hundred thousand of them."""
    if "error" in result:
        error = result["error"]
        text = error.get("detail") or error.get("title") if isinstance(error, dict) else error
        return {"error": str(text or "the API gives no reason")}
    certain, possible = result.get("holders", ()), result.get("possible", ())
    records = {record["taskArn"]: _essence(record) for record in (*certain, *possible)}
    spans = result.get("spans")
    if spans is None:
        spans = [
            {"taskArn": record["taskArn"], "certain": sure}
            for sure, some in ((True, certain), (False, possible))
            for record in some
        ]
    lookup = result.get("lookup", {})
    return {
        "verdict": result["verdict"],
        "spans": [_kept_span(span, records) for span in spans],
        "window": [_instant(lookup.get("from")), _instant(lookup.get("to"))],
        "coverage": [
            _instant(coverage.get("from")),
            _instant(coverage.get("to")),
            [[_instant(gap["from"]), _instant(gap["to"])] for gap in coverage.get("gaps", ())],
        ],
    }


def _essence(record: dict[str, Any]) -> list[Any]:
    addresses = [record.get("privateIpv4Address"), record.get("ipv6Address")]
    names = ("taskArn", "cluster", "service", "subnetId", "vpcId")
    return [*(record.get(name) or "" for name in names), [text for text in addresses if text]]


def _kept_span(span: dict[str, Any], records: dict[str, list[Any]]) -> list[Any]:
    nameless = [span["taskArn"], "", "", "", "", []]
    record = records.get(span["taskArn"], nameless)
    return [_instant(span.get("from")), _instant(span.get("to")), span["certain"], record]


def _instant(text: str | None) -> int | None:
    if text is None:
        return None
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def read(kept_: Any) -> Told:
    """Read what `kept` returned, also after it went through JSON."""
    if "error" in kept_:
        return Told("", (), _NO_COVERAGE, doubtful=False, error=kept_["error"])
    start, end, gaps = kept_["coverage"]
    coverage = Coverage(start, end, tuple((begin, _open(until)) for begin, until in gaps))
    spans = tuple(
        Span(begin or 0, _open(until), bool(certain), _holder(record))
        for begin, until, certain, record in kept_["spans"]
    )
    first, last = kept_["window"]
    doubtful = (
        kept_["verdict"] == UNKNOWN
        and first is not None
        and last is not None
        and without_holder(coverage, first, last) != UNKNOWN
    )
    return Told(kept_["verdict"], spans, coverage, doubtful)


_NO_COVERAGE = Coverage(None, None, ())


def _open(end: int | None) -> int:
    return FOREVER if end is None else end


def _holder(record: list[Any]) -> Holder:
    arn, cluster, service, subnet, vpc, addresses = record
    return Holder(arn, cluster, service, subnet, vpc, tuple(addresses))


def held_between(told: Told, start: int, end: int, subnet: str = "", vpc: str = "") -> Verdict:
    """Return who held the address at any time of `[start, end)`.

    With a subnet or a VPC, tasks in others do not count, and tasks whose own is unknown are only
    possible.
    """
    certain: dict[str, Holder] = {}
    possible: dict[str, Holder] = {}
    for span in told.spans:
        holder = span.holder
        if span.start >= end or span.end <= start or not _may_be_in(holder, subnet, vpc):
            continue
        sure = span.certain and not (subnet and not holder.subnet) and not (vpc and not holder.vpc)
        (certain if sure else possible)[holder.task_arn] = holder
    if certain:
        return Verdict(HELD, tuple(certain.values()))
    if possible:
        return Verdict(POSSIBLE, tuple(possible.values()))
    return Verdict(UNKNOWN if told.doubtful else without_holder(told.coverage, start, end), ())


def _may_be_in(holder: Holder, subnet: str, vpc: str) -> bool:
    return holder.subnet in {subnet, ""} if subnet else not vpc or holder.vpc in {vpc, ""}


def without_holder(coverage: Coverage, start: int, end: int) -> str:
    """Return the verdict for a time in which no holder is known."""
    if coverage.start is None or start < coverage.start:
        return UNKNOWN
    if any(begin < end and start < until for begin, until in coverage.gaps):
        return UNKNOWN
    return UNCONFIRMED if coverage.end is None or end > coverage.end else NONE

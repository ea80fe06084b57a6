"""The ends that no event told: a newer holder of an address proves that an older one is over.

A record without an end reads as if its task still held the address. Where a newer record of the
same subnet has proof, the older one is over from that proof on.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from ecs_ip.api import Api
from ecs_ip.asking import LOOKUPS_A_REQUEST
from ecs_ip.errors import ApiError
from ecs_ip.records import Record
from ecs_ip.times import wire

_ADDRESSES = ("privateIpv4Address", "ipv6Address")
# The API's clock and this machine's can differ, and it refuses what is still to come.
_SECURELY_PAST = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class End:
    """What is known of the end of a tenure, beside what its record says.

    `over` is when a newer holder proves that it had ended. `last` is the last proof that it had
    not. `is_open` tells that it has not ended, as far as anybody knows.
    """

    over: str | None = None
    last: str | None = None
    is_open: bool = True


UNKNOWN = End(is_open=False)
"""It may have ended; nothing at hand says so."""
OPEN = End()


def by_records(records: Iterable[Record]) -> dict[str, End]:
    """Judge records by one another; return what is proven, by task. An estimate proves nothing."""
    of_address: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.get("attachedAt") and not record.get("attachedAtEstimated"):
            for place in _places(record):
                of_address.setdefault(place, []).append(record)
    proofs: dict[str, list[str]] = {}
    for held in of_address.values():
        for older, newer in pairwise(sorted(held, key=_order)):
            proofs.setdefault(older["taskArn"], []).append(newer["attachedAt"])
    return {arn: End(over=min(instants), is_open=False) for arn, instants in proofs.items()}


def _places(record: Record) -> Iterator[tuple[str, str]]:
    """Return where a record has its addresses; an unknown subnet is one of its own."""
    for name in _ADDRESSES:
        if record.get(name) and record.get("subnetId"):
            yield record["subnetId"], record[name]


def _order(record: Record) -> tuple[str, str]:
    return (record["attachedAt"], record["taskId"])


def known(api: Api, records: Iterable[Record], now: datetime) -> dict[str, End]:
    """Return what is known of the ends of records, by one another and by the API."""
    found = list(records)
    asked = by_lookups(api, found, now)
    proven = by_records(found)
    return proven | {arn: end for arn, end in asked.items() if arn not in proven or end.over}


def by_lookups(api: Api, records: Iterable[Record], now: datetime) -> dict[str, End]:
    """Ask who held the addresses of records without an end since then; return each one's end.

    Newer holders need not be among the records. What the API does not answer stays unknown.
    """
    open_ended = [record for record in records if _is_open_ended(record)]
    until = wire(now - _SECURELY_PAST)
    asked = [record for record in open_ended if record["attachedAt"] < until]
    ends = {record["taskArn"]: UNKNOWN for record in asked}
    for begin in range(0, len(asked), LOOKUPS_A_REQUEST):
        some = asked[begin : begin + LOOKUPS_A_REQUEST]
        lookups = [_lookup(record, until) for record in some]
        try:
            results = api.post("/lookups", {"lookups": lookups})["results"]
        except ApiError:
            break
        for record, result in zip(some, results, strict=True):
            ends[record["taskArn"]] = _end(record, result, until)
    return ends


def _is_open_ended(record: Record) -> bool:
    known = record.get("attachedAt") and not record.get("attachedAtEstimated")
    return bool(known and record.get("subnetId") and record.get("releasedAt") is None)


def _lookup(record: Record, until: str) -> dict[str, Any]:
    address = next(record[name] for name in _ADDRESSES if record.get(name))
    window = {"from": record["attachedAt"], "to": until}
    return {"ip": address, "subnetId": record["subnetId"], **window}


def _end(record: Record, result: Mapping[str, Any], until: str) -> End:
    spans = [span for span in result.get("spans", ()) if span["taskArn"] == record["taskArn"]]
    if not spans:
        return UNKNOWN
    over = max(span["to"] for span in spans)
    if over >= until:
        return OPEN
    last = max((span["to"] for span in spans if span["certain"]), default=None)
    return End(over=over, last=last, is_open=False)

"""An API on loopback for bulk commands: it knows who held which address when, and keeps count."""

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fake_api import FakeApi, Record, Reply, Request
from samples import record

COVERED_FROM, COVERED_TO = "2026-11-20T00:00:00.000Z", "2026-11-26T00:00:00.000Z"


@dataclass(frozen=True)
class Holding:
    """An address that a task had, in epoch seconds; half-open."""

    ip: str
    start: float
    end: float
    record: Record
    certain: bool = True


class BulkApi(FakeApi):
    """Answers `POST /lookups` and `GET /subnets`; `asked` counts the lookups that it answered."""

    def __init__(self) -> None:
        super().__init__()
        self.by_ip: dict[str, list[Holding]] = {}
        self.by_eni: dict[str, Record] = {}
        self.subnets: list[dict[str, Any]] = [subnet("subnet-0a1", "vpc-1", "10.31.0.0/16")]
        self.asked: Counter[str] = Counter()
        self.coverage = {"from": COVERED_FROM, "to": COVERED_TO, "gaps": []}
        self.refused: list[int] = []
        self.pause = 0.0
        self.latest = time.time()
        self.most_at_once = 0
        self._at_once = 0
        self._counting = threading.Lock()

    def holds(self, ip: str, start: float, end: float, number: int = 1, **fields: Any) -> Record:
        """Let a task hold an address."""
        certain = fields.pop("certain", True)
        made = record(number, privateIpv4Address=ip, **fields)
        self.by_ip.setdefault(ip, []).append(Holding(ip, start, end, made, certain))
        self.by_eni[made["networkInterfaceId"]] = made
        return made

    def answer(self, request: Request) -> Reply:
        """Answer, and count."""
        if request.path == "/subnets":
            return _json({"items": self.subnets, "nextCursor": None})
        if request.path != "/lookups":
            return super().answer(request)
        with self._counting:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            refused = self.refused.pop(0) if self.refused else 0
        try:
            time.sleep(self.pause)
            return Reply(refused) if refused else self._answer_lookups(request)
        finally:
            with self._counting:
                self._at_once -= 1

    def _answer_lookups(self, request: Request) -> Reply:
        lookups = request.body["lookups"]
        results = [self._lookup(lookup) for lookup in lookups]
        with self._counting:
            self.asked.update(json.dumps(lookup, sort_keys=True) for lookup in lookups)
        return _json({"results": results, "coverage": self.coverage})

    def _lookup(self, lookup: dict[str, Any]) -> dict[str, Any]:
        if eni := lookup.get("networkInterfaceId"):
            found = [self.by_eni[eni]] if eni in self.by_eni else []
            return _result(lookup, "held" if found else "unknown", found, [])
        start = _seconds(lookup.get("from") or lookup.get("at")) or self.latest
        end = _seconds(lookup.get("to")) or start + 0.001
        if end > time.time() + 1:
            return {
                "lookup": lookup,
                "error": {"title": "Bad Request", "detail": "to: is in the future"},
            }
        had = self.by_ip.get(lookup["ip"], [])
        here = [one for one in had if one.start < end and start < one.end]
        sure = [one.record for one in here if one.certain]
        maybe = [one.record for one in here if not one.certain and one.record not in sure]
        verdict = "held" if sure else "possible" if maybe else "none"
        result = _result(lookup, verdict, sure, maybe)
        if "from" in lookup:
            result["spans"] = [_span(one, start, end) for one in here]
        return result


def subnet(subnet_id: str, vpc: str | None, ipv4: str | None, *ipv6: str) -> dict[str, Any]:
    """Return an item of `GET /subnets`."""
    return {"subnetId": subnet_id, "vpcId": vpc, "ipv4Cidr": ipv4, "ipv6Cidrs": list(ipv6)}


def _result(
    lookup: dict[str, Any], verdict: str, holders: list[Record], possible: list[Record]
) -> dict[str, Any]:
    return {"lookup": lookup, "verdict": verdict, "holders": holders, "possible": possible}


def _span(one: Holding, start: float, end: float) -> dict[str, Any]:
    return {
        "taskArn": one.record["taskArn"],
        "from": _wire(max(one.start, start)),
        "to": _wire(min(one.end, end)),
        "certain": one.certain,
    }


def _wire(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(text: str | None) -> float | None:
    return datetime.fromisoformat(text).timestamp() if text else None


def _json(value: Any) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json"})

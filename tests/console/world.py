"""A made-up estate: records as the API shows them, and who held an address when."""

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

type Record = dict[str, Any]

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
ACCOUNT = "123456789012"
REGION = "eu-west-1"

INSTANTS = [
    "createdAt",
    "connectivityAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
    "attachedNotBefore",
    "attachedAt",
    "releasedNotBefore",
    "releasedAt",
    "observedAt",
    "missingAt",
]
FIELDS = [
    "taskArn",
    "taskId",
    "account",
    "region",
    "clusterArn",
    "cluster",
    "group",
    "service",
    "startedBy",
    "taskDefinitionArn",
    "launchType",
    "capacityProviderName",
    "platformVersion",
    "availabilityZone",
    "containerInstanceArn",
    "networkMode",
    "attachmentId",
    "attachmentStatus",
    "networkInterfaceId",
    "subnetId",
    "vpcId",
    "macAddress",
    "privateDnsName",
    "privateIpv4Address",
    "ipv6Address",
    "lastStatus",
    "desiredStatus",
    "version",
    "createdAt",
    "connectivityAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
    "stopCode",
    "stoppedReason",
    "live",
    "addressState",
    "attachedNotBefore",
    "attachedAt",
    "attachedAtEstimated",
    "releasedNotBefore",
    "releasedAt",
    "releasedAtEstimated",
    "source",
    "observedAt",
    "missingAt",
]


def instant(ms: float) -> str:
    """Return milliseconds since 1970 as the API writes them."""
    text = datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def millis(text: str) -> int:
    """Return an instant of the API as milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass
class World:
    """Hold the records, subnets and coverage; `now` is fixed unless a test moves it."""

    now: int
    records: list[Record] = field(default_factory=list)
    subnets: list[Record] = field(default_factory=list)
    coverage: Record = field(default_factory=dict)
    status: Record = field(default_factory=dict)
    _index: dict[str, list[Record]] = field(default_factory=dict)
    _indexed: int = 0

    def add(self, **facts: Any) -> Record:
        """Add a task; what is not said is that of a Fargate task which runs since an hour."""
        record = task(self.now, number=len(self.records), **facts)
        self.records.append(record)
        return record

    def stop(self, record: Record, at: int | None = None) -> None:
        """End a task as a deployment does: its containers first, 24 seconds later the task."""
        end = at or self.now
        record |= {
            "live": False,
            "lastStatus": "STOPPED",
            "desiredStatus": "STOPPED",
            "addressState": "released" if record["attachedAt"] else "none",
            "stoppingAt": instant(end - 30_000),
            "executionStoppedAt": instant(end - 24_000),
            "releasedNotBefore": instant(end - 24_000) if record["attachedAt"] else None,
            "releasedAt": instant(end) if record["attachedAt"] else None,
            "stoppedAt": instant(end),
            "stopCode": "ServiceSchedulerInitiated",
            "stoppedReason": "Scaling activity initiated by deployment ecs-svc/1234",
        }

    def of_address(self, ip: str, subnet_id: str | None = None) -> dict[str, list[Record]]:
        """Return the records that ever had an address, by subnet, oldest first."""
        found: dict[str, list[Record]] = {}
        for record in sorted(
            self._by_address().get(ip, []), key=lambda one: str(one["attachedAt"])
        ):
            if subnet_id in (None, record["subnetId"]) and record["attachedAt"]:
                found.setdefault(record["subnetId"], []).append(record)
        return found

    def _by_address(self) -> dict[str, list[Record]]:
        if self._indexed != len(self.records):
            self._indexed = len(self.records)
            self._index = {}
            for record in self.records:
                for ip in filter(None, {record["privateIpv4Address"], record["ipv6Address"]}):
                    self._index.setdefault(ip, []).append(record)
        return self._index

    def existing(self, start: int, end: int) -> Iterator[Record]:
        """Return the tasks that existed at any time in a window."""
        for record in self.records:
            over = record["stoppedAt"] or record["releasedAt"] or record["missingAt"]
            if millis(record["createdAt"]) < end and (not over or millis(over) > start):
                yield record


def task(now: int, *, number: int, ago: int = HOUR, **facts: Any) -> Record:
    """Return a task's record as the API shows it, with the four instants of its address."""
    seed = hashlib.sha256(f"task {number}".encode()).hexdigest()
    cluster = facts.pop("cluster", "shop")
    service = facts.pop("service", "web")
    ip = facts.pop("ip", None)
    born = now - ago
    task_id = seed[:32]
    proof = born + 6000 if ip else None
    record: Record = dict.fromkeys(FIELDS)
    record |= {
        "taskArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{cluster}/{task_id}",
        "taskId": task_id,
        "account": ACCOUNT,
        "region": REGION,
        "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{cluster}",
        "cluster": cluster,
        "service": service,
        "group": f"service:{service}" if service else "family:report",
        "startedBy": "ecs-svc/8412563001",
        "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{service}:17",
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "availabilityZone": "eu-west-1a",
        "networkMode": "awsvpc" if ip else None,
        "attachmentStatus": "ATTACHED" if ip else None,
        "networkInterfaceId": f"eni-0{seed[:16]}" if ip else None,
        "subnetId": "subnet-0a4" if ip else None,
        "vpcId": "vpc-0main" if ip else None,
        "macAddress": ":".join(seed[i : i + 2] for i in range(0, 12, 2)) if ip else None,
        "privateIpv4Address": None if ip and ":" in ip else ip,
        "ipv6Address": ip if ip and ":" in ip else None,
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "version": 3,
        "createdAt": instant(born),
        "connectivityAt": instant(born + 6000),
        "startedAt": instant(born + 14_000),
        "live": True,
        "addressState": "held" if ip else "none",
        "attachedNotBefore": instant(born + 900) if ip else None,
        "attachedAt": instant(proof) if proof else None,
        "attachedAtEstimated": False,
        "releasedAtEstimated": False,
        "source": "event",
        "observedAt": instant(born + 20_000),
    }
    return record | facts


def spans(records: list[Record], start: int, end: int) -> list[Record]:
    """Split a window by who certainly and who possibly held an address of one subnet."""
    cuts = {start, end}
    for record in records:
        bounds = ("attachedNotBefore", "attachedAt", "releasedNotBefore", "releasedAt", "lastProof")
        cuts |= {millis(record[name]) for name in bounds if record.get(name)}
    edges = sorted(cut for cut in cuts if start <= cut <= end)
    found: list[Record] = []
    for left, right in pairwise(edges):
        for record, certain in at_instant(records, left):
            _extend(found, record["taskArn"], left, right, certain)
    return [one | {"from": instant(one["from"]), "to": instant(one["to"])} for one in found]


def _extend(found: list[Record], arn: str, left: int, right: int, certain: bool) -> None:
    for one in found:
        if (one["taskArn"], one["to"], one["certain"]) == (arn, left, certain):
            one["to"] = right
            return
    found.append({"taskArn": arn, "from": left, "to": right, "certain": certain})


def at_instant(records: list[Record], ms: int) -> list[tuple[Record, bool]]:
    """Return who had an address of one subnet at an instant, and whether for certain."""
    certain = [record for record in records if _certainly(record, records, ms)]
    if certain:
        return [(record, True) for record in certain]
    return [(record, False) for record in records if _possibly(record, records, ms)]


def _over(record: Record, records: list[Record]) -> float:
    if record["attachedAtEstimated"]:
        return float("inf")
    newer = [
        millis(other["attachedAt"])
        for other in records
        if not other["attachedAtEstimated"] and other["attachedAt"] > record["attachedAt"]
    ]
    return min(newer, default=float("inf"))


def _certainly(record: Record, records: list[Record], ms: int) -> bool:
    if record["attachedAtEstimated"] or ms < millis(record["attachedAt"]):
        return False
    last = record["releasedNotBefore"] or (
        record.get("lastProof") if _over(record, records) < float("inf") else None
    )
    return ms < (millis(last) if last else float("inf"))


def _possibly(record: Record, records: list[Record], ms: int) -> bool:
    end = millis(record["releasedAt"]) if record["releasedAt"] else float("inf")
    return millis(record["attachedNotBefore"]) <= ms < min(end, _over(record, records))


def usable(cidr: str) -> int:
    """Return how many addresses of a prefix AWS lets one use."""
    return ipaddress.ip_network(cidr).num_addresses - 5

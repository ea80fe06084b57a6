"""Owns a second, plain reading of raw events: the record that the contract promises of a task.

It shares no code with the service, and takes what the service need not guard against for granted.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

type Json = dict[str, Any]

# Given by the detail as it is, under the same name.
CONSTANTS = (
    *("taskArn", "clusterArn", "group", "startedBy", "taskDefinitionArn", "launchType"),
    *("capacityProviderName", "platformVersion", "availabilityZone", "containerInstanceArn"),
)
LATEST = ("lastStatus", "desiredStatus", "version", "stopCode")
EARLIEST = ("connectivityAt", "startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt")
LONGEST_REASON = 120


def records_of(events: Iterable[Json]) -> dict[str, Json]:
    """Read all events of all tasks; answers the records by task ARN."""
    lives: dict[str, list[Json]] = {}
    for event in events:
        lives.setdefault(event["detail"]["taskArn"], []).append(event)
    return {arn: record_of(life) for arn, life in lives.items()}


def record_of(life: Sequence[Json]) -> Json:
    """Read all events of one task, in any order."""
    life = sorted(
        life, key=lambda e: (e["detail"]["lastStatus"] == "STOPPED", e["detail"]["version"])
    )
    details = [event["detail"] for event in life]
    last = details[-1]
    address = first(address_of(detail) for detail in details) or {}
    times = {name: earliest(detail.get(name) for detail in details) for name in EARLIEST}
    observed = max(map(source_time, life))
    stopped = last["lastStatus"] == "STOPPED"
    ended = (times["stoppedAt"] or observed) if stopped else None
    has_address = bool(address.get("privateIpv4Address") or address.get("ipv6Address"))
    has_interface = any(map(eni_of, details))
    held = earliest(proof for event in life for proof in proofs_of_address(event))
    attached = held or earliest([times["executionStoppedAt"], times["stoppingAt"], ended])
    _, _, _, region, account, _ = last["clusterArn"].split(":", 5)
    record = {
        **{name: first(detail.get(name) for detail in details) for name in CONSTANTS},
        **{name: last.get(name) for name in LATEST},
        **times,
        "taskId": last["taskArn"].rsplit("/")[-1],
        "account": account,
        "region": region,
        "cluster": last["clusterArn"].rsplit("/")[-1],
        "createdAt": instant(last["createdAt"]),
        "networkMode": "awsvpc" if has_interface else None,
        "attachmentId": first((eni_of(detail) or {}).get("id") for detail in details),
        "attachmentStatus": (eni_of(last) or {}).get("status"),
        "networkInterfaceId": None,
        "subnetId": None,
        "vpcId": None,
        "macAddress": None,
        "privateDnsName": None,
        "privateIpv4Address": None,
        "ipv6Address": None,
        **{name: value for detail in details for name, value in facts_of_eni(detail).items()},
        **address,
        "stoppedReason": cut(last.get("stoppedReason")),
        "live": not stopped,
        "addressState": state(has_address, has_interface, live=not stopped),
        "attachedAt": attached if has_address else None,
        "attachedAtEstimated": has_address and held is None,
        "releasedAt": ended if has_address else None,
        "releasedAtEstimated": False,
        "releasedNotBefore": None,
        "source": "event",
        "observedAt": observed,
        "missingAt": None,
    }
    kind, _, name = (record["group"] or "").partition(":")
    record["service"] = name if kind == "service" else None
    return record


def state(has_address: bool, has_interface: bool, *, live: bool) -> str:
    """Name the state of a task's address."""
    if has_address:
        return "held" if live else "released"
    return "pending" if live and has_interface else "none"


def eni_of(detail: Json) -> Json | None:
    """Find the network interface among the attachments."""
    found = (one for one in detail.get("attachments", []) if one["type"] == "eni")
    return next(found, None)


def facts_of_eni(detail: Json) -> Json:
    """Read the interface's own details, under the contract's names."""
    pairs = {pair["name"]: pair["value"] for pair in (eni_of(detail) or {}).get("details", [])}
    names = {
        name: name for name in ("networkInterfaceId", "subnetId", "macAddress", "privateDnsName")
    }
    return {name: pairs[name] for name in names if pairs.get(name)}


def address_of(detail: Json) -> Json | None:
    """Read a task's addresses, from its interface and its containers; None without any."""
    found: Json = {}
    for pair in (eni_of(detail) or {}).get("details", []):
        if pair["name"] == "privateIPv4Address":
            found["privateIpv4Address"] = str(ip_address(pair["value"]))
    for container in detail.get("containers", []):
        for interface in container.get("networkInterfaces", []):
            for name in ("privateIpv4Address", "ipv6Address"):
                if name in interface:
                    found.setdefault(name, str(ip_address(interface[name])))
    return found or None


def proofs_of_address(event: Json) -> Iterable[str | None]:
    """List the instants that prove that the task held its address."""
    detail = event["detail"]
    yield instant(detail.get("pullStartedAt"))
    yield instant(detail.get("startedAt"))
    connected, created = instant(detail.get("connectivityAt")), instant(detail["createdAt"])
    if connected and created and connected > created:
        yield connected
    if detail["lastStatus"] != "STOPPED" and address_of(detail):
        yield source_time(event)


def source_time(event: Json) -> str:
    """Read when ECS said it."""
    text = instant(event["detail"].get("updatedAt") or event["time"])
    assert text
    return text


def instant(text: str | None) -> str | None:
    """Write an instant as the contract does; texts then sort as the instants do."""
    if text is None:
        return None
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def earliest(texts: Iterable[str | None]) -> str | None:
    """Find the earliest instant of those there are."""
    return min(filter(None, map(instant, texts)), default=None)


def first(values: Iterable[Any]) -> Any:
    """Find the first value that says something."""
    return next(filter(None, values), None)


def cut(reason: str | None) -> str | None:
    """Shorten a long reason."""
    if reason is None or len(reason) <= LONGEST_REASON:
        return reason
    return reason[: LONGEST_REASON - 1] + "…"


def holders_at(
    records: Iterable[Mapping[str, Any]], address: str, at: str
) -> tuple[set[str], set[str]]:
    """Tell by their ARNs who held an address at an instant, and who held it before, by subnet."""
    by_subnet: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        has = address in {record["privateIpv4Address"], record["ipv6Address"]}
        if has and record["attachedAt"] <= at:
            by_subnet.setdefault(record["subnetId"], []).append(record)
    holders, previous = set(), set()
    for candidates in by_subnet.values():
        newest, *others = sorted(
            candidates, key=lambda one: (one["attachedAt"], one["taskId"]), reverse=True
        )
        if newest["releasedAt"] is None or newest["releasedAt"] > at:
            holders.add(newest["taskArn"])
        else:
            others.insert(0, newest)
        previous |= {other["taskArn"] for other in others[:1]}
    return holders, previous

"""A second, plain reading of raw events: the record that the contract promises of a task.

It shares no code with the service, and takes what the service need not guard against for granted.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from tests.support.event_contract import COMMON, schema

type Json = dict[str, Any]

FIELDS = tuple(schema(COMMON)["$defs"]["record"]["properties"])
"""What the contract has of a record. Given by the detail as it is, if nothing below says more."""
LATEST = ("lastStatus", "desiredStatus", "version", "stopCode")
EARLIEST = ("connectivityAt", "startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt")
INTERFACE = (
    *("attachmentId", "networkInterfaceId", "subnetId", "macAddress", "privateDnsName"),
    *("privateIpv4Address", "ipv6Address"),
)
BOUNDS = ("attachedNotBefore", "attachedAt", "releasedNotBefore", "releasedAt")
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
    times = {name: earliest(detail.get(name) for detail in details) for name in EARLIEST}
    stopped = last["lastStatus"] == "STOPPED"
    interface = first(shown_interface(detail) for detail in details) or first(
        bare_interface(detail) for detail in reversed(details)
    )
    bounds = bounds_of(life) if has_address(interface) else dict.fromkeys(BOUNDS)
    _, _, _, region, account, _ = last["clusterArn"].split(":", 5)
    record = {
        **{name: first(detail.get(name) for detail in details) for name in FIELDS},
        **{name: last.get(name) for name in LATEST},
        **times,
        "taskId": last["taskArn"].rsplit("/")[-1],
        "account": account,
        "region": region,
        "cluster": last["clusterArn"].rsplit("/")[-1],
        "createdAt": instant(last["createdAt"]),
        "networkMode": "awsvpc" if any(map(any_eni_of, details)) else None,
        **dict.fromkeys(INTERFACE),
        **(interface or {}),
        "attachmentStatus": (any_eni_of(last) or {}).get("status"),
        "vpcId": None,
        "stoppedReason": cut(last.get("stoppedReason")),
        "live": not stopped,
        **bounds,
        "attachedAtEstimated": bool(bounds["attachedAt"]) and not proofs_that_count(life),
        "releasedAtEstimated": bool(bounds["releasedAt"]) and stopped and not times["stoppedAt"],
        "source": "event",
        "observedAt": max(map(source_time, life)),
        "missingAt": None,
    }
    record["addressState"] = state(record)
    kind, _, name = (record["group"] or "").partition(":")
    record["service"] = name if kind == "service" else None
    return record


def bounds_of(life: Sequence[Json]) -> Json:
    """Bracket the tenure of a task that had an address, from all of its events."""
    created, released = created_at(life), released_at(life)
    held = proofs_that_count(life)
    attached = min(held) if held else created
    still = [at for at in proofs_of_still_holding(life) if attached <= at <= (released or at)]
    return {
        "attachedNotBefore": min(attached, not_before(life)),
        "attachedAt": attached,
        "releasedNotBefore": None if not released else max([attached, *(still if held else ())]),
        "releasedAt": released,
    }


def created_at(life: Sequence[Json]) -> str:
    """Read when the task was created."""
    text = instant(life[0]["detail"]["createdAt"])
    assert text
    return text


def not_before(life: Sequence[Json]) -> str:
    """Find the last instant at which the task demonstrably had no address."""
    waiting = [
        second(event, last=False)
        for event in life
        if (eni := any_eni_of(event["detail"]))
        and eni["status"] == "PRECREATED"
        and not {"networkInterfaceId", "privateIPv4Address"} & details_of(eni).keys()
        and not shown_interface(event["detail"])
    ]
    return max([created_at(life), *waiting])


def released_at(life: Sequence[Json]) -> str | None:
    """Find the first instant at which the task demonstrably had its address no more."""
    gone = [
        second(event, last=True)
        for event in life
        if (any_eni_of(event["detail"]) or {}).get("status") in {"DETACHED", "DELETED"}
    ]
    ends = [event for event in life if event["detail"]["lastStatus"] == "STOPPED"]
    said = earliest(event["detail"].get("stoppedAt") for event in ends)
    gone += [said] if said else [second(event, last=True) for event in ends]
    return min(gone, default=None)


def proofs_that_count(life: Sequence[Json]) -> list[str]:
    """List what proves that the task had its address, and lies where such proof can lie.

    Of each kind of proof the earliest speaks for the kind.
    """
    details = [event["detail"] for event in life]
    on_fargate = any(detail.get("launchType") == "FARGATE" for detail in details)
    kinds = [
        earliest(detail.get("pullStartedAt") for detail in details),
        earliest(detail.get("startedAt") for detail in details),
        earliest(detail.get("connectivityAt") for detail in details) if on_fargate else None,
        min((second(event, last=True) for event in life if shows(event)), default=None),
    ]
    released = released_at(life)
    return [at for at in kinds if at and not_before(life) <= at <= (released or at)]


def proofs_of_still_holding(life: Sequence[Json]) -> list[str]:
    """List the latest proof of each kind that the task still had its address."""
    details = [event["detail"] for event in life]
    on_fargate = any(detail.get("launchType") == "FARGATE" for detail in details)
    ended = earliest(detail.get("executionStoppedAt") for detail in details)
    connected = [instant(detail.get("connectivityAt")) for detail in details if on_fargate]
    sightings = [
        second(event, last=False)
        for event in life
        if shows(event) and event["detail"].get("connectivity") != "DISCONNECTED"
    ]
    kinds = [
        earliest(detail.get("pullStartedAt") for detail in details),
        earliest(detail.get("startedAt") for detail in details),
        max(filter(None, connected), default=None),
        max(sightings, default=None),
        ended,
        earliest(detail.get("stoppingAt") for detail in details) if ended else None,
    ]
    return [at for at in kinds if at]


def shows(event: Json) -> bool:
    """Return whether an event shows the address on an interface that is still there."""
    detail = event["detail"]
    status = (any_eni_of(detail) or {}).get("status")
    return (
        detail["lastStatus"] not in {"STOPPED", "DELETED"}
        and status not in {"DETACHED", "DELETED", "FAILED"}
        and shown_interface(detail) is not None
    )


def second(event: Json, *, last: bool) -> str:
    """Date an event; the envelope's second counts by its last or its first millisecond."""
    if event["detail"].get("updatedAt"):
        return source_time(event)
    return source_time(event)[:19] + (".999Z" if last else ".000Z")


def has_address(interface: Json | None) -> bool:
    """Return whether an interface has an address."""
    return interface is not None and not interface.keys().isdisjoint(
        {"privateIpv4Address", "ipv6Address"}
    )


def state(record: Json) -> str:
    """Name the state of a task's address."""
    if record["privateIpv4Address"] or record["ipv6Address"]:
        return "released" if record["releasedAt"] else "held"
    return "pending" if record["live"] and record["networkMode"] else "none"


def any_eni_of(detail: Json) -> Json | None:
    """Find the network interface that counts: with an address, then attached; FAILED never."""
    found = [one for one in detail.get("attachments", []) if one["type"] == "eni"]
    usable = [one for one in found if one["status"] != "FAILED"]
    return min(usable, key=preference, default=found[0] if found else None)


def preference(eni: Json) -> tuple[bool, bool, str]:
    """Order attachments: the smallest counts."""
    own = details_of(eni)
    shows = "privateIPv4Address" in own
    return not shows, eni["status"] != "ATTACHED", own.get("networkInterfaceId", "~")


def details_of(eni: Json) -> Json:
    """Read the pairs of an attachment that say something."""
    return {pair["name"]: pair["value"] for pair in eni["details"] if pair["value"]}


def bare_interface(detail: Json) -> Json | None:
    """Read an interface, whether or not it has an address, under the contract's names."""
    eni = any_eni_of(detail)
    if eni is None or eni["status"] == "FAILED":
        return None
    own = details_of(eni)
    return {
        "attachmentId": eni["id"] or None,
        **{name: own[name] for name in INTERFACE if name in own},
    }


def shown_interface(detail: Json) -> Json | None:
    """Read the interface if it shows an address, itself or in the containers."""
    eni = any_eni_of(detail)
    if eni is not None and eni["status"] == "FAILED":
        return None
    found: Json = {}
    own = details_of(eni) if eni else {}
    if "privateIPv4Address" in own:
        found["privateIpv4Address"] = str(ip_address(own["privateIPv4Address"]))
    for container in detail.get("containers", []):
        for interface in container.get("networkInterfaces", []):
            for name in ("privateIpv4Address", "ipv6Address"):
                if name in interface and (eni is None or is_of(interface, eni, detail)):
                    found.setdefault(name, str(ip_address(interface[name])))
    return {**(bare_interface(detail) or {}), **found} if found else None


def is_of(interface: Json, eni: Json, detail: Json) -> bool:
    """Return whether a container's interface is this one; a name that nobody has is no obstacle."""
    names = {one.get("id") for one in detail["attachments"]}
    return interface.get("attachmentId") == eni["id"] or interface.get("attachmentId") not in names


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

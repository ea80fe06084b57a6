"""Owns the oracle: what the service must know of a task, reckoned anew from all that it was told.

It works on ECS's JSON and in plain words, and shares no code with the core that it judges.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.proof.sights import Json

HOUR_MS = 3_600_000
LIFE = ["PROVISIONING", "PENDING", "RUNNING", "DEPROVISIONING", "STOPPED"]
ENI = ["PRECREATED", "ATTACHED", "DETACHING", "DELETED"]


@dataclass(frozen=True)
class Told:
    """One thing that the service was told of a task."""

    at: int
    """Not later than that."""
    sight: Json | None
    """None: ECS did not know the task."""
    answered: int
    """Not earlier than what is told came to pass: the same, but for what a sweep asks."""
    by_sweep: bool = False
    seen: int | None = None

    @property
    def address(self) -> tuple[str | None, str | None]:
        assert self.sight is not None
        details = {pair["name"]: pair["value"] for pair in self.sight["attachments"][0]["details"]}
        interfaces = self.sight["containers"][0]["networkInterfaces"]
        ipv6 = interfaces[0]["ipv6Address"] if interfaces else None
        return details.get("privateIPv4Address"), ipv6


def expected(told: list[Told]) -> dict[str, Any]:
    """Reckon what the record must say, instants in milliseconds."""
    sights = [one for one in told if one.sight is not None]
    furthest = max(sights, key=_progress).sight
    assert furthest is not None
    ipv4 = max(one.address[0] or "" for one in sights) or None
    ipv6 = max(one.address[1] or "" for one in sights) or None

    def first(name: str) -> int | None:
        moments = [stamp(one.sight[name]) for one in sights if one.sight and name in one.sight]
        return min(moments, default=None)

    def proofs(one: Told) -> list[int]:
        sight = one.sight or {}
        shown = [one.answered] if any(one.address) and sight["lastStatus"] != "STOPPED" else []
        connected = stamp(sight["connectivityAt"]) if "connectivityAt" in sight else 0
        shown += [connected] if connected > stamp(sight["createdAt"]) else []
        names = ("pullStartedAt", "startedAt")
        return shown + [stamp(sight[name]) for name in names if name in sight]

    last_seen = max(one.at for one in sights)
    missed = max((one.answered for one in told if one.sight is None), default=0)
    gone = missed > last_seen
    stopped = furthest["lastStatus"] == "STOPPED"
    alive_at = max([last_seen, *(one.seen or 0 for one in told)])
    ended = None
    if stopped:
        ended = first("stoppedAt")
    elif gone:
        forgot_early = missed - HOUR_MS < alive_at
        ended = missed if forgot_early else missed - HOUR_MS
    held = min((moment for one in sights for moment in proofs(one)), default=None)
    if held is None or (ended is not None and held > ended):
        ends = (first("executionStoppedAt"), first("stoppingAt"), ended)
        attached = min((end for end in ends if end is not None), default=None)
    else:
        attached = held
    has_address = bool(ipv4 or ipv6)
    return {
        "lastStatus": furthest["lastStatus"],
        "desiredStatus": furthest["desiredStatus"],
        "version": furthest["version"],
        "attachmentStatus": furthest["attachments"][0]["status"],
        "privateIpv4Address": ipv4,
        "ipv6Address": ipv6,
        "live": not stopped and not gone,
        "addressState": ("released" if stopped or gone else "held")
        if has_address
        else ("none" if stopped or gone else "pending"),
        "attachedAt": attached if has_address else None,
        "releasedAt": ended if has_address else None,
        "releasedAtEstimated": has_address and gone and not stopped,
        "connectivityAt": first("connectivityAt"),
        "startedAt": first("startedAt"),
        "stoppingAt": first("stoppingAt"),
        "executionStoppedAt": first("executionStoppedAt"),
        "stoppedAt": first("stoppedAt"),
        "source": "reconcile" if max(sights, key=_progress).by_sweep else "event",
    }


def stamp(text: str) -> int:
    """Read one of ECS's timestamps."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _progress(told: Told) -> tuple[bool, int, int, int, bool]:
    sight = told.sight
    assert sight is not None
    return (
        sight["lastStatus"] == "STOPPED",
        sight["version"],
        LIFE.index(sight["lastStatus"]),
        ENI.index(sight["attachments"][0]["status"]),
        told.by_sweep == (sight["lastStatus"] == "STOPPED"),
    )

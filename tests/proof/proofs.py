"""What single sightings prove, by how ECS and interfaces work.

A sighting is what was delivered of a task once: an event, a view, or the answer MISSING. Each says
something of a few instants, on its own. A dossier collects what was delivered of one task.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from tests.proof.clock import HOUR, MINUTE, SECOND, Instant, read, written
from tests.proof.life import Life
from tests.proof.showing import Json

GONE_ENI = ("DETACHED", "DELETED")
LONG_AGO: Instant = -(2**60)
NEVER: Instant = 2**60


class Sign(Enum):
    """What can be proven about an instant."""

    NOT_YET = "the task had no address yet then"
    HAD = "it had got its address by then"
    STILL = "it had its address until then at least"
    GONE = "it had lost its address by then"


class Proof(NamedTuple):
    """Something proven about an instant."""

    sign: Sign
    at: Instant


@dataclass(frozen=True, eq=False)
class Sighting:
    """One thing that the service was shown of a task."""

    life: Life
    picture: Json | None
    """The task in ECS's JSON; None: ECS did not know the task."""
    early: Instant
    """The picture is of this instant or a later one."""
    late: Instant
    """And of this instant or an earlier one."""
    seen: Instant
    """When ECS says that it was so, or when it was asked."""
    by_view: bool = False
    cluster_gone: bool = False
    """ECS did not even know its cluster."""

    @staticmethod
    def of_event(life: Life, event: Json) -> "Sighting":
        """Read when an event was true: without `updatedAt`, at some instant of a second."""
        detail = event["detail"]
        if "updatedAt" in detail:
            at = read(detail["updatedAt"])
            return Sighting(life, detail, at, at, at)
        second = read(event["time"])
        return Sighting(life, detail, second, second + SECOND - 1, second)

    @staticmethod
    def of_view(
        life: Life,
        view: Json | None,
        asked: Instant,
        answered: Instant,
        *,
        cluster_gone: bool = False,
    ) -> "Sighting":
        """Date a view, which can be a minute older than its question."""
        early = asked - MINUTE
        return Sighting(life, view, early, answered, asked, by_view=True, cluster_gone=cluster_gone)

    @property
    def alive(self) -> bool:
        """Return whether the task was shown before its end."""
        return self.picture is not None and self.picture["lastStatus"] != "STOPPED"

    @property
    def shows_address(self) -> bool:
        """Return whether the address is anywhere in it."""
        return self.picture is not None and (
            "privateIPv4Address" in self._details or bool(self._interfaces)
        )

    @property
    def proofs(self) -> list[Proof]:
        """Tell all that it proves."""
        if self.picture is None:
            return [Proof(Sign.GONE, self.late - self._hour)]
        return [
            Proof(Sign.NOT_YET, read(self.picture["createdAt"])),
            *self._by_interface(),
            *self._by_stamps(self.picture),
        ]

    @property
    def _hour(self) -> int:
        """ECS shows what has stopped for an hour, but for what it forgot sooner."""
        soon = self.cluster_gone or self.late < self.life.stopped + HOUR
        return 0 if soon else HOUR

    def _by_interface(self) -> list[Proof]:
        eni, picture = self._eni, self.picture or {}
        status = eni["status"] if eni else None
        if status in GONE_ENI:
            return [Proof(Sign.GONE, self.late)]
        if status == "PRECREATED" and not self.shows_address:
            named = "networkInterfaceId" in self._details
            return [] if named else [Proof(Sign.NOT_YET, self.early)]
        if not self.shows_address or not self.alive:
            return []
        had = Proof(Sign.HAD, self.late)
        if picture.get("connectivity") == "DISCONNECTED":
            return [had]
        return [had, Proof(Sign.STILL, self.early)]

    def _by_stamps(self, picture: Json) -> list[Proof]:
        stamps = {name: read(text) for name, text in picture.items() if name.endswith("At")}
        created, proofs = stamps["createdAt"], list[Proof]()
        uses_network = ["startedAt", "pullStartedAt"]
        if picture["launchType"] == "FARGATE":
            uses_network.append("connectivityAt")
        for name in uses_network:
            if stamps.get(name, LONG_AGO) >= created:
                proofs += [Proof(Sign.HAD, stamps[name]), Proof(Sign.STILL, stamps[name])]
        if "executionStoppedAt" in stamps:  # the agent lived to tell of the end
            lasted = [stamps["executionStoppedAt"], stamps.get("stoppingAt", LONG_AGO)]
            proofs += [Proof(Sign.STILL, at) for at in lasted if at >= created]
        if picture["lastStatus"] == "STOPPED":
            proofs.append(Proof(Sign.GONE, stamps.get("stoppedAt", self.late)))
        return proofs

    @property
    def _eni(self) -> Json | None:
        enis = [
            attachment
            for attachment in (self.picture or {})["attachments"]
            if attachment["type"] in ("eni", "ElasticNetworkInterface")
            and attachment["status"] != "FAILED"
        ]
        return enis[0] if enis else None

    @property
    def _details(self) -> dict[str, str]:
        eni = self._eni
        return {pair["name"]: pair["value"] for pair in eni["details"]} if eni else {}

    @property
    def _interfaces(self) -> list[Any]:
        return (self.picture or {})["containers"][0]["networkInterfaces"] if self.picture else []


@dataclass
class Proven:
    """The four extremes of some proofs; between them nothing is known."""

    not_yet: Instant = LONG_AGO
    had: Instant = NEVER
    still: Instant = LONG_AGO
    gone: Instant = NEVER

    def add(self, proof: Proof) -> None:
        """Take a proof into account."""
        match proof.sign:
            case Sign.NOT_YET:
                self.not_yet = max(self.not_yet, proof.at)
            case Sign.HAD:
                self.had = min(self.had, proof.at)
            case Sign.STILL:
                self.still = max(self.still, proof.at)
            case Sign.GONE:
                self.gone = min(self.gone, proof.at)

    def held(self, instant: Instant) -> bool:
        """Return whether the address was held: there is a proof on both sides of the instant."""
        return self.had <= instant < self.still


@dataclass
class Dossier:
    """All that was delivered of a task."""

    life: Life
    written: Proven = field(default_factory=Proven)
    """By what changed the table."""
    delivered: Proven = field(default_factory=Proven)
    """By that and by what was shown and changed nothing."""
    shows_address: bool = False
    sightings: list[Sighting] = field(default_factory=list)
    arrived: Instant = NEVER
    """When the first sighting came in."""
    missed: Instant = LONG_AGO
    """When ECS last said that it did not know the task."""

    def add(self, sighting: Sighting, *, now: Instant, wrote: bool) -> None:
        """Take a sighting into account."""
        self.arrived = min(self.arrived, now)
        self.sightings.append(sighting)
        self.shows_address = self.shows_address or sighting.shows_address
        if sighting.picture is None:
            self.missed = max(self.missed, sighting.late)
        for proof in sighting.proofs:
            self.delivered.add(proof)
            if wrote:
                self.written.add(proof)

    def __str__(self) -> str:
        """List what was delivered."""
        return "\n".join(
            f"    was shown {'by view' if one.by_view else 'by event'} of {written(one.seen)}: "
            + (
                f"{one.picture['version']} {one.picture['lastStatus']}"
                if one.picture
                else "MISSING"
            )
            for one in self.sightings
        )

"""How lives go: the physical rules by which the made-up ECS attaches and releases addresses.

They are those that AWS documents and that recorded tasks show. Whatever is drawn at random lies
within them. The truth of a life is decided here first; ECS's pictures of it follow, and lag.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import NamedTuple

from tests.proof.clock import HOUR, MINUTE, SECOND, Instant
from tests.proof.life import Picture, Place, Shown, Stamp


class Clocks(StrEnum):
    """How right the clocks of agents are."""

    RIGHT = "right"
    BEHIND = "behind"
    """By hours: they date everything before the task was created."""
    OFF = "off"
    """By up to five minutes, either way: nothing shows that they are wrong."""


type Take = Callable[[Instant, Instant], tuple[Place, Instant] | None]
"""Takes a place that is free within two bounds, and names the instant; None if there is none."""


class Host(NamedTuple):
    """An instance."""

    id: str
    dies: Instant


@dataclass
class Plan:
    """A life in the making."""

    random: Random
    created: Instant
    clocks: Clocks = Clocks.RIGHT
    pictures: list[Picture] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    place: Place | None = None
    attached: Instant | None = None
    released: Instant | None = None
    stopped: Instant = 0

    def between(self, low: Instant, high: Instant) -> Instant:
        """Draw an instant."""
        return self.random.randint(int(low), int(max(low, high)))

    def chance(self, share: float) -> bool:
        """Let something happen in a share of lives."""
        return self.random.random() < share

    @property
    def last(self) -> Picture:
        """The newest picture."""
        return self.pictures[-1]

    def show(  # noqa: PLR0913 - what a picture shows has that many parts
        self,
        at: Instant,
        status: tuple[str, str] | None = None,
        *,
        eni: str | None = "",
        shown: Shown | None = None,
        connectivity: str | None = None,
        sent: bool = True,
    ) -> None:
        """Add a picture, which is as the last one but for what is given."""
        before = self.pictures[-1] if self.pictures else None
        raises = sent or status is not None
        gap = 1 + self.chance(0.1) if raises else 0
        last_status, desired_status = status or (
            (before.last_status, before.desired_status) if before else ("PROVISIONING", "RUNNING")
        )
        self.pictures.append(
            Picture(
                at=max(at, before.at + 1) if before else at,
                version=(before.version if before else 0) + gap,
                last_status=last_status,
                desired_status=desired_status,
                eni=(before.eni if before else "PRECREATED") if eni == "" else eni,
                shown=shown if shown is not None else before.shown if before else Shown.NOTHING,
                connectivity=connectivity or (before.connectivity if before else None),
                sent=sent,
            )
        )

    def stamp(self, name: str, at: Instant, *, by_agent: bool = False) -> None:
        """Date something; agents do so by their own clocks."""
        value = at
        if by_agent and self.clocks == Clocks.BEHIND:
            value = self.created - self.between(MINUTE, 3 * HOUR)
        elif by_agent and self.clocks == Clocks.OFF:
            value = at + self.between(-5 * MINUTE, 5 * MINUTE)
        self.stamps.append(Stamp(name, at, value))


def plan_on_fargate(plan: Plan, take: Take, run: int) -> None:
    """Plan a life on Fargate that runs for some milliseconds."""
    created = plan.created
    plan.show(created + plan.between(0, 300))
    taken = None if plan.chance(0.04) else take(created + 600, created + 17 * SECOND)
    if taken is None:
        _fail_without_address(plan)
        return
    plan.place, plan.attached = taken
    connected = plan.between(max(plan.attached, created + 3 * SECOND), created + 18 * SECOND)
    pulled = connected + plan.between(50, 2 * SECOND)
    started = pulled + plan.between(SECOND, 30 * SECOND)
    if plan.chance(0.1):
        _attach(plan, created + 400)
        fails = plan.between(plan.attached, started)
        _begin(plan, [("connectivityAt", connected), ("pullStartedAt", pulled)], until=fails)
        _stop(plan, fails, executed=plan.chance(0.5))
        return
    _attach(plan, created + 400)
    _begin(plan, [("connectivityAt", connected), ("pullStartedAt", pulled), ("startedAt", started)])
    _reconnect(plan, started, run)
    _stop(plan, max(started + run, plan.last.at + 1))


def plan_on_instance(plan: Plan, take: Take, run: int, host: Host) -> None:
    """Plan a life on an instance: it may wait for one, and its `connectivityAt` is the host's."""
    created = plan.created
    plan.show(created + plan.between(0, 300))
    waits = plan.random.choice((5 * SECOND, MINUTE, 30 * MINUTE)) if plan.chance(0.5) else 0
    placed = created + (plan.between(2 * SECOND, waits) if waits else 0)
    plan.stamp("connectivityAt", placed)
    if plan.chance(0.5):
        plan.show(placed + plan.between(1, 250), ("PENDING", "RUNNING"), connectivity="CONNECTED")
    taken = take(max(placed, plan.last.at) + 300, placed + 15 * SECOND)
    if taken is None:
        _fail_without_address(plan)
        return
    plan.place, plan.attached = taken
    pulled = plan.attached + plan.between(10, 3 * SECOND)
    started = pulled + plan.between(SECOND, 30 * SECOND)
    dies = host.dies if plan.attached + MINUTE < host.dies < started + run else None
    _attach(plan, max(placed, plan.last.at), until=dies)
    _begin(plan, [("pullStartedAt", pulled), ("startedAt", started)], until=dies)
    if dies is None:
        _reconnect(plan, started, run)
        _stop(plan, max(started + run, plan.last.at + 1))
    else:
        _die_with_host(plan, dies)


def _attach(plan: Plan, earliest: Instant, until: Instant | None = None) -> None:
    """Show how the interface comes: it has an id before it is attached, its address after."""
    assert plan.attached is not None
    named = plan.between(min(earliest, plan.attached), plan.attached)
    status = plan.random.choice(("PRECREATED", "CREATED", "ATTACHING", "ATTACHING"))
    bare = status != "PRECREATED" and plan.chance(0.5)
    plan.show(
        min(named, plan.attached - 1),
        eni=status,
        shown=Shown.NOTHING if bare else Shown.INTERFACE,
        sent=False,
    )
    pending = plan.last.last_status == "PENDING"
    if not pending and plan.chance(0.4):
        early = plan.between(plan.last.at, plan.attached + 2 * SECOND)
        plan.show(early, ("PENDING", "RUNNING"), eni="ATTACHING", connectivity="CONNECTED")
        pending = True
    seen = max(plan.attached, plan.last.at) + plan.between(0, 4 * SECOND)
    status = plan.random.choice(("PRECREATED", "ATTACHING", "ATTACHED", "ATTACHED"))
    if pending or plan.chance(0.2):
        plan.show(seen, eni=status, shown=Shown.ADDRESS, connectivity="CONNECTED", sent=False)
    else:
        plan.show(
            seen,
            ("PENDING", "RUNNING"),
            eni=status,
            shown=Shown.ADDRESS,
            connectivity="CONNECTED",
        )
    assert until is None or plan.last.at < until


def _begin(plan: Plan, steps: list[tuple[str, Instant]], until: Instant | None = None) -> None:
    """Date what is done at the start, as far as it gets, and show a task that runs."""
    for name, at in steps:
        if until is None or at < until:
            plan.stamp(name, at, by_agent=name == "pullStartedAt")
    name, at = steps[-1]
    seen = max(at, plan.last.at) + plan.between(0, 600)
    if name == "startedAt" and (until is None or seen < until):
        plan.show(seen, ("RUNNING", "RUNNING"), eni="ATTACHED")


def _reconnect(plan: Plan, started: Instant, run: int) -> None:
    """Let some lose their agent's connection for a while, and nothing else."""
    if run < 5 * MINUTE or not plan.chance(0.2):
        return
    lost = plan.between(started + MINUTE, started + run // 2)
    back = lost + plan.between(SECOND, 2 * MINUTE)
    plan.show(lost, connectivity="DISCONNECTED")
    plan.stamp("connectivityAt", back)
    plan.show(back + plan.between(0, 300), connectivity="CONNECTED")


def _stop(plan: Plan, at: Instant, *, executed: bool = True) -> None:
    """Stop in order: told to, or the container ended by itself; then the interface is removed."""
    if plan.chance(0.5):
        stopping = at
        plan.show(stopping + plan.between(0, 200), (plan.last.last_status, "STOPPED"))
        ended = stopping + plan.between(50, plan.random.choice((SECOND, 30 * SECOND)))
    else:
        ended = at
        stopping = ended + plan.between(0, 2 * SECOND)
    plan.stamp("stoppingAt", stopping)
    if executed:
        plan.stamp("executionStoppedAt", ended, by_agent=True)
    removing = max(ended, stopping, plan.last.at) + plan.between(10, 3 * SECOND)
    detaching = plan.random.choice((plan.last.eni, "DETACHING"))
    plan.show(removing, ("DEPROVISIONING", "STOPPED"), eni=detaching, sent=plan.chance(0.9))
    plan.stopped = max(ended + plan.between(23 * SECOND, 25 * SECOND), plan.last.at + 2 * SECOND)
    plan.released = plan.between(plan.last.at + 1, plan.stopped)
    if plan.chance(0.4):
        noticed = plan.between(plan.released, plan.stopped - 1)
        gone = plan.random.choice(("DETACHED", "DELETED"))
        plan.show(max(noticed, plan.released), eni=gone, sent=plan.chance(0.7))
    _end(plan, ("DELETED",))


def _die_with_host(plan: Plan, dies: Instant) -> None:
    """Lose the interface with the host; ECS sees the host go a little later, the task much."""
    plan.released = dies
    plan.show(dies + plan.between(2 * SECOND, 50 * SECOND), connectivity="DISCONNECTED")
    noticed = dies + plan.between(2 * MINUTE, 15 * MINUTE)
    plan.stamp("stoppingAt", noticed)
    if plan.chance(0.3):
        plan.show(noticed, (plan.last.last_status, "STOPPED"))
    plan.stopped = max(noticed, plan.last.at) + plan.between(1, 3 * SECOND)
    _end(plan, ("DELETED", "ATTACHED"))


def _fail_without_address(plan: Plan) -> None:
    """Give up before there is an interface."""
    stopping = plan.last.at + plan.between(SECOND, 20 * SECOND)
    plan.stamp("stoppingAt", stopping)
    plan.stopped = stopping + plan.between(100, 20 * SECOND)
    _end(plan, ("DELETED", "PRECREATED", "FAILED"))


def _end(plan: Plan, statuses: tuple[str, ...]) -> None:
    plan.stamp("stoppedAt", plan.stopped)
    eni = None if plan.chance(0.1) else plan.random.choice(statuses)
    plan.show(plan.stopped + plan.between(0, 400), ("STOPPED", "STOPPED"), eni=eni)

"""The made-up ECS: clusters, hosts and few addresses, soon used again, and who lives there."""

from collections.abc import Iterator
from copy import replace
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from random import Random
from typing import NamedTuple

from tests.proof.clock import DAY, HOUR, MINUTE, SECOND, Instant
from tests.proof.life import Life, Picture, Place, Shown
from tests.proof.plan import Clocks, Host, Plan, plan_on_fargate, plan_on_instance

HOME = "arn:aws:ecs:eu-west-1:111122223333:"
CLUSTERS = (f"{HOME}cluster/shop", f"{HOME}cluster/jobs")

# One address in two networks, and few of them, so that they are soon used again.
PLACES = (
    Place("subnet-a", "10.0.0.1", None),
    Place("subnet-a", "10.0.0.2", "2001:db8:a::2"),
    Place("subnet-b", "10.0.0.1", "2001:db8:b::1"),
    Place("subnet-b", "10.0.0.2", None),
    Place("subnet-c", None, "2001:db8:c::3"),
)
RUNS = (2 * SECOND, 20 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR)
"""For how long tasks run, at most."""

STALE = MINUTE
"""A view shows no more than this of the past."""
SHOWN_FOR = HOUR
"""So long at least ECS shows a task that has stopped."""


class Due(NamedTuple):
    """An event, and when it is sent."""

    at: Instant
    number: int
    picture: Picture
    life: Life


@dataclass
class Estate:
    """Runs tasks. What it gives out is what ECS would; the lives in it are the truth."""

    clocks: Clocks = Clocks.RIGHT
    places: tuple[Place, ...] = PLACES
    runs: tuple[int, ...] = RUNS
    least_run: int = SECOND
    lives: list[Life] = field(default_factory=list)
    clusters: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(CLUSTERS, True))
    """Whether each is there now."""
    _free_from: dict[Place, Instant] = field(default_factory=dict)
    _hosts: list[Host] = field(default_factory=list)
    _due: list[Due] = field(default_factory=list)
    _viewed: dict[int, Picture] = field(default_factory=dict)
    """What a view showed last of each life: views may be stale, and never go back."""

    def start(self, now: Instant, random: Random) -> Life:
        """Create a task, now; all of its future is settled at once."""
        cluster = random.choice(CLUSTERS)
        self.clusters[cluster] = True
        plan = Plan(random, now, self.clocks)
        run = random.randint(self.least_run, random.choice(self.runs))
        take = partial(self._take, random)
        if random.random() < 0.55:
            launch_type = "FARGATE"
            plan_on_fargate(plan, take, run)
        else:
            launch_type = random.choice(("EC2", "EC2", "MANAGED_INSTANCES"))
            plan_on_instance(plan, take, run, self._host(now, random))
        life = self._settled(plan, cluster, launch_type)
        if plan.place is not None and plan.released is not None:
            self._free_from[plan.place] = plan.released
        self.lives.append(life)
        for picture in life.pictures:
            if picture.sent:
                heappush(self._due, Due(picture.at, life.number, picture, life))
        return life

    def sent_until(self, now: Instant) -> Iterator[tuple[Life, Picture]]:
        """Give the events that ECS has sent since the last time."""
        while self._due and self._due[0].at <= now:
            due = heappop(self._due)
            yield due.life, due.picture

    def delete_cluster(self, cluster: str, now: Instant) -> bool:
        """Delete a cluster, which ECS allows if nothing runs in it; its tasks are forgotten."""
        ours = [life for life in self.lives if life.cluster_arn == cluster]
        if not self.clusters[cluster] or any(life.stopped > now for life in ours):
            return False
        self.clusters[cluster] = False
        for life in ours:
            if life.forgotten > now:
                self.lives[life.number] = replace(life, forgotten=now)
        return True

    def views(self, cluster: str, asked: Instant, now: Instant) -> dict[str, tuple[Life, Picture]]:
        """Show a cluster's tasks, by ARN, to whoever asked then and is answered now."""
        shown = {}
        for life in self.lives:
            if life.cluster_arn == cluster and life.created <= now and asked < life.forgotten:
                picture, before = _seen(life, asked, now), self._viewed.get(life.number)
                if picture is not None:
                    newest = picture if before is None or before.at < picture.at else before
                    self._viewed[life.number] = newest
                    shown[life.task_arn] = life, newest
        return shown

    def holders(self, address: str, instant: Instant) -> list[Life]:
        """Name who truly has an address."""
        return [
            life
            for life in self.lives
            if address in life.place.addresses and life.holds_at(instant)
        ]

    def _take(self, random: Random, low: Instant, high: Instant) -> tuple[Place, Instant] | None:
        """Take a place, most often the one that was freed last, often seconds ago or less."""
        free = [
            (self._free_from.get(place, 0), number, place)
            for number, place in enumerate(self.places)
            if self._free_from.get(place, 0) <= high
        ]
        if not free:
            return None
        since, _, place = max(free) if random.random() < 0.7 else random.choice(free)
        if since > low or random.random() < 0.3:
            soon = since + random.choice((0, 1, 500, 2 * SECOND))
            if low <= soon <= high:
                return place, soon
        return place, random.randint(max(low, since), high)

    def _host(self, now: Instant, random: Random) -> Host:
        self._hosts = [host for host in self._hosts if host.dies > now]
        if len(self._hosts) < 3:
            lasts = random.choice((5 * MINUTE, HOUR, 30 * DAY))
            dies = now + random.randint(2 * MINUTE, lasts)
            self._hosts.append(Host(f"i-{now:x}-{len(self._hosts)}", dies))
        return random.choice(self._hosts)

    def _settled(self, plan: Plan, cluster: str, launch_type: str) -> Life:
        random = plan.random
        place = plan.place or Place(random.choice(self.places).subnet, None, None)
        return Life(
            number=len(self.lives),
            cluster_arn=cluster,
            group=random.choice(("service:web", "service:api", "family:job")),
            launch_type=launch_type,
            place=place,
            created=plan.created,
            attached=plan.attached,
            released=plan.released,
            stopped=plan.stopped,
            forgotten=plan.stopped + SHOWN_FOR + random.randint(0, 10 * MINUTE),
            pictures=tuple(plan.pictures),
            stamps=tuple(plan.stamps),
            dated=random.random() < 0.75,
            decoy=_decoy(self.places, place) if random.random() < 0.1 else None,
        )


def _decoy(places: tuple[Place, ...], own: Place) -> str | None:
    others = [place.ipv4 for place in places if place.subnet == own.subnet and place != own]
    return next((address for address in others if address), None)


def _seen(life: Life, asked: Instant, now: Instant) -> Picture | None:
    """Choose the picture that a view shows: any of the last minute's, but none that lags more.

    A picture can lag behind the truth by itself, as when an interface is gone and ECS has yet to
    notice. The picture and its lag together are of at most a minute ago.
    """
    chance = Random(f"{life.number} {asked}")  # noqa: S311 - chance, not secrets
    stale = chance.choice((0, 0, SECOND, STALE))
    instant = chance.randint(asked - chance.randint(0, stale), now)
    picture = life.picture_at(instant)
    if life.released is None or life.released >= asked - STALE:
        return picture
    if picture is None or _tells_of_release(picture):
        return picture
    later = (one for one in life.pictures if one.at > picture.at and _tells_of_release(one))
    return next(later)


def _tells_of_release(picture: Picture) -> bool:
    """Return whether a picture no longer claims that the interface is there."""
    return (
        picture.last_status == "STOPPED"
        or picture.eni in ("DETACHED", "DELETED", None)
        or picture.connectivity == "DISCONNECTED"
        or picture.shown != Shown.ADDRESS
    )

"""Owns a made-up ECS: tasks that live and share few addresses, and what it shows of them."""

from dataclasses import dataclass, field

from core.instant import HOUR, MINUTE, Instant

from tests.proof.sights import HOME, Json, Task

CLUSTERS = (f"{HOME}cluster/shop", f"{HOME}cluster/jobs")
RUNNING, STOPPED = 2, 5  # steps of a life

# One address in two networks, and few of them, so that they are soon used again.
PLACES = [
    ("subnet-a", "10.0.0.1", None),
    ("subnet-a", "10.0.0.2", "2001:db8:a::2"),
    ("subnet-b", "10.0.0.1", "2001:db8:b::1"),
    ("subnet-b", "10.0.0.2", None),
    ("subnet-c", None, "2001:db8:c::3"),
]


@dataclass
class Life:
    """The truth about a task."""

    task: Task
    number: int
    place: int
    step: int = 0
    version: int = 1
    held_from: Instant | None = None
    proven_from: Instant | None = None
    """From when on a timestamp of ECS's own, which every later sight carries, proves it held."""
    stopped: Instant | None = None
    stamps: dict[str, Instant] = field(default_factory=dict)

    def sight(self) -> Json:
        """Write what ECS knows of it now."""
        shows = self.held_from is not None
        return self.task.sight(self.step, self.version, shows_address=shows, **self.stamps)

    def holds_at(self, instant: Instant) -> bool:
        """Tell whether it truly had its address."""
        return (
            self.held_from is not None
            and self.held_from <= instant
            and (self.stopped is None or instant < self.stopped)
        )


class Estate:
    """Runs tasks. Each change gives an event, which somebody may or may not deliver."""

    def __init__(self) -> None:
        self.lives: list[Life] = []
        self.free = list(range(len(PLACES)))

    def start(self, now: Instant, number: int) -> Json | None:
        """Create a task, at a free place; None where all are taken."""
        if not self.free:
            return None
        place = self.free.pop(number % len(self.free))
        subnet, ipv4, ipv6 = PLACES[place]
        cluster = CLUSTERS[number % len(CLUSTERS)].rpartition("/")[2]
        name = f"t{len(self.lives)}"
        task = Task(id=name, cluster=cluster, subnet=subnet, ipv4=ipv4, ipv6=ipv6, created=now)
        life = Life(task, len(self.lives), place)
        self.lives.append(life)
        return life.sight()

    def advance(self, now: Instant, number: int, *, fail: bool = False) -> Json | None:
        """Move a task on: to its next step, or at once to its end; None if none is running."""
        running = [life for life in self.lives if life.stopped is None]
        if not running:
            return None
        life = running[number % len(running)]
        life.step = STOPPED if fail else life.step + 1
        life.version += 1 + number % 2
        names = {
            1: ("connectivityAt", "pullStartedAt") if number % 3 else (),
            2: ("startedAt",),
            3: ("stoppingAt",),
            4: ("executionStoppedAt",),
            5: ("stoppedAt",),
        }[life.step]
        life.stamps |= dict.fromkeys(names, now)
        if life.held_from is None and (life.step < STOPPED or number % 2):
            life.held_from = life.task.created if fail else now
        if life.proven_from is None and names and life.step <= RUNNING:
            life.proven_from = now
        if life.step == STOPPED:
            life.stopped = now
            self.free.append(life.place)
        return life.sight()

    def reconnect(self, now: Instant, number: int) -> Json | None:
        """Move a running task's `connectivityAt` forward."""
        connected = [
            life for life in self.lives if life.stopped is None and "connectivityAt" in life.stamps
        ]
        if not connected:
            return None
        life = connected[number % len(connected)]
        life.version += 1
        life.stamps["connectivityAt"] = now
        return life.sight()

    def shown(self, cluster: str, now: Instant, *, late: bool) -> list[Life]:
        """List the tasks of a cluster; ECS shows stopped ones for an hour, new ones maybe late."""
        return [
            life
            for life in self.lives
            if life.task.key.cluster_arn == cluster
            and (life.stopped is None or life.stopped > now - HOUR)
            and not (late and life.task.created > now - 5 * MINUTE)
        ]

    def holders(self, address: str, now: Instant) -> set[tuple[str, str]]:
        """Name who truly has an address: subnet and task."""
        return {
            (life.task.subnet, life.task.id)
            for life in self.lives
            if address in (life.task.ipv4, life.task.ipv6) and life.holds_at(now)
        }

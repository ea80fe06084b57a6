"""The estate itself: its tasks, what is going on in it, and what it tells of that, by one clock.

Whatever goes on is a process: a generator that changes tasks and yields how long it waits then.
The same seed and the same start give the same estate.
"""

import heapq
from collections.abc import Generator, Iterable
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from local.estate import wire
from local.estate.clock import HOUR, Duration, Instant
from local.estate.network import Subnet
from local.estate.task import Task, Workload

type Process = Generator[Duration]

SHOWN_FOR: Duration = HOUR
"""How long ECS shows a task that has stopped."""


class Told(NamedTuple):
    """An event, and when it comes through."""

    arrives_at: Instant
    number: int
    event: dict[str, Any]


class Dice(Random):
    """What is made up falls the same each time; nothing secret depends on it."""


@dataclass(slots=True)
class World:
    """Everything that ECS knows, and will tell."""

    now: Instant
    subnets: tuple[Subnet, ...]
    workloads: dict[str, Workload]
    dice: Random = field(default_factory=lambda: Dice(1))
    tasks: dict[str, Task] = field(default_factory=dict)
    """Those that ECS still shows, by ARN."""
    lost: int = 0
    """Events that never come through."""
    revisions: dict[str, int] = field(default_factory=dict)
    """Of the workloads' task definitions, by name."""
    _going_on: list[tuple[Instant, int, Process]] = field(default_factory=list)
    _told: list[Told] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def start(self, process: Process, *, after: Duration = 0) -> None:
        """Let a process begin."""
        heapq.heappush(self._going_on, (self.now + after, next(self._numbers), process))

    def advance(self, until: Instant) -> list[dict[str, Any]]:
        """Let time pass; answers the events that come through, in the order in which they do."""
        while self._going_on and self._going_on[0][0] <= until:
            self.now, _, process = heapq.heappop(self._going_on)
            wait = next(process, None)
            if wait is not None:
                self.start(process, after=wait)
        self.now = until
        self._forget()
        arrived = []
        while self._told and self._told[0].arrives_at <= until:
            arrived.append(heapq.heappop(self._told).event)
        return arrived

    def tell(self, task: Task) -> None:
        """Send the event of a task's present state: at least once, and in no certain order."""
        event = wire.event(task, self.now, str(UUID(int=self.dice.getrandbits(128), version=4)))
        delays = [self.dice.randint(200, 1_500)]
        if self.dice.random() < 0.02:  # noqa: PLR2004 - one of fifty comes late, and once more
            delays.append(self.dice.randint(20_000, 60_000))
        for delay in delays:
            heapq.heappush(self._told, Told(self.now + delay, next(self._numbers), event))

    def create(self, workload: Workload, *, subnet: Subnet | None = None) -> Task:
        """Create a task of a workload, in the subnet of it that has the most room."""
        subnet = subnet or max(workload.subnets, key=lambda each: len(each.free), default=None)
        task = Task(
            id=self._hex(32),
            workload=workload,
            revision=self.revisions.setdefault(workload.name, 1),
            deployment=f"ecs-svc/{2_000_000_000_000_000_000 + self.dice.getrandbits(60)}",
            attachment_id=str(UUID(int=self.dice.getrandbits(128), version=4)),
            mac_address=":".join(["0e", *(self._hex(2) for _ in range(5))]),
            interface_id=f"eni-0{self._hex(16)}",
            container_ids=tuple(self._hex(32) for _ in workload.containers),
            subnet=subnet,
        )
        task.at["createdAt"] = self.now
        self.tasks[task.arn] = task
        return task

    def running(self, *names: str) -> list[Task]:
        """List the tasks of workloads that run and are to, the oldest first."""
        return [task for task in self.tasks.values() if task.workload.name in names and task.runs]

    def shown(self, now: Instant) -> Iterable[Task]:
        """List what ECS shows at an instant."""
        return (task for task in self.tasks.values() if not _forgotten(task, now))

    def _forget(self) -> None:
        self.tasks = {
            arn: task for arn, task in self.tasks.items() if not _forgotten(task, self.now)
        }

    def _hex(self, digits: int) -> str:
        return f"{self.dice.getrandbits(4 * digits):0{digits}x}"


def _forgotten(task: Task, now: Instant) -> bool:
    return task.stopped_at is not None and now - task.stopped_at >= SHOWN_FOR

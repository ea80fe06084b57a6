"""An estate to sweep: ECS behind HTTP, a store, a queue, the function, and one clock."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config

from adapters.ecs import EcsReader, Pace
from core.sweep.survey import Surveyor
from core.sweep.sweeper import Sweeper
from core.table.coverage import ClusterCoverage, Coverage, Gap, coverage
from core.table.recording import record_observations
from core.table.store import Subnet
from core.task.ecs import parse_event
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import DAY, HOUR, MINUTE, Instant, to_text
from handlers import reconcile, wiring
from tests.support.ecs_api import ACCOUNT, HOME, REGION, EcsApi, Task
from tests.support.memory import MemoryStore

NOON: Instant = 1_900_000_000_000
RETENTION = 90 * DAY
VISIBILITY = 6 * MINUTE
"""After which SQS delivers again what a function did not finish."""


class Killed(BaseException):
    """The function is killed, which no code of its own can catch."""


@dataclass
class Context:
    """What Lambda tells the function of its invocation."""

    remaining: int = 50_000
    function_name: str = "reconcile"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:reconcile"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


@dataclass
class Letter:
    """A message, and when it was sent."""

    body: str
    sent_at: Instant


@dataclass
class Estate:
    """Everything that a sweep meets, in one place."""

    api: EcsApi
    client: Any
    store: MemoryStore = field(default_factory=MemoryStore)
    queue: list[Letter] = field(default_factory=list)
    context: Context = field(default_factory=Context)
    steps: int = 0
    """Calls that the function has made: of ECS, the store, and the queue."""
    kill_at: int | None = None
    """Before which of them it is killed."""

    def step(self, *_: Any, **__: Any) -> None:
        """Count a call that is about to be made."""
        if self.steps == self.kill_at:
            self.kill_at = None
            raise Killed
        self.steps += 1

    def send(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Take messages, as the queue does."""
        for message in messages:
            self.step()
            self.queue.append(Letter(json.dumps(message), self.api.now))

    def invoke(self, event: dict[str, Any]) -> None:
        """Invoke the function."""
        reconcile.handler(event, self.context)

    def deliver(self) -> None:
        """Deliver the first message; what is not finished stays in the queue."""
        letter = self.queue[0]
        record = {"body": letter.body, "attributes": {"SentTimestamp": str(letter.sent_at)}}
        self.invoke({"Records": [record]})
        self.queue.remove(letter)

    def sweep(self) -> None:
        """Ask for a sweep of everything, and let it come to its end."""
        self.invoke({})
        self.finish()

    def finish(self) -> None:
        """Deliver whatever is in the queue."""
        while self.queue:
            self.deliver()

    def pass_time(self, duration: int) -> None:
        self.api.now += duration

    def tell(self, task: Task, at: Instant | None = None) -> None:
        """Let the event of a task's present state come through."""
        now = self.api.now if at is None else at
        event = parse_event(as_event(task, now))
        record_observations(self.store, [event.record], now=self.api.now, retention=RETENTION)

    def record(self, task: Task) -> Record | None:
        key = TaskKey(task.id, ClusterArn(task.cluster_arn))
        stored = self.store.get_many([key]).get(key)
        return stored.record if stored else None

    def known(self, task: Task) -> Record:
        record = self.record(task)
        assert record is not None
        return record

    def cluster(self, arn: str) -> ClusterCoverage:
        known = self.store.cluster_coverage(arn)
        assert known is not None
        return known

    def covered(self) -> Coverage:
        return coverage(self.store.sweeps(), now=self.api.now, retention=RETENTION)

    def gaps(self) -> tuple[Gap, ...]:
        return self.covered().gaps

    def asked(self, name: str) -> list[dict[str, Any]]:
        """List the requests of one kind that ECS had."""
        return [request for called, request in self.api.calls if called == name]


class _Counted:
    """A store whose calls are counted."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._estate.store, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            self._estate.step()
            return method(*arguments, **named)

        return counted


class _Subnets:
    """Subnets that nobody knows: which VPC they are in is not the matter here."""

    def look_up(self, _: Iterable[str]) -> dict[str, Subnet]:
        return {}


def ecs_client(url: str) -> Any:
    """Make a client of the API that gives up soon."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 2})
    return boto3.client("ecs", endpoint_url=url, region_name=REGION, config=config)


def build(api: EcsApi, client: Any, patch: pytest.MonkeyPatch) -> Estate:
    """Put the function into a new estate."""
    api.reset(NOON)
    estate = Estate(api, client)
    client.meta.events.register("before-call.ecs", estate.step, unique_id="estate")
    reader = EcsReader(client, Pace(1_000_000), lambda: api.now)
    store: Any = _Counted(estate)

    def surveyor(home: str) -> Surveyor:
        assert home == HOME
        sweeps = estate.store.sweeps()
        found = {cluster.cluster_arn: cluster for cluster in sweeps.clusters}
        return Surveyor(store, reader, home, found, sweeps.surveyed_at)

    patch.setattr(reconcile.metrics.provider, "namespace", "EcsIpInventory")
    patch.setattr(wiring, "now", lambda: api.now)
    patch.setattr(wiring, "settings", lambda: wiring.Settings("tasks", RETENTION))
    patch.setattr(wiring, "store", lambda: store)
    patch.setattr(wiring, "subnets", _Subnets)
    patch.setattr(wiring, "reconcile_queue", lambda: estate)
    patch.setattr(wiring, "sweeper", lambda: Sweeper(store, reader, RETENTION))
    patch.setattr(wiring, "surveyor", surveyor)
    return estate


def as_event(task: Task, now: Instant) -> dict[str, Any]:
    """Write a task's present state as the event that ECS sends of it."""
    detail = task.describe()
    for attachment in detail["attachments"]:
        attachment["type"] = "eni"
    for name, value in detail.items():
        if name.endswith("At"):
            detail[name] = to_text(round(value * 1_000))
    return {
        "version": "0",
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "account": ACCOUNT,
        "region": REGION,
        "time": to_text(now),
        "resources": [task.arn],
        "detail": {**detail, "updatedAt": to_text(now)},
    }


__all__ = ["HOUR", "MINUTE", "NOON", "RETENTION", "VISIBILITY", "Context", "Estate", "Killed"]

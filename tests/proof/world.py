"""Owns the world of the model-based test: an estate, a network that loses things, and the service.

Each public method of World is one step that can be taken at any time; whole numbers say which
task, message or fault, so that any driver can choose. After each step the service is compared with
the oracle; `settle` ends a run, and compares its answers with the truth.
"""

from collections.abc import Callable, Iterable, Sequence
from copy import replace
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Any, cast

from core.arn import ClusterArn, TaskArn
from core.changes import ASSIGNED, RELEASED, UPDATED, change_between
from core.coverage import SWEEP_REACH, ClusterCoverage
from core.instant import DAY, HOUR, MINUTE, SECOND, Instant, from_text
from core.queries import TaskFilter, current_tasks, holders_at
from core.record import Record, TaskKey
from core.recording import Outcome, record_observations
from core.store import Store, Stored
from core.sweeping import CLAIMED_FOR, Described, Listing, Sweeper
from core.view import record_as_json

from core.sweep import SETTLED_AFTER, Sweep
from tests.proof.estate import CLUSTERS, PLACES, Estate, Life
from tests.proof.oracle import Told, expected
from tests.proof.sights import START, Json, as_event
from tests.proof.suite import Shelf, Write

RETENTION = 30 * DAY
TASKS_A_PAGE = 2


class Fault(IntEnum):
    """What can happen to one call of the store."""

    NONE = 0
    REFUSED = 1
    """DynamoDB throttles it."""
    KILLED_BEFORE = 2
    """The function dies before the call."""
    KILLED_AFTER = 3
    """The function dies after it."""
    REPLY_LOST = 4
    """It was done, and the caller is told that it failed."""
    OVERTAKEN = 5
    """Another writer delivers something before it is answered."""
    OUTDATED = 6
    """A task takes its next step before it is answered."""


class ThrottledError(Exception):
    """The made-up DynamoDB refuses a call."""


class KilledError(BaseException):
    """The function is no more; nothing may catch this."""


@dataclass(frozen=True)
class Message:
    """An event on its way."""

    sent: Instant
    sight: Json


@dataclass
class Door:
    """A writer's way to the table: where faults strike, and where it is noted what arrived."""

    world: "World"
    told: dict[TaskKey, list[Told]]
    faults: list[Fault]

    def __getattr__(self, name: str) -> Any:
        """Give any call of the store but a put."""

        def call(*args: Any, **kwargs: Any) -> Any:
            return self.ask(lambda: getattr(self.world.table, name)(*args, **kwargs))

        return call

    def ask[Answer](self, question: Callable[[], Answer]) -> Answer:
        """Ask the table or ECS for something."""
        fault = self._fault()
        if fault == Fault.KILLED_BEFORE:
            raise KilledError
        if fault == Fault.REFUSED:
            raise ThrottledError
        answer = question()
        if fault == Fault.KILLED_AFTER:
            raise KilledError
        if fault == Fault.REPLY_LOST:
            raise ThrottledError
        if fault == Fault.OVERTAKEN:
            self.world.deliver(len(self.world.on_the_way) // 2, 1, keep=True)
        if fault == Fault.OUTDATED:
            self.world.wait_for_answer()
        return answer

    def put_many(self, items: Sequence[Stored]) -> list[Exception | None]:
        return [self._put(item) for item in items]

    def _put(self, item: Stored) -> Exception | None:
        fault = self._fault()
        if fault == Fault.KILLED_BEFORE:
            raise KilledError
        if fault == Fault.REFUSED:
            return ThrottledError()
        before = self.world.table.contents().get(item.record.key)
        [error] = self.world.table.put_many([item])
        if error is None:
            self._check_missing(before, item)
            self.world.note_change(before, item)
            self.arrived(item.record.key, item.record.newest.seen_at)
        if fault == Fault.KILLED_AFTER:
            raise KilledError
        return ThrottledError() if fault == Fault.REPLY_LOST else error

    def _check_missing(self, before: Stored | None, after: Stored) -> None:
        if before and before.record.newest.missing_at != after.record.newest.missing_at:
            seen = self.world.now - (before.record.newest.observed_at or 0)
            assert seen >= SETTLED_AFTER, "who was seen just now is not given up"

    def overwrite(self, record: Record) -> None:
        """Put without a condition, as an imitation does."""
        before = self.world.table.contents().get(record.key)
        self.world.table.overwrite(record)
        self.world.note_change(before, self.world.table.contents()[record.key])
        self.arrived(record.key)

    def delete(self, key: TaskKey) -> None:
        """Delete, as an imitation does."""
        self.world.table.delete(key)
        self.arrived(key)

    def arrived(self, key: TaskKey, seen: Instant | None = None) -> None:
        """Note that the table now holds all that this writer was told of a task."""
        news = [replace(one, seen=seen) for one in self.told.pop(key, [])]
        self.world.told.setdefault(key, []).extend(news)

    def _fault(self) -> Fault:
        return self.faults.pop(0) if self.faults else Fault.NONE


@dataclass
class World:
    """Everything."""

    record: Write = record_observations
    now: Instant = START
    estate: Estate = field(default_factory=Estate)
    table: Shelf = field(default_factory=Shelf)
    on_the_way: list[Message] = field(default_factory=list)
    told: dict[TaskKey, list[Told]] = field(default_factory=dict)
    published: dict[TaskKey, list[str]] = field(default_factory=dict)
    sweep: Sweep | None = None
    late: bool = False
    """ECS does not show the newest tasks to the sweep under way."""
    wrong: bool = False
    """ECS shows it nothing at all."""
    swept_without_gap: bool = True
    lied_about: dict[TaskKey, Instant] = field(default_factory=dict)
    """When ECS last said that it did not know a task, and was wrong."""

    def __post_init__(self) -> None:
        for cluster in CLUSTERS:
            self.table.notice_cluster(ClusterCoverage(cluster_arn=cluster, swept_at=self.now))

    # What happens in the estate

    def start(self, number: int) -> None:
        """Let a task be created."""
        self._send(self.estate.start(self._tick(), number))

    def advance(self, number: int) -> None:
        """Let a task take its next step."""
        self._send(self.estate.advance(self._tick(), number))

    def fail(self, number: int) -> None:
        """Let a task come to its end at once."""
        self._send(self.estate.advance(self._tick(), number, fail=True))

    def reconnect(self, number: int) -> None:
        """Let a task lose its connection and connect again."""
        self._send(self.estate.reconnect(self._tick(), number))

    # What happens to time and to messages

    def wait(self, seconds: int) -> None:
        """Let time pass, with sweeps often enough to keep their promise."""
        swept_at = min(map(self._swept_at, CLUSTERS))
        if self.now + seconds * SECOND - swept_at > SWEEP_REACH - 2 * CLAIMED_FOR - MINUTE:
            self.sweep_everything()
        self._tick(seconds * SECOND)

    def wait_for_answer(self) -> None:
        """Let a task move on while somebody waits for an answer."""
        self._tick(SECOND)
        self.advance(self.now)
        self._tick(SECOND)

    def sleep(self, hours: int) -> None:
        """Let time pass in which nothing is swept."""
        self._tick(hours * HOUR)
        self.swept_without_gap = False

    def lose(self, number: int) -> None:
        """Lose a message for good."""
        if self.on_the_way:
            self.on_the_way.pop(number % len(self.on_the_way))

    def deliver(
        self, number: int, count: int, faults: Sequence[Fault] = (), *, keep: bool = False
    ) -> None:
        """Bring some messages to `ingest` in one batch; what is kept will come again."""
        if not self.on_the_way:
            return
        first = number % len(self.on_the_way)
        batch = self.on_the_way[first : first + count]
        told = [Told(message.sent, message.sight, message.sent) for message in batch]
        sights = [as_event(message.sight, message.sent) for message in batch]
        failed = self._write(sights, told, faults)
        for message, sight in zip(batch, sights, strict=True):
            if not keep and sight.key not in failed and message in self.on_the_way:
                self.on_the_way.remove(message)

    def expire(self) -> None:
        """DynamoDB deletes, as late as it likes, what has expired."""
        for key, item in self.table.contents().items():
            expires_at = item.record.expires_at(RETENTION)
            if expires_at is not None and expires_at <= self.now:
                self.table.delete(key)
                self.told.pop(key)
                self.published.pop(key, None)

    # What a sweep does, in its parts: anything may happen between them

    def begin_sweep(self, number: int, *, late: bool = False, wrong: bool = False) -> None:
        """Begin to sweep a cluster; `late`: ECS does not show the newest tasks yet.

        `wrong`: ECS lists nothing, and knows none of the tasks that it is then asked for.
        """
        if self.sweep is None:
            cluster, now = CLUSTERS[number % len(CLUSTERS)], self._tick()
            self.late, self.wrong = late, wrong
            self.sweep = Sweep(cluster_arn=cluster, generation=now, started_at=now)

    def go_on_sweeping(self, faults: Sequence[Fault] = ()) -> bool:
        """Sweep a page; answers whether there is another, or the same again."""
        now, sweep = self._tick(), self.sweep
        if sweep is None:
            return False
        door = Door(self, {}, list(faults))
        seen = Seen(self, door)
        sweeper = Sweeper(cast("Store", door), seen, RETENTION)
        try:
            claimed = sweeper.claim(sweep, now=now)
            page = sweeper.turn(sweep, claimed, now=now) if claimed else None
            for key in [key for key, told in door.told.items() if told[0].sight]:
                door.arrived(key)
        except (KilledError, ThrottledError):
            return True
        finally:
            self._check(seen.keys)
        self.sweep = page.following if page else None
        return self.sweep is not None

    def abandon_sweep(self) -> None:
        """Let the sweep die: it closes nothing."""
        self.sweep = None

    def sweep_everything(self) -> None:
        """Sweep each cluster without a fault; a claim of a dead sweep must run out first."""
        for number, cluster in enumerate(CLUSTERS):
            begun = self.now
            while self._swept_at(cluster) <= begun:
                self.abandon_sweep()
                self.begin_sweep(number)
                while self.go_on_sweeping():
                    pass
                if self._swept_at(cluster) <= begun:
                    self._tick(CLAIMED_FOR + 1)

    def _swept_at(self, cluster: str) -> Instant:
        [known] = [known for known in self.table.coverages() if known.cluster_arn == cluster]
        return known.swept_at

    # The end

    def settle(self) -> None:
        """Let what is on its way arrive, sweep, and compare the answers with the truth."""
        while self.on_the_way:
            self.deliver(0, 10)
        self.sweep_everything()
        self._tick(SETTLED_AFTER + MINUTE)
        self.sweep_everything()
        self._check_current()
        for life in self.estate.lives:
            self._check_end(life)
        self._check_past()

    def _check_current(self) -> None:
        tasks = current_tasks(self.table, TaskFilter(), after=None, limit=10_000).records
        running = {life.task.id: life for life in self.estate.lives if life.stopped is None}
        assert {record.key.task_id for record in tasks} == set(running)
        for record in tasks:
            status = record.status
            assert status is not None
            assert status.version == running[record.key.task_id].version

    def _check_end(self, life: Life) -> None:
        if life.stopped is None or life.stopped <= self.now - RETENTION:
            return
        item = self.table.contents().get(life.task.key)
        if item is None:
            assert not self.swept_without_gap, "no task is missed"
            return
        record = item.record
        if life.held_from is None or not record.addresses:
            assert life.held_from is None or not self.swept_without_gap, "no address is missed"
        elif record.released_at_estimated:
            assert not self.swept_without_gap, "sweeps without a gap know each end"
            if self.lied_about.get(life.task.key, 0) == record.missing_at:
                return
            assert record.released_not_before is not None
            assert record.released_at is not None
            assert record.released_not_before <= life.stopped <= record.released_at
        else:
            assert record.released_at == life.stopped

    def _check_past(self) -> None:
        moments = {
            moment + step
            for life in self.estate.lives
            for moment in (life.held_from, life.proven_from, life.stopped)
            if moment is not None
            for step in (-1, 0, 1)
            if self.now - RETENTION < moment + step <= self.now
        }
        addresses = {address for _, ipv4, ipv6 in PLACES for address in (ipv4, ipv6) if address}
        for address in addresses:
            for moment in moments:
                self._check_holders(address, moment)

    def _check_holders(self, address: str, moment: Instant) -> None:
        found = holders_at(
            self.table, address, moment, subnet_id=None, expired_before=self.now - RETENTION
        )
        answered = {(record.facts.subnet_id or "?", record.key.task_id) for record in found.holders}
        possible = {
            (record.facts.subnet_id or "?", record.key.task_id)
            for record in found.holders
            if (record.released_not_before or moment) < moment
        }
        truth = self.estate.holders(address, moment)
        assert answered - possible <= truth, "nobody is said to hold what another held"
        for life in self.estate.lives:
            holder = (life.task.subnet, life.task.id)
            if holder in truth and self._is_proven(life, moment):
                assert holder in answered, "whoever held an address is found"

    def _is_proven(self, life: Life, moment: Instant) -> bool:
        if self.swept_without_gap:
            return life.proven_from is not None and life.proven_from <= moment
        item = self.table.contents().get(life.task.key)
        return (
            item is not None
            and item.record.attached_at is not None
            and item.record.attached_at <= moment
            and self.lied_about.get(life.task.key, 0) != item.record.missing_at
        )

    # How it is done

    def note_change(self, before: Stored | None, after: Stored) -> None:
        """Watch the table's stream, as `publish` does."""
        change = change_between(before.record if before else None, after.record)
        counted = after.sequence - (before.sequence if before else 0)
        assert counted == (change is not None), "each change is counted once"
        if change is not None:
            self.published.setdefault(after.record.key, []).append(change.detail_type)

    def _tick(self, milliseconds: int = 1) -> Instant:
        self.now += milliseconds
        return self.now

    def _send(self, sight: Json | None) -> None:
        if sight is not None:
            self.on_the_way.append(Message(self.now, sight))

    def _write(
        self, sights: Sequence[Record], told: Sequence[Told], faults: Sequence[Fault]
    ) -> set[TaskKey]:
        """Hand sights to the service; answers whose sights must come again."""
        news: dict[TaskKey, list[Told]] = {}
        for sight, one in zip(sights, told, strict=True):
            if sight.newest.observed_at is None or one.at >= self.now - RETENTION:
                news.setdefault(sight.key, []).append(one)
        door = Door(self, news, list(faults))
        keys = {sight.key for sight in sights}
        try:
            recorded = self.record(door, sights, now=self.now, retention=RETENTION)
        except (KilledError, ThrottledError):
            self._check(keys)
            return keys
        for key, outcome in recorded.outcomes.items():
            if outcome == Outcome.UNCHANGED and key not in recorded.failures:
                door.arrived(key)
        self._check(keys)
        return set(recorded.failures)

    def _check(self, keys: Iterable[TaskKey]) -> None:
        """Compare the records of some tasks with the oracle."""
        contents = self.table.contents()
        for key in keys:
            told = self.told.get(key)
            assert (key in contents) == bool(told), "what is told is known, and nothing else"
            if told:
                self._check_record(contents[key].record, told)

    def _check_record(self, record: Record, told: list[Told]) -> None:
        wanted = expected(told)
        shown = {
            name: from_text(value) if name.endswith("At") and value else value
            for name, value in record_as_json(record).items()
            if name in wanted
        }
        differ = {
            name: (shown[name], wanted[name]) for name in wanted if shown[name] != wanted[name]
        }
        assert not differ, f"the record says what the oracle says: {differ}"
        ends = [name for name in self.published.get(record.key, ()) if name != UPDATED]
        state = {"held": ASSIGNED, "released": RELEASED}.get(record.address_state)
        assert (ends[-1] if ends else None) == state, "the last change told is how things stand"
        assert all(one != two or one == RELEASED for one, two in pairwise(ends))


@dataclass
class Seen:
    """What ECS answers to a sweep, pages of two; the door notes what it shows."""

    world: World
    door: Door
    keys: set[TaskKey] = field(default_factory=set)
    """The tasks that it was asked about."""

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing:
        sights = self.door.ask(lambda: self._shown(cluster_arn))
        listed = [
            (number, sight["taskArn"])
            for number, sight in sights.items()
            if sight["desiredStatus"] == desired_status and number > int(token or -1)
        ]
        token = str(listed[1][0]) if len(listed) > TASKS_A_PAGE else None
        return Listing([arn for _, arn in listed[:TASKS_A_PAGE]], token)

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        asked_at = self.world.now
        sights = self.door.ask(lambda: self._shown(cluster_arn)).values()
        now, cluster = self.world.now, ClusterArn(cluster_arn)
        found = {sight["taskArn"]: sight for sight in sights if sight["taskArn"] in task_arns}
        gone = [TaskArn(arn).name for arn in task_arns if arn not in found]
        told = {
            TaskKey(TaskArn(arn).name, cluster): [Told(asked_at, sight, now, by_sweep=True)]
            for arn, sight in found.items()
        }
        told |= {TaskKey(task_id, cluster): [Told(asked_at, None, now)] for task_id in gone}
        self.door.told |= told
        self.keys |= told.keys()
        if self.world.wrong:
            self.world.lied_about |= {TaskKey(task_id, cluster): now for task_id in gone}
        return Described(asked_at, now, list(found.values()), gone)

    def clusters(self, token: str | None) -> Listing:
        raise NotImplementedError

    def _shown(self, cluster_arn: str) -> dict[int, Json]:
        if self.world.wrong:
            return {}
        lives = self.world.estate.shown(cluster_arn, self.world.now, late=self.world.late)
        return {life.number: life.sight() for life in lives}

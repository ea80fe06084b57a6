"""The ways from the service to its table and to ECS: where faults strike, and what got by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from tests.proof.clock import HOUR, SECOND, Instant
from tests.proof.life import Life
from tests.proof.proofs import Dossier, Sighting
from tests.proof.service import Described, Listing, number_of
from tests.proof.showing import Json, view_of

if TYPE_CHECKING:
    from tests.proof.world import World


class Fault(IntEnum):
    """What can happen to one call of the store, or to one question to ECS."""

    NONE = 0
    REFUSED = 1
    """It is throttled."""
    KILLED_BEFORE = 2
    """The function dies before the call."""
    KILLED_AFTER = 3
    """The function dies after it."""
    REPLY_LOST = 4
    """It was done, and the caller is told that it failed."""
    OVERTAKEN = 5
    """Another writer delivers something before it is answered."""
    OUTDATED = 6
    """Seconds pass before it is answered."""


class ThrottledError(Exception):
    """The made-up DynamoDB, or ECS, refuses a call."""


class KilledError(BaseException):
    """The function is no more; nothing may catch this."""


@dataclass
class Door:
    """A writer's way to the table; it notes which sightings got there."""

    world: "World"
    news: dict[int, list[Sighting]]
    """What this writer was shown and has not written yet, by life."""
    faults: list[Fault]

    def __getattr__(self, name: str) -> Any:
        """Give any call of the store but a put."""

        def call(*args: Any, **kwargs: Any) -> Any:
            return self.ask(lambda: getattr(self.world.service.table, name)(*args, **kwargs))

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
        self._let_others_in(fault)
        return answer

    def put_many(self, items: Sequence[Any]) -> list[Exception | None]:
        """Put one record after another; each can meet a fault of its own."""
        return [self._put(item) for item in items]

    def overwrite(self, record: Any) -> None:
        """Put without a condition, as an imitation does."""
        number, change = self.world.service.overwrite(record)
        self.world.note_change(number, change)
        self.arrived(number, wrote=True)

    def delete(self, key: Any) -> None:
        """Delete, as an imitation does."""
        self.world.service.table.delete(key)
        self.arrived(number_of(key), wrote=True)

    def arrived(self, number: int, *, wrote: bool) -> None:
        """Note that the table now holds all that this writer was shown of a task."""
        for sighting in self.news.pop(number, ()):
            dossier = self.world.dossiers.setdefault(number, Dossier(sighting.life))
            dossier.add(sighting, now=self.world.now, wrote=wrote)

    def all_arrived(self) -> None:
        """Note that whatever was shown, and not written, changed nothing."""
        for number, sightings in list(self.news.items()):
            if sightings[0].picture is not None:
                self.arrived(number, wrote=False)

    def _put(self, item: Any) -> Exception | None:
        fault = self._fault()
        if fault == Fault.KILLED_BEFORE:
            raise KilledError
        if fault == Fault.REFUSED:
            return ThrottledError()
        error, change = self.world.service.put(item)
        if error is None:
            number = number_of(item.record.key)
            self.world.note_change(number, change)
            self.arrived(number, wrote=True)
        if fault == Fault.KILLED_AFTER:
            raise KilledError
        return ThrottledError() if fault == Fault.REPLY_LOST else error

    def _let_others_in(self, fault: Fault) -> None:
        if fault == Fault.OVERTAKEN:
            self.world.deliver(len(self.world.on_the_way) // 2, 1, keep=True)
        if fault == Fault.OUTDATED:
            self.world.tick(3 * SECOND)

    def _fault(self) -> Fault:
        return self.faults.pop(0) if self.faults else Fault.NONE


@dataclass
class Seen:
    """What ECS answers to a sweep, a few tasks a page; the door notes what it shows."""

    world: "World"
    door: Door
    asked: set[int] = field(default_factory=set)
    """The lives that it was asked about."""

    def clusters(self, token: str | None) -> Listing:  # noqa: ARG002 - there is one page
        """List the clusters that exist."""
        there = self.world.estate.clusters
        return self.door.ask(lambda: Listing([arn for arn, exists in there.items() if exists]))

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        """List a page of tasks; None where there is no such cluster."""
        views = self.door.ask(lambda: self._views(cluster_arn, self.world.now))
        if views is None:
            self.world.found_gone.add(cluster_arn)
            return None
        after = -1 if token is None else int(token)
        listed = sorted(
            life.number
            for life, view in views.values()
            if view["desiredStatus"] == desired_status and life.number > after
        )
        most = self.world.tasks_a_page
        page = [self.world.estate.lives[number].task_arn for number in listed[:most]]
        return Listing(page, str(listed[most - 1]) if len(listed) > most else None)

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        """Describe tasks, as they were at some instants of the last minute."""
        asked_at = self.world.now
        views = self.door.ask(lambda: self._views(cluster_arn, asked_at))
        gone = views is None or cluster_arn in self.world.found_gone
        shown, missing = [], []
        for arn in task_arns:
            life = self.world.estate.lives[int(arn.rpartition("/t")[2])]
            seen = (views or {}).get(arn)
            if seen is None:
                missing.append(life.task_id)
                self._note_lie(life, asked_at, cluster_gone=gone)
            else:
                shown.append(seen[1])
            sighting = Sighting.of_view(
                life,
                seen[1] if seen else None,
                asked_at,
                self.world.now,
                cluster_gone=gone,
            )
            self.door.news[life.number] = [sighting]
            self.asked.add(life.number)
        return Described(asked_at, self.world.now, shown, missing, cluster_gone=views is None)

    def _views(self, cluster_arn: str, asked: Instant) -> dict[str, tuple[Life, Json]] | None:
        estate = self.world.estate
        if not estate.clusters[cluster_arn]:
            return None
        if self.world.wrong:
            self._note_denial(cluster_arn)
            return {}
        views = estate.views(cluster_arn, asked, self.world.now)
        return {arn: (life, view_of(life, picture)) for arn, (life, picture) in views.items()}

    def _note_denial(self, cluster_arn: str) -> None:
        """Note the tasks that ECS hides from a service which has not seen their address yet."""
        for life in self.world.estate.lives:
            dossier = self.world.dossiers.get(life.number)
            hidden = dossier is None or not dossier.shows_address
            if hidden and life.cluster_arn == cluster_arn and self.world.now < life.forgotten:
                self.world.excused.add(life.number)

    def _note_lie(self, life: Life, asked: Instant, *, cluster_gone: bool) -> None:
        """Note where MISSING, with the hour that ECS promises, would mislead anybody."""
        ended = life.stopped if cluster_gone else life.stopped + HOUR
        if (
            asked < ended and not (cluster_gone or self._seen_lately(life))
        ) or asked < life.stopped:
            self.world.excused.add(life.number)

    def _seen_lately(self, life: Life) -> bool:
        dossier = self.world.dossiers.get(life.number)
        shown = (one.seen for one in dossier.sightings if one.alive) if dossier else ()
        return max(shown, default=0) > self.world.now - HOUR

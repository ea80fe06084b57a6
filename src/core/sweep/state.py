"""The states of a sweep, and what it decides.

A sweep of one cluster walks through these phases, a page at a time:

| phase        | one page                                       | after the last | no such cluster |
|--------------|------------------------------------------------|----------------|-----------------|
| LIST_RUNNING | list tasks with desired status RUNNING,        | LIST_STOPPED   | CONFIRM         |
|              | describe those that are not known for good     |                |                 |
| LIST_STOPPED | list tasks with desired status STOPPED,        | CONFIRM        | CONFIRM         |
|              | describe those that are not known for good     |                |                 |
| CONFIRM      | ask by ARN for live records in neither list;   | COMPLETE       | stay in CONFIRM |
|              | treat MISSING as gone, except for tasks seen   |                |                 |
|              | in the last ten minutes                        |                |                 |
| COMPLETE     | add the sweep to the cluster's coverage        | done           | done            |

RUNNING is listed before STOPPED, so a task that is told to stop in between is in at least one list.
Only then does the sweep ask about tasks in neither list. Until COMPLETE nothing relies on the sweep
having finished, so it may die or be repeated anywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.table.coverage import Tally
from core.table.store import LivePosition
from core.task.record import STOPPED_TASKS_SHOWN_FOR, Record, join
from core.text.instant import MINUTE, Duration, Instant

EVENTS_ARRIVE_WITHIN: Duration = 5 * MINUTE

SETTLED_AFTER: Duration = 10 * MINUTE
"""ECS is eventually consistent about new tasks: MISSING counts only for older ones."""


class Phase(StrEnum):
    """What a sweep does, in this order."""

    LIST_RUNNING = "LIST_RUNNING"
    LIST_STOPPED = "LIST_STOPPED"
    CONFIRM = "CONFIRM"
    COMPLETE = "COMPLETE"


DESIRED_STATUS = {Phase.LIST_RUNNING: "RUNNING", Phase.LIST_STOPPED: "STOPPED"}
"""The desired status in ECS that each of the two lists asks for."""

AFTER_LAST_PAGE = {
    Phase.LIST_RUNNING: Phase.LIST_STOPPED,
    Phase.LIST_STOPPED: Phase.CONFIRM,
    Phase.CONFIRM: Phase.COMPLETE,
}
AFTER_NO_SUCH_CLUSTER = Phase.CONFIRM


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """The state of a sweep of one cluster."""

    cluster_arn: str
    generation: Instant
    """When it was asked for; identifies it among the sweeps of the cluster."""
    started_at: Instant
    phase: Phase = Phase.LIST_RUNNING
    token: str | None = None
    """The token of the next page of a list."""
    after: LivePosition | None = None
    """The position of the next page of live records."""
    listed: frozenset[str] | None = frozenset()
    """The ids of the tasks listed so far; None if the message did not carry them.

    They only save requests: without them, the sweep asks for every live record by its ARN.
    """
    cluster_gone: bool = False
    left_alive: int = 0
    """Live records that the sweep did not close."""
    unsure_since: Instant | None = None
    """Last sign of life of a live record that is in neither list and too young to be asked for."""
    tally: Tally = field(default_factory=Tally)

    def as_message(self) -> dict[str, Any]:
        """Return the state as a message, without `listed`, whose size has no bound."""
        return {**asdict(replace(self, listed=None)), "phase": self.phase.value}

    @staticmethod
    def from_message(message: Mapping[str, Any], *, now: Instant) -> "Sweep":
        """Read a sweep that is under way, or a request for one that starts now."""
        if "started_at" not in message:
            return Sweep(started_at=now, **message)
        after = message["after"]
        read = {
            "phase": Phase(message["phase"]),
            "after": None if after is None else LivePosition(*after),
            "tally": Tally(**message["tally"]),
        }
        return Sweep(**{**message, **read})


def known_for_good(record: Record) -> bool:
    """Return whether DescribeTasks can add nothing: it showed STOPPED, or we have the address."""
    described = record.status is not None and record.status.source == "reconcile"
    return record.stopped and (described or bool(record.addresses))


def may_be_gone(record: Record, *, now: Instant) -> bool:
    """Return whether MISSING may close the record: it is live, and was not seen recently."""
    return record.live and record.last_sign_of_life <= now - SETTLED_AFTER


def dropped_early(record: Record, *, missing_at: Instant) -> bool:
    """Return whether ECS dropped a task within an hour of a sign of life, sooner than promised."""
    return missing_at - record.last_sign_of_life < STOPPED_TASKS_SHOWN_FOR


def drifted(before: Record | None, seen: Record, *, now: Instant) -> bool:
    """Return whether the table lacked something that events should have delivered by now."""
    after = seen if before is None else join(before, seen)
    lacked = before is None or _told(before) != _told(after)
    return lacked and _newest_evidence(seen) < now - EVENTS_ARRIVE_WITHIN


def _told(record: Record) -> tuple[object, ...]:
    status = record.status and (record.status.last_status, record.status.desired_status)
    return record.live, status, record.addresses


def _newest_evidence(seen: Record) -> Instant:
    """Return when the last thing happened to the task, by the dates that ECS gives."""
    earliest = seen.earliest
    dated = (
        seen.facts.created_at,
        earliest.connectivity_at,
        earliest.started_at,
        earliest.stopping_at,
        earliest.execution_stopped_at,
        earliest.stopped_at,
    )
    return max((instant for instant in dated if instant is not None), default=0)

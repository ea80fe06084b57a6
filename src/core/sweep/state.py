"""The states of a sweep, and what it decides.

A sweep of one cluster walks through these phases, a page at a time:

| phase    | one page                                        | at the last page | no such cluster |
|----------|-------------------------------------------------|------------------|-----------------|
| RUNNING  | list tasks that are to run, describe the unsure | STOPPED          | CONFIRM         |
| STOPPED  | list tasks that are to stop, do the same        | CONFIRM          | CONFIRM         |
| CONFIRM  | ask by ARN for live records that were not       | COMPLETE         | (the same)      |
|          | listed; believe MISSING, but of young ones      |                  |                 |
| COMPLETE | add the sweep to the cluster's coverage         | done             | done            |

Tasks that are to run are listed before those that are to stop, so that a task which is told to stop
in between is in one of the lists at least. Only then is it asked who is not listed. Until COMPLETE
nothing counts on the sweep being whole, so it may die or be repeated anywhere.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from core.table.coverage import Tally
from core.table.recording import SETTLED_AFTER
from core.table.store import LivePosition
from core.task.record import STOPPED_TASKS_SHOWN_FOR, Record, join
from core.text.instant import MINUTE, Duration, Instant

EVENTS_ARRIVE_WITHIN: Duration = 5 * MINUTE


class Phase(StrEnum):
    """What a sweep does, in this order."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"
    CONFIRM = "CONFIRM"
    COMPLETE = "COMPLETE"


AFTER_LAST_PAGE = {
    Phase.RUNNING: Phase.STOPPED,
    Phase.STOPPED: Phase.CONFIRM,
    Phase.CONFIRM: Phase.COMPLETE,
}
AFTER_NO_SUCH_CLUSTER = Phase.CONFIRM


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A sweep of one cluster, where it stands."""

    cluster_arn: str
    generation: Instant
    """When it was asked for, which tells it from other sweeps of the cluster."""
    started_at: Instant
    phase: Phase = Phase.RUNNING
    token: str | None = None
    """Of the next page of a list."""
    after: LivePosition | None = None
    """Of the next page of live records."""
    listed: frozenset[str] | None = frozenset()
    """The ids of the tasks listed so far; None where they were not carried along.

    They save requests, no more: without them every live record is asked for by its ARN.
    """
    cluster_gone: bool = False
    left_alive: int = 0
    """Live records that the sweep did not close."""
    unsure_since: Instant | None = None
    """Last sign of life of a live record that was not listed, and is too young to be asked for."""
    tally: Tally = field(default_factory=Tally)

    def as_message(self) -> dict[str, Any]:
        """Write where it stands, without what was listed, which has no bound."""
        return {**asdict(replace(self, listed=None)), "phase": self.phase.value}

    @staticmethod
    def from_message(message: Mapping[str, Any], *, now: Instant) -> "Sweep":
        """Read a sweep that is under way, or one that was asked for and starts now."""
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
    """Tell whether DescribeTasks has nothing to add: STOPPED as it showed, or with an address."""
    described = record.status is not None and record.status.source == "reconcile"
    return record.stopped and (described or bool(record.addresses))


def may_be_gone(record: Record, *, now: Instant) -> bool:
    """Tell whether a MISSING may close the record: it lives, and was last seen long enough ago."""
    return record.live and record.last_sign_of_life <= now - SETTLED_AFTER


def forgotten(record: Record, *, missing_at: Instant) -> bool:
    """Tell whether ECS forgot a task sooner than it promises: within an hour of a sign of life."""
    return missing_at - record.last_sign_of_life < STOPPED_TASKS_SHOWN_FOR


def drifted(before: Record | None, seen: Record, *, now: Instant) -> bool:
    """Tell whether the table lacked something that events should have told by now."""
    after = seen if before is None else join(before, seen)
    lacked = before is None or _told(before) != _told(after)
    return lacked and _newest_evidence(seen) < now - EVENTS_ARRIVE_WITHIN


def _told(record: Record) -> tuple[object, ...]:
    status = record.status and (record.status.last_status, record.status.desired_status)
    return record.live, status, record.addresses


def _newest_evidence(seen: Record) -> Instant:
    """Date a sight by what ECS itself dates in it: when the last thing happened to the task."""
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

"""The record of one task: the join of everything that was ever observed about it.

A record is joined kind by kind (`core.task.kinds`). Each kind is a semilattice, so the record is
one too: the order, repetition and grouping of observations cannot matter. An observation is simply
the record of one moment. Everything else is derived, by the properties of `Record` and by
`core.task.tenure`.
"""

from typing import Any, NamedTuple

from core.task.kinds import (
    NO_EARLIEST,
    NO_FACTS,
    NO_INTERFACE,
    NO_NEWEST,
    Earliest,
    Facts,
    Interface,
    Newest,
    Status,
    TaskKey,
    either,
    fieldwise,
    furthest,
    one_interface,
)
from core.task.tenure import Evidence, Tenure, tenure_of
from core.text.instant import HOUR, Duration, Instant

STOPPED_TASKS_SHOWN_FOR: Duration = HOUR
"""At least: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""


class Record(NamedTuple):
    """All that is known about one task."""

    key: TaskKey
    status: Status | None = None
    """None only in the observation that a task was MISSING."""
    facts: Facts = NO_FACTS
    interface: Interface = NO_INTERFACE
    earliest: Earliest = NO_EARLIEST
    newest: Newest = NO_NEWEST

    @property
    def account(self) -> str | None:
        """The AWS account, from the cluster's ARN."""
        return self.key.cluster_arn.account or None

    @property
    def service(self) -> str | None:
        """The ECS service's name, from the task's group."""
        kind, _, name = (self.facts.group or "").partition(":")
        return name or None if kind == "service" else None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The task's own addresses, IPv4 first."""
        return self.interface.addresses

    @property
    def created_at(self) -> Instant:
        """When the task was created; every sighting says so."""
        return self.facts.created_at or 0

    @property
    def stopped(self) -> bool:
        """ECS showed the end of the task, which is final."""
        return self.status is not None and self.status.stopped

    @property
    def missing_at(self) -> Instant | None:
        """When ECS no longer knew the task; None if a later sighting disproved that."""
        missing = self.newest.missing_at
        return missing if missing is not None and missing > self._observed_at else None

    @property
    def live(self) -> bool:
        """Not stopped, and not inferred to be gone."""
        return self.status is not None and not self.stopped and self.missing_at is None

    @property
    def address_state(self) -> str:
        """One of `held`, `pending`, `released`, `none`, as the contract defines them."""
        if self.addresses:
            return "held" if self._had_no_more == (None, None) else "released"
        return "pending" if self.live and self.facts.network_mode == "awsvpc" else "none"

    @property
    def ended_at(self) -> Instant | None:
        """When the task ended, at the latest possible instant; None while it lives.

        ECS shows a stopped task for an hour, so a task that it does not know ended more than an
        hour before. If there was a later sign of life, ECS dropped it early, as it does when the
        cluster is deleted.
        """
        if self.stopped:
            ends = (self.earliest.stopped_at, self.earliest.seen_stopped_at, self._observed_at)
            return next(end for end in ends if end is not None)
        if self.missing_at is None:
            return None
        latest = max(self.missing_at - STOPPED_TASKS_SHOWN_FOR, self.newest.cluster_gone_at or 0)
        return self.missing_at if latest < self.last_sign_of_life else latest

    def ended_by(self, instant: Instant) -> bool:
        """Return whether the task had ended at an instant."""
        return self.ended_at is not None and self.ended_at <= instant

    @property
    def tenure(self) -> Tenure | None:
        """From when to when the task had its address; None without one."""
        return tenure_of(self._evidence()) if self.addresses else None

    @property
    def attached_not_before(self) -> Instant | None:
        """The latest instant at which the task demonstrably did not have its address yet."""
        tenure = self.tenure
        return None if tenure is None else tenure.attached_not_before

    @property
    def attached_at(self) -> Instant | None:
        """The earliest instant at which the task demonstrably had its address."""
        tenure = self.tenure
        return None if tenure is None else tenure.attached_at

    @property
    def attached_at_estimated(self) -> bool:
        """Nothing proves when the task had its address; `attached_at` is its creation."""
        tenure = self.tenure
        return tenure is not None and tenure.estimated

    @property
    def released_not_before(self) -> Instant | None:
        """The latest instant at which the task demonstrably still had its address."""
        tenure = self.tenure
        return None if tenure is None else tenure.released_not_before

    @property
    def released_at(self) -> Instant | None:
        """The earliest instant at which the task demonstrably no longer had its address."""
        tenure = self.tenure
        return None if tenure is None else tenure.released_at

    @property
    def released_at_estimated(self) -> bool:
        """The task has ended, and ECS did not say when."""
        return self.released_at is not None and not self.live and not self._says_when_it_stopped

    @property
    def last_sign_of_life(self) -> Instant:
        """When the task was last known to be alive."""
        return max(self._observed_at, self.newest.seen_at or 0)

    def last_held_by(self, bound: Instant, *, viewed_at: Instant | None = None) -> Instant:
        """Return the latest proof, up to a bound, that the task still had its address.

        `viewed_at` is a further proof that is not in the record: a sweep's view that was not
        written. The result is at least `attached_at`.
        """
        return tenure_of(self._evidence()).last_held_by(bound, viewed_at)

    def expires_at(self, retention: Duration) -> Instant | None:
        """When the record expires; None while the task lives."""
        return None if self.ended_at is None else self.ended_at + retention

    def _evidence(self) -> Evidence:
        earliest, newest = self.earliest, self.newest
        on_fargate = self.facts.launch_type == "FARGATE"
        execution_stopped = earliest.execution_stopped_at
        return Evidence(
            created_at=self.created_at,
            unattached_at=newest.unattached_at,
            had=(
                earliest.pull_started_at,
                earliest.started_at,
                earliest.connectivity_at if on_fargate else None,
                earliest.shown_by_event,
                earliest.shown_by_view,
            ),
            still_had=(
                earliest.pull_started_at,
                earliest.started_at,
                newest.connected_at if on_fargate else None,
                newest.still_shown_by_event,
                newest.still_shown_by_view,
                execution_stopped,
                # Alone it proves nothing: ECS can learn minutes later that a host is gone.
                None if execution_stopped is None else earliest.stopping_at,
            ),
            had_no_more=self._had_no_more,
        )

    @property
    def _had_no_more(self) -> tuple[Instant | None, Instant | None]:
        return self.earliest.gone_at, self.ended_at

    @property
    def _says_when_it_stopped(self) -> bool:
        return self.stopped and self.earliest.stopped_at is not None

    @property
    def _observed_at(self) -> Instant:
        return self.newest.observed_at or 0


def join(one: Record, other: Record) -> Record:
    """Join two records of one task: commutative, associative and idempotent."""
    if one.key != other.key:
        raise ValueError(f"records of two tasks: {one.key.task_id} and {other.key.task_id}")
    return Record(
        key=one.key,
        status=either(one.status, other.status, furthest),
        facts=fieldwise(one.facts, other.facts, min),
        interface=one_interface(one.interface, other.interface),
        earliest=fieldwise(one.earliest, other.earliest, min),
        newest=fieldwise(one.newest, other.newest, max),
    )


def contradictions(one: Record, other: Record) -> tuple[str, ...]:
    """Return the constants on which two records of one task disagree; ECS should never do that.

    Two interfaces disagree only if both show an address; one that shows none is replaced.
    """
    pairs: list[tuple[Any, Any]] = [(one.facts, other.facts)]
    if one.addresses and other.addresses:
        pairs.append((one.interface, other.interface))
    return tuple(
        name
        for mine, theirs in pairs
        for name, my, their in zip(mine._fields, mine, theirs, strict=True)
        if None not in (my, their) and my != their
    )


def missing(
    key: TaskKey,
    *,
    at: Instant,
    seen_at: Instant | None = None,
    still_shown_at: Instant | None = None,
    cluster_gone: bool = False,
) -> Record:
    """Return the observation that ECS was asked for the task at `at` and answered MISSING.

    `seen_at` is the start of a completed sweep that would have noticed if the task had been gone:
    one that began well after the record was last written (`Stored.written_at`). It proves nothing
    about a record that was written later, however old its event. `still_shown_at` is what that
    sweep proves about the address.

    If the cluster is gone, ECS no longer shows its tasks for an hour after they stopped: the task
    can have ended at any time until `at`.
    """
    newest = Newest(
        missing_at=at,
        seen_at=seen_at,
        still_shown_by_view=still_shown_at,
        cluster_gone_at=at if cluster_gone else None,
    )
    return Record(key=key, newest=newest)


def viewed(key: TaskKey, at: Instant) -> Record:
    """Return the observation of an unwritten view: at `at`, the task still had its address."""
    return Record(key=key, newest=Newest(still_shown_by_view=at))


def in_vpc(key: TaskKey, vpc_id: str) -> Record:
    """Return the observation of the VPC of a task's subnet, which ECS never reports."""
    return Record(key=key, facts=Facts(vpc_id=vpc_id))

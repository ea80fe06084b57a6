"""The record of one task: the join of everything that was ever observed of it.

Every stored field is of one of four kinds, one class each, and each class is a semilattice: its
join is commutative, associative and idempotent. A record joins kind by kind, so it is one too,
and the order, repetition and grouping of observations cannot matter. An observation is simply
the record of a single sight. Everything else is derived, by the properties of `Record`.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from core.arn import ClusterArn
from core.instant import HOUR, Duration, Instant

_STOPPED = ("STOPPED", "DELETED")
"""DELETED follows STOPPED; a task whose STOPPED was never seen has stopped for all that."""

# AWS's documented life cycles. At one version ECS only ever moves forward through them:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
_TASK_LIFE = (
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    *_STOPPED,
)
_ATTACHMENT_LIFE = (
    "PRECREATED",
    "CREATED",
    "ATTACHING",
    "ATTACHED",
    "DETACHING",
    "DETACHED",
    "DELETED",
    "FAILED",
)


class TaskKey(NamedTuple):
    """What identifies a record: an old-format task ARN does not name its cluster."""

    task_id: str
    cluster_arn: ClusterArn


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Kind *latest*: the fields of whichever observation shows the task furthest along."""

    last_status: str
    desired_status: str
    version: int
    attachment_status: str | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    source: str
    """`event` or `reconcile`."""

    @property
    def stopped(self) -> bool:
        """ECS showed the end of the task, which is final."""
        return self.last_status in _STOPPED

    @property
    def rank(self) -> tuple[bool, int, int, int, int, tuple[str, ...], bool]:
        """Order statuses totally, without a clock: stopped, version, life cycle, then text.

        A view by the sweep ranks below an event of the same content, so that sweeping an
        unchanged task changes nothing; once stopped above it, so that it is known for good that
        DescribeTasks showed it so, and no sweep asks again.
        """
        return (
            self.stopped,
            self.version,
            _progress(_TASK_LIFE, self.last_status),
            _progress(_TASK_LIFE, self.desired_status),
            _progress(_ATTACHMENT_LIFE, self.attachment_status),
            (
                self.last_status,
                self.desired_status,
                self.attachment_status or "",
                self.stop_code or "",
                self.stopped_reason or "",
            ),
            (self.source == "event") != self.stopped,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Kind *constant*: what never changes once known; ECS tells it piece by piece."""

    task_arn: str | None = None
    group: str | None = None
    started_by: str | None = None
    task_definition_arn: str | None = None
    launch_type: str | None = None
    capacity_provider_name: str | None = None
    platform_version: str | None = None
    availability_zone: str | None = None
    container_instance_arn: str | None = None
    network_mode: str | None = None
    attachment_id: str | None = None
    network_interface_id: str | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None
    mac_address: str | None = None
    private_dns_name: str | None = None
    private_ipv4_address: str | None = None
    ipv6_address: str | None = None
    created_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earliest:
    """Kind *earliest*: instants of which the smallest counts."""

    connectivity_at: Instant | None = None
    started_at: Instant | None = None
    stopping_at: Instant | None = None
    execution_stopped_at: Instant | None = None
    stopped_at: Instant | None = None
    held_at: Instant | None = None
    """When the task demonstrably held its address, whichever that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """Kind *newest*: instants of which the greatest counts."""

    observed_at: Instant | None = None
    """Source time of the last observation."""
    missing_at: Instant | None = None
    """When a sweep last asked for the task and ECS did not know it."""
    seen_at: Instant | None = None
    """Start of the last completed sweep that must have seen the task alive."""
    cluster_gone_at: Instant | None = None
    """When a sweep last found its whole cluster gone, and ECS's memory of an hour with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is known of one task."""

    key: TaskKey
    status: Status | None = None
    """None only in the observation that a task was MISSING."""
    facts: Facts = Facts()
    earliest: Earliest = Earliest()
    newest: Newest = Newest()

    @property
    def service(self) -> str | None:
        """The ECS service's name, from the task's group."""
        kind, _, name = (self.facts.group or "").partition(":")
        return name or None if kind == "service" else None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The task's own addresses, IPv4 first."""
        both = (self.facts.private_ipv4_address, self.facts.ipv6_address)
        return tuple(address for address in both if address is not None)

    @property
    def vpc_undetermined(self) -> bool:
        """The task has a network interface, in a VPC that is not known."""
        return self.facts.network_mode is not None and self.facts.vpc_id is None

    @property
    def stopped(self) -> bool:
        """ECS showed the end of the task, which is final."""
        return self.status is not None and self.status.stopped

    @property
    def missing_at(self) -> Instant | None:
        """When ECS no longer knew it; None where a later sight disproved that."""
        missing = self.newest.missing_at
        return missing if missing is not None and missing > self._observed_at else None

    @property
    def live(self) -> bool:
        """Not stopped, and not inferred to be gone."""
        return self.status is not None and not self.stopped and self.missing_at is None

    @property
    def address_state(self) -> str:
        """One of `held`, `pending`, `released`, `none`, as the contract has them."""
        if self.addresses:
            return "held" if self.live else "released"
        return "pending" if self.live and self.facts.network_mode == "awsvpc" else "none"

    @property
    def ended_at(self) -> Instant | None:
        """When the task ended, at the latest possible instant; None while it lives.

        ECS shows a stopped task for an hour, so one that it does not know ended before that; but
        not where it lived since. Then ECS forgot it sooner, as it does with its cluster.
        """
        if self.stopped:
            stopped = self.earliest.stopped_at
            return self._observed_at if stopped is None else stopped
        if self.missing_at is None:
            return None
        latest = max(self.missing_at - STOPPED_TASKS_SHOWN_FOR, self.newest.cluster_gone_at or 0)
        if latest < self._last_sign_of_life:
            return max(self.missing_at, self._last_sign_of_life)
        return latest

    def ended_by(self, instant: Instant) -> bool:
        """Tell whether the task had ended at an instant."""
        return self.ended_at is not None and self.ended_at <= instant

    @property
    def released_at(self) -> Instant | None:
        """When the address was given back; None while it is held, or without an address."""
        return self.ended_at if self.addresses else None

    @property
    def released_at_estimated(self) -> bool:
        """ECS did not say when the task stopped."""
        return self.released_at is not None and not (
            self.stopped and self.earliest.stopped_at is not None
        )

    @property
    def released_not_before(self) -> Instant | None:
        """The earliest instant at which a vanished task can have given its address back."""
        inferred = self.released_at is not None and not self.stopped
        return self._last_sign_of_life if inferred else None

    @property
    def attached_at(self) -> Instant | None:
        """The earliest instant at which the address was demonstrably held, else the best bound."""
        if not self.addresses:
            return None
        held, ended = self.earliest.held_at, self.ended_at
        if held is not None and (ended is None or held <= ended):
            return held
        ends = (self.earliest.execution_stopped_at, self.earliest.stopping_at, ended)
        return min((end for end in ends if end is not None), default=self._observed_at)

    @property
    def attached_at_estimated(self) -> bool:
        """No evidence says when the address was attached, only that it was gone by some time."""
        return self.attached_at is not None and self.attached_at != self.earliest.held_at

    def expires_at(self, retention: Duration) -> Instant | None:
        """When the record may be forgotten; None while the task lives."""
        return None if self.ended_at is None else self.ended_at + retention

    @property
    def _observed_at(self) -> Instant:
        return self.newest.observed_at or 0

    @property
    def _last_sign_of_life(self) -> Instant:
        return max(self._observed_at, self.newest.seen_at or 0)


STOPPED_TASKS_SHOWN_FOR: Duration = HOUR
"""At least: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""


def join(one: Record, other: Record) -> Record:
    """Add two records of one task up: commutative, associative and idempotent."""
    if one.key != other.key:
        raise ValueError(f"records of two tasks: {one.key.task_id} and {other.key.task_id}")
    return Record(
        key=one.key,
        status=_either(one.status, other.status, _furthest),
        facts=_fieldwise(one.facts, other.facts, min),
        earliest=_fieldwise(one.earliest, other.earliest, min),
        newest=_fieldwise(one.newest, other.newest, max),
    )


def contradictions(one: Record, other: Record) -> tuple[str, ...]:
    """Name the constants on which two records of one task disagree; ECS should never."""
    pairs = {
        field.name: (getattr(one.facts, field.name), getattr(other.facts, field.name))
        for field in fields(Facts)
    }
    return tuple(name for name, pair in pairs.items() if None not in pair and pair[0] != pair[1])


def missing(
    key: TaskKey, *, at: Instant, seen_at: Instant | None = None, cluster_gone: bool = False
) -> Record:
    """Observe that ECS was asked for the task at `at` and answered MISSING.

    `seen_at` is the start of a completed sweep that would have missed the task, had it been gone:
    one that began well after the record was last written (`Stored.written_at`). It proves nothing
    of a record that came into the table, or to life in it, later than that, however old its event.

    With its cluster gone, a task is no longer shown for an hour after it stopped: it can have
    ended at any time until `at`.
    """
    gone_at = at if cluster_gone else None
    return Record(key=key, newest=Newest(missing_at=at, seen_at=seen_at, cluster_gone_at=gone_at))


def in_vpc(key: TaskKey, vpc_id: str) -> Record:
    """Observe the VPC of a task's subnet, which no ECS answer tells."""
    return Record(key=key, facts=Facts(vpc_id=vpc_id))


def _furthest(one: Status, other: Status) -> Status:
    return max(one, other, key=lambda status: status.rank)


def _progress(life: tuple[str, ...], status: str | None) -> int:
    return life.index(status) if status in life else -1


def _either[T](one: T | None, other: T | None, choose: Callable[[T, T], T]) -> T | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def _fieldwise[Kind: (Facts, Earliest, Newest)](
    one: Kind, other: Kind, choose: Callable[[Any, Any], Any]
) -> Kind:
    return type(one)(
        **{
            field.name: _either(getattr(one, field.name), getattr(other, field.name), choose)
            for field in fields(one)
        }
    )

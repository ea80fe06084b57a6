"""The record of one task: the join of everything that was ever observed of it.

Every stored field is of one of five kinds, one class each, and each class is a semilattice: its
join is commutative, associative and idempotent. A record joins kind by kind, so it is one too,
and the order, repetition and grouping of observations cannot matter. An observation is simply
the record of a single sighting. Everything else is derived, by the properties of `Record` and by
`core.task.tenure`.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from core.task.tenure import Evidence, Tenure, tenure_of
from core.text.arn import ClusterArn
from core.text.instant import HOUR, MINUTE, Duration, Instant

STOPPED_TASKS_SHOWN_FOR: Duration = HOUR
"""At least: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html"""

VIEW_STALE_BY: Duration = MINUTE
"""A view proves that something was still so no later than this long before the request."""

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
DISCONNECTED = "DISCONNECTED"


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
    connectivity: str | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    source: str
    """`event` or `reconcile`."""

    @property
    def stopped(self) -> bool:
        """ECS showed the end of the task, which is final."""
        return self.last_status in _STOPPED

    @property
    def disconnected(self) -> bool:
        """ECS had lost the host or the agent; such a sighting proves nothing about the address."""
        return self.connectivity == DISCONNECTED

    @property
    def rank(self) -> tuple[bool, int, int, int, int, bool, tuple[str, ...], bool]:
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
            self.disconnected,
            (
                self.last_status,
                self.desired_status,
                self.attachment_status or "",
                self.connectivity or "",
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
    vpc_id: str | None = None
    created_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Kind *interface*: the address facts of one network interface, never mixed with another's.

    ECS gives a task one interface. Should sightings show several, one that shows an address wins
    over one that does not, then the one whose ids sort first. Only what sightings say of one and
    the same interface adds up.
    """

    attachment_id: str | None = None
    network_interface_id: str | None = None
    subnet_id: str | None = None
    mac_address: str | None = None
    private_dns_name: str | None = None
    private_ipv4_address: str | None = None
    ipv6_address: str | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The interface's addresses, IPv4 first."""
        both = (self.private_ipv4_address, self.ipv6_address)
        return tuple(address for address in both if address is not None)

    @property
    def rank(self) -> tuple[bool, bool, str, bool, str]:
        """Order interfaces totally; the smallest counts."""
        return (
            not self.addresses,
            self.network_interface_id is None,
            self.network_interface_id or "",
            self.attachment_id is None,
            self.attachment_id or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Earliest:
    """Kind *earliest*: instants of which the smallest counts."""

    connectivity_at: Instant | None = None
    started_at: Instant | None = None
    stopping_at: Instant | None = None
    execution_stopped_at: Instant | None = None
    stopped_at: Instant | None = None
    pull_started_at: Instant | None = None
    shown_by_event: Instant | None = None
    """When an event showed the address on an interface that was still there."""
    shown_by_view: Instant | None = None
    """When DescribeTasks had shown it so."""
    gone_at: Instant | None = None
    """When the interface was shown detached or deleted."""
    seen_stopped_at: Instant | None = None
    """When the task was shown stopped without a `stoppedAt`."""


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
    unattached_at: Instant | None = None
    """When the interface was shown without an address and without an id."""
    connected_at: Instant | None = None
    """The last `connectivityAt`: it moves forward when the task reconnects."""
    still_shown_by_event: Instant | None = None
    """When an event last showed the address on an interface that was still there."""
    still_shown_by_view: Instant | None = None
    """When DescribeTasks last proved it so."""


KINDS = (Status, Facts, Interface, Earliest, Newest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """All that is known of one task."""

    key: TaskKey
    status: Status | None = None
    """None only in the observation that a task was MISSING."""
    facts: Facts = Facts()
    interface: Interface = Interface()
    earliest: Earliest = Earliest()
    newest: Newest = Newest()

    @property
    def account(self) -> str | None:
        """The AWS account, by the cluster's ARN."""
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
        """When the task was created; every sighting says it."""
        return self.facts.created_at or 0

    @property
    def stopped(self) -> bool:
        """ECS showed the end of the task, which is final."""
        return self.status is not None and self.status.stopped

    @property
    def missing_at(self) -> Instant | None:
        """When ECS no longer knew it; None where a later sighting disproved that."""
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
            return "held" if self.released_at is None else "released"
        return "pending" if self.live and self.facts.network_mode == "awsvpc" else "none"

    @property
    def ended_at(self) -> Instant | None:
        """When the task ended, at the latest possible instant; None while it lives.

        ECS shows a stopped task for an hour, so one that it does not know ended before that; but
        not where it lived since. Then ECS forgot it sooner, as it does with its cluster.
        """
        if self.stopped:
            ends = (self.earliest.stopped_at, self.earliest.seen_stopped_at, self._observed_at)
            return next(end for end in ends if end is not None)
        if self.missing_at is None:
            return None
        latest = max(self.missing_at - STOPPED_TASKS_SHOWN_FOR, self.newest.cluster_gone_at or 0)
        return self.missing_at if latest < self.last_sign_of_life else latest

    def ended_by(self, instant: Instant) -> bool:
        """Tell whether the task had ended at an instant."""
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
        """When the task was last known to live."""
        return max(self._observed_at, self.newest.seen_at or 0)

    def last_held_by(self, bound: Instant, *, viewed_at: Instant | None = None) -> Instant:
        """Find the latest proof, up to a bound, that the task still had its address.

        `viewed_at` is one proof more, of which the record does not know: a sweep's view that was
        not written. At least `attached_at`.
        """
        return tenure_of(self._evidence()).last_held_by(bound, viewed_at)

    def expires_at(self, retention: Duration) -> Instant | None:
        """When the record may be forgotten; None while the task lives."""
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
            had_no_more=(earliest.gone_at, self.ended_at),
        )

    @property
    def _says_when_it_stopped(self) -> bool:
        return self.stopped and self.earliest.stopped_at is not None

    @property
    def _observed_at(self) -> Instant:
        return self.newest.observed_at or 0


def join(one: Record, other: Record) -> Record:
    """Add two records of one task up: commutative, associative and idempotent."""
    if one.key != other.key:
        raise ValueError(f"records of two tasks: {one.key.task_id} and {other.key.task_id}")
    return Record(
        key=one.key,
        status=_either(one.status, other.status, _furthest),
        facts=_fieldwise(one.facts, other.facts, min),
        interface=_one_interface(one.interface, other.interface),
        earliest=_fieldwise(one.earliest, other.earliest, min),
        newest=_fieldwise(one.newest, other.newest, max),
    )


def contradictions(one: Record, other: Record) -> tuple[str, ...]:
    """Name the constants on which two records of one task disagree; ECS should never.

    Two interfaces that both show an address disagree; one that shows none is merely replaced.
    """
    pairs: list[tuple[Any, Any]] = [(one.facts, other.facts)]
    if one.addresses and other.addresses:
        pairs.append((one.interface, other.interface))
    return tuple(
        field.name
        for mine, theirs in pairs
        for field in fields(mine)
        if None not in (pair := (getattr(mine, field.name), getattr(theirs, field.name)))
        and pair[0] != pair[1]
    )


def missing(
    key: TaskKey,
    *,
    at: Instant,
    seen_at: Instant | None = None,
    still_shown_at: Instant | None = None,
    cluster_gone: bool = False,
) -> Record:
    """Observe that ECS was asked for the task at `at` and answered MISSING.

    `seen_at` is the start of a completed sweep that would have missed the task, had it been gone:
    one that began well after the record was last written (`Stored.written_at`). It proves nothing
    of a record that came into the table, or to life in it, later than that, however old its event.
    `still_shown_at` is what that sweep proves about the address.

    With its cluster gone, a task is no longer shown for an hour after it stopped: it can have
    ended at any time until `at`.
    """
    newest = Newest(
        missing_at=at,
        seen_at=seen_at,
        still_shown_by_view=still_shown_at,
        cluster_gone_at=at if cluster_gone else None,
    )
    return Record(key=key, newest=newest)


def viewed(key: TaskKey, at: Instant) -> Record:
    """Observe that a view, which was not written, proved at `at` that the task had its address."""
    return Record(key=key, newest=Newest(still_shown_by_view=at))


def in_vpc(key: TaskKey, vpc_id: str) -> Record:
    """Observe the VPC of a task's subnet, which no ECS answer tells."""
    return Record(key=key, facts=Facts(vpc_id=vpc_id))


def _furthest(one: Status, other: Status) -> Status:
    return max(one, other, key=lambda status: status.rank)


def _one_interface(one: Interface, other: Interface) -> Interface:
    if one.rank == other.rank:
        return _fieldwise(one, other, min)
    return min(one, other, key=lambda interface: interface.rank)


def _progress(life: tuple[str, ...], status: str | None) -> int:
    return life.index(status) if status in life else -1


def _either[T](one: T | None, other: T | None, choose: Callable[[T, T], T]) -> T | None:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def _fieldwise[Kind: (Facts, Interface, Earliest, Newest)](
    one: Kind, other: Kind, choose: Callable[[Any, Any], Any]
) -> Kind:
    return type(one)(
        **{
            field.name: _either(getattr(one, field.name), getattr(other, field.name), choose)
            for field in fields(one)
        }
    )

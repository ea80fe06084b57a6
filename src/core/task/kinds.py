"""The five kinds of fields, one class each: what they hold, and how they are joined.

Each class is a semilattice: its join is commutative, associative and idempotent.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from core.text.arn import ClusterArn
from core.text.instant import MINUTE, Duration, Instant

VIEW_STALE_BY: Duration = MINUTE
"""A view can be this much older than the request."""

_STOPPED = ("STOPPED", "DELETED")
"""DELETED follows STOPPED, so a task that is DELETED has stopped even if nobody saw it STOPPED."""

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


class Status(NamedTuple):
    """Kind *latest*: the fields of whichever observation shows the task furthest along."""

    last_status: str
    desired_status: str
    version: int
    source: str
    """`event` or `reconcile`."""
    attachment_status: str | None = None
    connectivity: str | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None

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
        """The total order of statuses, without a clock: stopped, version, life cycle, then text.

        A view by the sweep ranks below an event with the same content, so that sweeping an
        unchanged task changes nothing. Once the task has stopped it ranks above the event, so that
        the record shows that DescribeTasks saw it stopped, and no sweep asks again.
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


class Facts(NamedTuple):
    """Kind *constant*: never changes once known; ECS reveals it piece by piece."""

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


class Interface(NamedTuple):
    """Kind *interface*: the address facts of one network interface, never mixed with another's.

    ECS gives a task one interface. If sightings show several, one that shows an address wins, then
    the one whose ids sort first. Only facts about the same interface are combined.
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
        """The total order of interfaces; the smallest counts."""
        return (
            not self.addresses,
            self.network_interface_id is None,
            self.network_interface_id or "",
            self.attachment_id is None,
            self.attachment_id or "",
        )


class Earliest(NamedTuple):
    """Kind *earliest*: instants; the smallest counts."""

    connectivity_at: Instant | None = None
    started_at: Instant | None = None
    stopping_at: Instant | None = None
    execution_stopped_at: Instant | None = None
    stopped_at: Instant | None = None
    pull_started_at: Instant | None = None
    shown_by_event: Instant | None = None
    """When an event showed the address on an interface that was still there."""
    shown_by_view: Instant | None = None
    """When DescribeTasks showed it."""
    gone_at: Instant | None = None
    """When the interface was shown detached or deleted."""
    seen_stopped_at: Instant | None = None
    """When the task was shown stopped without a `stoppedAt`."""


class Newest(NamedTuple):
    """Kind *newest*: instants; the greatest counts."""

    observed_at: Instant | None = None
    """Source time of the last observation."""
    missing_at: Instant | None = None
    """When a sweep last asked for the task and ECS did not know it."""
    seen_at: Instant | None = None
    """Start of the last completed sweep that must have seen the task alive."""
    cluster_gone_at: Instant | None = None
    """When a sweep last found its cluster gone: ECS then no longer shows stopped tasks."""
    unattached_at: Instant | None = None
    """When the interface was shown without an address and without an id."""
    connected_at: Instant | None = None
    """The last `connectivityAt`: it moves forward when the task reconnects."""
    still_shown_by_event: Instant | None = None
    """When an event last showed the address on an interface that was still there."""
    still_shown_by_view: Instant | None = None
    """When DescribeTasks last proved it."""


KINDS = (Status, Facts, Interface, Earliest, Newest)

NO_FACTS, NO_INTERFACE, NO_EARLIEST, NO_NEWEST = Facts(), Interface(), Earliest(), Newest()
"""Nothing is known; joining it changes nothing."""


def furthest(one: Status, other: Status) -> Status:
    """Join two statuses: keep the one that shows the task furthest along."""
    return max(one, other, key=lambda status: status.rank)


def one_interface(one: Interface, other: Interface) -> Interface:
    """Join two interfaces: field by field if they are the same one, else keep the first by rank."""
    if one.rank == other.rank:
        return fieldwise(one, other, min)
    return min(one, other, key=lambda interface: interface.rank)


def _progress(life: tuple[str, ...], status: str | None) -> int:
    return life.index(status) if status in life else -1


def either[T](one: T | None, other: T | None, choose: Callable[[T, T], T]) -> T | None:
    """Join two values, either of which may be unknown."""
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def fieldwise[Kind: (Facts, Interface, Earliest, Newest)](
    one: Kind, other: Kind, choose: Callable[[Any, Any], Any]
) -> Kind:
    """Join field by field."""
    pairs = zip(one, other, strict=True)
    return type(one)._make(either(mine, theirs, choose) for mine, theirs in pairs)

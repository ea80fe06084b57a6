"""One made-up life of a task: the truth, which ECS never shows, and what ECS shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from tests.proof.clock import HOUR, Instant, written


class Shown(IntEnum):
    """How much of its interface a picture of a task shows."""

    NOTHING = 0
    """The subnet alone."""
    INTERFACE = 1
    """The interface's id as well."""
    ADDRESS = 2


class Place(NamedTuple):
    """Where a task can live: one interface's worth of addresses in a subnet."""

    subnet: str
    ipv4: str | None
    ipv6: str | None

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address of it."""
        return tuple(address for address in (self.ipv4, self.ipv6) if address)


class Picture(NamedTuple):
    """What ECS knows of a task from an instant on, until the next picture."""

    at: Instant
    version: int
    last_status: str
    desired_status: str
    eni: str | None
    """The attachment's status; None: the event lists none, where a view still does."""
    shown: Shown
    connectivity: str | None
    sent: bool
    """An event tells of it. A change of the attachment alone raises no version and sends none."""


class Stamp(NamedTuple):
    """A timestamp that a task has from some instant on."""

    name: str
    since: Instant
    value: Instant
    """Not `since` where an agent's clock is wrong."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Life:
    """Everything about one task, from its beginning to the day that ECS forgets it."""

    number: int
    cluster_arn: str
    group: str
    launch_type: str
    place: Place
    created: Instant
    attached: Instant | None
    """When the interface really was attached; None if it never was."""
    released: Instant | None
    """When it really was gone."""
    stopped: Instant
    forgotten: Instant
    pictures: tuple[Picture, ...]
    stamps: tuple[Stamp, ...]
    dated: bool
    """Its events carry `updatedAt`; those of other tasks only the envelope's whole second."""
    decoy: str | None = None
    """The address of an interface that FAILED, which is listed first."""

    @property
    def task_id(self) -> str:
        """The last segment of the task's ARN."""
        return f"t{self.number}"

    @property
    def task_arn(self) -> str:
        """In the form that names the cluster."""
        return f"{self.cluster_arn.replace(':cluster/', ':task/')}/{self.task_id}"

    @property
    def interface(self) -> str:
        """The ENI's id."""
        return f"eni-{self.number}"

    @property
    def dropped_early(self) -> bool:
        """Return whether ECS forgot it with its cluster, sooner than it promises."""
        return self.forgotten < self.stopped + HOUR

    def holds_at(self, instant: Instant) -> bool:
        """Return whether it truly had its address."""
        return (
            self.attached is not None
            and self.released is not None
            and self.attached <= instant < self.released
        )

    def holds_within(self, start: Instant, end: Instant) -> bool:
        """Return whether it truly had its address at any time of a window."""
        return (
            self.attached is not None
            and self.released is not None
            and self.attached < end
            and start < self.released
        )

    def picture_at(self, instant: Instant) -> Picture | None:
        """Find what ECS knows of it at an instant, before it forgets."""
        known = [picture for picture in self.pictures if picture.at <= instant]
        return known[-1] if known and instant < self.forgotten else None

    def stamps_in(self, picture: Picture) -> dict[str, Instant]:
        """Give the timestamps that a picture carries; the last value of each."""
        return {stamp.name: stamp.value for stamp in self.stamps if stamp.since <= picture.at}

    def __str__(self) -> str:
        """Tell a life in some lines, for whoever has to understand why an answer is wrong."""
        moments = (self.attached, self.released, self.stopped, self.forgotten)
        held = " - ".join("never" if one is None else written(one) for one in moments)
        pictures = (
            f"    {written(one.at)} {one.version} {one.last_status}/{one.desired_status} "
            f"{one.eni} {one.shown.name} {one.connectivity} {'sent' if one.sent else ''}"
            for one in self.pictures
        )
        stamps = ", ".join(f"{stamp.name} {written(stamp.value)}" for stamp in self.stamps)
        where = f"{self.launch_type} in {self.cluster_arn.rpartition('/')[2]} at {self.place}"
        return "\n".join((f"{self.task_id} {where}: {held}", *pictures, f"    {stamps}"))

    @property
    def boundaries(self) -> Iterable[Instant]:
        """Every instant at which something about it changes."""
        yield self.created
        yield from (moment for moment in (self.attached, self.released) if moment is not None)
        yield from (picture.at for picture in self.pictures)
        yield from (stamp.value for stamp in self.stamps)

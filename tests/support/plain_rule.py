"""A second, plain reading of the contract's rule of who holds an address, instant by instant.

It shares no code with the service. Lives are made up together with all that proves something of
them, and the rule is read from the contract sentence by sentence. It is slow, and easily checked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from core.task.kinds import Earliest, Facts, Interface, Newest, Status
from core.task.record import Record
from core.text.instant import MINUTE, Instant
from tests.support.tasks import NOON, key

IP = "10.0.4.128"
TICK = MINUTE
SUBNETS = ("subnet-a", "subnet-a-b", "subnet-b")
_FOR_EVER = 10**15


@dataclass(frozen=True)
class Life:
    """A task that has the address, and what proves something of it; instants are ticks."""

    task_id: str
    subnet: str | None = "subnet-a"
    vpc: str | None = None
    created: int = 0
    unattached: int | None = None
    """The latest sighting without an address."""
    shown: int | None = None
    """The first sighting of the address."""
    last_shown: int | None = None
    """The last sighting of the address."""
    containers_stopped: int | None = None
    stopped: int | None = None

    def record(self) -> Record:
        """Make the record that the table would have."""
        identity = key(self.task_id)
        return Record(
            key=identity,
            status=Status(
                last_status="RUNNING" if self.stopped is None else "STOPPED",
                desired_status="RUNNING" if self.stopped is None else "STOPPED",
                version=3,
                source="event",
            ),
            facts=Facts(
                task_arn=identity.cluster_arn.task_arn(self.task_id),
                group="service:web",
                network_mode="awsvpc",
                vpc_id=self.vpc,
                created_at=at(self.created),
            ),
            interface=Interface(subnet_id=self.subnet, private_ipv4_address=IP),
            earliest=Earliest(
                shown_by_event=_at(self.shown),
                execution_stopped_at=_at(self.containers_stopped),
                stopped_at=_at(self.stopped),
            ),
            newest=Newest(
                observed_at=at(
                    max(filter(None, (self.created, self.last_shown, self.stopped)), default=0)
                ),
                unattached_at=_at(self.unattached),
                still_shown_by_event=_at(self.last_shown),
            ),
        )


def at(tick: int) -> Instant:
    """Name the instant of a tick."""
    return NOON + tick * TICK


def _at(tick: int | None) -> Instant | None:
    return None if tick is None else at(tick)


@st.composite
def _lives(draw: st.DrawFn, number: int) -> Life:
    created = draw(st.integers(0, 12))
    shown = draw(st.none() | st.integers(created, created + 6))
    last = None if shown is None else draw(st.integers(shown, shown + 6))
    stopped = draw(st.none() | st.integers(created, created + 14))
    containers = None if stopped is None else draw(st.none() | st.integers(created, stopped))
    return Life(
        f"t{number}",
        subnet=draw(st.sampled_from((*SUBNETS, None))),
        vpc=draw(st.sampled_from(("vpc-1", "vpc-2", None))),
        created=created,
        unattached=draw(st.none() | st.integers(created, created + 4)),
        shown=shown,
        last_shown=last,
        containers_stopped=containers,
        stopped=stopped,
    )


@st.composite
def pasts(draw: st.DrawFn, most: int = 8) -> list[Life]:
    """Make up several lives with one address, with ids that tell nothing of their order."""
    ids = draw(st.permutations(range(draw(st.integers(0, most)))))
    return [draw(_lives(number)) for number in ids]


@dataclass(frozen=True)
class _Bounds:
    """One record that had the address, by its own four instants and all proofs."""

    life: Life
    not_before: int
    attached: int
    estimated: bool
    released_not_before: int | None
    released: int | None

    @property
    def order(self) -> tuple[int, str]:
        return self.attached, self.life.task_id

    @property
    def proofs(self) -> list[int]:
        """List all that proves that it still had the address."""
        life = self.life
        return [one for one in (life.last_shown, life.containers_stopped) if one is not None]


def _bounds(life: Life) -> _Bounds:
    """Read the four instants of a life as the contract defines them."""
    released = life.stopped
    not_before = max(life.created, life.unattached or 0)
    proof = life.shown
    if proof is not None and (proof < not_before or (released is not None and proof > released)):
        proof = None
    estimated = proof is None
    attached = life.created if proof is None else proof
    until = released
    if released is not None:
        known = [one for one in _Bounds(life, 0, 0, False, None, None).proofs if one <= released]
        until = attached if estimated else max([attached, *known])
    return _Bounds(life, min(not_before, attached), attached, estimated, until, released)


class Rule:
    """The contract's rule, applied to the lives of an address."""

    def __init__(self, lives: Iterable[Life]) -> None:
        self._all = [_bounds(life) for life in lives]

    def certain(self, tick: float) -> set[str]:
        """Tell who certainly held the address."""
        return {one.life.task_id for one in self._all if self._is_certain(one, tick)}

    def possible(self, tick: float) -> set[str]:
        """Tell who only possibly held it."""
        return {one.life.task_id for one in self._all if self._is_possible(one, tick)}

    @property
    def contradicted(self) -> bool:
        """Return whether something proves that one still had it after a newer one had it."""
        return any(proof > self._over(one) for one in self._all for proof in one.proofs)

    def previous(self, tick: float) -> set[str]:
        """Tell of each subnet the newest with proof, attached by then, that did not hold it."""
        return self._neighbours(tick, lambda one: one.attached <= tick, newest=True)

    def next(self, tick: float) -> set[str]:
        """Tell of each subnet the first with proof, attached after, that did not hold it."""
        return self._neighbours(tick, lambda one: one.attached > tick, newest=False)

    def _neighbours(self, tick: float, side: object, *, newest: bool) -> set[str]:
        assert callable(side)
        holding = self.certain(tick) | self.possible(tick)
        found: dict[str, _Bounds] = {}
        for one in sorted(self._all, key=lambda one: one.order, reverse=newest):
            subnet = one.life.subnet
            proven = subnet is not None and not one.estimated
            if proven and side(one) and one.life.task_id not in holding:
                found.setdefault(subnet or "", one)
        return {one.life.task_id for one in found.values()}

    def _others(self, one: _Bounds) -> Sequence[_Bounds]:
        """List the others of the same subnet; an unknown subnet is one of its own."""
        return [
            other
            for other in self._all
            if other is not one
            and one.life.subnet is not None
            and one.life.subnet == other.life.subnet
        ]

    def _over(self, one: _Bounds) -> int:
        """Find from when on a record is over, for ever."""
        if one.estimated:
            return _FOR_EVER
        newer = [o.attached for o in self._others(one) if not o.estimated and o.order > one.order]
        return min(newer, default=_FOR_EVER)

    def _certain_until(self, one: _Bounds) -> int:
        over = self._over(one)
        if over == _FOR_EVER:
            return _FOR_EVER if one.released_not_before is None else one.released_not_before
        bound = over if one.released is None else min(over, one.released)
        return max([one.attached, *(proof for proof in one.proofs if proof <= bound)])

    def _is_certain(self, one: _Bounds, tick: float) -> bool:
        return not one.estimated and one.attached <= tick < self._certain_until(one)

    def _is_possible(self, one: _Bounds, tick: float) -> bool:
        released = _FOR_EVER if one.released is None else one.released
        if not one.not_before <= tick < min(released, self._over(one)):
            return False
        others = self._others(one)
        if any(self._is_certain(other, tick) for other in [one, *others]):
            return False
        if one.estimated:
            return True
        # At its first proof an older one had the address, even where that is all that is certain.
        older = [o for o in others if not o.estimated and o.order < one.order]
        return all(tick >= self._certain_until(other) for other in older)


def known(lives: Iterable[Life], **unknown: str | None) -> list[Life]:
    """Keep the lives that can be in a subnet or a VPC that is asked for."""
    kept = list(lives)
    for name, wanted in unknown.items():
        kept = [life for life in kept if wanted is None or getattr(life, name) in (None, wanted)]
    return kept


def surely_in(life: Life, *, subnet: str | None = None, vpc: str | None = None) -> bool:
    """Return whether a life is known to be where it is asked for."""
    return subnet in (None, life.subnet) and vpc in (None, life.vpc)

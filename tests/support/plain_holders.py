"""A plain reading of who holds an address, from raw events: the contract's rule, as it is put.

It shares no code with the service, and knows nothing of sweeps.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tests.support.plain_reading import Json, proofs_of_still_holding, record_of

_FOR_EVER = "9999-12-31T23:59:59.999Z"


class Answer(NamedTuple):
    """Who had an address at an instant, as task ARNs."""

    certain: set[str]
    possible: set[str]
    previous: set[str]
    next: set[str]


class _Holder(NamedTuple):
    """A record that had the address, and all that proves that it still had it."""

    arn: str
    subnet: str
    order: tuple[str, str]
    estimated: bool
    not_before: str
    released_not_before: str | None
    released: str | None
    proofs: Sequence[str]

    @property
    def attached(self) -> str:
        return self.order[0]


class Address:
    """An address, and everybody who ever had it."""

    def __init__(self, address: str, lives: Mapping[str, Sequence[Json]]) -> None:
        """`lives` are all events of each task, by its ARN."""
        read = [(record_of(life), life) for life in lives.values()]
        self._all = [
            _holder(record, life)
            for record, life in read
            if address in {record["privateIpv4Address"], record["ipv6Address"]}
        ]

    @property
    def turns(self) -> set[str]:
        """List the instants at which an answer can change."""
        instants = {
            instant
            for one in self._all
            for instant in (one.not_before, one.attached, one.released_not_before, one.released)
            if instant is not None
        }
        return instants | {self._certain_until(one) for one in self._all} - {_FOR_EVER}

    def at(self, instant: str) -> Answer:
        """Tell who had it at an instant."""
        certain = {one.arn for one in self._all if self._is_certain(one, instant)}
        possible = {one.arn for one in self._all if self._is_possible(one, instant)}
        others = [one for one in self._all if one.arn not in certain | possible]
        proven = sorted((one for one in others if not one.estimated), key=lambda one: one.order)
        before = _first_of_each(one for one in reversed(proven) if one.attached <= instant)
        after = _first_of_each(one for one in proven if one.attached > instant)
        return Answer(certain, possible, before, after)

    def _others(self, one: _Holder) -> list[_Holder]:
        return [other for other in self._all if other is not one and other.subnet == one.subnet]

    def _over(self, one: _Holder) -> str:
        """Find from when on a newer holder proves that a record is over."""
        if one.estimated:
            return _FOR_EVER
        newer = [
            other.attached
            for other in self._others(one)
            if not other.estimated and other.order > one.order
        ]
        return min(newer, default=_FOR_EVER)

    def _certain_until(self, one: _Holder) -> str:
        over = self._over(one)
        if over == _FOR_EVER:
            return one.released_not_before or _FOR_EVER
        bound = min(over, one.released or over)
        return max([one.attached, *(proof for proof in one.proofs if proof <= bound)])

    def _is_certain(self, one: _Holder, instant: str) -> bool:
        return not one.estimated and one.attached <= instant < self._certain_until(one)

    def _is_possible(self, one: _Holder, instant: str) -> bool:
        if not one.not_before <= instant < min(one.released or _FOR_EVER, self._over(one)):
            return False
        if any(self._is_certain(other, instant) for other in [one, *self._others(one)]):
            return False
        older = [
            other
            for other in self._others(one)
            if not other.estimated and other.order < one.order and not one.estimated
        ]
        return all(instant >= self._certain_until(other) for other in older)


def _holder(record: Json, life: Sequence[Json]) -> _Holder:
    return _Holder(
        arn=record["taskArn"],
        subnet=record["subnetId"] or record["taskArn"],
        order=(record["attachedAt"], record["taskId"]),
        estimated=record["attachedAtEstimated"],
        not_before=record["attachedNotBefore"],
        released_not_before=record["releasedNotBefore"],
        released=record["releasedAt"],
        proofs=proofs_of_still_holding(life),
    )


def _first_of_each(holders: Iterable[_Holder]) -> set[str]:
    """Keep the first holder of each subnet."""
    found: dict[str, str] = {}
    for one in holders:
        found.setdefault(one.subnet, one.arn)
    return set(found.values())

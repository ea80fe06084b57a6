"""The tenure of an address: four instants that bracket what nobody observed.

ECS never reports when an address is really attached and released. Four bounds, each fed by several
sources of proof, enclose these moments from both sides. A late proof can only narrow a bracket,
never move it off the truth. Each source, such as the start of the image pull, keeps one extreme; a
source whose extreme lies outside its bound does not count.
"""

from collections.abc import Iterable
from typing import NamedTuple

from core.text.instant import Instant

type Proofs = tuple[Instant | None, ...]
"""The extreme of each source of proof; None if it has none."""


class Evidence(NamedTuple):
    """What is known about when a task had its address."""

    created_at: Instant
    unattached_at: Instant | None
    """The latest sighting of an interface without an address and without an id."""
    had: Proofs
    """The earliest instants at which the task demonstrably had its address."""
    still_had: Proofs
    """The latest instants at which it demonstrably still had it."""
    had_no_more: Proofs
    """The earliest instants at which it demonstrably had it no longer."""


class Tenure(NamedTuple):
    """From when to when a task had its address.

    Always `attached_not_before <= attached_at <= released_not_before <= released_at`; the last two
    are None while the address is held.
    """

    attached_not_before: Instant
    attached_at: Instant
    estimated: bool
    """Nothing proves when the task had the address; `attached_at` is its creation."""
    released_at: Instant | None
    still_had: Proofs

    @property
    def released_not_before(self) -> Instant | None:
        """The latest instant at which the task demonstrably still had its address."""
        return None if self.released_at is None else self.last_held_by(self.released_at)

    def last_held_by(self, bound: Instant, viewed_at: Instant | None = None) -> Instant:
        """Return the latest proof, up to a bound, that the task still had its address."""
        if self.estimated:
            return self.attached_at
        proofs = _within((*self.still_had, viewed_at), self.attached_at, bound)
        return max(proofs, default=self.attached_at)


def tenure_of(evidence: Evidence) -> Tenure:
    """Derive the four instants from the proofs."""
    created = evidence.created_at
    ends = [end for end in evidence.had_no_more if end is not None]
    released_at = max(min(ends), created) if ends else None
    not_before = max(created, evidence.unattached_at or created)
    proven = min(_within(evidence.had, not_before, released_at), default=None)
    attached_at = created if proven is None else proven
    return Tenure(
        attached_not_before=min(not_before, attached_at),
        attached_at=attached_at,
        estimated=proven is None,
        released_at=released_at,
        still_had=evidence.still_had,
    )


def _within(proofs: Proofs, least: Instant, most: Instant | None) -> Iterable[Instant]:
    """Return the proofs that lie within the bounds."""
    return (
        proof
        for proof in proofs
        if proof is not None and least <= proof and (most is None or proof <= most)
    )

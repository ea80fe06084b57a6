"""The rule of who held an address: certainly, or possibly.

Within one subnet, an address has at most one holder at a time. Records with proof follow one
another by `attachedAt`, and each ends the one before it. When a record is certain, and when it is
only possible, follows from its own tenure and its two neighbours:

    attachedNotBefore   attachedAt           last proof            over, or releasedAt
           |............... |=====================|...................... |
                possible           certain                possible

A record without proof of its attachment is never certain, and proves nothing about others. A record
whose subnet is not known counts as being in a subnet of its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.table.coverage import NO_SWEEPS, ClusterCoverage, Sweeps
from core.table.store import Stored
from core.table.sweep_proofs import last_unwritten_view
from core.task.kinds import TaskKey
from core.task.record import Record
from core.task.tenure import Tenure
from core.text.instant import Instant


class Window(NamedTuple):
    """A span of time, including its start but not its end."""

    start: Instant
    end: Instant


class Span(NamedTuple):
    """A part of a window in which a record certainly, or possibly, held the address."""

    record: Record
    start: Instant
    end: Instant
    certain: bool


class Neighbours(NamedTuple):
    """What the other records of its subnet say about a record."""

    over_at: Instant | None = None
    """The `attachedAt` of the next newer record, from which on this one is over."""
    older_certain_until: Instant = 0
    """The last certain instant of any older record."""


class Chain(NamedTuple):
    """The records with proof of one subnet, oldest first, without a break."""

    records: Sequence[Stored]
    over_at: Instant | None = None
    """When a newer record that is not in the chain ended the last one."""


class Judge(NamedTuple):
    """Applies the rule to records that were read."""

    sweeps: Sweeps = NO_SWEEPS
    expired_before: Instant = 0
    """Records that ended by then have expired: not answered, but they still end older holders."""

    def spans(
        self, chains: Iterable[Chain], unproven: Iterable[Stored], window: Window
    ) -> list[Span]:
        """Split a window by who held the address.

        `chains` has, for each subnet, the records that matter to the window: those attached in it,
        and the next older and newer one. `unproven` has the records without proof or without a
        subnet.
        """
        found = [span for chain in chains for span in self._chain_spans(chain)]
        certain = [span for span in found if span.certain]
        for stored in unproven:
            found += self._unproven_spans(stored, certain)
        clipped = (_clipped(span, window) for span in found)
        return _joined(
            span for span in clipped if span and not span.record.ended_by(self.expired_before)
        )

    def certain_until(self, stored: Stored, over_at: Instant | None) -> Instant | None:
        """Return until when a record with proof is certain; None if without end."""
        tenure = _tenure(stored)
        if over_at is None:
            return tenure.released_not_before
        bound = over_at if tenure.released_at is None else min(over_at, tenure.released_at)
        return tenure.last_held_by(bound, last_unwritten_view(stored, self._cluster(stored)))

    def _unconfirmed(self, stored: Stored) -> Window | None:
        """Return the time before `coverage.to` in which nothing proves that it held on.

        A sweep confirms what was in the table before it, unless ECS had lost the connection.
        Records of an account and Region that is not swept are not covered at all.
        """
        cluster, status = self._cluster(stored), stored.record.status
        last = cluster.last if cluster else None
        confirmed = last is not None and stored.written_at <= last.started_at
        lost = status is not None and status.disconnected
        end = self.sweeps.end
        if (
            end is None
            or (confirmed and not lost)
            or not self.sweeps.reach(stored.record.key.cluster_arn)
        ):
            return None
        start = _tenure(stored).last_held_by(NEVER)
        return Window(start, end) if start < end else None

    def _cluster(self, stored: Stored) -> ClusterCoverage | None:
        return self.sweeps.of(stored.record.key.cluster_arn)

    def _chain_spans(self, chain: Chain) -> Iterator[Span]:
        older_certain_until: Instant = 0
        for number, stored in enumerate(chain.records):
            newer = chain.records[number + 1 : number + 2]
            over_at = _tenure(newer[0]).attached_at if newer else chain.over_at
            yield from self._proven_spans(stored, Neighbours(over_at, older_certain_until))
            until = self.certain_until(stored, over_at)
            older_certain_until = max(older_certain_until, until or 0)

    def _proven_spans(self, stored: Stored, neighbours: Neighbours) -> Iterator[Span]:
        record, tenure = stored.record, _tenure(stored)
        until = self.certain_until(stored, neighbours.over_at)
        ends = [end for end in (tenure.released_at, neighbours.over_at) if end is not None]
        first = max(tenure.attached_not_before, neighbours.older_certain_until)
        yield Span(record, first, tenure.attached_at, certain=False)
        unsure = self._unconfirmed(stored) if until is None else None
        if unsure is not None:
            yield Span(record, tenure.attached_at, unsure.start, certain=True)
            yield Span(record, *unsure, certain=False)
            yield Span(record, unsure.end, NEVER, certain=True)
            return
        yield Span(record, tenure.attached_at, _or_never(until), certain=True)
        if until is not None:  # so it has an end
            yield Span(record, until, min(ends), certain=False)

    def _unproven_spans(self, stored: Stored, certain: Iterable[Span]) -> Iterator[Span]:
        record, tenure = stored.record, _tenure(stored)
        if not tenure.estimated:
            yield from self._proven_spans(stored, Neighbours())
            return
        subnet_id = record.interface.subnet_id
        others = [
            span
            for span in certain
            if subnet_id is not None and span.record.interface.subnet_id == subnet_id
        ]
        start, end = tenure.attached_not_before, _or_never(tenure.released_at)
        for other in sorted(others, key=lambda span: span.start):
            yield Span(record, start, min(other.start, end), certain=False)
            start = max(start, other.end)
        yield Span(record, start, end, certain=False)


def restricted_to(
    spans: Iterable[Span], *, subnet_id: str | None, vpc_id: str | None
) -> list[Span]:
    """Keep spans that may be in a subnet and a VPC; if that is not certain, neither is the span."""
    asked = ((subnet_id, _subnet_id), (vpc_id, _vpc_id))
    return _joined(
        span._replace(certain=span.certain and all(w is None or of(span.record) for w, of in asked))
        for span in spans
        if all(wanted is None or of(span.record) in {None, wanted} for wanted, of in asked)
    )


def holders_of(spans: Iterable[Span]) -> tuple[list[Record], list[Record]]:
    """Return who was certain at some instant, and who was only ever possible."""
    certain: dict[TaskKey, Record] = {}
    possible: dict[TaskKey, Record] = {}
    for span in spans:
        (certain if span.certain else possible)[span.record.key] = span.record
    only_possible = [record for key, record in possible.items() if key not in certain]
    return list(certain.values()), only_possible


def chains_of(
    address: str, subnets: Mapping[str, Sequence[TaskKey]], known: Mapping[TaskKey, Stored]
) -> list[Chain]:
    """Return the records of each subnet, in the order in which they followed one another.

    An index can lag behind, so the records themselves say where they belong.
    """
    return [
        Chain(
            sorted(
                (
                    known[key]
                    for key in keys
                    if key in known and proven_in(known[key], address) == subnet
                ),
                key=_order,
            )
        )
        for subnet, keys in subnets.items()
    ]


def proven_in(stored: Stored, address: str) -> str | None:
    """Return the subnet in which a record provably had an address; None for other records."""
    record, tenure = stored.record, stored.record.tenure
    proven = address in record.addresses and tenure is not None and not tenure.estimated
    return record.interface.subnet_id if proven else None


def _order(stored: Stored) -> tuple[Instant, str]:
    return _tenure(stored).attached_at, stored.record.key.task_id


def _subnet_id(record: Record) -> str | None:
    return record.interface.subnet_id


def _vpc_id(record: Record) -> str | None:
    return record.facts.vpc_id


def _tenure(stored: Stored) -> Tenure:
    tenure = stored.record.tenure
    if tenure is None:
        raise ValueError(f"{stored.record.key.task_id} has no address")
    return tenure


NEVER: Instant = 2**62
"""Later than any instant; stands for no end."""


def _or_never(instant: Instant | None) -> Instant:
    return NEVER if instant is None else instant


def _clipped(span: Span, window: Window) -> Span | None:
    start, end = max(span.start, window.start), min(span.end, window.end)
    return span._replace(start=start, end=end) if start < end else None


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Sort spans, and merge those of one record that touch and are equally certain."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.record.key, one.start)):
        last = joined[-1] if joined else None
        if last and (last.record.key, last.certain, last.end) == (
            span.record.key,
            span.certain,
            span.start,
        ):
            joined[-1] = last._replace(end=span.end)
        else:
            joined.append(span)
    return sorted(joined, key=lambda one: (one.start, one.end, one.record.key))

"""One question about an address: who held it at an instant, or in a window."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.answers.candidates import Candidates, Question, candidates
from core.answers.holders import (
    Judge,
    Span,
    Window,
    chains_of,
    holders_of,
    proven_in,
    restricted_to,
)
from core.table.store import SideBySide, Store, Stored, one_by_one
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import Instant


def instant_window(at: Instant) -> Window:
    """Return the shortest window, which holds only an instant."""
    return Window(at, at + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holders:
    """Who held an address in a window, and who had it before and after."""

    spans: list[Span]
    complete: bool
    """False if some records that could matter were not read."""
    previous: list[Record] = field(default_factory=list)
    """For each subnet, the newest record attached by the window's start that did not hold it."""
    next: list[Record] = field(default_factory=list)
    """For each subnet, the first record attached after the window's start that did not hold it."""

    @property
    def certain(self) -> list[Record]:
        """Return who certainly held the address at some instant."""
        return holders_of(self.spans)[0]

    @property
    def possible(self) -> list[Record]:
        """Return who only possibly held it."""
        return holders_of(self.spans)[1]


def holders_at(
    store: Store,
    asked: Question,
    judge: Judge,
    *,
    vpc_id: str | None = None,
    together: SideBySide = one_by_one,
) -> Holders:
    """Return who held an address in a window that holds only an instant."""
    found = candidates(store, asked, most=0, together=together)
    return judged(found, store.peek_many(found.keys), asked, judge, vpc_id)


def judged(
    found: Candidates,
    known: Mapping[TaskKey, Stored],
    asked: Question,
    judge: Judge,
    vpc_id: str | None = None,
) -> Holders:
    """Judge the records that were found for a question; `known` has what was read of them."""
    chains = chains_of(asked.address, _subnets(found, known, asked), known)
    spans = restricted_to(
        judge.spans(chains, _unproven(found, known, asked), asked.window),
        subnet_id=asked.subnet_id,
        vpc_id=vpc_id,
    )
    holding = {span.record.key for span in spans}
    others = [
        [
            record
            for stored in chain.records
            if (record := stored.record).key not in holding
            and not record.ended_by(judge.expired_before)
            and (vpc_id is None or record.facts.vpc_id in (None, vpc_id))
        ]
        for chain in chains
    ]
    start = asked.window.start
    before = ([one for one in chain if (one.attached_at or 0) <= start] for chain in others)
    after = ([one for one in chain if (one.attached_at or 0) > start] for chain in others)
    return Holders(
        spans=spans,
        complete=found.complete,
        previous=[chain[-1] for chain in before if chain],
        next=[chain[0] for chain in after if chain],
    )


def _subnets(
    found: Candidates, known: Mapping[TaskKey, Stored], asked: Question
) -> dict[str, list[TaskKey]]:
    """Group the records with proof by the subnet in the record, since an index can lag behind."""
    subnets: dict[str, list[TaskKey]] = {}
    for key in dict.fromkeys(found.keys):
        subnet = proven_in(known[key], asked.address) if key in known else None
        if subnet is not None and asked.subnet_id in (None, subnet):
            subnets.setdefault(subnet, []).append(key)
    return subnets


def _unproven(
    found: Candidates, known: Mapping[TaskKey, Stored], asked: Question
) -> Iterator[Stored]:
    """Yield the records without proof or without a subnet that may match the question."""
    for key in dict.fromkeys(found.keys):
        stored = known.get(key)
        if stored is None or asked.address not in stored.record.addresses:
            continue
        subnet_id = stored.record.interface.subnet_id
        if proven_in(stored, asked.address) is None and (
            asked.subnet_id is None or subnet_id in (None, asked.subnet_id)
        ):
            yield stored

"""The history of an address: who held it in a window, a page at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.answers.candidates import Question, candidates
from core.answers.holders import Chain, Judge, Span, Window, chains_of, proven_in, restricted_to
from core.answers.questions import judged
from core.table import index_keys
from core.table.index_keys import Place
from core.table.store import AddressEntry, SideBySide, Store, Stored, one_by_one
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import FAR_FUTURE

_ALL_UNPROVEN = "~"
"""Greater than any key: all records without proof have been read."""

_READS_A_REQUEST = 64
"""Bounds the work of one request, so a page may have fewer items than its limit."""

_FIRST_READ = 4
_LONGEST_READ = 500
"""Index entries per read: few at first, because most windows hold few."""


class AddressPosition(NamedTuple):
    """The position of a walk over an address's holders.

    Records without proof or without a subnet come first. The others follow subnet by subnet, in
    descending order of subnet and attachment. So a record that gains its proof during the walk
    moves to a place that the walk has not reached. It may appear twice but is never skipped.
    """

    unproven: str = ""
    """The key of the last record without proof."""
    sort: str = ""
    """The last sort key among the others; empty before the first."""


class AddressPast(NamedTuple):
    """The part of an address's past that is requested."""

    address: str
    window: Window
    subnet_id: str | None = None
    vpc_id: str | None = None


class HistoryPage(NamedTuple):
    """A page of a history."""

    records: list[Record]
    following: AddressPosition | None
    """Where to continue; None at the end."""


class _Candidate(NamedTuple):
    """A record that may have held the address, with its neighbours' keys."""

    key: TaskKey
    place: Place
    newer: Place | None
    older: TaskKey | None = None


@dataclass(slots=True)
class _Walk:
    """The results of a walk over the places of an address."""

    found: list[_Candidate] = field(default_factory=list)
    at_end: bool = False


class AddressHistory(NamedTuple):
    """The history of an address, to be read page by page."""

    store: Store
    asked: AddressPast
    judge: Judge
    together: SideBySide = one_by_one

    def page(self, after: AddressPosition | None, limit: int) -> HistoryPage:
        """List who certainly or possibly held the address, newest first in each subnet.

        In each subnet, only the window's part of the past is read, however long that past is.
        """
        position = after or AddressPosition()
        records: list[Record] = []
        if not position.sort:
            records, last = self._unproven(position.unproven, limit)
            if last is not None:
                return HistoryPage(records, AddressPosition(last))
        if len(records) == limit:
            return HistoryPage(records, AddressPosition(_ALL_UNPROVEN))
        walk = _walk(self.store, self.asked, position.sort, limit - len(records))
        records += self._judged(walk.found)
        end = walk.found[-1].place.sort if walk.found else position.sort
        following = None if walk.at_end else AddressPosition(_ALL_UNPROVEN, end)
        return HistoryPage(records, following)

    def _unproven(self, after: str, limit: int) -> tuple[list[Record], str | None]:
        """Judge the records without proof, each by the certain holders of its own subnet.

        They are ordered by key. Return also the last key if there are more.
        """
        if after == _ALL_UNPROVEN:
            return [], None
        keys = sorted(key for key in self._unproven_keys() if _text(key) > after)
        page = keys[:limit]
        known = self.store.peek_many(page)
        unproven = [
            stored
            for key in page
            if (stored := known.get(key)) is not None
            and self.asked.address in stored.record.addresses
            and proven_in(stored, self.asked.address) is None
        ]
        kept = self.together(self._may_have_held, unproven)
        records = [one.record for one, may in zip(unproven, kept, strict=True) if may]
        return records, _text(page[-1]) if len(keys) > limit else None

    def _unproven_keys(self) -> Iterator[TaskKey]:
        """Yield the keys of all records without proof; there are few.

        A record moves within this range when its end becomes known, so no page of it can continue
        by position.
        """
        low, high = index_keys.unproven_after(self.asked.window.start)
        while True:
            entries = self.store.address_entries(
                self.asked.address, (low, high), _LONGEST_READ, ascending=True
            )
            yield from (entry.key for entry in entries)
            if len(entries) < _LONGEST_READ:
                return
            low = f"{entries[-1].sort} "

    def _may_have_held(self, stored: Stored) -> bool:
        asked, subnet_id = self.asked, stored.record.interface.subnet_id
        own = self.judge.spans([], [stored], asked.window)
        if subnet_id is None or not own:
            return bool(restricted_to(own, subnet_id=asked.subnet_id, vpc_id=asked.vpc_id))
        if asked.subnet_id not in {None, subnet_id}:
            return False
        question = Question(
            address=asked.address, window=Window(own[0].start, own[-1].end), subnet_id=subnet_id
        )
        found = candidates(self.store, question, most=_LONGEST_READ)
        found.unproven = [stored.record.key]
        known = self.store.peek_many(found.keys)
        holders = judged(found, known, question, self.judge, asked.vpc_id)
        return any(span.record.key == stored.record.key for span in holders.spans)

    def _judged(self, found: Sequence[_Candidate]) -> list[Record]:
        """Return the records that may have held the address, judged by the whole records."""
        keys = {key for one in found for key in (one.key, one.older) if key is not None}
        known = self.store.peek_many(keys)
        return [
            known[one.key].record
            for one in found
            if any(span.record.key == one.key for span in self._spans(one, known))
        ]

    def _spans(self, one: _Candidate, known: Mapping[TaskKey, Stored]) -> list[Span]:
        asked = self.asked
        keys = [key for key in (one.older, one.key) if key is not None]
        [chain] = chains_of(asked.address, {one.place.subnet: keys}, known)
        over_at = None if one.newer is None else one.newer.attached_at
        spans = self.judge.spans([Chain(chain.records, over_at)], (), asked.window)
        return restricted_to(spans, subnet_id=asked.subnet_id, vpc_id=asked.vpc_id)


def _text(key: TaskKey) -> str:
    return "#".join(key)


def _walk(store: Store, asked: AddressPast, after: str, limit: int) -> _Walk:
    """Walk down the places of an address, from subnet to subnet."""
    lowest, highest = index_keys.all_proven()
    if asked.subnet_id is not None:
        lowest, highest = index_keys.attached_by(asked.subnet_id, FAR_FUTURE)
    last = index_keys.place_of(after) if after else None
    high = highest if last is None else _beyond(last, asked.window)
    walk, size = _Walk(), _FIRST_READ
    for _ in range(_READS_A_REQUEST):
        if high < lowest:
            walk.at_end = True
            return walk
        entries = store.address_entries(asked.address, (lowest, high), size)
        for entry in entries:
            step = _step(store, asked, entry, last)
            if step is None:
                high = index_keys.just_below(entry.sort)
                continue
            candidate, jumped = step
            _append(walk, candidate)
            if len(walk.found) > limit:
                walk.found.pop()
                return walk
            last = candidate.place
            high = _beyond(last, asked.window)
            if jumped or high != index_keys.just_below(last.sort):
                size = _FIRST_READ
                break
        else:
            if len(entries) < size:
                walk.at_end = True
                return walk
            size = min(4 * size, _LONGEST_READ, limit - len(walk.found) + 1)
    return walk


def _append(walk: _Walk, candidate: _Candidate) -> None:
    """Add a candidate, as the older neighbour of the one before it if in the same subnet."""
    if walk.found and walk.found[-1].place.subnet == candidate.place.subnet:
        newer = walk.found[-1]
        walk.found[-1] = _Candidate(newer.key, newer.place, newer.newer, candidate.key)
    walk.found.append(candidate)


def _step(
    store: Store, asked: AddressPast, entry: AddressEntry, last: Place | None
) -> tuple[_Candidate, bool] | None:
    """Take the next entry; in a new subnet, jump to the first one after the window."""
    place = entry.place
    if place is None:
        return None
    newer = last if last is not None and last.subnet == place.subnet else None
    if newer is not None and newer.task_id == place.task_id:  # its attachment was corrected
        return None
    if newer is None and place.attached_at >= asked.window.end:
        between = index_keys.attached_after(place.subnet, asked.window.end - 1)
        for first in store.address_entries(asked.address, between, 1, ascending=True):
            if first.place is not None:
                return _Candidate(first.key, first.place, None), True
    return _Candidate(entry.key, place, newer), False


def _beyond(last: Place, window: Window) -> str:
    """Return the bound of what comes after a place: the next older one, or the next subnet."""
    if last.attached_at <= window.start:
        return index_keys.below_subnet(last.subnet)
    return index_keys.just_below(last.sort)

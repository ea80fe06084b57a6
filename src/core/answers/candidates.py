"""The records that matter to a question about an address, found without reading its whole past.

Records with proof are found by subnet and `attachedAt`: those attached in the window, and their
neighbours on both sides. Records without proof or without a subnet share one range, which is
ordered by their end and read in ascending order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.answers.holders import Window
from core.table import index_keys
from core.table.store import AddressEntry, SideBySide, Store, one_by_one
from core.task.kinds import TaskKey

MOST_UNPROVEN = 50
"""The limit on these; an answer that would need more is not complete."""

NEIGHBOURS = 2
"""How many records are read before and after a window: its holder and the next one beyond."""

_DISCOVERED_AT_ONCE = 16
"""Entries per read that looks for the next subnet: as many as fit one minimum-cost read."""
_LONGEST_READ = 500


class Question(NamedTuple):
    """An address and a window of time."""

    address: str
    window: Window
    subnet_id: str | None = None
    neighbours: int = NEIGHBOURS
    """How many records before and after the window are read."""


@dataclass(slots=True)
class Candidates:
    """The keys of the records that can matter."""

    subnets: dict[str, list[TaskKey]] = field(default_factory=dict)
    """Keys of the records with proof, by subnet."""
    unproven: list[TaskKey] = field(default_factory=list)
    complete: bool = True
    """False if there are more unproven records than were read."""
    too_many: bool = False
    """The window has more holders than one answer may name."""

    @property
    def keys(self) -> list[TaskKey]:
        """Return all keys."""
        return [key for keys in self.subnets.values() for key in keys] + self.unproven


def candidates(
    store: Store, asked: Question, *, most: int, together: SideBySide = one_by_one
) -> Candidates:
    """Return the records that can matter to a question, at most about `most` in each subnet.

    With a subnet, this takes three concurrent queries. Without one, it takes two queries per subnet
    and two more, and one more for a subnet whose past does not fit one read.
    """

    def newest() -> Sequence[AddressEntry]:
        return store.address_entries(asked.address, index_keys.all_proven(), _DISCOVERED_AT_ONCE)

    def unproven() -> Sequence[AddressEntry]:
        between = index_keys.unproven_after(asked.window.start)
        return store.address_entries(asked.address, between, MOST_UNPROVEN + 1, ascending=True)

    if asked.subnet_id is None:
        ahead, last = _side_by_side([newest, unproven], together)
        found = list(_in_all_subnets(store, asked, most, ahead, together))
    else:
        around = _reads_around(store, asked, asked.subnet_id, most)
        older, newer, last = _side_by_side([*around, unproven], together)
        found = _around([*older, *newer], asked)
    subnets: dict[str, list[TaskKey]] = {}
    for entry in found:
        subnets.setdefault(_subnet(entry), []).append(entry.key)
    return Candidates(
        subnets=subnets,
        unproven=[entry.key for entry in last[:MOST_UNPROVEN]],
        complete=len(last) <= MOST_UNPROVEN,
        too_many=any(len(keys) > most + 2 * asked.neighbours for keys in subnets.values()),
    )


type _Read = Callable[[], Sequence[AddressEntry]]


def _side_by_side(reads: Iterable[_Read], together: SideBySide) -> list[Sequence[AddressEntry]]:
    def done(read: _Read) -> Sequence[AddressEntry]:
        return read()

    return list(together(done, reads))


def _reads_around(store: Store, asked: Question, subnet: str, most: int) -> list[_Read]:
    """Return the reads of what a subnet had by the window's start, and of what it had after."""
    between = index_keys.attached_by(subnet, asked.window.start)
    return [
        lambda: store.address_entries(asked.address, between, asked.neighbours),
        lambda: _newer(store, asked, subnet, most),
    ]


def _newer(store: Store, asked: Question, subnet: str, most: int) -> list[AddressEntry]:
    """Read the entries attached in the window, and the next ones after it."""
    found: list[AddressEntry] = []
    low, high = index_keys.attached_after(subnet, asked.window.start)
    size = asked.neighbours
    while True:
        entries = store.address_entries(asked.address, (low, high), size, ascending=True)
        found += entries
        beyond = [entry for entry in found if _attached_at(entry) >= asked.window.end]
        enough = len(beyond) >= asked.neighbours or len(found) > most + 2 * asked.neighbours
        if len(entries) < size or enough:
            return found
        low, size = f"{found[-1].sort} ", min(8 * size, _LONGEST_READ)


def _in_all_subnets(
    store: Store,
    asked: Question,
    most: int,
    ahead: Sequence[AddressEntry],
    together: SideBySide,
) -> Iterator[AddressEntry]:
    """Skip from subnet to subnet, in descending order, without reading the address's whole past.

    `ahead` holds the first entries, as many as one read returns.
    """
    lowest, _ = index_keys.all_proven()
    at_end = len(ahead) < _DISCOVERED_AT_ONCE
    while ahead:
        subnet = _subnet(ahead[0])
        own, below = _split(ahead, subnet)
        if not _reaches(own, asked, whole=bool(below) or at_end):
            older, newer = _side_by_side(_reads_on(store, asked, subnet, lowest, most), together)
            own_older, below = _split(older, subnet)
            at_end = len(older) < _DISCOVERED_AT_ONCE
            own = [*newer, *own_older]
        yield from _around(own, asked)
        ahead = below
        if not ahead and not at_end:
            between = lowest, index_keys.below_subnet(subnet)
            ahead = store.address_entries(asked.address, between, _DISCOVERED_AT_ONCE)
            at_end = len(ahead) < _DISCOVERED_AT_ONCE


def _reads_on(store: Store, asked: Question, subnet: str, lowest: str, most: int) -> list[_Read]:
    """Return the reads around the window's start; the first goes on into the subnets below."""
    high = index_keys.attached_by(subnet, asked.window.start)[1]
    return [
        lambda: store.address_entries(asked.address, (lowest, high), _DISCOVERED_AT_ONCE),
        lambda: _newer(store, asked, subnet, most),
    ]


def _reaches(own: Sequence[AddressEntry], asked: Question, *, whole: bool) -> bool:
    """Return whether a subnet's newest entries go back far enough: past the window's holder."""
    older = [entry for entry in own if _attached_at(entry) <= asked.window.start]
    return whole or len(older) >= asked.neighbours


def _around(own: Sequence[AddressEntry], asked: Question) -> list[AddressEntry]:
    """Return the entries of the window and its neighbours."""
    window, most = asked.window, asked.neighbours
    ordered = sorted(own, key=lambda entry: entry.sort)
    older = [entry for entry in ordered if _attached_at(entry) <= window.start]
    inside = [entry for entry in ordered if window.start < _attached_at(entry) < window.end]
    newer = [entry for entry in ordered if _attached_at(entry) >= window.end]
    return [*older[-most:], *inside, *newer[:most]]


def _split(
    entries: Sequence[AddressEntry], subnet: str
) -> tuple[list[AddressEntry], list[AddressEntry]]:
    own = [entry for entry in entries if _subnet(entry) == subnet]
    return own, [entry for entry in entries if _subnet(entry) != subnet]


def _subnet(entry: AddressEntry) -> str:
    return entry.place.subnet if entry.place else ""


def _attached_at(entry: AddressEntry) -> int:
    return entry.place.attached_at if entry.place else 0

"""The past: every task that existed at an instant, or at any time in a window.

Live tasks are indexed by cluster and creation. Ended tasks are in one of about two dozen length
classes of their cluster, the powers of two, also ordered by creation. In the class of lives shorter
than L, only tasks created less than L before the window can reach into it. Since their lives are at
least L/2 long, about half of what is read of a class is in the answer if tasks are created at a
steady rate, however long ago the window is and however many tasks ended since. (The shortest class
has no lower bound.) All ranges have the same order, which a task keeps when it ends. So a page is a
merge of them, and the next page continues after the last place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import NamedTuple

from core.answers.current import TaskFilter
from core.answers.holders import Window
from core.table import index_keys
from core.table.seen_names import CLUSTER, begins
from core.table.store import Page, SideBySide, Store, Stored, one_by_one
from core.task.record import Record
from core.text.instant import Duration, Instant

_MOST_READ = 10_000
"""Bounds the work of one request: about ten megabytes of index."""

_CLUSTERS_A_REQUEST = 20

_LEAST_READ = 4
_SHARE_OF_A_CLASS = 24
"""The first read of a class takes this fraction of a page; there are about two dozen classes."""
_SHARE_OF_LIVE = 2


class PastPosition(NamedTuple):
    """The position of a walk over the past: in this cluster, after this place."""

    cluster: str
    place: str = ""


class Past(NamedTuple):
    """The part of the past that is requested."""

    wanted: TaskFilter
    window: Window
    expired_before: Instant = 0

    def admits(self, record: Record) -> bool:
        """Return whether a record is in the answer."""
        return (
            record.created_at < self.window.end
            and not record.ended_by(max(self.window.start, self.expired_before))
            and self.wanted.admits(record)
        )


class PastTasks(NamedTuple):
    """A page of the past."""

    found: list[Stored]
    following: PastPosition | None
    """Where to continue; None at the end."""
    undetermined: int = 0
    """The number of tasks that match except for their VPC, which is not known."""


def past_tasks(
    store: Store,
    past: Past,
    *,
    after: PastPosition | None,
    limit: int,
    together: SideBySide = one_by_one,
) -> PastTasks:
    """List the tasks that existed in a window, by cluster, in the order of their creation.

    A page may have fewer than `limit` tasks, even none, although there are more: the work of a
    request is bounded.
    """
    clusters = _clusters(store, past.wanted, after.cluster if after else "")
    page = _PastPage(store, past, limit, together)
    for number, cluster in enumerate(clusters):
        if number == _CLUSTERS_A_REQUEST:
            return page.ending_at(PastPosition(cluster))
        place = after.place if after and after.cluster == cluster else ""
        stopped_at = page.take(cluster, place)
        if stopped_at is not None:
            return page.ending_at(PastPosition(cluster, stopped_at))
    return page.ending_at(None)


def _clusters(store: Store, wanted: TaskFilter, since: str) -> list[str]:
    """Return the clusters to walk, in order: all that were ever seen, or the requested one."""
    if wanted.cluster is not None:
        return [wanted.cluster]
    names = {note.name.partition("#")[0] for note in store.notes(begins(CLUSTER))}
    return sorted(name for name in names if name >= since)


@dataclass(slots=True)
class _PastPage:
    """A page that fills up, cluster by cluster."""

    store: Store
    past: Past
    limit: int
    together: SideBySide
    found: list[Stored] = field(default_factory=list)
    undetermined: int = 0
    read: int = 0

    def ending_at(self, position: PastPosition | None) -> PastTasks:
        return PastTasks(self.found, position, self.undetermined)

    def take(self, cluster: str, place: str) -> str | None:
        """Add the tasks of a cluster after a place; return where the page ended, if it did.

        Live tasks are read first, so one that ends in between is in both ranges, not in neither.
        """
        while True:
            live = self._live(cluster, place)
            reach = _place(live.items[-1]) if live.more else None
            classes = self._classes(cluster, place, reach)
            for stored in _once(merge(live.items, *classes, key=_place)):
                place = _place(stored)
                self._consider(stored)
                if len(self.found) == self.limit or self.read >= _MOST_READ:
                    return place
            if reach is None:
                return None
            place = reach

    def _consider(self, stored: Stored) -> None:
        if self.past.admits(stored.record):
            self.found.append(stored)
        elif self.past.wanted.may_admit(stored.record):
            self.undetermined += 1

    def _live(self, cluster: str, place: str) -> Page[Stored]:
        between = _between(0, place, f"{self.past.window.end - 1:013}#~")
        page = self.store.live_between(cluster, between, self._share(_SHARE_OF_LIVE))
        self.read += len(page.items)
        return page

    def _classes(self, cluster: str, place: str, reach: str | None) -> list[Iterable[Stored]]:
        """Read the first part of each class concurrently, and the rest as the merge needs it."""
        high = f"{self.past.window.end - 1:013}#~" if reach is None else reach
        ranges = [
            (partition, _between(self._earliest(length), place, high))
            for partition, length in index_keys.past_classes(cluster)
        ]
        size = self._share(_SHARE_OF_A_CLASS)
        firsts = self.together(lambda one: self.store.past_between(one[0], one[1], size), ranges)
        return [
            self._rest(partition, between, first, size)
            for (partition, between), first in zip(ranges, firsts, strict=True)
        ]

    def _rest(
        self, partition: str, between: tuple[str, str], first: Page[Stored], size: int
    ) -> Iterator[Stored]:
        page, high = first, between[1]
        self.read += len(page.items)
        while True:
            yield from page.items
            if not page.more:
                return
            size = min(2 * size, max(self.limit - len(self.found), _LEAST_READ))
            low = f"{_place(page.items[-1])} "
            page = self.store.past_between(partition, (low, high), size)
            self.read += len(page.items)

    def _earliest(self, length: Duration | None) -> Instant:
        """Return the earliest creation of a life shorter than `length` that reaches the window."""
        return 0 if length is None else max(self.past.window.start - length + 1, 0)

    def _share(self, part: int) -> int:
        return max((self.limit - len(self.found)) // part, _LEAST_READ)


def _between(earliest: Instant, place: str, high: str) -> tuple[str, str]:
    """Return the bounds of places: created then or later, after a place, up to another."""
    low = f"{earliest:013}#"
    return (max(low, f"{place} ") if place else low), high


def _once(found: Iterable[Stored]) -> Iterator[Stored]:
    """Skip a task that is read twice because it moves from the live to the ended ones."""
    last: Stored | None = None
    for stored in found:
        if last is None or stored.record.key != last.record.key:
            yield stored
        last = stored


def _place(stored: Stored) -> str:
    record = stored.record
    return index_keys.created_sort(record.created_at, record.key)


def every_past_task(
    store: Store, past: Past, *, together: SideBySide = one_by_one
) -> Iterator[Stored]:
    """Read all pages."""
    after: PastPosition | None = None
    while True:
        page = past_tasks(store, past, after=after, limit=1_000, together=together)
        yield from page.found
        if page.following is None:
            return
        after = page.following

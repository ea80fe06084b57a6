"""The past: every task that existed at an instant, or at any time in a window.

A live task is found in its cluster by its creation. An ended task is in one of some two dozen
length classes of its cluster, the powers of two, and in it also ordered by its creation. Of a class
of lives shorter than L, only those created less than L before the window can reach into it. So at
least half of what is read of a class is in the answer, however long ago the window is, and however
many tasks ended since. All ranges are in one order, which no task changes while it ends, so a page
is a merge of them, and the next page goes on after the last place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import NamedTuple

from core.answers.current import TaskFilter
from core.answers.holders import Window
from core.table import index_keys
from core.table.notes import CLUSTER, begins
from core.table.store import Page, SideBySide, Store, Stored, one_by_one
from core.task.record import Record
from core.text.instant import Duration, Instant

_MOST_READ = 10_000
"""Bounds the work of one request; some ten megabytes of index."""

_CLUSTERS_A_REQUEST = 20

_LEAST_READ = 4
_SHARE_OF_A_CLASS = 24
"""A first read of a class takes this part of the page: there are some two dozen classes."""
_SHARE_OF_LIVE = 2


class PastPosition(NamedTuple):
    """Where a walk over the past stands: in this cluster, after this place."""

    cluster: str
    place: str = ""


class Past(NamedTuple):
    """Which part of the past is asked for."""

    wanted: TaskFilter
    window: Window
    expired_before: Instant = 0

    def admits(self, record: Record) -> bool:
        """Tell whether a record is in the answer."""
        return (
            record.created_at < self.window.end
            and not record.ended_by(max(self.window.start, self.expired_before))
            and self.wanted.admits(record)
        )


class PastTasks(NamedTuple):
    """A page of the past."""

    found: list[Stored]
    following: PastPosition | None
    """Where to go on; None at the end."""
    undetermined: int = 0
    """How many tasks have all but the VPC that was asked for, and theirs is not known."""


def past_tasks(
    store: Store,
    past: Past,
    *,
    after: PastPosition | None,
    limit: int,
    together: SideBySide = one_by_one,
) -> PastTasks:
    """List the tasks that existed in a window, by cluster, in the order of their creation.

    A page may be short of `limit`, even empty, while there is more: the work of a request is
    bounded.
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
    """Name the clusters to walk, in order: all that were ever seen, or the one asked for."""
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

        Live tasks are read first: one that ends in between is in both, not in neither.
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
        """Read the first part of each class at once, and the rest of each as the merge asks."""
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
        """Find when a life shorter than `length` that reaches into the window began at earliest."""
        return 0 if length is None else max(self.past.window.start - length + 1, 0)

    def _share(self, part: int) -> int:
        return max((self.limit - len(self.found)) // part, _LEAST_READ)


def _between(earliest: Instant, place: str, high: str) -> tuple[str, str]:
    """Bound places: created at the earliest then, after a place, up to another."""
    low = f"{earliest:013}#"
    return (max(low, f"{place} ") if place else low), high


def _once(found: Iterable[Stored]) -> Iterator[Stored]:
    """Leave out a task that is read twice, as it moves from the live to the ended ones."""
    last: Stored | None = None
    for stored in found:
        if last is None or stored.record.key != last.record.key:
            yield stored
        last = stored


def _place(stored: Stored) -> str:
    record = stored.record
    return index_keys.created_sort(record.created_at, record.key.task_id)


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

"""Which part of the past is covered, as the completed sweeps have proven."""

from collections.abc import Iterable, Sequence
from copy import replace
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple

from core.task.kinds import VIEW_STALE_BY
from core.text.arn import ClusterArn
from core.text.instant import FAR_FUTURE, MINUTE, Duration, Instant, to_text

SWEEP_REACH: Duration = 55 * MINUTE
"""Sweeps closer together than this miss nothing: ECS shows stopped tasks for an hour."""

_GAPS_KEPT = 100
"""Of one cluster. Beyond that, the oldest gaps are merged into one that spans them."""


class Gap(NamedTuple):
    """A time in which tasks of a cluster may have come and gone unseen."""

    start: Instant
    end: Instant | None
    """None while it lasts."""
    cluster_arn: str

    def lasts_at(self, instant: Instant) -> bool:
        """Return whether the gap still lasts at an instant."""
        return self.end is None or instant < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a sweep found, in numbers of tasks."""

    seen: int = 0
    """Listed by ECS."""
    missed: int = 0
    """Listed, but not in the table at all."""
    repaired: int = 0
    """Whose record a sighting by the sweep changed, the missed ones included."""
    closed: int = 0
    """No longer known to ECS, so that their end was inferred."""
    drift: int = 0
    """Repaired or closed, although an event should have come more than five minutes before."""
    unreadable: int = 0
    """Shown by ECS in a form that could not be read."""
    dropped_early: int = 0
    """Closed within an hour of their last sign of life: ECS dropped them sooner than promised."""

    def __add__(self, other: "Tally") -> "Tally":
        """Add number by number."""
        return Tally(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


class CompletedSweep(NamedTuple):
    """The last sweep of a cluster that completed."""

    started_at: Instant
    finished_at: Instant
    tally: Tally = Tally()


class ClusterCoverage(NamedTuple):
    """What the completed sweeps of one cluster have covered."""

    cluster_arn: str
    swept_at: Instant
    """When the last completed sweep began; before the first, when the previous survey began."""
    first_swept_at: Instant | None = None
    """Since when its past is known and kept."""
    gaps: tuple[Gap, ...] = ()
    gone: bool = False
    """The cluster no longer exists and has no live task left, so it is swept no more."""
    last: CompletedSweep | None = None
    asked_at: Instant | None = None
    """When an unscheduled sweep was last requested."""
    unsure_since: Instant | None = None
    """Last sign of life of a task that the last sweep could not confirm, if before its start."""

    @property
    def covered_until(self) -> Instant:
        """Until when everything that the cluster's tasks did is known."""
        return self.swept_at if self.unsure_since is None else self.unsure_since

    def after(
        self,
        sweep: CompletedSweep,
        *,
        horizon: Instant,
        unsure_since: Instant | None = None,
        deleted: bool = False,
        gone: bool = False,
    ) -> "ClusterCoverage":
        """Add a completed sweep; drop gaps that ended before the horizon.

        ECS shows a stopped task for an hour. A task that stops after one sweep began is listed by
        the next, if that ends within the hour. So the distance that counts is from the start of
        one sweep to the end of the next, however long a sweep takes.

        The time between two sweeps is a gap, however close they are, if the cluster was deleted,
        if a task could not be read, or if ECS dropped a task early: others may be lost as well.
        ECS's answers can be a minute old: if no sweep follows in time, the gap begins a minute
        before the last one.
        """
        late = sweep.finished_at - self.swept_at > SWEEP_REACH
        blind = deleted or sweep.tally.unreadable > 0 or sweep.tally.dropped_early > 0
        start = self.covered_until - VIEW_STALE_BY if late else self.covered_until
        gap = Gap(start, sweep.started_at, self.cluster_arn)
        new = (gap,) if late or (blind and start < sweep.started_at) else ()
        first = sweep.started_at if self.first_swept_at is None else self.first_swept_at
        return replace(
            self,
            swept_at=sweep.started_at,
            first_swept_at=max(first, horizon),
            gaps=_bounded(gap for gap in self.gaps + new if (gap.end or horizon) > horizon),
            gone=gone,
            last=sweep,
            unsure_since=_before(unsure_since, sweep.started_at),
        )

    def with_gap(self, end: Instant) -> "ClusterCoverage":
        """Add a gap from the end of coverage to `end`; adding it twice is harmless."""
        gap = Gap(self.covered_until, end, self.cluster_arn)
        return replace(self, gaps=_bounded((*self.gaps, gap))) if gap.start < end else self

    def again(self, since: Instant) -> "ClusterCoverage":
        """Return the coverage of a cluster that was gone and has been created again since."""
        return replace(
            self, swept_at=max(since, self.swept_at), gone=False, last=None, unsure_since=None
        )

    def reaches_to(self, now: Instant) -> bool:
        """Return whether ECS still shows every task that stopped since the last sweep began.

        A cluster that existed before the very first sweep is covered only once it is swept.
        """
        if self.gone:
            return True
        return self.first_swept_at is not None and now - self.swept_at <= SWEEP_REACH


@dataclass(frozen=True)
class Sweeps:
    """What sweeps and surveys have completed."""

    clusters: Sequence[ClusterCoverage] = ()
    surveyed_at: Instant | None = None
    """When the last completed survey began."""

    def of(self, cluster_arn: str) -> ClusterCoverage | None:
        """Return the coverage of a cluster; None if it was never noticed."""
        return self._by_arn.get(cluster_arn)

    def reach(self, cluster: ClusterArn) -> bool:
        """Return whether a cluster is in an account and Region that is swept."""
        return cluster.home in self._homes

    @cached_property
    def _by_arn(self) -> dict[str, ClusterCoverage]:
        return {one.cluster_arn: one for one in self.clusters}

    @cached_property
    def _homes(self) -> set[str]:
        return {ClusterArn(arn).home for arn in self._by_arn}

    @cached_property
    def first(self) -> Instant | None:
        """Since when the past of any cluster is known; existing clusters count before gone ones."""
        known = [(cluster.gone, cluster.first_swept_at) for cluster in self.clusters]
        there = [first for gone, first in known if first is not None and not gone]
        return min(there or [first for _, first in known if first is not None], default=None)

    def age(self, now: Instant) -> Duration:
        """Return how long ago the oldest last sweep of a cluster began; else the last survey."""
        swept = [cluster.swept_at for cluster in self.clusters if not cluster.gone]
        since = min(swept, default=self.surveyed_at)
        return 0 if since is None else max(now - since, 0)

    @cached_property
    def end(self) -> Instant | None:
        """Until when everything was swept; None before the first completed sweep.

        A view can be up to a minute old.
        """
        swept = [cluster.covered_until for cluster in self.clusters if not cluster.gone]
        if self.first is None:
            return None
        return min(swept) - VIEW_STALE_BY if swept else self.surveyed_at


NO_SWEEPS = Sweeps()


class Coverage(NamedTuple):
    """From when to when, and with which gaps, an empty answer means "nobody"."""

    start: Instant | None
    end: Instant | None = None
    gaps: tuple[Gap, ...] = ()

    def in_gap(self, instant: Instant) -> bool:
        """Return whether an instant lies in a gap."""
        return any(gap.start <= instant and gap.lasts_at(instant) for gap in self.gaps)

    def in_lasting_gap(self, instant: Instant) -> bool:
        """Return whether an instant lies in a gap that still lasts."""
        return any(gap.start <= instant and gap.end is None for gap in self.gaps)

    def as_json(self) -> dict[str, Any]:
        """Return `{from, to, gaps: [{from, to, clusterArn}]}`."""
        return {
            "from": None if self.start is None else to_text(self.start),
            "to": None if self.end is None else to_text(self.end),
            "gaps": [
                {
                    "from": to_text(gap.start),
                    "to": None if gap.end is None else to_text(gap.end),
                    "clusterArn": gap.cluster_arn,
                }
                for gap in self.gaps
            ],
        }


def coverage(sweeps: Sweeps, *, now: Instant, retention: Duration) -> Coverage:
    """Sum up the sweeps of all clusters; before the first completed one nothing is covered."""
    if sweeps.first is None:
        return Coverage(None)
    start = max(sweeps.first, now - retention)
    gaps = (
        gap
        for cluster in sweeps.clusters
        for gap in _gaps(cluster, now)
        if (gap.end or now) > start
    )
    ordered = tuple(sorted(gaps, key=lambda gap: (gap.start, gap.cluster_arn)))
    return Coverage(start, sweeps.end, ordered)


def last_reconcile(clusters: Iterable[ClusterCoverage]) -> dict[str, Any] | None:
    """Sum up the last completed sweep of every cluster; None before there is one.

    Every existing cluster was swept completely between `startedAt` and `finishedAt`, except those
    that appeared since. A cluster that is gone counts if its last sweep lies between them too.
    """
    swept = [(cluster.gone, cluster.last) for cluster in clusters if cluster.last is not None]
    if not swept:
        return None
    started = min(
        (sweep.started_at for gone, sweep in swept if not gone),
        default=max(sweep.started_at for _, sweep in swept),
    )
    sweeps = [sweep for _, sweep in swept if sweep.started_at >= started]
    total = sum((sweep.tally for sweep in sweeps), Tally())
    return {
        "startedAt": to_text(started),
        "finishedAt": to_text(max(sweep.finished_at for sweep in sweeps)),
        "clusters": len(sweeps),
        "tasksSeen": total.seen,
        "missed": total.missed,
        "repaired": total.repaired,
        "closed": total.closed,
        "drift": total.drift,
        "unreadable": total.unreadable,
        "droppedEarly": total.dropped_early,
    }


def _before(instant: Instant | None, bound: Instant) -> Instant | None:
    return instant if instant is not None and instant < bound else None


def _gaps(cluster: ClusterCoverage, now: Instant) -> tuple[Gap, ...]:
    open_gap = Gap(cluster.covered_until - VIEW_STALE_BY, None, cluster.cluster_arn)
    return cluster.gaps if cluster.reaches_to(now) else (*cluster.gaps, open_gap)


def _end_of(gap: Gap) -> Instant:
    return FAR_FUTURE if gap.end is None else gap.end


def _bounded(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Merge gaps that touch or overlap, and the oldest ones if there are too many."""
    kept: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: gap.start):
        if kept and _end_of(kept[-1]) >= gap.start:
            end = max(_end_of(kept[-1]), _end_of(gap))
            gap = kept.pop()._replace(end=end)  # noqa: PLW2901 - it grows
        kept.append(gap)
    surplus = len(kept) - _GAPS_KEPT
    if surplus > 0:
        kept[: surplus + 1] = [kept[0]._replace(end=kept[surplus].end)]
    return tuple(kept)

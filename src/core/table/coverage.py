"""Which part of the past the inventory can speak of, as the completed sweeps have proven."""

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
"""Of one cluster. Beyond, the oldest two become one that spans both, which claims less."""


class Gap(NamedTuple):
    """A time in which a cluster's tasks may have come and gone unseen."""

    start: Instant
    end: Instant | None
    """None while it lasts."""
    cluster_arn: str

    def lasts_at(self, instant: Instant) -> bool:
        """Tell whether the gap has not ended by an instant."""
        return self.end is None or instant < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a sweep found, in tasks."""

    seen: int = 0
    """Listed by ECS."""
    missed: int = 0
    """Listed, and not in the table at all."""
    repaired: int = 0
    """Whose record a sight of the sweep changed, the missed ones included."""
    closed: int = 0
    """Which ECS no longer knew, so that their end was inferred."""
    drift: int = 0
    """Repaired or closed, although events should have told more than five minutes before."""
    unreadable: int = 0
    """Which ECS showed in a form that could not be read."""
    forgotten: int = 0
    """Closed within an hour of their last sign of life: ECS forgot them sooner than it promises."""

    def __add__(self, other: "Tally") -> "Tally":
        """Add up, number by number."""
        return Tally(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


class CompletedSweep(NamedTuple):
    """The last sweep of a cluster that got to its end."""

    started_at: Instant
    finished_at: Instant
    tally: Tally = Tally()


class ClusterCoverage(NamedTuple):
    """What the completed sweeps of one cluster have covered."""

    cluster_arn: str
    swept_at: Instant
    """When the last completed sweep began; without one, the survey before it was noticed."""
    first_swept_at: Instant | None = None
    """Since when its past is known, and kept. A cluster that appears later had none before."""
    gaps: tuple[Gap, ...] = ()
    gone: bool = False
    """The cluster no longer exists and has no live task left: there is nothing more to sweep."""
    last: CompletedSweep | None = None
    asked_at: Instant | None = None
    """When a sweep was last asked for out of turn."""
    unsure_since: Instant | None = None
    """Last sign of life of a task that the last sweep learned nothing of, if it was before it."""

    @property
    def covered_until(self) -> Instant:
        """Until when all that the cluster's tasks did is known."""
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
        """Add a completed sweep; what ended before the horizon is forgotten.

        What stops after one sweep began is listed by the next if that ends within the hour in
        which ECS shows it. So the distance that counts is from the start of one to the end of
        the next, and nothing is assumed of how long a sweep takes. Of a cluster that was deleted
        ECS shows nothing; what cannot be read is as good as not shown; and where ECS forgot one
        task too soon it can have forgotten others. However close the sweeps, the time between
        them is then not covered. What a sweep was shown can have been a minute old: where none
        follows in time, the gap begins a minute before it.
        """
        late = sweep.finished_at - self.swept_at > SWEEP_REACH
        blind = deleted or sweep.tally.unreadable > 0 or sweep.tally.forgotten > 0
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
        """Add a gap since all that is known of the cluster; a sweep that goes on may add it too."""
        gap = Gap(self.covered_until, end, self.cluster_arn)
        return replace(self, gaps=_bounded((*self.gaps, gap))) if gap.start < end else self

    def again(self, since: Instant) -> "ClusterCoverage":
        """Take a cluster of this name up again, made anew after it was gone, at some time since."""
        return replace(
            self, swept_at=max(since, self.swept_at), gone=False, last=None, unsure_since=None
        )

    def reaches_to(self, now: Instant) -> bool:
        """Tell whether what stopped since the last sweep began can still be seen.

        A cluster that existed before the first sweep of all is covered only once it was swept.
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
        """Find what is known of a cluster."""
        return self._by_arn.get(cluster_arn)

    def reach(self, cluster: ClusterArn) -> bool:
        """Tell whether a cluster is of an account and Region that is swept."""
        return cluster.home in self._homes

    @cached_property
    def _by_arn(self) -> dict[str, ClusterCoverage]:
        return {one.cluster_arn: one for one in self.clusters}

    @cached_property
    def _homes(self) -> set[str]:
        return {ClusterArn(arn).home for arn in self._by_arn}

    @cached_property
    def first(self) -> Instant | None:
        """Since when the past of any cluster is known; of those that are there, if one is."""
        known = [(cluster.gone, cluster.first_swept_at) for cluster in self.clusters]
        there = [first for gone, first in known if first is not None and not gone]
        return min(there or [first for _, first in known if first is not None], default=None)

    def age(self, now: Instant) -> Duration:
        """Measure how long ago the oldest of the clusters' last sweeps began; else the survey."""
        swept = [cluster.swept_at for cluster in self.clusters if not cluster.gone]
        since = min(swept, default=self.surveyed_at)
        return 0 if since is None else max(now - since, 0)

    @cached_property
    def end(self) -> Instant | None:
        """Until when everything was swept; None before the first completed sweep.

        A view can be a minute old when it is shown.
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
        """Tell whether an instant lies in a gap."""
        return any(gap.start <= instant and gap.lasts_at(instant) for gap in self.gaps)

    def in_lasting_gap(self, instant: Instant) -> bool:
        """Tell whether an instant lies in a gap that has no end yet."""
        return any(gap.start <= instant and gap.end is None for gap in self.gaps)

    def as_json(self) -> dict[str, Any]:
        """Write `{from, to, gaps: [{from, to, clusterArn}]}`."""
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
    """Sum up the clusters' sweeps; before the first completed one nothing is covered."""
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
    """Add up the last completed sweep of every cluster; None before there is one.

    Every cluster that exists was swept in full between `startedAt` and `finishedAt`, but for
    those that appeared since. A cluster that is gone counts if its last sweep lies between, too.
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
        "forgotten": total.forgotten,
    }


def _before(instant: Instant | None, bound: Instant) -> Instant | None:
    return instant if instant is not None and instant < bound else None


def _gaps(cluster: ClusterCoverage, now: Instant) -> tuple[Gap, ...]:
    open_gap = Gap(cluster.covered_until - VIEW_STALE_BY, None, cluster.cluster_arn)
    return cluster.gaps if cluster.reaches_to(now) else (*cluster.gaps, open_gap)


def _end_of(gap: Gap) -> Instant:
    return FAR_FUTURE if gap.end is None else gap.end


def _bounded(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Join gaps that touch or overlap, and the oldest where there are too many."""
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

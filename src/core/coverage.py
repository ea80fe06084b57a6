"""Which part of the past the inventory can speak of, as the completed sweeps have proven."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.instant import MINUTE, Duration, Instant, to_text

SWEEP_REACH: Duration = 55 * MINUTE
"""Sweeps closer together than this miss nothing: ECS shows stopped tasks for an hour."""


class Gap(NamedTuple):
    """A time in which a cluster's tasks may have come and gone unseen."""

    start: Instant
    end: Instant | None
    cluster_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterCoverage:
    """What the completed sweeps of one cluster have covered."""

    cluster_arn: str
    first_swept_at: Instant
    last_swept_at: Instant
    """When the last completed sweep began."""
    gaps: tuple[Gap, ...] = ()
    gone: bool = False
    """The cluster no longer exists and has no live task left: there is nothing more to sweep."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """From when on, and with which gaps, an empty answer means "nobody"."""

    start: Instant | None
    gaps: tuple[Gap, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Write `{from, gaps: [{from, to, clusterArn}]}`."""
        return {
            "from": None if self.start is None else to_text(self.start),
            "gaps": [
                {
                    "from": to_text(gap.start),
                    "to": None if gap.end is None else to_text(gap.end),
                    "clusterArn": gap.cluster_arn,
                }
                for gap in self.gaps
            ],
        }


def coverage(clusters: Iterable[ClusterCoverage], *, now: Instant, retention: Duration) -> Coverage:
    """Sum up the clusters' sweeps; before the first completed one nothing is covered."""
    known = list(clusters)
    if not known:
        return Coverage(None)
    start = max(min(cluster.first_swept_at for cluster in known), now - retention)
    gaps = [gap for cluster in known for gap in _gaps(cluster, now)]
    return Coverage(start, tuple(sorted(gap for gap in gaps if (gap.end or now) > start)))


def _gaps(cluster: ClusterCoverage, now: Instant) -> tuple[Gap, ...]:
    lasting = not cluster.gone and now - cluster.last_swept_at > SWEEP_REACH
    open_gap = (Gap(cluster.last_swept_at, None, cluster.cluster_arn),) if lasting else ()
    return cluster.gaps + open_gap

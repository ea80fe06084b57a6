"""The survey: finds the clusters to sweep, in ECS's list and in the table's own records."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from core.sweep.ecs import Ecs
from core.table.coverage import ClusterCoverage, Sweeps
from core.table.seen_names import cluster_note
from core.table.store import LIVE_READ_AT_ONCE, LivePosition, Store, live_position
from core.text.arn import ClusterArn
from core.text.instant import Instant

_ASKED_FOR_AT_ONCE = 100


class Stage(StrEnum):
    """What a survey does, in this order."""

    LISTED = "LISTED"
    """Notice the clusters that ECS lists."""
    RECORDED = "RECORDED"
    """Notice clusters with live records that ECS did not list (new or deleted)."""
    ASK = "ASK"
    """Request a sweep of every cluster that was noticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The state of a survey."""

    asked_at: Instant
    stage: Stage = Stage.LISTED
    token: str | None = None
    after: LivePosition | None = None
    asked_until: str = ""
    """The last cluster, in order, for which a sweep was requested."""

    def as_message(self) -> dict[str, Any]:
        """Return the state as a message."""
        return {**asdict(self), "stage": self.stage.value}

    @staticmethod
    def from_message(message: Mapping[str, Any], *, asked_at: Instant) -> "Survey":
        """Read a survey that is under way, or from `{}` a new one."""
        if not message:
            return Survey(asked_at=asked_at)
        after = message["after"]
        read = {
            "stage": Stage(message["stage"]),
            "after": None if after is None else LivePosition(*after),
        }
        return Survey(**{**message, **read})


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """The result of one page of a survey."""

    following: Survey | None
    """Where to continue; None at the end."""
    asked_for: Sequence[str] = ()
    """The clusters to be swept."""


@dataclass(frozen=True, slots=True)
class Surveyor:
    """Finds the clusters of one account and region. Any page of a survey may be repeated."""

    store: Store
    ecs: Ecs
    home: str
    """The beginning of this account and region's ARNs; other clusters are left alone."""
    clusters: dict[str, ClusterCoverage]
    """The clusters that were noticed so far."""
    surveyed_at: Instant | None = None
    """When the last completed survey began; clusters that it did not notice are newer."""

    def run(
        self,
        survey: Survey,
        *,
        clock: Callable[[], Instant],
        has_time: Callable[[], bool],
        ask: Callable[[Sequence[str]], None],
    ) -> Survey | None:
        """Survey while there is time; return where to continue, None at the end.

        `ask` requests the sweep of some clusters.
        """
        following: Survey | None = survey
        while following is not None:
            page = self.turn(following, now=clock())
            ask(page.asked_for)
            following = page.following
            if following is not None and not has_time():
                return following
        self.store.complete_survey(survey.asked_at)
        return None

    def turn(self, survey: Survey, *, now: Instant) -> SurveyPage:
        """Run the next page of a survey."""
        match survey.stage:
            case Stage.LISTED:
                listing = self.ecs.clusters(survey.token)
                for arn in listing.arns:
                    self._notice(arn, now)
                stage = Stage.LISTED if listing.next_token else Stage.RECORDED
                return SurveyPage(replace(survey, stage=stage, token=listing.next_token))
            case Stage.RECORDED:
                live = self.store.live_page(None, survey.after, LIVE_READ_AT_ONCE)
                for arn in {record.key.cluster_arn for record in live.items}:
                    self._notice(arn, now)
                if not live.more:
                    return SurveyPage(replace(survey, stage=Stage.ASK, after=None))
                return SurveyPage(replace(survey, after=live_position(live.items[-1])))
            case Stage.ASK:
                due = sorted(
                    arn
                    for arn, cluster in self.clusters.items()
                    if arn > survey.asked_until and not cluster.gone
                )
                some = due[:_ASKED_FOR_AT_ONCE]
                more = len(due) > len(some)
                return SurveyPage(replace(survey, asked_until=some[-1]) if more else None, some)

    def _notice(self, arn: str, now: Instant) -> None:
        known = self.clusters.get(arn)
        if not arn.startswith(self.home) or (known is not None and not known.gone):
            return
        since = now if self.surveyed_at is None else min(self.surveyed_at, now)
        # A new cluster has no past, so it is covered for as long as any other.
        first = Sweeps(list(self.clusters.values())).first
        new = ClusterCoverage(cluster_arn=arn, swept_at=since, first_swept_at=first)
        self.clusters[arn] = known.again(since) if known else new
        self.store.put_notes([cluster_note(ClusterArn(arn))])
        self.store.notice_cluster(self.clusters[arn])

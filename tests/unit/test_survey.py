"""The survey: which clusters there are, since when each counts, and what is asked of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from core.sweep.ecs import Described, Listing
from core.sweep.survey import Stage, Survey, Surveyor
from core.table import index_keys
from core.table.coverage import ClusterCoverage
from core.table.recording import record_observations
from core.table.seen_names import CLUSTER, begins
from core.table.store import LivePosition
from core.task.record import Record
from core.text.instant import DAY, HOUR, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, REGION, cluster_arn, key, task

HOME = f"arn:aws:ecs:{REGION}:"
SHOP = str(cluster_arn())


@dataclass
class Ecs:
    """An ECS that lists the clusters it is told to."""

    pages: dict[str | None, Listing] = field(default_factory=lambda: {None: Listing([])})

    def clusters(self, token: str | None) -> Listing:
        return self.pages[token]

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        raise AssertionError(cluster_arn, desired_status, token)

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        raise AssertionError(cluster_arn, task_arns)


def store_of(*records: Record) -> MemoryStore:
    store = MemoryStore()
    record_observations(store, records, now=NOON, retention=90 * DAY)
    return store


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("after", [None, LivePosition("shop", "1795175940000#a1", "a1", SHOP)])
def test_a_survey_goes_on_from_its_message_where_it_stood(
    stage: Stage, after: LivePosition | None
) -> None:
    survey = Survey(asked_at=NOON, stage=stage, token="2", after=after, asked_until="arn")
    message = json.loads(json.dumps(survey.as_message()))
    read = Survey.from_message(message, asked_at=NOON + 1)
    assert read == survey
    assert type(read.stage) is Stage
    assert type(read.after) is type(after)


def test_a_survey_that_was_asked_for_begins_with_the_list() -> None:
    survey = Survey.from_message({}, asked_at=NOON)
    assert survey == Survey(asked_at=NOON)
    assert (survey.stage, survey.token, survey.after) == (Stage.LISTED, None, None)
    assert survey.asked_until == ""


def test_sweeps_are_asked_for_a_page_at_a_time() -> None:
    arns = [str(cluster_arn(f"c{number:03}")) for number in range(101)]
    known = {arn: ClusterCoverage(cluster_arn=arn, swept_at=NOON) for arn in arns}
    surveyor = Surveyor(MemoryStore(), Ecs(), HOME, known)
    first = surveyor.turn(Survey(asked_at=NOON, stage=Stage.ASK), now=NOON)
    assert first.asked_for == arns[:100]
    assert first.following is not None
    assert first.following.asked_until == arns[99]
    second = surveyor.turn(first.following, now=NOON)
    assert (second.asked_for, second.following) == (arns[100:], None)
    del known[arns[0]]
    whole = surveyor.turn(Survey(asked_at=NOON, stage=Stage.ASK), now=NOON)
    assert (len(whole.asked_for), whole.following) == (100, None)


def test_a_thousand_live_records_are_looked_through_at_once() -> None:
    other = cluster_arn("zoo")
    store = store_of(*(task(f"t{number:04}") for number in range(1000)), task("z", "zoo"))
    known: dict[str, ClusterCoverage] = {}
    surveyor = Surveyor(store, Ecs(), HOME, known)
    first = surveyor.turn(Survey(asked_at=NOON, stage=Stage.RECORDED), now=NOON)
    assert list(known) == [SHOP]
    assert first.following is not None
    assert first.following.stage is Stage.RECORDED
    assert first.following.after == LivePosition(
        "shop", index_keys.created_sort(NOON - MINUTE, key("t0999")), "t0999", SHOP
    )
    second = surveyor.turn(first.following, now=NOON + 1)
    assert second.following == Survey(asked_at=NOON, stage=Stage.ASK)
    assert known[other] == ClusterCoverage(cluster_arn=other, swept_at=NOON + 1)


def test_clusters_of_other_accounts_are_left_alone() -> None:
    abroad = "arn:aws:ecs:us-east-1:111122223333:cluster/shop"
    ecs = Ecs({None: Listing([abroad, SHOP], "more"), "more": Listing([])})
    known: dict[str, ClusterCoverage] = {}
    surveyor = Surveyor(MemoryStore(), ecs, HOME, known)
    first = surveyor.turn(Survey(asked_at=NOON), now=NOON).following
    assert first == Survey(asked_at=NOON, token="more")
    assert list(known) == [SHOP]
    assert surveyor.turn(first, now=NOON).following == Survey(asked_at=NOON, stage=Stage.RECORDED)


# Since when a cluster counts


def noticing(
    store: MemoryStore, *, surveyed_at: Instant | None, known: Sequence[ClusterCoverage] = ()
) -> ClusterCoverage:
    """Let a survey at NOON notice the cluster SHOP."""
    found = {cluster.cluster_arn: cluster for cluster in known}
    surveyor = Surveyor(store, Ecs({None: Listing([SHOP])}), HOME, found, surveyed_at)
    surveyor.turn(Survey(asked_at=NOON), now=NOON)
    cluster = store.cluster_coverage(SHOP)
    assert cluster is not None
    return cluster


def test_a_cluster_counts_from_the_survey_before_it_was_noticed() -> None:
    assert noticing(MemoryStore(), surveyed_at=NOON - HOUR).swept_at == NOON - HOUR
    assert noticing(MemoryStore(), surveyed_at=None).swept_at == NOON
    assert noticing(MemoryStore(), surveyed_at=NOON + 1).swept_at == NOON


def test_a_cluster_that_appears_is_covered_for_as_long_as_any_other() -> None:
    other = ClusterCoverage(
        cluster_arn=str(cluster_arn("bank")), swept_at=NOON - MINUTE, first_swept_at=NOON - DAY
    )
    noticed = noticing(MemoryStore(), surveyed_at=NOON - HOUR, known=[other])
    assert noticed.first_swept_at == NOON - DAY
    assert noticing(MemoryStore(), surveyed_at=NOON - HOUR).first_swept_at is None


def test_a_cluster_that_is_noticed_is_noted() -> None:
    store = MemoryStore()
    noticing(store, surveyed_at=None)
    assert store.notes(begins(CLUSTER, "shop")) != []


def test_a_cluster_that_is_there_is_left_as_it_is_and_one_that_was_gone_comes_back() -> None:
    there = ClusterCoverage(cluster_arn=SHOP, swept_at=NOON - 2 * HOUR)
    store = MemoryStore()
    store.notice_cluster(there)
    assert noticing(store, surveyed_at=NOON - HOUR, known=[there]) == there
    gone = ClusterCoverage(cluster_arn=SHOP, swept_at=NOON - 2 * HOUR, gone=True)
    store = MemoryStore()
    store.notice_cluster(gone)
    back = noticing(store, surveyed_at=NOON - HOUR, known=[gone])
    assert (back.gone, back.swept_at) == (False, NOON - HOUR)


# A whole run


def test_a_survey_that_comes_to_its_end_is_remembered_by_when_it_was_asked_for() -> None:
    store = store_of(task("a1"))
    asked: list[str] = []
    surveyor = Surveyor(store, Ecs({None: Listing([SHOP])}), HOME, {}, None)
    following = surveyor.run(
        Survey(asked_at=NOON),
        clock=lambda: NOON + MINUTE,
        has_time=lambda: True,
        ask=asked.extend,
    )
    assert (following, asked) == (None, [SHOP])
    assert store.sweeps().surveyed_at == NOON


def test_a_survey_that_runs_out_of_time_has_not_completed() -> None:
    store = store_of()
    asked: list[str] = []
    surveyor = Surveyor(store, Ecs(), HOME, {}, None)
    following = surveyor.run(
        Survey(asked_at=NOON), clock=lambda: NOON, has_time=lambda: False, ask=asked.extend
    )
    assert following == Survey(asked_at=NOON, stage=Stage.RECORDED)
    assert (asked, store.sweeps().surveyed_at) == ([], None)


def test_a_survey_that_fails_has_not_completed() -> None:
    def refuse(_: Sequence[str]) -> None:
        raise ConnectionError

    store = store_of()
    surveyor = Surveyor(store, Ecs(), HOME, {}, None)
    with pytest.raises(ConnectionError):
        surveyor.run(Survey(asked_at=NOON), clock=lambda: NOON, has_time=lambda: True, ask=refuse)
    assert store.sweeps().surveyed_at is None

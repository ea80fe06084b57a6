"""The promise of every store about sweeps: claimed by one at a time, completed once."""

from collections.abc import Iterator
from copy import replace

import pytest

from adapters.dynamodb import DynamoStore
from core.table.coverage import ClusterCoverage, CompletedSweep, Gap, Sweeps, Tally
from core.table.store import Store
from core.text.instant import DAY, MINUTE, Instant
from tests.contract.conftest import ENGINES, OpenTable
from tests.support.memory import MemoryStore

NOON: Instant = 1_900_000_000_000
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/blue"
OTHER = "arn:aws:ecs:eu-west-1:123456789012:cluster/green"
NOTICED = ClusterCoverage(cluster_arn=CLUSTER, swept_at=NOON)


@pytest.fixture(params=("memory", *ENGINES))
def store(request: pytest.FixtureRequest, open_table: OpenTable) -> Iterator[Store]:
    if request.param == "memory":
        yield MemoryStore()
    else:
        table = open_table(request.param)
        yield DynamoStore(table.client, table.name, 90 * DAY)


def claim(store: Store, generation: Instant, now: Instant) -> ClusterCoverage | None:
    return store.claim_sweep(CLUSTER, generation, now=now, until=now + 10 * MINUTE)


def completed(at: Instant) -> ClusterCoverage:
    sweep = CompletedSweep(
        started_at=at, finished_at=at + MINUTE, tally=Tally(seen=3, drift=1, dropped_early=2)
    )
    return NOTICED.after(sweep, horizon=0)


def test_a_cluster_is_entered_once(store: Store) -> None:
    store.notice_cluster(NOTICED)
    store.notice_cluster(replace(NOTICED, swept_at=NOON + MINUTE))
    store.notice_cluster(replace(NOTICED, cluster_arn=OTHER))
    assert store.sweeps().clusters == [NOTICED, replace(NOTICED, cluster_arn=OTHER)]


def test_a_cluster_that_is_gone_is_entered_anew(store: Store) -> None:
    store.notice_cluster(replace(NOTICED, gone=True))
    store.notice_cluster(replace(NOTICED, swept_at=NOON + DAY))
    assert store.sweeps().clusters == [replace(NOTICED, swept_at=NOON + DAY)]


def test_all_that_is_known_of_a_clusters_coverage_is_kept(store: Store) -> None:
    gap = Gap(NOON - DAY, NOON - DAY + 90 * MINUTE, CLUSTER)
    whole = replace(completed(NOON), gaps=(gap,), gone=True, unsure_since=NOON - MINUTE)
    store.notice_cluster(NOTICED)
    assert claim(store, NOON, NOON) == NOTICED
    assert store.replace_coverage(whole, NOON)
    assert store.sweeps().clusters == [whole]


def test_a_cluster_that_was_never_noticed_is_not_claimed(store: Store) -> None:
    assert claim(store, NOON, NOON) is None
    assert store.sweeps().clusters == []


def test_a_claimed_cluster_is_not_claimed_by_another_sweep(store: Store) -> None:
    store.notice_cluster(NOTICED)
    assert claim(store, NOON, NOON) == NOTICED
    assert claim(store, NOON + MINUTE, NOON + MINUTE) is None
    assert claim(store, NOON, NOON + MINUTE) == NOTICED


def test_a_claim_that_ran_out_is_taken_over_for_good(store: Store) -> None:
    store.notice_cluster(NOTICED)
    claim(store, NOON, NOON)
    assert claim(store, NOON + MINUTE, NOON + 10 * MINUTE) is None
    later = NOON + 10 * MINUTE + 1
    assert claim(store, NOON + MINUTE, later) == NOTICED
    assert not store.replace_coverage(completed(NOON), NOON)
    assert claim(store, NOON, NOON + DAY) is None
    assert store.replace_coverage(completed(later), NOON + MINUTE)
    assert store.sweeps().clusters == [completed(later)]


def test_a_sweep_completes_once(store: Store) -> None:
    store.notice_cluster(NOTICED)
    claim(store, NOON, NOON)
    assert store.replace_coverage(completed(NOON), NOON)
    assert not store.replace_coverage(completed(NOON), NOON)
    assert claim(store, NOON, NOON + DAY) is None


def test_what_was_asked_for_before_the_last_sweep_began_is_not_swept_again(store: Store) -> None:
    store.notice_cluster(NOTICED)
    claim(store, NOON, NOON + 5 * MINUTE)
    swept = completed(NOON + 5 * MINUTE)
    store.replace_coverage(swept, NOON)
    assert claim(store, NOON + 4 * MINUTE, NOON + 6 * MINUTE) is None
    assert claim(store, NOON + 6 * MINUTE, NOON + 6 * MINUTE) == swept


def test_one_cluster_can_be_read_alone(store: Store) -> None:
    assert store.cluster_coverage(CLUSTER) is None
    store.notice_cluster(NOTICED)
    assert store.cluster_coverage(CLUSTER) == NOTICED
    assert store.cluster_coverage(OTHER) is None


def test_the_last_survey_is_kept_beside_the_clusters(store: Store) -> None:
    assert store.sweeps() == Sweeps([], None)
    store.complete_survey(NOON)
    store.complete_survey(NOON - MINUTE)
    store.notice_cluster(NOTICED)
    assert store.sweeps() == Sweeps([NOTICED], NOON)
    store.complete_survey(NOON + MINUTE)
    assert store.sweeps().surveyed_at == NOON + MINUTE


def test_a_sweep_out_of_turn_is_asked_for_once_in_a_while(store: Store) -> None:
    def ask(now: Instant) -> bool:
        return store.ask_for_sweep(CLUSTER, now=now, not_since=now - 5 * MINUTE)

    assert not ask(NOON), "it was never noticed"
    store.notice_cluster(NOTICED)
    asked = [NOON, NOON + 1, NOON + 5 * MINUTE, NOON + 5 * MINUTE + 1, NOON + 6 * MINUTE]
    assert [ask(now) for now in asked] == [True, False, False, True, False]
    assert store.sweeps().clusters == [replace(NOTICED, asked_at=NOON + 5 * MINUTE + 1)]


def test_a_sweep_that_was_asked_for_out_of_turn_is_claimed_like_any_other(store: Store) -> None:
    store.notice_cluster(NOTICED)
    store.ask_for_sweep(CLUSTER, now=NOON, not_since=0)
    claimed = claim(store, NOON, NOON)
    assert claimed is not None
    assert claimed.asked_at == NOON
    assert store.replace_coverage(completed(NOON), NOON)

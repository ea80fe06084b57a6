"""What single pages of a sweep do, to the task and the millisecond."""

from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass, field

import pytest

from core.sweep.ecs import Described, Listing
from core.sweep.state import Phase, Sweep
from core.sweep.sweeper import OvertakenError, Sweeper, SweepPage
from core.table import index_keys
from core.table.coverage import ClusterCoverage, CompletedSweep, Gap, Tally
from core.table.recording import Outcome, record_observations
from core.table.store import LivePosition, Stored
from core.task.record import Record
from core.text.instant import DAY, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, eni, event, key, observed, task

RETENTION = 90 * DAY
SHOP_ARN = cluster_arn()
SHOP = str(SHOP_ARN)


@dataclass
class Ecs:
    """An ECS that answers what it is told to, and notes what it was asked."""

    pages: dict[str | None, Listing] = field(default_factory=dict)
    no_cluster: bool = False
    asked: list[Sequence[str]] = field(default_factory=list)
    at: Instant = NOON + 60 * MINUTE

    def clusters(self, token: str | None) -> Listing:
        return self.pages[token]

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        del cluster_arn, desired_status
        return None if self.no_cluster else self.pages[token]

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        del cluster_arn
        self.asked.append(task_arns)
        ids = [arn.rpartition("/")[2] for arn in task_arns]
        at = self.at
        return Described(at, at, missing=ids, cluster_gone=self.no_cluster)


def store_of(*records: Record, clusters: Sequence[str] = (SHOP,)) -> MemoryStore:
    store = MemoryStore()
    record_observations(store, records, now=NOON, retention=RETENTION)
    for arn in clusters:
        store.notice_cluster(ClusterCoverage(cluster_arn=arn, swept_at=NOON))
    return store


def coverage_of(store: MemoryStore) -> ClusterCoverage:
    [cluster] = store.sweeps().clusters
    return cluster


def sweep_in(phase: Phase, *, generation: Instant = NOON) -> Sweep:
    return Sweep(cluster_arn=SHOP, generation=generation, started_at=NOON + 1, phase=phase)


def test_a_cluster_is_claimed_for_ten_minutes() -> None:
    store = store_of()
    sweeper = Sweeper(store, Ecs(), RETENTION)
    assert sweeper.claim(sweep_in(Phase.LIST_RUNNING), now=NOON) is not None
    later = sweep_in(Phase.LIST_RUNNING, generation=NOON + 1)
    assert sweeper.claim(later, now=NOON + 10 * MINUTE) is None
    assert sweeper.claim(later, now=NOON + 10 * MINUTE + 1) is not None


def test_live_records_are_asked_for_a_page_at_a_time() -> None:
    store = store_of(*(task(f"t{number:03}") for number in range(101)))
    cluster = coverage_of(store)
    ecs = Ecs()
    sweeper = Sweeper(store, ecs, RETENTION)
    first = sweeper.turn(sweep_in(Phase.CONFIRM), cluster, now=NOON + 60 * MINUTE)
    assert first.following is not None
    assert first.following.phase is Phase.CONFIRM
    assert first.following.after == LivePosition(
        "shop", index_keys.created_sort(NOON - MINUTE, key("t099")), "t099", SHOP
    )
    assert first.following.tally == Tally(closed=100, drift=100)
    second = sweeper.turn(first.following, cluster, now=NOON + 60 * MINUTE)
    assert second.following is not None
    assert second.following.phase is Phase.COMPLETE
    assert second.following.tally == Tally(closed=101, drift=101)
    assert (second.following.left_alive, second.following.unsure_since) == (0, None)
    assert [len(arns) for arns in ecs.asked] == [100, 1]


def test_a_task_is_missing_as_of_the_answer_not_of_the_question() -> None:
    class Slow(Ecs):
        def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
            answer = super().describe(cluster_arn, task_arns)
            return answer._replace(answered_at=answer.asked_at + 7)

    store = store_of(task("a1"))
    sweeper = Sweeper(store, Slow(), RETENTION)
    sweeper.turn(sweep_in(Phase.CONFIRM), coverage_of(store), now=NOON + 60 * MINUTE)
    stored = store.get_many([key("a1")])[key("a1")]
    assert stored.record.missing_at == stored.written_at == NOON + 60 * MINUTE + 7


def test_what_is_listed_is_not_asked_for_and_stays_alive() -> None:
    store = store_of(task("a1"), task("a2"))
    ecs = Ecs()
    sweep = Sweep(
        cluster_arn=SHOP,
        generation=NOON,
        started_at=NOON,
        phase=Phase.CONFIRM,
        listed=frozenset({"a1"}),
        left_alive=3,
    )
    page = Sweeper(store, ecs, RETENTION).turn(sweep, coverage_of(store), now=NOON + 60 * MINUTE)
    assert [[arn.rpartition("/")[2] for arn in arns] for arns in ecs.asked] == [["a2"]]
    assert page.following is not None
    assert page.following.left_alive == 4
    assert page.following.tally == Tally(closed=1, drift=1)


def test_a_list_goes_on_with_its_token_and_then_with_the_next_phase() -> None:
    arns = [key(f"t{number}").cluster_arn.task_arn(f"t{number}") for number in range(2)]
    ecs = Ecs({None: Listing(arns[:1], "more"), "more": Listing(arns[1:])})
    store = store_of()
    sweeper = Sweeper(store, ecs, RETENTION)
    cluster = coverage_of(store)
    first = sweeper.turn(sweep_in(Phase.LIST_RUNNING), cluster, now=NOON).following
    assert first is not None
    assert (first.phase, first.token, first.tally.seen) == (Phase.LIST_RUNNING, "more", 1)
    second = sweeper.turn(first, cluster, now=NOON).following
    assert second is not None
    assert (second.phase, second.token, second.tally.seen) == (Phase.LIST_STOPPED, None, 2)
    ecs.pages = {None: Listing([])}
    third = sweeper.turn(second, cluster, now=NOON).following
    assert third is not None
    assert (third.phase, third.listed) == (Phase.CONFIRM, frozenset())


def test_a_cluster_that_is_gone_is_confirmed_without_what_was_listed() -> None:
    store = store_of()
    sweep = Sweep(
        cluster_arn=SHOP,
        generation=NOON,
        started_at=NOON,
        token="more",
        listed=frozenset({"a1"}),
    )
    sweeper = Sweeper(store, Ecs(no_cluster=True), RETENTION)
    following = sweeper.turn(sweep, coverage_of(store), now=NOON).following
    assert following is not None
    assert (following.phase, following.token) == (Phase.CONFIRM, None)
    assert (following.cluster_gone, following.listed) == (True, frozenset())


@pytest.mark.parametrize(
    "cluster_gone, left_alive, gone", [(True, 0, True), (True, 1, False), (False, 0, False)]
)
def test_a_cluster_is_gone_once_none_of_its_tasks_is_left(
    cluster_gone: bool, left_alive: int, gone: bool
) -> None:
    store = store_of()
    sweep = Sweep(
        cluster_arn=SHOP,
        generation=NOON,
        started_at=NOON + 1,
        phase=Phase.COMPLETE,
        cluster_gone=cluster_gone,
        left_alive=left_alive,
        tally=Tally(seen=2),
    )
    sweeper = Sweeper(store, Ecs(), RETENTION)
    assert sweeper.turn(sweep, coverage_of(store), now=NOON + 2).completed is None
    cluster = sweeper.claim(sweep, now=NOON + 1)
    assert cluster is not None
    page = sweeper.turn(sweep, cluster, now=NOON + 2)
    whole = CompletedSweep(started_at=NOON + 1, finished_at=NOON + 2, tally=Tally(seen=2))
    assert (page.following, page.completed) == (None, whole)
    assert coverage_of(store).gone is gone
    assert coverage_of(store).last == whole


def test_what_the_store_refuses_stops_the_page() -> None:
    class Refusing(MemoryStore):
        def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
            return [OSError("full") for _ in items]

    store = Refusing()
    store._items = store_of(task())._items
    sweeper = Sweeper(store, Ecs(), RETENTION)
    cluster = ClusterCoverage(cluster_arn=SHOP, swept_at=NOON)
    with pytest.raises(OSError, match="full"):
        sweeper.turn(sweep_in(Phase.CONFIRM), cluster, now=NOON + 60 * MINUTE)


def test_what_cannot_be_read_is_named_with_its_reason() -> None:
    arns = [SHOP_ARN.task_arn(name) for name in ("a1", "a2")]
    no_address = event("a2", attachments=[eni(privateIPv4Address="10.0.0.300")])["detail"]

    class Odd(Ecs):
        def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
            del cluster_arn, task_arns
            return Described(NOON, NOON, tasks=[{"taskArn": arns[0]}, no_address])

    store = store_of()
    sweeper = Sweeper(store, Odd({None: Listing(arns)}), RETENTION)
    page = sweeper.turn(sweep_in(Phase.LIST_RUNNING), coverage_of(store), now=NOON)
    assert [fault.task for fault in page.faults] == arns
    assert all(fault.reason for fault in page.faults)
    assert {key("a2"): Outcome.STORED} in [recorded.outcomes for recorded in page.recorded]
    assert page.following is not None
    assert page.following.tally == Tally(seen=2, missed=1, repaired=1, unreadable=1)


# What ECS forgot too soon


def swept_before(store: MemoryStore, at: Instant) -> ClusterCoverage:
    """Let a sweep of the cluster that began then have completed."""
    last = CompletedSweep(started_at=at, finished_at=at + MINUTE)
    cluster = ClusterCoverage(cluster_arn=SHOP, swept_at=at, first_swept_at=at, last=last)
    store._coverages[SHOP] = cluster
    return cluster


def confirming(store: MemoryStore, generation: Instant, at: Instant) -> tuple[Sweeper, Sweep]:
    """Stand before the page that asks for live records, with the claim."""
    sweeper = Sweeper(store, Ecs(at=at), RETENTION)
    sweep = Sweep(
        cluster_arn=SHOP, generation=generation, started_at=generation, phase=Phase.CONFIRM
    )
    assert sweeper.claim(sweep, now=at) is not None
    return sweeper, sweep


def test_a_task_that_is_missing_within_an_hour_of_its_last_sighting_was_dropped_early() -> None:
    for minutes, dropped in ((59, 1), (60, 0)):
        store = store_of(task("a1"))
        at = NOON + minutes * MINUTE
        cluster = coverage_of(store)
        sweeper, sweep = confirming(store, NOON + 58 * MINUTE, at)
        page = sweeper.turn(sweep, cluster, now=at)
        assert page.following is not None
        assert page.following.tally == Tally(closed=1, drift=1, dropped_early=dropped)


def test_a_task_that_the_last_sweep_saw_alive_was_dropped_early_however_old_its_record() -> None:
    store = store_of(task("a1"))
    cluster = swept_before(store, NOON + 10 * 60 * MINUTE)
    at = cluster.swept_at + 15 * MINUTE
    sweeper, sweep = confirming(store, at, at)
    page = sweeper.turn(sweep, cluster, now=at)
    assert page.following is not None
    assert page.following.tally.dropped_early == 1
    record = store.get_many([key("a1")])[key("a1")].record
    assert record.newest.seen_at == cluster.swept_at
    assert record.released_at == at, "the hour is disproved"
    assert record.released_not_before == cluster.swept_at - MINUTE, "a view that was not written"


def test_the_gap_is_kept_before_the_record_is_closed() -> None:
    class Refusing(MemoryStore):
        def put_many(self, items: Sequence[Stored]) -> Sequence[Exception | None]:
            return [OSError("full") for _ in items]

    store = Refusing()
    store._items = store_of(task("a1"))._items
    cluster = swept_before(store, NOON + 10 * MINUTE)
    at = NOON + 25 * MINUTE
    sweeper, sweep = confirming(store, at, at)
    with pytest.raises(OSError, match="full"):
        sweeper.turn(sweep, cluster, now=at)
    assert coverage_of(store).gaps == (Gap(NOON + 10 * MINUTE, at, SHOP),)
    assert coverage_of(store).swept_at == NOON + 10 * MINUTE, "it has not completed"
    assert sweeper.claim(sweep, now=at) is not None, "and goes on"


def test_a_sweep_that_was_overtaken_closes_nothing_that_ecs_forgot_too_soon() -> None:
    store = store_of(task("a1"))
    cluster = swept_before(store, NOON + 10 * MINUTE)
    at = NOON + 25 * MINUTE
    sweeper, sweep = confirming(store, at, at)
    later = Sweep(cluster_arn=SHOP, generation=at + 1, started_at=at + 1)
    assert sweeper.claim(later, now=at + 11 * MINUTE) is not None
    with pytest.raises(OvertakenError):
        sweeper.turn(sweep, cluster, now=at)
    assert store.get_many([key("a1")])[key("a1")].record.live
    assert coverage_of(store).gaps == ()


# What a sweep is unsure of


def test_a_young_record_that_is_not_listed_leaves_the_sweep_unsure_since_its_last_sighting() -> (
    None
):
    store = store_of(task("a1", seen=NOON), task("a2", seen=NOON + MINUTE), task("a3"))
    at = NOON + 9 * MINUTE
    sweep = Sweep(
        cluster_arn=SHOP,
        generation=NOON + 5 * MINUTE,
        started_at=NOON + 5 * MINUTE,
        phase=Phase.CONFIRM,
        listed=frozenset({"a3"}),
    )
    ecs = Ecs(at=at)
    page = Sweeper(store, ecs, RETENTION).turn(sweep, coverage_of(store), now=at)
    assert ecs.asked == []
    assert page.following is not None
    assert (page.following.unsure_since, page.following.left_alive) == (NOON, 3)
    earlier = Sweeper(store, ecs, RETENTION).turn(
        replace(sweep, unsure_since=NOON - MINUTE), coverage_of(store), now=at
    )
    assert earlier.following is not None
    assert earlier.following.unsure_since == NOON - MINUTE


def test_a_sweep_that_was_unsure_completes_to_a_coverage_that_says_so() -> None:
    store = store_of()
    sweep = Sweep(
        cluster_arn=SHOP,
        generation=NOON + MINUTE,
        started_at=NOON + 5 * MINUTE,
        phase=Phase.COMPLETE,
        unsure_since=NOON + 2 * MINUTE,
    )
    sweeper = Sweeper(store, Ecs(), RETENTION)
    cluster = sweeper.claim(sweep, now=NOON + MINUTE)
    assert cluster is not None
    sweeper.turn(sweep, cluster, now=NOON + 6 * MINUTE)
    assert coverage_of(store).covered_until == NOON + 2 * MINUTE


# Interfaces


def test_another_attached_interface_is_named_by_its_task() -> None:
    arn = SHOP_ARN.task_arn("a1")
    other = {**eni(networkInterfaceId="eni-2", privateIPv4Address="10.0.5.7"), "id": "attachment-2"}

    class Two(Ecs):
        def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
            del cluster_arn, task_arns
            return Described(NOON, NOON, tasks=[event("a1", attachments=[eni(), other])["detail"]])

    store = store_of()
    page = Sweeper(store, Two({None: Listing([arn])}), RETENTION).turn(
        sweep_in(Phase.LIST_RUNNING), coverage_of(store), now=NOON
    )
    assert page.other_interfaces == {arn: ("eni-2",)}
    record = store.get_many([key("a1")])[key("a1")].record
    assert record.interface == observed("a1").interface


# A whole run


def test_a_run_reports_each_page_and_stops_where_the_time_ends() -> None:
    store = store_of()
    ecs = Ecs({None: Listing([])})
    sweeper = Sweeper(store, ecs, RETENTION)
    pages: list[SweepPage] = []
    times = iter([True, False])
    sweep = Sweep(cluster_arn=SHOP, generation=NOON + 1, started_at=NOON + 1)
    following = sweeper.run(
        sweep, clock=lambda: NOON + 2, has_time=lambda: next(times), on_page=pages.append
    )
    assert following is not None
    assert (following.phase, len(pages)) == (Phase.CONFIRM, 2)
    rest = sweeper.run(
        following, clock=lambda: NOON + 3, has_time=lambda: True, on_page=pages.append
    )
    assert (rest, len(pages)) == (None, 4)
    assert pages[-1].completed is not None
    again = sweeper.run(sweep, clock=lambda: NOON + 4, has_time=lambda: True, on_page=pages.append)
    assert (again, len(pages)) == (None, 4), "it is swept already"

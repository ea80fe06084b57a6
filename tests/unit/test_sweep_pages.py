"""What single pages of a survey and of a sweep do, to the task and the millisecond."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from core.sweep.ecs import Described, Listing
from core.sweep.state import Phase, Sweep
from core.sweep.survey import Stage, Survey, Surveyor
from core.sweep.sweeper import Sweeper
from core.table.coverage import ClusterCoverage, CompletedSweep, Tally
from core.table.recording import Outcome, record_observations
from core.table.store import LivePosition, Stored
from core.task.record import Record
from core.text.instant import DAY, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, REGION, cluster_arn, eni, event, key, task

RETENTION = 90 * DAY
HOME = f"arn:aws:ecs:{REGION}:"
SHOP_ARN = cluster_arn()
SHOP = str(SHOP_ARN)


@dataclass
class Ecs:
    """An ECS that answers what it is told to, and notes what it was asked."""

    pages: dict[str | None, Listing] = field(default_factory=dict)
    no_cluster: bool = False
    asked: list[Sequence[str]] = field(default_factory=list)

    def clusters(self, token: str | None) -> Listing:
        return self.pages[token]

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        del cluster_arn, desired_status
        return None if self.no_cluster else self.pages[token]

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        del cluster_arn
        self.asked.append(task_arns)
        ids = [arn.rpartition("/")[2] for arn in task_arns]
        at = NOON + 60 * MINUTE
        return Described(at, at, missing=ids, cluster_gone=self.no_cluster)


def store_of(*records: Record, clusters: Sequence[str] = (SHOP,)) -> MemoryStore:
    store = MemoryStore()
    record_observations(store, records, now=NOON, retention=RETENTION)
    for arn in clusters:
        store.notice_cluster(ClusterCoverage(cluster_arn=arn, swept_at=NOON))
    return store


def sweep_in(phase: Phase, *, generation: Instant = NOON) -> Sweep:
    return Sweep(cluster_arn=SHOP, generation=generation, started_at=NOON + 1, phase=phase)


def test_a_cluster_is_claimed_for_ten_minutes() -> None:
    store = store_of()
    sweeper = Sweeper(store, Ecs(), RETENTION)
    assert sweeper.claim(sweep_in(Phase.RUNNING), now=NOON) is not None
    later = sweep_in(Phase.RUNNING, generation=NOON + 1)
    assert sweeper.claim(later, now=NOON + 10 * MINUTE) is None
    assert sweeper.claim(later, now=NOON + 10 * MINUTE + 1) is not None


def test_live_records_are_asked_for_a_page_at_a_time() -> None:
    store = store_of(*(task(f"t{number:03}") for number in range(101)))
    cluster = store.coverages()[0]
    ecs = Ecs()
    sweeper = Sweeper(store, ecs, RETENTION)
    first = sweeper.turn(sweep_in(Phase.CONFIRM), cluster, now=NOON + 60 * MINUTE)
    assert first.following is not None
    assert first.following.phase is Phase.CONFIRM
    assert first.following.after == LivePosition("shop", "t099", SHOP)
    assert first.following.tally == Tally(closed=100, drift=100)
    second = sweeper.turn(first.following, cluster, now=NOON + 60 * MINUTE)
    assert second.following is not None
    assert second.following.phase is Phase.COMPLETE
    assert second.following.tally == Tally(closed=101, drift=101)
    assert second.following.left_alive == 0
    assert [len(arns) for arns in ecs.asked] == [100, 1]


def test_a_task_is_missing_as_of_the_answer_not_of_the_question() -> None:
    class Slow(Ecs):
        def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
            answer = super().describe(cluster_arn, task_arns)
            return answer._replace(answered_at=answer.asked_at + 7)

    store = store_of(task("a1"))
    sweeper = Sweeper(store, Slow(), RETENTION)
    sweeper.turn(sweep_in(Phase.CONFIRM), store.coverages()[0], now=NOON + 60 * MINUTE)
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
    page = Sweeper(store, ecs, RETENTION).turn(sweep, store.coverages()[0], now=NOON + 60 * MINUTE)
    assert [[arn.rpartition("/")[2] for arn in arns] for arns in ecs.asked] == [["a2"]]
    assert page.following is not None
    assert page.following.left_alive == 4
    assert page.following.tally == Tally(closed=1, drift=1)


def test_a_list_goes_on_with_its_token_and_then_with_the_next_phase() -> None:
    arns = [key(f"t{number}").cluster_arn.task_arn(f"t{number}") for number in range(2)]
    ecs = Ecs({None: Listing(arns[:1], "more"), "more": Listing(arns[1:])})
    store = store_of()
    sweeper = Sweeper(store, ecs, RETENTION)
    cluster = store.coverages()[0]
    first = sweeper.turn(sweep_in(Phase.RUNNING), cluster, now=NOON).following
    assert first is not None
    assert (first.phase, first.token, first.tally.seen) == (Phase.RUNNING, "more", 1)
    second = sweeper.turn(first, cluster, now=NOON).following
    assert second is not None
    assert (second.phase, second.token, second.tally.seen) == (Phase.STOPPED, None, 2)
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
    following = sweeper.turn(sweep, store.coverages()[0], now=NOON).following
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
    assert sweeper.turn(sweep, store.coverages()[0], now=NOON + 2).completed is None
    cluster = sweeper.claim(sweep, now=NOON + 1)
    assert cluster is not None
    page = sweeper.turn(sweep, cluster, now=NOON + 2)
    whole = CompletedSweep(started_at=NOON + 1, finished_at=NOON + 2, tally=Tally(seen=2))
    assert (page.following, page.completed) == (None, whole)
    assert store.coverages()[0].gone is gone
    assert store.coverages()[0].last == whole


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
    page = sweeper.turn(sweep_in(Phase.RUNNING), store.coverages()[0], now=NOON)
    assert [fault.task for fault in page.faults] == arns
    assert all(fault.reason for fault in page.faults)
    assert [record.key.task_id for record in page.seen] == ["a2"]
    assert {key("a2"): Outcome.STORED} in [recorded.outcomes for recorded in page.recorded]
    assert page.following is not None
    assert page.following.tally == Tally(seen=2, missed=1, repaired=1, unreadable=1)


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("after", [None, LivePosition("shop", "a1", SHOP)])
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
    store = store_of(
        *(task(f"t{number:04}") for number in range(1000)), task("z", "zoo"), clusters=()
    )
    known: dict[str, ClusterCoverage] = {}
    surveyor = Surveyor(store, Ecs(), HOME, known)
    first = surveyor.turn(Survey(asked_at=NOON, stage=Stage.RECORDED), now=NOON)
    assert list(known) == [SHOP]
    assert first.following is not None
    assert first.following.stage is Stage.RECORDED
    assert first.following.after == LivePosition("shop", "t0999", SHOP)
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


def test_the_oldest_sweep_is_that_of_the_cluster_longest_unswept() -> None:
    def cluster(name: str, at: Instant, *, gone: bool = False) -> ClusterCoverage:
        return ClusterCoverage(cluster_arn=str(cluster_arn(name)), swept_at=at, gone=gone)

    clusters = (cluster("a", NOON - 2), cluster("b", NOON - 1), cluster("c", NOON - 9, gone=True))
    known = {one.cluster_arn: one for one in clusters}
    assert Surveyor(MemoryStore(), Ecs(), HOME, known).oldest(NOON) == 2
    assert Surveyor(MemoryStore(), Ecs(), HOME, {}).oldest(NOON) == 0

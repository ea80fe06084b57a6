"""The promise that a sweep ends alike on every store, handed on after every single page."""

import json
from collections.abc import Iterator

import boto3
import pytest

from adapters.dynamodb import DynamoStore
from adapters.ecs import EcsReader, Pace
from core.sweep import sweeper as sweeping
from core.sweep.state import Sweep
from core.sweep.survey import Survey, Surveyor
from core.sweep.sweeper import Sweeper
from core.table.coverage import coverage, last_reconcile
from core.table.store import Store
from core.task.kinds import TaskKey
from core.text.arn import ClusterArn
from core.text.instant import DAY, HOUR, MINUTE, to_text
from tests.contract.conftest import ENGINES, OpenTable
from tests.support.ecs_api import HOME, REGION, EcsApi, Task, serve
from tests.support.memory import MemoryStore
from tests.sweep.estate import NOON

RETENTION = 90 * DAY


@pytest.fixture
def api() -> Iterator[EcsApi]:
    with serve(EcsApi(NOON)) as api:
        api.page = 4
        yield api


@pytest.fixture
def reader(api: EcsApi, monkeypatch: pytest.MonkeyPatch) -> EcsReader:
    monkeypatch.setattr(sweeping, "_TASKS_A_CALL", 4)
    client = boto3.client("ecs", endpoint_url=api.url, region_name=REGION)
    return EcsReader(client, Pace(1_000_000), lambda: api.now)


@pytest.fixture(params=("memory", *ENGINES))
def store(request: pytest.FixtureRequest, open_table: OpenTable) -> Store:
    if request.param == "memory":
        return MemoryStore()
    table = open_table(request.param)
    return DynamoStore(table.client, table.name, RETENTION)


def survey(store: Store, reader: EcsReader, api: EcsApi) -> list[str]:
    """Find the clusters, each page from a message of its own; answers those to sweep."""
    found: list[str] = []
    message: dict[str, object] | None = {}
    while message is not None:
        stands = Survey.from_message(json.loads(json.dumps(message)), asked_at=api.now)
        known = {cluster.cluster_arn: cluster for cluster in store.sweeps().clusters}
        page = Surveyor(store, reader, HOME, known).turn(stands, now=api.now)
        found += page.asked_for
        message = page.following.as_message() if page.following else None
    return found


def sweep(store: Store, reader: EcsReader, api: EcsApi) -> None:
    """Sweep every cluster, each page from a message of its own."""
    sweeper = Sweeper(store, reader, RETENTION)
    asked_at = api.now
    for arn in survey(store, reader, api):
        message: dict[str, object] | None = {"cluster_arn": arn, "generation": asked_at}
        while message is not None:
            stands = Sweep.from_message(json.loads(json.dumps(message)), now=api.now)
            claimed = sweeper.claim(stands, now=api.now)
            assert claimed is not None
            following = sweeper.turn(stands, claimed, now=api.now).following
            message = following.as_message() if following else None


def states(store: Store, tasks: list[Task]) -> list[str]:
    keys = [TaskKey(task.id, ClusterArn(task.cluster_arn)) for task in tasks]
    known = store.get_many(keys)
    return [known[key].record.address_state for key in keys]


def test_a_sweep_ends_alike_on_every_store(store: Store, reader: EcsReader, api: EcsApi) -> None:
    blue, green = api.cluster("blue"), api.cluster("green")
    kept = [api.start(cluster) for cluster in (blue, green) for _ in range(6)]
    vanished = [api.start(blue) for _ in range(9)]
    left = [api.start(green) for _ in range(5)]
    sweep(store, reader, api)
    assert states(store, kept + vanished + left) == ["held"] * 26

    api.now += 20 * MINUTE
    for task in vanished + left + kept[6:]:
        api.stop(task)
    api.delete(green)
    api.now += 2 * HOUR
    sweep(store, reader, api)
    assert states(store, kept[:6]) == ["held"] * 6
    assert states(store, vanished + left + kept[6:]) == ["released"] * 20

    swept = {cluster.cluster_arn: cluster for cluster in store.sweeps().clusters}
    assert (swept[blue].gone, swept[green].gone) == (False, True)
    told = last_reconcile(swept.values())
    assert told is not None
    assert told["startedAt"] == to_text(api.now)
    assert (told["tasksSeen"], told["repaired"], told["closed"]) == (6, 0, 20)
    covered = coverage(store.sweeps(), now=api.now, retention=RETENTION)
    assert covered.start == NOON
    assert [gap.cluster_arn for gap in covered.gaps] == [blue, green]
    assert survey(store, reader, api) == [blue]
    assert store.live_page(None, None, 100).items == [
        store.get_many([key])[key].record
        for key in (TaskKey(task.id, ClusterArn(blue)) for task in kept[:6])
    ]

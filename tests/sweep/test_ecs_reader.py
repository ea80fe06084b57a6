"""What the sweep asks of ECS, how fast, and what it makes of the answers."""

from itertools import cycle, islice
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from adapters.ecs import EcsReader, Pace, UnexplainedFailureError
from core.sweep.ecs import Described, Listing
from core.text.instant import HOUR, MINUTE, SECOND
from tests.support.ecs_api import HOME, REGION, EcsApi
from tests.support.samples import DESCRIBED
from tests.sweep.estate import NOON

NOWHERE = f"{HOME}cluster/nowhere"


class Clock:
    """A clock that moves as somebody sleeps, and the API's with it."""

    def __init__(self, api: EcsApi) -> None:
        self.api = api

    def now(self) -> float:
        return self.api.now / SECOND

    def sleep(self, seconds: float) -> None:
        self.api.now += round(seconds * SECOND)


@pytest.fixture
def reader(api: EcsApi, client: Any) -> EcsReader:
    api.reset(NOON)
    return EcsReader(client, Pace(1_000_000), lambda: api.now)


def paced(api: EcsApi, a_second: float) -> EcsReader:
    """Make a reader that keeps a pace and tries nothing twice."""
    clock = Clock(api)
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    client = boto3.client("ecs", endpoint_url=api.url, region_name=REGION, config=config)
    return EcsReader(client, Pace(a_second, clock=clock.now, sleep=clock.sleep), lambda: api.now)


def test_clusters_are_listed_page_by_page(api: EcsApi, reader: EcsReader) -> None:
    arns = sorted(api.cluster(f"c{number:03}") for number in range(101))
    first = reader.clusters(None)
    assert first.arns == arns[:100]
    assert reader.clusters(first.next_token) == Listing(arns[100:])


def test_tasks_are_listed_by_what_they_are_to_become(api: EcsApi, reader: EcsReader) -> None:
    cluster = api.cluster("blue")
    running, stopping, stopped = (api.start(cluster) for _ in range(3))
    stopping.stopping_at = api.now
    api.stop(stopped)
    assert reader.tasks(cluster, "RUNNING", None) == Listing([running.arn])
    assert reader.tasks(cluster, "STOPPED", None) == Listing([stopping.arn, stopped.arn])


def test_a_cluster_that_is_not_there_has_no_list(api: EcsApi, reader: EcsReader) -> None:
    assert api.clusters == []
    assert reader.tasks(NOWHERE, "RUNNING", None) is None
    gone = reader.describe(NOWHERE, [f"{HOME}task/nowhere/a1"])
    assert gone == Described(NOON, NOON, missing=frozenset({"a1"}), cluster_gone=True)


def test_what_ecs_does_not_know_is_missing(api: EcsApi, reader: EcsReader) -> None:
    cluster = api.cluster("blue")
    kept, forgotten = api.start(cluster), api.start(cluster)
    api.stop(forgotten)
    api.now += HOUR - 1
    assert reader.describe(cluster, [kept.arn, forgotten.arn]).missing == frozenset()
    api.now += 1
    answer = reader.describe(cluster, [kept.arn, forgotten.arn])
    assert [task["taskArn"] for task in answer.tasks] == [kept.arn]
    assert answer.missing == {forgotten.id}
    assert (answer.asked_at, answer.answered_at) == (api.now, api.now)


def test_an_answer_says_when_ecs_was_asked_and_when_it_had_answered(
    api: EcsApi, client: Any
) -> None:
    api.reset(NOON)
    cluster = api.cluster("blue")
    task = api.start(cluster)
    clock = iter([NOON, NOON + 7])
    reader = EcsReader(client, Pace(20), lambda: next(clock))
    answer = reader.describe(cluster, [task.arn])
    assert (answer.asked_at, answer.answered_at) == (NOON, NOON + 7)


def test_any_other_error_is_raised(api: EcsApi, reader: EcsReader) -> None:
    cluster = api.cluster("blue")
    for ask in (
        lambda: reader.clusters(None),
        lambda: reader.tasks(cluster, "RUNNING", None),
        lambda: reader.describe(cluster, ["a1"]),
    ):
        api.refuse_next = ["AccessDeniedException"]
        with pytest.raises(ClientError, match="AccessDeniedException"):
            ask()


def test_a_failure_other_than_missing_is_raised(
    api: EcsApi, reader: EcsReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = {"tasks": [], "failures": [{"arn": "a1", "reason": "WHATEVER"}]}
    monkeypatch.setattr(EcsApi, "_describe", lambda *_: failure)
    with pytest.raises(UnexplainedFailureError, match="a1: WHATEVER"):
        reader.describe(api.cluster("blue"), ["a1"])


def test_a_throttled_request_is_tried_again(api: EcsApi, reader: EcsReader) -> None:
    cluster = api.cluster("blue")
    api.refuse_next = ["ThrottlingException"]
    assert reader.clusters(None) == Listing([cluster])
    assert len(api.calls) == 2


@pytest.mark.parametrize("a_second", [5, 10, 20])
def test_requests_keep_the_agreed_rate_and_are_not_throttled(api: EcsApi, a_second: int) -> None:
    api.reset(NOON)
    api.burst = 1
    reader = paced(api, a_second)
    cluster = api.cluster("blue")
    task = api.start(cluster).arn
    requests: list[Any] = [
        lambda: reader.clusters(None),
        lambda: reader.tasks(cluster, "RUNNING", None),
        lambda: reader.describe(cluster, [task]),
    ]
    for request in islice(cycle(requests), 10 * a_second):
        request()
    assert api.now - NOON == 10 * SECOND - SECOND // a_second
    assert api.throttled == 0


def test_a_rate_above_that_of_ecs_is_throttled(api: EcsApi) -> None:
    api.reset(NOON)
    api.burst = 100
    reader = paced(api, 40)
    with pytest.raises(ClientError, match="ThrottlingException"):
        [reader.clusters(None) for _ in range(300)]
    assert 190 <= len(api.calls) <= 210


def test_time_without_requests_is_not_made_up_for(api: EcsApi) -> None:
    api.reset(NOON)
    reader = paced(api, 10)
    reader.clusters(None)
    api.now += MINUTE
    started = api.now
    for _ in range(11):
        reader.clusters(None)
    assert api.now - started == SECOND


def test_the_api_answers_in_the_shape_of_ecs(api: EcsApi) -> None:
    api.reset(NOON)
    real = DESCRIBED["describe-tasks-two-0"]
    made = api.start(api.cluster("blue")).describe()
    assert shape(real) - shape(made) <= {
        ("containers", "runtimeId"),
        ("overrides", "containerOverrides", "name"),
        ("pullStoppedAt",),
    }
    assert {details["name"] for details in made["attachments"][0]["details"]} == {
        details["name"] for details in real["attachments"][0]["details"]
    }


def shape(value: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """List the paths of all fields, whatever is in them."""
    if isinstance(value, list):
        return {found for item in value for found in shape(item, path)}
    if not isinstance(value, dict):
        return {path}
    return {found for name, item in value.items() for found in shape(item, (*path, name))} | (
        {path} if path else set()
    )

"""A sweep that dies anywhere closes nothing by half, and comes to its end all the same."""

from collections.abc import Callable
from itertools import count

import pytest

from core.sweep import sweeper
from core.text.instant import HOUR, MINUTE, SECOND
from tests.support.ecs_api import EcsApi, Task
from tests.sweep.estate import NOON, VISIBILITY, Context, Estate, Killed, build


def scene(estate: Estate) -> dict[str, list[Task]]:
    """Lay out a cluster of some pages, with something of everything; answers tasks by kind."""
    estate.api.page = PAGE
    cluster = estate.api.cluster("blue")
    kept = [estate.api.start(cluster) for _ in range(13)]
    vanished = [estate.api.start(cluster) for _ in range(12)]
    for task in kept[:11] + vanished:
        estate.tell(task)
    for task in vanished:
        estate.api.stop(task)
    estate.pass_time(2 * HOUR)
    stopped = [estate.api.start(cluster) for _ in range(3)]
    for task in stopped:
        estate.tell(task)
        estate.api.stop(task)
    estate.pass_time(MINUTE)
    return {"kept": kept, "vanished": vanished, "stopped": stopped}


def outcome(estate: Estate, tasks: dict[str, list[Task]]) -> dict[str, set[str]]:
    """Summarize each kind's address states."""
    return {
        kind: {estate.known(task).address_state for task in some} for kind, some in tasks.items()
    }


PAGE = 10
"""Enough to have several: what is tried at every call is to be small."""

WHOLE = {"kept": {"held"}, "vanished": {"released"}, "stopped": {"released"}}


def listed_to_the_end(estate: Estate) -> bool:
    """Return whether both lists were asked for to their last page."""
    stopped = [call for call in estate.asked("ListTasks") if call["desiredStatus"] == "STOPPED"]
    return bool(stopped)


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "_TASKS_A_CALL", PAGE)


@pytest.fixture(params=[0, 50_000], ids=["a message a page", "a message a cluster"])
def remaining(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def for_every_cut(
    api: EcsApi,
    client: object,
    patch: pytest.MonkeyPatch,
    remaining: int,
    check: Callable[[Estate, dict[str, list[Task]]], None],
) -> int:
    """Kill the sweep before its first call, its second, and so on; answers how many there are."""
    for cut in count():
        estate = build(api, client, patch)
        estate.context = Context(remaining)
        tasks = scene(estate)
        estate.invoke({})
        estate.steps, estate.kill_at = 0, cut
        try:
            estate.finish()
        except Killed:
            check(estate, tasks)
        else:
            assert outcome(estate, tasks) == WHOLE
            return cut
    raise AssertionError


def test_a_killed_sweep_closes_nothing_by_half_and_its_redelivery_completes_it(
    api: EcsApi, client: object, monkeypatch: pytest.MonkeyPatch, remaining: int
) -> None:
    def check(estate: Estate, tasks: dict[str, list[Task]]) -> None:
        closed = [task for task in tasks["vanished"] if not estate.known(task).live]
        assert not closed or listed_to_the_end(estate)
        for task in tasks["kept"]:
            record = estate.record(task)
            assert record is None or record.live
        done = estate.store.sweeps().clusters
        assert all(cluster.last is None for cluster in done) or outcome(estate, tasks) == WHOLE
        estate.pass_time(VISIBILITY)
        estate.finish()
        assert outcome(estate, tasks) == WHOLE
        assert estate.store.sweeps().clusters[0].last is not None
        assert estate.gaps() == ()

    cuts = for_every_cut(api, client, monkeypatch, remaining, check)
    assert cuts > 20


def test_the_next_schedule_takes_over_from_a_sweep_whose_message_is_lost(
    api: EcsApi, client: object, monkeypatch: pytest.MonkeyPatch, remaining: int
) -> None:
    def check(estate: Estate, tasks: dict[str, list[Task]]) -> None:
        estate.queue.clear()
        estate.pass_time(15 * MINUTE)
        estate.sweep()
        assert outcome(estate, tasks) == WHOLE
        assert estate.store.sweeps().clusters[0].last is not None

    for_every_cut(api, client, monkeypatch, remaining, check)


def test_what_ecs_forgot_too_soon_leaves_a_gap_wherever_the_sweep_dies(
    api: EcsApi, client: object, monkeypatch: pytest.MonkeyPatch, remaining: int
) -> None:
    """Once its record is closed, no sweep asks for the task again."""
    for cut in count():
        estate = build(api, client, monkeypatch)
        estate.context = Context(remaining)
        task = estate.api.start(estate.api.cluster("blue"))
        estate.tell(task)
        estate.pass_time(20 * MINUTE)
        estate.sweep()
        last = estate.api.now
        estate.pass_time(15 * MINUTE)
        estate.api.inconsistent.add(task.arn)
        estate.invoke({})
        estate.steps, estate.kill_at = 0, cut
        killed = False
        try:
            estate.finish()
        except Killed:
            killed = True
            estate.pass_time(VISIBILITY)
            estate.finish()
        assert not estate.known(task).live
        [gap] = estate.gaps()
        assert gap.start == last
        assert gap.end is not None
        assert last + 15 * MINUTE <= gap.end <= estate.api.now
        if not killed:
            assert cut > 10
            return


def test_a_sweep_that_died_before_its_lists_ended_has_closed_nothing(estate: Estate) -> None:
    tasks = scene(estate)
    estate.context = Context(0)
    estate.invoke({})
    while not listed_to_the_end(estate):
        estate.deliver()
    assert all(estate.known(task).live for task in tasks["vanished"])
    assert estate.store.sweeps().clusters[0].last is None


def test_two_sweeps_of_one_cluster_do_not_overlap(estate: Estate) -> None:
    estate.api.start(estate.api.cluster("blue"))
    estate.context = Context(0)
    estate.invoke({})
    while not estate.asked("ListTasks"):
        estate.deliver()
    under_way = estate.queue.pop()
    estate.pass_time(SECOND)
    estate.sweep()
    assert len(estate.asked("ListTasks")) == 1
    estate.queue.append(under_way)
    estate.finish()
    assert len(estate.asked("ListTasks")) == 2
    assert estate.store.sweeps().clusters[0].swept_at == NOON


def test_a_sweep_that_was_overtaken_goes_no_further(estate: Estate) -> None:
    estate.api.start(estate.api.cluster("blue"))
    estate.context = Context(0)
    estate.invoke({})
    while not estate.asked("ListTasks"):
        estate.deliver()
    overtaken = estate.queue.pop()
    estate.pass_time(11 * MINUTE)
    estate.sweep()
    swept = estate.store.sweeps().clusters
    calls = len(estate.api.calls)
    estate.queue.append(overtaken)
    estate.finish()
    assert len(estate.api.calls) == calls
    assert estate.store.sweeps().clusters == swept


def test_messages_that_wait_behind_a_sweep_of_their_cluster_do_nothing(estate: Estate) -> None:
    estate.api.cluster("blue")
    for _ in range(3):
        estate.invoke({})
        estate.pass_time(15 * MINUTE)
    estate.finish()
    assert len(estate.asked("ListClusters")) == 3
    assert len(estate.asked("ListTasks")) == 2


def test_what_ecs_throttles_in_the_end_comes_again(estate: Estate) -> None:
    tasks = scene(estate)
    estate.api.refuse_next = ["ThrottlingException"] * 2  # as many as the client tries
    estate.invoke({})
    with pytest.raises(Exception, match="ThrottlingException"):
        estate.finish()
    assert len(estate.queue) == 1
    estate.finish()
    assert outcome(estate, tasks) == WHOLE


def test_a_failure_that_ecs_does_not_explain_closes_nothing(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = scene(estate)
    describe = EcsApi._describe

    def denied(api: EcsApi, request: dict[str, object]) -> dict[str, object]:
        answer = describe(api, request)
        for failure in answer["failures"]:
            failure["reason"] = "ACCESS_DENIED"
        return answer

    monkeypatch.setattr(EcsApi, "_describe", denied)
    estate.invoke({})
    with pytest.raises(Exception, match="ACCESS_DENIED"):
        estate.finish()
    assert all(estate.known(task).live for task in tasks["vanished"])
    assert estate.store.sweeps().clusters[0].last is None

"""What a sweep finds, repairs, closes, and leaves alone."""

import json
from collections.abc import Iterable

import pytest

from adapters.ecs import UnexplainedFailureError
from core.table.recording import record_observations
from core.table.store import Subnet
from core.task.ecs import parse_event
from core.text.instant import DAY, HOUR, MINUTE, SECOND
from handlers import wiring
from tests.support.ecs_api import HOME, EcsApi, Task
from tests.sweep.estate import NOON, RETENTION, Context, Estate, as_event


def addresses(estate: Estate) -> set[str | None]:
    return {
        stored.record.interface.private_ipv4_address
        for stored in estate.store._items.values()
        if stored.record.live
    }


def age(estate: Estate, cluster: str, count: int = 1) -> list[Task]:
    """Start tasks whose events came through, and let them grow old enough to be missed."""
    tasks = [estate.api.start(cluster) for _ in range(count)]
    for task in tasks:
        estate.tell(task)
    estate.pass_time(20 * MINUTE)
    return tasks


def test_what_runs_already_is_found(estate: Estate) -> None:
    blue, green = estate.api.cluster("blue"), estate.api.cluster("green")
    tasks = [estate.api.start(cluster) for cluster in (blue, blue, green)]
    estate.sweep()
    assert addresses(estate) == {task.address for task in tasks}
    assert estate.known(tasks[0]).status is not None
    assert {estate.known(task).status.source for task in tasks} == {"reconcile"}  # type: ignore[union-attr]  # None would fail the test


def test_tasks_that_are_told_to_stop_and_those_that_have_stopped_are_found(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    stopping, stopped = estate.api.start(cluster), estate.api.start(cluster)
    stopping.stopping_at = estate.api.now
    estate.pass_time(MINUTE)
    estate.api.stop(stopped)
    estate.pass_time(MINUTE)
    estate.sweep()
    assert estate.known(stopping).address_state == "held"
    assert estate.known(stopped).address_state == "released"
    assert estate.known(stopped).released_at == NOON + MINUTE


def test_lists_of_more_than_a_hundred_tasks_are_read_to_their_end(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    running = [estate.api.start(cluster) for _ in range(230)]
    stopped = [estate.api.start(cluster) for _ in range(120)]
    for task in stopped:
        estate.api.stop(task)
    estate.sweep()
    assert addresses(estate) == {task.address for task in running}
    assert all(estate.known(task).stopped for task in stopped)
    assert estate.cluster(cluster).last.tally.seen == 350  # type: ignore[union-attr]  # None would fail the test
    assert max(len(request["tasks"]) for request in estate.asked("DescribeTasks")) == 100


def test_more_than_a_hundred_clusters_are_found(estate: Estate) -> None:
    clusters = [estate.api.cluster(f"c{number}") for number in range(205)]
    estate.sweep()
    swept = estate.store.sweeps().clusters
    assert [cluster.cluster_arn for cluster in swept] == sorted(clusters)
    assert all(cluster.last for cluster in swept)


def test_what_events_told_already_is_not_written_again(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    age(estate, cluster)
    bridge = estate.api.start(cluster, awsvpc=False)
    estate.tell(bridge)
    before = dict(estate.store._items)
    estate.sweep()
    assert estate.store._items == before
    tally = estate.cluster(cluster).last.tally  # type: ignore[union-attr]  # None would fail the test
    assert (tally.seen, tally.repaired, tally.drift) == (2, 0, 0)


@pytest.mark.parametrize("awsvpc", [True, False])
@pytest.mark.parametrize("told", [True, False])
def test_what_is_known_as_stopped_is_described_at_most_once(
    estate: Estate, awsvpc: bool, told: bool
) -> None:
    cluster = estate.api.cluster("blue")
    task = estate.api.start(cluster, awsvpc=awsvpc)
    estate.api.stop(task)
    if told:
        estate.tell(task)
    estate.sweep()
    described = len(estate.asked("DescribeTasks"))
    assert described == (0 if told and awsvpc else 1)
    assert estate.cluster(cluster).last.tally.seen == 1  # type: ignore[union-attr]  # None would fail the test
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    assert len(estate.asked("DescribeTasks")) == described


def test_a_stopped_task_whose_events_never_told_its_address_gets_it(estate: Estate) -> None:
    task = estate.api.start(estate.api.cluster("blue"))
    estate.api.stop(task)
    event = as_event(task, estate.api.now)
    event["detail"]["attachments"] = event["detail"]["containers"] = []
    seen = parse_event(event).record
    record_observations(estate.store, [seen], now=estate.api.now, retention=RETENTION)
    estate.sweep()
    assert estate.known(task).interface.private_ipv4_address == task.address


def test_a_task_that_ecs_has_forgotten_is_closed_between_its_bounds(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.sweep()
    last_seen = estate.api.now
    estate.pass_time(MINUTE)
    estate.api.stop(task)
    estate.pass_time(3 * HOUR)
    estate.sweep()
    record = estate.known(task)
    assert (record.live, record.stopped, record.address_state) == (False, False, "released")
    assert record.missing_at == estate.api.now
    assert record.released_not_before == last_seen - MINUTE, "a view can be a minute old"
    assert record.released_at == estate.api.now - HOUR
    assert record.released_at_estimated
    tally = estate.cluster(cluster).last.tally  # type: ignore[union-attr]  # None would fail the test
    assert (tally.closed, tally.drift) == (1, 1)


def test_a_late_event_of_a_forgotten_task_is_no_proof_that_it_lived_longer(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    task = estate.api.start(cluster)
    told_at = estate.api.now
    estate.pass_time(MINUTE)
    estate.api.stop(task)
    estate.pass_time(3 * HOUR)
    estate.sweep()
    task.stopping_at = task.stopped_at = None
    estate.tell(task, told_at)  # the RUNNING event comes back from a dead-letter queue
    estate.api.inconsistent.add(task.arn)
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    assert estate.known(task).released_not_before == told_at


def test_a_task_seen_within_ten_minutes_is_not_missed(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    task = estate.api.start(cluster)
    estate.tell(task)
    estate.api.inconsistent.add(task.arn)
    estate.pass_time(10 * MINUTE - 1)
    estate.sweep()
    assert estate.known(task).live
    assert estate.asked("DescribeTasks") == []
    estate.pass_time(1)
    estate.sweep()
    assert not estate.known(task).live


@pytest.mark.parametrize("stopped", [True, False])
def test_what_an_event_tells_while_ecs_is_asked_counts_more_than_a_missing(
    estate: Estate, stopped: bool
) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.api.inconsistent.add(task.arn)

    def tell(call: str) -> None:
        if call == "DescribeTasks":
            task.stopping_at = estate.api.now
            if stopped:
                estate.api.stop(task)
            estate.tell(task, NOON + MINUTE if stopped else None)  # the end is told late

    estate.api.before_call = tell
    estate.sweep()
    assert len(estate.asked("DescribeTasks")) == 1
    assert estate.known(task).live != stopped
    assert estate.known(task).newest.missing_at is None
    assert estate.cluster(cluster).last.tally.closed == 0  # type: ignore[union-attr]  # None would fail the test


def test_each_task_is_described_once_in_a_sweep(estate: Estate) -> None:
    age(estate, estate.api.cluster("blue"), 150)
    estate.sweep()
    assert sum(len(request["tasks"]) for request in estate.asked("DescribeTasks")) == 150


def test_a_cluster_deleted_in_the_middle_of_a_sweep_takes_what_was_listed_with_it(
    estate: Estate,
) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)

    def delete(_: str) -> None:
        if len(estate.asked("ListTasks")) == 1 and estate.api.clusters:
            estate.api.stop(task)
            estate.api.delete(cluster)

    estate.api.before_call = delete
    estate.sweep()
    assert not estate.known(task).live
    assert estate.cluster(cluster).gone


def test_a_sweep_does_not_complete_while_something_could_not_be_stored(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = estate.api.cluster("blue")
    estate.api.start(cluster)
    failure = OSError("the table is down")
    monkeypatch.setattr(estate.store, "put_many", lambda items: [failure] * len(items))
    with pytest.raises(OSError, match="the table is down"):
        estate.sweep()
    assert estate.cluster(cluster).last is None


def test_a_cluster_that_appears_later_is_covered_for_as_long_as_the_others(
    estate: Estate,
) -> None:
    estate.api.cluster("blue")
    estate.sweep()
    estate.pass_time(DAY)
    green = estate.api.cluster("green")
    estate.sweep()
    assert estate.cluster(green).first_swept_at == NOON


def test_a_cluster_that_comes_back_keeps_its_gaps(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.pass_time(2 * HOUR)
    estate.sweep()
    gaps = estate.gaps()
    assert gaps == ((NOON - MINUTE, NOON + 2 * HOUR, cluster),)
    estate.api.delete(cluster)
    estate.pass_time(MINUTE)
    estate.sweep()
    deleted = estate.api.now
    estate.pass_time(DAY)
    estate.sweep()
    estate.pass_time(MINUTE)
    estate.api.cluster("blue")
    estate.sweep()
    assert estate.gaps() == ((NOON - MINUTE, deleted, cluster),)


def test_a_cluster_that_comes_back_can_have_been_there_since_the_last_survey(
    estate: Estate,
) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.api.delete(cluster)
    estate.pass_time(MINUTE)
    estate.sweep()
    estate.pass_time(DAY)
    estate.api.cluster("blue")
    estate.sweep()
    assert estate.gaps() == ((NOON, NOON + MINUTE + DAY, cluster),)


def test_absence_from_the_lists_alone_closes_nothing(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)

    def show_again(call: str) -> None:
        if call == "DescribeTasks":
            estate.api.inconsistent.clear()

    estate.api.inconsistent.add(task.arn)
    estate.api.before_call = show_again
    estate.sweep()
    assert [request["tasks"] for request in estate.asked("DescribeTasks")] == [[task.arn]]
    assert estate.known(task).live


def test_an_unfounded_inference_is_undone_by_the_next_sighting(estate: Estate) -> None:
    [task] = age(estate, estate.api.cluster("blue"))
    estate.api.inconsistent.add(task.arn)
    estate.sweep()
    assert not estate.known(task).live
    estate.api.inconsistent.clear()
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    record = estate.known(task)
    assert (record.live, record.address_state, record.missing_at) == (True, "held", None)
    assert record.expires_at(RETENTION) is None


def test_an_older_event_does_not_undo_an_inference(estate: Estate) -> None:
    [task] = age(estate, estate.api.cluster("blue"))
    estate.api.inconsistent.add(task.arn)
    estate.sweep()
    estate.pass_time(MINUTE)
    estate.tell(task, NOON + MINUTE)
    assert not estate.known(task).live


def test_missing_is_nothing_of_a_task_that_is_not_in_the_table(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    task = estate.api.start(cluster)

    def hide(call: str) -> None:
        if call == "DescribeTasks":
            estate.api.inconsistent.add(task.arn)

    estate.api.before_call = hide
    estate.sweep()
    assert estate.record(task) is None
    assert estate.cluster(cluster).last.tally.seen == 1  # type: ignore[union-attr]  # None would fail the test


def test_a_task_that_is_forgotten_between_list_and_description_is_closed(estate: Estate) -> None:
    [task] = age(estate, estate.api.cluster("blue"))
    estate.api.stop(task)

    def forget(call: str) -> None:
        if call == "DescribeTasks":
            estate.api.inconsistent.add(task.arn)

    estate.api.before_call = forget
    estate.sweep()
    assert not estate.known(task).live


def test_a_deleted_cluster_takes_its_tasks_with_it(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.sweep()
    last_seen = estate.api.now
    estate.pass_time(5 * MINUTE)
    estate.api.stop(task)
    estate.pass_time(MINUTE)
    estate.api.delete(cluster)
    estate.pass_time(9 * MINUTE)
    estate.sweep()
    record = estate.known(task)
    assert not record.live
    assert record.released_not_before == last_seen - MINUTE, "a view can be a minute old"
    assert record.released_at == estate.api.now
    assert estate.cluster(cluster).gone


def test_a_cluster_that_is_gone_is_swept_no_more(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.api.delete(cluster)
    estate.sweep()
    assert not estate.cluster(cluster).gone  # asked for at the very instant of the last sweep
    estate.pass_time(MINUTE)
    estate.sweep()
    assert estate.cluster(cluster).gone
    before = len(estate.asked("ListTasks"))
    estate.pass_time(DAY)
    estate.sweep()
    assert len(estate.asked("ListTasks")) == before


def test_a_cluster_is_not_gone_before_its_youngest_task_is(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    task = estate.api.start(cluster)
    estate.tell(task)
    estate.api.stop(task)
    estate.api.delete(cluster)
    estate.pass_time(5 * MINUTE)
    estate.sweep()
    assert estate.known(task).live
    assert not estate.cluster(cluster).gone
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    assert not estate.known(task).live
    assert estate.cluster(cluster).gone


def test_a_cluster_of_the_same_name_is_swept_anew(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.pass_time(MINUTE)
    estate.api.delete(cluster)
    estate.sweep()
    estate.pass_time(DAY)
    estate.sweep()
    estate.pass_time(MINUTE)
    task = estate.api.start(estate.api.cluster("blue"))
    estate.sweep()
    assert estate.known(task).live
    assert estate.gaps() == ((NOON, NOON + MINUTE, cluster),)


def test_what_ran_in_a_cluster_since_its_last_sweep_is_unknown_once_it_is_deleted(
    estate: Estate,
) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.pass_time(MINUTE)
    unseen = estate.api.start(cluster)
    estate.pass_time(MINUTE)
    estate.api.stop(unseen)
    estate.api.delete(cluster)
    estate.pass_time(MINUTE)
    estate.sweep()
    assert estate.record(unseen) is None
    assert estate.gaps() == ((NOON, estate.api.now, cluster),)


def test_a_cluster_that_is_deleted_between_list_and_description_leaves_a_gap(
    estate: Estate,
) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.pass_time(MINUTE)
    unseen = estate.api.start(cluster)
    estate.api.stop(unseen)

    def delete(call: str) -> None:
        if call == "DescribeTasks" and estate.api.clusters:
            estate.api.delete(cluster)

    estate.api.before_call = delete
    estate.sweep()
    assert estate.gaps() == ((NOON, estate.api.now, cluster),)
    assert estate.cluster(cluster).gone


@pytest.mark.parametrize(
    "tagged, later", [(False, MINUTE), (True, MINUTE), (True, 3 * HOUR)], ids=str
)
def test_a_task_that_went_with_its_cluster_ended_between_its_last_sighting_and_now(
    estate: Estate, tagged: bool, later: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ECS forgets with a cluster; it has no tasks of an older one of the same name.

    Of a deleted cluster DescribeTasks still shows tasks that had tags, says its documentation.
    """
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.sweep()
    last_seen = estate.api.now
    estate.pass_time(10 * MINUTE)
    estate.api.stop(task)
    estate.api.delete(cluster)
    estate.pass_time(later)
    if tagged:
        answer = {"tasks": [], "failures": [{"arn": task.arn, "reason": "MISSING"}]}
        monkeypatch.setattr(EcsApi, "_describe", lambda *_: answer)
    else:
        del estate.api.everything[task.arn]
        estate.api.cluster("blue")
    estate.sweep()
    record = estate.known(task)
    assert record.released_not_before == last_seen - MINUTE, "a view can be a minute old"
    assert record.released_at == estate.api.now


def test_a_sweep_is_known_by_when_it_was_asked_for_however_late_the_survey_runs(
    estate: Estate,
) -> None:
    """So a survey that runs twice asks for the same sweeps."""
    estate.api.cluster("blue")
    estate.invoke({})
    estate.pass_time(MINUTE)
    estate.deliver()
    [letter] = estate.queue
    assert json.loads(letter.body)["sweep"]["generation"] == NOON


def test_a_sweep_is_handed_on_while_there_is_time_for_a_page_and_its_retries(
    estate: Estate,
) -> None:
    estate.api.cluster("blue")
    for remaining, handed_on in ((30_000, 1), (30_001, 0)):
        estate.pass_time(MINUTE)
        estate.context = Context()
        estate.invoke({})
        estate.deliver()
        estate.context = Context(remaining)
        estate.deliver()
        assert len(estate.queue) == handed_on
        estate.finish()


def test_clusters_are_not_covered_before_their_own_first_sweep(estate: Estate) -> None:
    blue, green = estate.api.cluster("blue"), estate.api.cluster("green")
    estate.invoke({})
    estate.deliver()  # the survey
    estate.deliver()
    assert estate.cluster(blue).first_swept_at == NOON
    estate.pass_time(MINUTE)
    assert estate.gaps() == ((NOON - MINUTE, None, green),)
    estate.finish()
    assert estate.gaps() == ()


def test_a_cluster_that_was_made_while_nothing_was_swept_has_a_gap(estate: Estate) -> None:
    blue, green = estate.api.cluster("blue"), estate.api.cluster("green")
    estate.sweep()
    estate.api.delete(green)
    estate.pass_time(MINUTE)
    estate.sweep()
    last = estate.api.now
    before = estate.gaps()
    for name in ("green", "red"):
        estate.api.cluster(name)
    estate.pass_time(10 * HOUR)
    estate.sweep()
    made = {(start, end) for start, end, arn in estate.gaps() if arn != blue}
    assert before == ((NOON, last, green),)
    assert made == {(NOON, estate.api.now), (last - MINUTE, estate.api.now)}


def test_what_a_sweep_cannot_read_is_neither_covered_nor_alive(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.sweep()
    last_read = estate.api.now
    readable = Task.describe
    monkeypatch.setattr(Task, "describe", lambda task: {**readable(task), "group": "g" * 401})
    estate.pass_time(MINUTE)
    estate.api.stop(task)
    while estate.known(task).live:
        estate.pass_time(15 * MINUTE)
        estate.sweep()
    record = estate.known(task)
    assert record.released_not_before == NOON, "unchanged since its event"
    assert record.released_at is not None
    assert task.stopped_at is not None
    assert record.released_not_before <= task.stopped_at <= record.released_at
    [(start, end, _)] = estate.gaps()
    assert (start, end) == (last_read, NOON + 66 * MINUTE), "the last sweep to which ECS showed it"


def test_a_sweep_does_not_complete_while_ecs_leaves_tasks_out_of_its_answer(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = estate.api.cluster("blue")
    estate.api.start(cluster)
    monkeypatch.setattr(EcsApi, "_describe", lambda *_: {"tasks": [], "failures": []})
    with pytest.raises(UnexplainedFailureError, match="left out"):
        estate.sweep()
    assert estate.cluster(cluster).last is None


def test_a_cluster_that_came_and_went_between_two_sweeps_is_swept(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.api.stop(task)
    estate.api.delete(cluster)
    estate.pass_time(2 * HOUR)
    estate.sweep()
    assert not estate.known(task).live


@pytest.mark.parametrize(
    "home", ["arn:aws:ecs:eu-west-1:999999999999:", "arn:aws:ecs:us-east-1:123456789012:"]
)
def test_tasks_of_other_accounts_and_regions_are_never_asked_for(estate: Estate, home: str) -> None:
    foreign = estate.api.start(estate.api.cluster("blue"))
    foreign.arn = foreign.arn.replace(HOME, home)
    foreign.cluster_arn = foreign.cluster_arn.replace(HOME, home)
    event = as_event(foreign, estate.api.now)
    event["region"], event["account"] = home.split(":")[3:5]
    seen = parse_event(event).record
    record_observations(estate.store, [seen], now=estate.api.now, retention=RETENTION)
    estate.pass_time(DAY)
    estate.sweep()
    assert estate.known(foreign).live
    assert not any(home in json.dumps(request) for _, request in estate.api.calls)
    assert len(estate.store.sweeps().clusters) == 1


def test_no_environment_of_a_container_is_kept(estate: Estate) -> None:
    estate.api.start(estate.api.cluster("blue"))
    estate.sweep()
    assert "hunter2" not in repr(estate.store._items)


def test_a_description_that_cannot_be_read_costs_no_other(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = estate.api.cluster("blue")
    bad, good = estate.api.start(cluster), estate.api.start(cluster)
    whole = Task.describe

    def without_version(task: Task) -> dict[str, object]:
        return {name: v for name, v in whole(task).items() if task is good or name != "version"}

    monkeypatch.setattr(Task, "describe", without_version)
    estate.sweep()
    assert estate.record(bad) is None
    assert estate.known(good).live
    assert estate.cluster(cluster).last is not None


def test_drift_is_what_events_should_have_told_five_minutes_ago(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    estate.api.start(cluster)
    estate.pass_time(SECOND)
    estate.api.start(cluster)
    estate.pass_time(5 * MINUTE)
    estate.sweep()
    tally = estate.cluster(cluster).last.tally  # type: ignore[union-attr]  # None would fail the test
    assert (tally.seen, tally.missed, tally.repaired, tally.drift) == (2, 2, 2, 1)


def test_a_repair_of_what_was_known_is_no_miss(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.api.stop(task)
    estate.pass_time(6 * MINUTE)
    estate.sweep()
    tally = estate.cluster(cluster).last.tally  # type: ignore[union-attr]  # None would fail the test
    assert (tally.missed, tally.repaired, tally.closed, tally.drift) == (0, 1, 0, 1)


def test_tasks_that_start_and_stop_in_the_middle_of_a_sweep(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    tasks = age(estate, cluster, 250)
    late: list[Task] = []

    def stir(_: str) -> None:
        estate.pass_time(SECOND)
        if len(estate.api.calls) % 2:
            late.append(estate.api.start(cluster))
            estate.api.stop(tasks[len(late)])

    estate.api.before_call = stir
    estate.sweep()
    estate.api.before_call = lambda _: None
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    assert len(late) > 3
    for task in tasks + late:
        record = estate.known(task)
        assert record.live == (task.stopped_at is None)
        assert record.interface.private_ipv4_address == task.address
        assert record.earliest.stopped_at == task.stopped_at


def test_an_old_arn_is_asked_for_as_it_is(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    task = estate.api.start(cluster)
    old = f"{HOME}task/{task.id}"
    del estate.api.everything[task.arn]
    task.arn = old
    estate.api.everything[old] = task
    estate.tell(task)
    estate.pass_time(2 * HOUR)
    estate.api.inconsistent.add(old)
    estate.sweep()
    assert estate.asked("DescribeTasks")[0]["tasks"] == [old]
    assert not estate.known(task).live


@pytest.mark.parametrize("given", ["", "0", "-1", "ten", "2.5"])
def test_a_rate_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    wiring.ecs.cache_clear()
    monkeypatch.setenv("SWEEP_REQUESTS_PER_SECOND", given)
    with pytest.raises(wiring.MissingSettingError, match="SWEEP_REQUESTS_PER_SECOND"):
        wiring.ecs()


def test_the_metrics_tell_what_a_sweep_found(
    estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = estate.api.cluster("blue")
    estate.api.start(cluster)
    estate.sweep()
    estate.pass_time(20 * MINUTE)
    capsys.readouterr()
    estate.sweep()
    told = metrics_of(capsys)
    names = ("Swept", "Seen", "Missed", "Repaired", "Closed", "Drift", "DroppedEarly")
    assert [told[name] for name in names] == [[1], [1], [0], [0], [0], [0], [0]]


def test_a_task_that_ecs_forgot_too_soon_is_counted_and_leaves_a_gap(
    estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = estate.api.cluster("blue")
    [task] = age(estate, cluster)
    estate.sweep()
    last = estate.api.now
    estate.pass_time(15 * MINUTE)
    estate.api.inconsistent.add(task.arn)
    capsys.readouterr()
    estate.sweep()
    told = metrics_of(capsys)
    assert (told["Closed"], told["DroppedEarly"]) == ([1], [1])
    assert estate.gaps() == ((last, estate.api.now, cluster),)
    assert estate.known(task).released_at == estate.api.now


def test_a_young_task_that_no_list_shows_holds_coverage_back(estate: Estate) -> None:
    cluster = estate.api.cluster("blue")
    estate.sweep()
    estate.pass_time(10 * MINUTE)
    task = estate.api.start(cluster)
    estate.tell(task)
    seen = estate.api.now
    estate.pass_time(5 * MINUTE)
    estate.api.inconsistent.add(task.arn)
    estate.sweep()
    assert estate.known(task).live
    assert estate.covered().end == seen - MINUTE
    estate.api.inconsistent.clear()
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    assert estate.covered().end == estate.api.now - MINUTE
    assert estate.gaps() == ()


def test_coverage_reaches_to_a_minute_before_the_last_sweep_began(estate: Estate) -> None:
    estate.api.cluster("blue")
    assert (estate.covered().start, estate.covered().end) == (None, None)
    estate.sweep()
    assert (estate.covered().start, estate.covered().end) == (NOON, NOON - MINUTE)
    estate.pass_time(15 * MINUTE)
    estate.sweep()
    assert (estate.covered().start, estate.covered().end) == (NOON, NOON + 14 * MINUTE)


def test_a_heartbeat_tells_how_old_the_oldest_sweep_is_and_how_many_gaps_last(
    estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    estate.api.cluster("blue")
    estate.sweep()
    for minutes, gaps in ((20, 0), (40, 1)):
        estate.pass_time(minutes * MINUTE)
        capsys.readouterr()
        estate.send([{"heartbeat": True}])
        estate.finish()
        told = metrics_of(capsys)
        age_of_it = (estate.api.now - NOON) // SECOND
        assert (told["SweepAge"], told["OpenGaps"]) == ([age_of_it], [gaps])


def metrics_of(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Read what the function counted, since this was asked last."""
    told: dict[str, object] = {}
    for line in capsys.readouterr().out.splitlines():
        metrics = json.loads(line)
        assert metrics["FunctionName"] == "reconcile"
        told |= metrics
    return told


def test_the_metrics_tell_what_could_not_be_used(
    estate: Estate, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = estate.api.cluster("blue")
    estate.api.start(cluster)
    estate.sweep()
    estate.pass_time(MINUTE)
    described = Task.describe
    monkeypatch.setattr(Task, "describe", lambda task: {**described(task), "group": "family:b"})
    estate.sweep()
    assert metrics_of(capsys)["FactConflict"] == [1]
    monkeypatch.setattr(Task, "describe", lambda task: {**described(task), "group": 7})
    estate.pass_time(MINUTE)
    estate.sweep()
    told = metrics_of(capsys)
    assert (told["Rejected"], told["Unreadable"], told["Seen"]) == ([1], [1], [1])


class _Subnets:
    """Amazon EC2, which knows the VPC of every subnet, or fails."""

    fails = False

    def look_up(self, subnet_ids: Iterable[str]) -> dict[str, Subnet]:
        if self.fails:
            raise ConnectionError
        return dict.fromkeys(subnet_ids, Subnet("vpc-1"))


def test_a_sweep_has_the_subnets_of_what_it_saw_looked_up(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "subnets", _Subnets)
    task = estate.api.start(estate.api.cluster("blue"))
    estate.sweep()
    assert estate.known(task).facts.vpc_id == "vpc-1"


def test_a_survey_looks_up_the_subnets_of_what_events_told(
    estate: Estate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(wiring, "subnets", _Subnets)
    task = estate.api.start(estate.api.cluster("blue"))
    estate.tell(task)
    estate.invoke({})
    monkeypatch.setattr(_Subnets, "fails", True)
    estate.deliver()
    assert metrics_of(capsys)["VpcLookupFailed"] == [1], "which is not the end of the survey"
    monkeypatch.setattr(_Subnets, "fails", False)
    estate.queue.clear()
    estate.invoke({})
    estate.deliver()  # the survey alone
    assert estate.known(task).facts.vpc_id == "vpc-1"

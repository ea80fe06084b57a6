"""With completed sweeps less than 55 minutes apart no task is missed, whatever events are lost."""

from random import Random

import pytest

from core.text.instant import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from tests.support.ecs_api import Task
from tests.sweep.estate import Context, Estate


class Day:
    """Tasks that come and go, second by second of the clock, whatever the sweep is doing."""

    def __init__(self, estate: Estate, seed: int) -> None:
        self._estate = estate
        self._random = Random(seed)  # noqa: S311 - a test that can be repeated
        self._clusters = [estate.api.cluster(name) for name in ("blue", "green")]
        self._plans: list[tuple[Instant, Task | None]] = []
        self.tasks: list[Task] = []
        for _ in range(600):
            self._plan(estate.api.now + self._random.randrange(DAY), None)

    def _plan(self, at: Instant, task: Task | None) -> None:
        self._plans.append((at, task))
        self._plans.sort(key=lambda plan: -plan[0])

    def pass_time(self, duration: Duration) -> None:
        """Let time pass, and happen what happens in it."""
        api, end = self._estate.api, self._estate.api.now + duration
        while self._plans and self._plans[-1][0] <= end:
            api.now, task = self._plans.pop()
            if task is None:
                new = api.start(self._random.choice(self._clusters))
                self.tasks.append(new)
                life = self._random.choice([20 * SECOND, 5 * MINUTE, HOUR, 5 * HOUR])
                self._plan(api.now + self._random.randrange(1, life), new)
            else:
                api.stop(task)
        api.now = end

    def sweep(self, a_call: Duration) -> None:
        """Sweep; each call takes its time, and the world does not wait."""
        self._estate.api.before_call = lambda _: self.pass_time(a_call)
        self._estate.sweep()
        self._estate.api.before_call = lambda _: None

    def spend(self, pause: Duration, a_call: Duration, *, until: Instant) -> None:
        while self._estate.api.now < until:
            self.sweep(a_call)
            self.pass_time(pause)
        self.sweep(0)


def missed(estate: Estate, day: Day) -> list[Task]:
    """List the tasks of which the table does not tell the whole truth."""
    wrong = []
    for task in day.tasks:
        record = estate.record(task)
        whole = record is not None and (
            record.interface.private_ipv4_address == task.address
            and record.attached_at == task.running_at
            and record.released_at == task.stopped_at
            and record.live == (task.stopped_at is None)
        )
        if not whole:
            wrong.append(task)
    return wrong


@pytest.mark.parametrize("remaining", [0, 50_000])
@pytest.mark.parametrize(
    "pause, a_call",
    [(15 * MINUTE, SECOND), (30 * MINUTE, 20 * SECOND), (54 * MINUTE, SECOND)],
)
def test_no_task_of_a_day_is_missed(
    estate: Estate, pause: Duration, a_call: Duration, remaining: int
) -> None:
    estate.context = Context(remaining)
    day = Day(estate, seed=pause + a_call)
    day.spend(pause, a_call, until=estate.api.now + DAY)
    assert len(day.tasks) == 600
    assert estate.gaps() == ()
    assert missed(estate, day) == []


def test_sweeps_too_far_apart_do_miss_tasks_and_say_so(estate: Estate) -> None:
    day = Day(estate, seed=1)
    day.spend(90 * MINUTE, SECOND, until=estate.api.now + DAY)
    lost = [task for task in missed(estate, day) if estate.record(task) is None]
    assert lost
    gaps = estate.gaps()
    for task in lost:
        assert task.stopped_at is not None
        assert any(
            start <= task.created_at
            and task.stopped_at <= (end or estate.api.now)
            and arn == task.cluster_arn
            for start, end, arn in gaps
        )

"""Owns the model-based test: whatever happens in the made-up world, the service tells the truth."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.proof import driver
from tests.proof.world import Fault, World

RUNS, STEPS = 500, 50
EXAMPLES = 600
"""Some end early; all of them take at least as many steps as RUNS full ones."""

numbers = st.integers(0, 99)
taken = [0]
faults = st.lists(st.sampled_from(Fault), max_size=4)


class Machine(RuleBasedStateMachine):
    """Takes the steps of a world in any order, and settles in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()

    @invariant()
    def _count(self) -> None:
        taken[0] += 1

    @rule(number=numbers)
    def start(self, number: int) -> None:
        self.world.start(number)

    @rule(number=numbers)
    def advance(self, number: int) -> None:
        self.world.advance(number)

    @rule(number=numbers)
    def fail(self, number: int) -> None:
        self.world.fail(number)

    @rule(number=numbers)
    def reconnect(self, number: int) -> None:
        self.world.reconnect(number)

    @rule(seconds=st.sampled_from([1, 60, 300, 1200]))
    def wait(self, seconds: int) -> None:
        self.world.wait(seconds)

    @rule(hours=st.sampled_from([1, 2, 24, 24 * 20]))
    def sleep(self, hours: int) -> None:
        self.world.sleep(hours)

    @rule(number=numbers)
    def lose(self, number: int) -> None:
        self.world.lose(number)

    @rule(number=numbers, count=st.integers(1, 5), faults=faults, keep=st.booleans())
    def deliver(self, number: int, count: int, faults: list[Fault], keep: bool) -> None:
        self.world.deliver(number, count, faults, keep=keep)

    @rule(number=numbers, late=st.booleans(), wrong=st.booleans())
    def begin_sweep(self, number: int, late: bool, wrong: bool) -> None:
        self.world.begin_sweep(number, late=late, wrong=wrong)

    @rule(faults=faults)
    def go_on_sweeping(self, faults: list[Fault]) -> None:
        self.world.go_on_sweeping(faults)

    @rule()
    def abandon_sweep(self) -> None:
        self.world.abandon_sweep()

    @rule()
    def expire(self) -> None:
        self.world.expire()

    def teardown(self) -> None:
        self.world.settle()


@pytest.mark.timeout(600)  # finding the smallest failing run takes its time
def test_the_service_is_as_the_oracle_says_after_every_step() -> None:
    taken[0] = 0
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert taken[0] >= RUNS * STEPS


@pytest.mark.parametrize("seed", range(4))
def test_long_random_lives_end_in_the_truth(seed: int) -> None:
    for run in range(50):
        driver.run(seed * 50 + run)


def test_a_task_that_ends_while_ecs_answers_has_honest_bounds() -> None:
    """Its last sight is answered after its end, of which nobody ever hears."""
    world = World()
    world.start(0)
    for _ in ("PENDING", "RUNNING", "STOPPING", "DEPROVISIONING"):
        world.advance(0)
    world.begin_sweep(0)
    before_describing = [Fault.NONE] * len(("claim", "list", "read"))
    world.go_on_sweeping()
    world.go_on_sweeping([*before_describing, Fault.OUTDATED])
    [life] = world.estate.lives
    assert life.stopped is not None
    world.on_the_way.clear()
    world.sleep(5)
    world.settle()
    record = world.table.contents()[life.task.key].record
    assert record.released_at_estimated
    assert record.released_not_before is not None
    assert record.released_not_before < life.stopped, "it lived when ECS was asked"


@pytest.mark.parametrize("sweeps", [True, False])
def test_without_any_event_the_sweeps_alone_miss_no_task(sweeps: bool) -> None:
    """They lie less than 55 minutes apart; where they do not, tasks come and go unseen."""
    missed = 0
    for seed in range(50):
        random = Random(seed)  # noqa: S311 - chance, not secrets
        world = World()
        for _ in range(60):
            number = random.randrange(100)
            step = random.choice((world.start, world.advance, world.advance, world.fail))
            step(number)
            world.on_the_way.clear()
            if sweeps:
                world.wait(number * 12)
            else:
                world.sleep(number // 33)
        world.settle()
        missed += sum(life.task.key not in world.table.contents() for life in world.estate.lives)
    assert (missed == 0) == sweeps


def test_a_run_is_replayed_by_its_seed() -> None:
    def steps(seed: int) -> str:
        with pytest.raises(ZeroDivisionError) as caught:
            driver.run(seed, steps=20, record=_fail)
        return str(caught.value.__notes__)

    assert steps(7) == steps(7) != steps(8)


def _fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError

"""The model-based test: whatever happens in the made-up world, the service tells the truth."""

from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.proof import driver
from tests.proof.clock import HOUR
from tests.proof.door import Fault
from tests.proof.driver import Run, total
from tests.proof.plan import Clocks
from tests.proof.questions import ask_all
from tests.proof.world import World

EXAMPLES, STEPS = 60, 30
SEEDED_RUNS, QUESTIONS = 40, 400

numbers = st.integers(0, 2**16)
taken = [0]
faults = st.lists(st.sampled_from(Fault), max_size=4)


class Machine(RuleBasedStateMachine):
    """Takes the steps of a world in any order, asks in between, and settles in the end."""

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
    def delete_cluster(self, number: int) -> None:
        self.world.delete_cluster(number)

    @rule(seconds=st.sampled_from([1, 10, 60, 300, 1200]))
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

    @rule(wrong=st.booleans())
    def begin_sweep(self, wrong: bool) -> None:
        self.world.begin_sweep(wrong=wrong)

    @rule(faults=faults)
    def go_on_sweeping(self, faults: list[Fault]) -> None:
        self.world.go_on_sweeping(faults)

    @rule()
    def abandon_sweep(self) -> None:
        self.world.abandon_sweep()

    @rule()
    def expire(self) -> None:
        self.world.expire()

    @rule(number=numbers)
    def ask(self, number: int) -> None:
        ask_all(self.world, Random(number), 5)  # noqa: S311 - chance, not secrets

    def teardown(self) -> None:
        self.world.settle()
        ask_all(self.world, Random(0), 20)  # noqa: S311 - as above


@pytest.mark.timeout(600)  # finding the smallest failing run takes its time
def test_the_answers_are_true_whatever_happens() -> None:
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
    assert taken[0] >= EXAMPLES * STEPS / 2


@pytest.mark.timeout(600)
def test_no_answer_of_long_random_lives_is_wrong() -> None:
    counts = total([driver.run(Run(seed, questions=QUESTIONS)) for seed in range(SEEDED_RUNS)])
    assert counts["questions"] + counts["windows"] == SEEDED_RUNS * QUESTIONS
    for verdict in ("held", "possible", "none", "unconfirmed", "unknown"):
        assert counts[f"verdict {verdict}"] > 100, f"the world makes the service say {verdict}"
    assert counts["certain and true"] > 2_000
    assert counts["proven to be held"] > 1_000


def test_wrong_clocks_of_agents_are_counted_apart() -> None:
    """Minutes off, an agent's clock is believed: nothing in what ECS sends shows it."""
    counts = total([driver.run(Run(seed, clocks=Clocks.OFF)) for seed in range(6)])
    wrong = sum(count for name, count in counts.items() if name.startswith("wrong by clocks"))
    assert 0 < wrong < counts["questions"]


@pytest.mark.parametrize("sweeps", [True, False])
def test_without_any_event_the_sweeps_alone_miss_no_task(sweeps: bool) -> None:
    """They lie less than 55 minutes apart; where they do not, tasks come and go unseen."""
    missed = 0
    for seed in range(8):
        random = Random(seed)  # noqa: S311 - chance, not secrets
        world = World()
        for _ in range(40):
            number = random.randrange(100)
            world.start(number)
            world.on_the_way.clear()
            if sweeps:
                world.wait(number * 12)
            else:
                world.sleep(number // 33)
            world.on_the_way.clear()
        world.tick(4 * HOUR if not sweeps else 1)
        world.on_the_way.clear()
        world.settle()
        missed += sum(world.service.record(life.number) is None for life in world.estate.lives)
    assert (missed == 0) == sweeps


def test_a_run_is_replayed_by_its_seed() -> None:
    def steps(seed: int) -> str:
        with pytest.raises(ZeroDivisionError) as caught:
            driver.run(Run(seed, steps=60, write=_fail))
        return str(caught.value.__notes__)

    assert steps(7) == steps(7) != steps(8)


def _fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError

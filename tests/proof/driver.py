"""The plain driver: seeded random steps in a world, so that any run can be replayed."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from tests.proof.clock import HOUR, MINUTE, SECOND
from tests.proof.door import Fault
from tests.proof.estate import Estate
from tests.proof.plan import Clocks
from tests.proof.questions import ask_all
from tests.proof.service import WRITE, Write
from tests.proof.world import World

STEPS_A_RUN = 150
QUESTIONS_A_RUN = 1_000

# How often each step is taken, against the others.
STEPS = {
    "start": 12,
    "wait": 14,
    "lose": 4,
    "deliver": 24,
    "deliver with faults": 8,
    "deliver again": 6,
    "begin_sweep": 3,
    "go_on_sweeping": 12,
    "abandon_sweep": 1,
    "delete_cluster": 1,
    "expire": 1,
    "ask": 3,
}
SLEEPS = {"sleep": 2}
"""Only in every other run: in the rest the sweeps keep their promise."""
RUNS = (
    (2 * SECOND, 20 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 3 * HOUR),
    (2 * SECOND, 5 * SECOND, 30 * SECOND),
    (MINUTE, 10 * MINUTE),
)
"""How long tasks run, at most: mixed lives, crash loops, and jobs."""


@dataclass(frozen=True)
class Run:
    """One run of random steps; its seed says everything about it."""

    seed: int
    steps: int = STEPS_A_RUN
    questions: int = QUESTIONS_A_RUN
    write: Write = WRITE
    clocks: Clocks | None = None
    """None: the seed chooses between those that must not matter."""
    sharp: bool = True
    """Judge sharpness, not correctness alone."""


def run(given: Run) -> World:
    """Take steps and ask questions, then settle and ask more.

    Raises AssertionError, to which the steps taken are a note.
    """
    random = Random(given.seed)  # noqa: S311 - chance, not secrets
    clocks = given.clocks or random.choice((Clocks.RIGHT, Clocks.RIGHT, Clocks.BEHIND))
    estate = Estate(clocks=clocks, runs=random.choice(RUNS))
    world, taken = World(estate, given.write, deployed=random.random() < 0.7), list[str]()
    world.oracle.sharp = given.sharp
    # Each run has its own taste: what is rare in one is frequent in another, or left out.
    rules = STEPS | (SLEEPS if given.seed % 2 else {})
    weights = [weight * random.choice((0, 1, 1, 3)) for weight in rules.values()]
    weights[0] += 4
    names = random.choices(list(rules), weights, k=given.steps)
    asks = names.count("ask") + 2
    try:
        for name in names:
            taken.append(f"{name} at {world.now}")
            if name == "ask":
                ask_all(world, random, given.questions // asks)
            else:
                _take(name, random, world)
        ask_all(world, random, given.questions // asks)
        taken.append("settle")
        world.settle()
        left = given.questions - world.oracle.asked
        ask_all(world, random, left)
    except Exception as error:
        error.add_note(f"seed {given.seed}, clocks {clocks}, after:\n" + "\n".join(taken))
        raise
    return world


def _take(name: str, random: Random, world: World) -> None:
    number = random.randrange(2**32)
    faults = random.choices(list(Fault), k=random.randrange(1, 5))
    match name:
        case "wait":
            world.wait(random.choice((1, 10, 60, 300, 1200)))
        case "sleep":
            world.sleep(random.choice((1, 2, 5, 24, 24 * 20)))
        case "deliver":
            world.deliver(number, random.randrange(1, 5))
        case "deliver with faults":
            world.deliver(number, random.randrange(1, 5), faults)
        case "deliver again":
            world.deliver(number, random.randrange(1, 3), keep=True)
        case "begin_sweep":
            world.begin_sweep(wrong=number % 20 == 0)
        case "go_on_sweeping":
            world.go_on_sweeping(faults if number % 5 == 0 else ())
        case "abandon_sweep" | "expire":
            getattr(world, name)()
        case _:
            getattr(world, name)(number)


def total(worlds: list[World]) -> Counter[str]:
    """Add up what the oracles of some worlds counted."""
    return sum((world.oracle.counts for world in worlds), Counter[str]())

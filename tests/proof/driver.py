"""Owns the plain driver: seeded random steps in a world, so that any run can be replayed."""

from random import Random

from core.recording import record_observations

from tests.proof.suite import Write
from tests.proof.world import Fault, World

STEPS_A_RUN = 200

# How often each step is taken, against the others.
STEPS = {
    "start": 6,
    "advance": 20,
    "fail": 2,
    "reconnect": 2,
    "wait": 6,
    "lose": 4,
    "deliver": 24,
    "deliver with faults": 8,
    "deliver again": 6,
    "begin_sweep": 3,
    "go_on_sweeping": 16,
    "abandon_sweep": 1,
    "expire": 1,
}
SLEEPS = {"sleep": 2}
"""Only in every other run: in the rest the sweeps keep their promise."""


def run(seed: int, steps: int = STEPS_A_RUN, record: Write = record_observations) -> World:
    """Take steps, then settle. Raises AssertionError, to which the steps taken are a note."""
    random = Random(seed)  # noqa: S311 - chance, not secrets
    world, taken = World(record), list[str]()
    # Each run has its own taste: what is rare in one is frequent in another, or left out.
    rules = STEPS | (SLEEPS if seed % 2 else {})
    weights = [weight * random.choice((0, 1, 1, 3)) for weight in rules.values()]
    weights[0] += 1
    names = random.choices(list(rules), weights, k=steps)
    try:
        taken.extend(_take(name, random, world) for name in names)
        world.settle()
    except Exception as error:
        error.add_note(f"seed {seed}, after:\n" + "\n".join(taken))
        raise
    return world


def _take(name: str, random: Random, world: World) -> str:
    number = random.randrange(1000)
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
            world.begin_sweep(number, late=number % 3 == 0, wrong=number % 10 == 0)
        case "go_on_sweeping":
            world.go_on_sweeping(faults if number % 5 == 0 else ())
        case "abandon_sweep" | "expire":
            getattr(world, name)()
        case _:
            getattr(world, name)(number)
    return f"{name} {number} {[fault.name for fault in faults]}"

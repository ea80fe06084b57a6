"""The measure of sharpness: a day of mixed lives, and how much of it is certain.

`python -m tests.proof.day` prints the figures for `docs/reliability.md`.
"""

import argparse
import math
import sys
from collections import Counter
from dataclasses import dataclass
from random import Random

from tests.proof.clock import DAY, HOUR, MINUTE, START
from tests.proof.contract import Question
from tests.proof.estate import Estate
from tests.proof.life import Life, Place
from tests.proof.world import World

SWEPT_EVERY = 15 * MINUTE
LOSSES = (0.0, 0.01, 0.1)
SHORTEST, LONGEST = 2 * MINUTE, 6 * HOUR


@dataclass(frozen=True)
class Day:
    """How a day goes."""

    seed: int = 0
    tasks: int = 1_000
    addresses: int = 100
    instants: int = 10_000
    lost: float = 0.0
    """Which share of the events never arrives."""


def live_through(day: Day) -> World:
    """Let the tasks of a day live, deliver their events within seconds, and sweep on schedule."""
    random = Random(day.seed)  # noqa: S311 - chance, not secrets
    places = tuple(
        Place("subnet-a", f"10.0.{n // 250}.{n % 250}", None) for n in range(day.addresses)
    )
    world = World(Estate(places=places), tasks_a_page=100)
    starts = sorted(START + random.randrange(DAY) for _ in range(day.tasks))
    swept = world.now
    for start in starts:
        while swept + SWEPT_EVERY < start:
            swept += SWEPT_EVERY
            _pass(world, random, swept, day.lost)
            world.sweep_everything()
        _pass(world, random, start, day.lost)
        length = math.exp(random.uniform(math.log(SHORTEST), math.log(LONGEST)))
        world.estate.least_run, world.estate.runs = round(length), (round(length),)
        world.start(random.randrange(2**32))
    _pass(world, random, START + DAY, day.lost)
    for _ in range(LONGEST // HOUR + 2):
        _pass(world, random, world.now + HOUR // 2, day.lost)
        world.sweep_everything()
    return world


def measure(world: World, day: Day) -> Counter[str]:
    """Ask at uniformly random instants at which somebody truly had the address."""
    random, counts = Random(day.seed), Counter[str]()  # noqa: S311 - as above
    while counts["instants"] < day.instants:
        place = random.choice(world.estate.places)
        at = START + random.randrange(DAY)
        assert place.ipv4 is not None
        [*holders] = world.estate.holders(place.ipv4, at)
        if not holders:
            continue
        question = Question(place.ipv4, place.subnet, at)
        answer = world.service.ask(question, world.now)
        world.oracle.judge(question, answer)
        counts["instants"] += 1
        for kind in (answer["verdict"], f"{answer['verdict']}: {_kind(holders[0])}"):
            counts[kind] += 1
    return counts


def _pass(world: World, random: Random, until: int, lost: float) -> None:
    """Let time pass, and whatever is sent in it arrive soon."""
    while world.now < until:
        world.tick(min(MINUTE, until - world.now))
        world.on_the_way = [one for one in world.on_the_way if random.random() >= lost]
        random.shuffle(world.on_the_way)
        world.deliver_everything()


def _kind(life: Life) -> str:
    assert life.attached is not None
    assert life.released is not None
    where = "Fargate" if life.launch_type == "FARGATE" else "instances"
    short = life.released - life.attached < 10 * MINUTE
    return f"{'under' if short else 'over'} ten minutes on {where}"


def main() -> int:
    """Print the figures of a day without losses and of one with."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--instants", type=int, default=10_000)
    given = parser.parse_args()
    for lost in LOSSES:
        day = Day(given.seed, instants=given.instants, lost=lost)
        counts = measure(live_through(day), day)
        sys.stdout.write(f"{lost:.0%} of the events lost, {counts['instants']:,} instants:\n")
        for name, count in sorted(counts.items()):
            sys.stdout.write(f"{count / counts['instants']:>10.2%}  {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Which questions are asked of a world: most of them near an instant of change."""

from collections.abc import Iterator
from random import Random

from tests.proof.clock import HOUR, MINUTE, SECOND, START, Instant
from tests.proof.contract import Question
from tests.proof.world import RETENTION, World

NEAR = 5 * SECOND
SHARE_NEAR = 0.8
"""Of the questions, asked within five seconds of something; the others at any time."""
SHARE_WINDOWS = 0.15


def draw_questions(world: World, random: Random, count: int) -> Iterator[Question]:
    """Draw questions about the world's addresses, none about the future."""
    addresses = sorted({one for place in world.estate.places for one in place.addresses})
    subnets = sorted({place.subnet for place in world.estate.places})
    turns = {address: _turns(world, address) for address in addresses}
    for _ in range(count):
        address = random.choice(addresses)
        at = _instant(random, turns[address], world.now)
        subnet = random.choice(subnets) if random.random() < 0.25 else None
        if random.random() < SHARE_WINDOWS:
            length = random.choice((1, SECOND, MINUTE, 10 * MINUTE, HOUR))
            until = min(at + random.randint(1, length), world.now + 1)
            yield Question(address, subnet, at, until)
        else:
            yield Question(address, subnet, at)


def ask_all(world: World, random: Random, count: int) -> None:
    """Ask questions and let the oracle judge the answers, which raises WrongAnswerError."""
    for question in draw_questions(world, random, count):
        if question.until is None:
            world.oracle.judge(question, world.service.ask(question, world.now))
        else:
            [answer] = world.service.look_up([question], world.now)
            world.oracle.judge_window(question, answer)


def _turns(world: World, address: str) -> list[Instant]:
    """List the instants at which something about an address changes, or is proven."""
    turns = {
        turn
        for life in world.estate.lives
        if address in life.place.addresses
        for turn in life.boundaries
        if turn <= world.now
    }
    return sorted(turns)


def _instant(random: Random, turns: list[Instant], now: Instant) -> Instant:
    earliest = max(START - HOUR, now - RETENTION + MINUTE)
    if turns and random.random() < SHARE_NEAR:
        near = random.choice((0, 1, 50, SECOND, NEAR))
        at = random.choice(turns) + random.randint(-near, near)
        return min(max(at, earliest), now)
    return random.randint(earliest, now)

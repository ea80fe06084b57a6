"""What the estate consists of, and what happens in it: a day of the past, and then no end."""

from collections.abc import Mapping
from typing import Final

from local.embedded import REGION
from local.estate import lives
from local.estate.clock import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from local.estate.network import Subnet
from local.estate.task import Task, Workload
from local.estate.world import Process, World

BETWEEN_SWEEPS: Final[Duration] = 30 * MINUTE
UNSWEPT: Final[range] = range(12 * HOUR + 1, 13 * HOUR + 30 * MINUTE)
"""In which part of the day no sweep takes place."""

_ASSETS = "vpc-0c5a1d7e93b24f608"
_LEDGER = "vpc-07f3e6b8d12a9c450"


def subnets() -> tuple[Subnet, Subnet, Subnet]:
    """Make the subnets: two of one VPC, and one of another whose prefix is the first one's."""
    return (
        Subnet("subnet-0a1b52c93d64e7f80", _ASSETS, f"{REGION}a", "10.0.4.0/26"),
        Subnet(
            "subnet-0b2c63da4e75f8091",
            _ASSETS,
            f"{REGION}b",
            "10.0.4.64/26",
            "2001:db8:4a:640::/64",
        ),
        Subnet("subnet-0c3d74eb5f8609a12", _LEDGER, f"{REGION}a", "10.0.4.0/26"),
    )


def workloads(first: Subnet, second: Subnet, third: Subnet) -> dict[str, Workload]:
    """Name everything that runs."""
    shop, data, both = "shop", "data", (first, second)
    named = [
        Workload(
            name="web",
            cluster=shop,
            count=10,
            subnets=both,
            containers=("nginx", "app"),
            balanced=True,
        ),
        Workload(name="checkout", cluster=shop, count=6, subnets=(first,)),
        Workload(name="cart", cluster=shop, count=6, subnets=both),
        Workload(
            name="search",
            cluster=shop,
            count=5,
            subnets=(second,),
            capacity_provider="FARGATE_SPOT",
        ),
        Workload(name="payments", cluster=shop, count=4, subnets=(first,), connected=True),
        Workload(name="thumbnails", cluster=shop, count=3, subnets=(second,)),
        Workload(name="mail", cluster=shop, count=2, subnets=(first,)),
        Workload(name="image-job", cluster=shop, subnets=both, standalone=True),
        Workload(name="ledger", cluster=data, count=6, subnets=(third,)),
        Workload(
            name="stream-worker",
            cluster=data,
            count=8,
            subnets=(third,),
            launch_type="EC2",
            capacity_provider="data-instances",
        ),
        Workload(
            name="queue-worker",
            cluster=data,
            count=7,
            subnets=(third,),
            capacity_provider="FARGATE_SPOT",
        ),
        Workload(
            name="log-shipper",
            cluster=data,
            count=3,
            launch_type="EC2",
            capacity_provider="data-instances",
        ),
        Workload(name="nightly-report", cluster=data, subnets=(third,), standalone=True),
    ]
    return {workload.name: workload for workload in named}


class Story:
    """What was remarkable in the day, by the tasks that it was of; it is there once it happened."""

    reused: tuple[Task, Task]
    """Who had an address, and who had it seconds later."""
    vanished: Task
    """Whose end was not told, and was forgotten before anybody looked."""
    repaired: Task
    """Whose end was not told, and was seen by a sweep."""
    late: Task
    """Who waited for a host."""
    replaced: Task
    """Who had an address ten minutes before the day ended, and has it no more."""

    def __init__(self) -> None:
        self.interrupted: list[Task] = []
        """Whose Spot capacity was taken away, the last time."""


def build(start: Instant) -> tuple[World, Story]:
    """Make the estate as it stands when the day begins, and with what is to happen then."""
    networks = subnets()
    world = World(start - 5 * DAY, networks, workloads(*networks))
    for workload in world.workloads.values():
        for _ in range(workload.count):
            world.start(_up(world, workload.name), after=world.dice.randrange(4 * DAY))
    world.advance(start)
    story = Story()
    for offset, process in _day(world, story).items():
        world.start(process, after=offset)
    return world, story


def _day(world: World, story: Story) -> Mapping[Duration, Process]:
    return {
        0: _wear(world),
        HOUR: deploy(world, "web"),
        3 * HOUR: _scale(world, "thumbnails", 9),
        4 * HOUR + 10 * MINUTE: _scale(world, "thumbnails", 3),
        5 * HOUR: _crash_loop(world, "mail", 15),
        7 * HOUR + 20 * MINUTE: _interrupt(world, story, "search", 3),
        8 * HOUR: _place_late(world, story, "stream-worker"),
        9 * HOUR + 4 * MINUTE: _lose_the_end(world, story),
        10 * HOUR + 2 * MINUTE: _hand_over(world, story, "checkout", "payments"),
        12 * HOUR + 2 * MINUTE: _vanish(world, story, "payments"),
        15 * HOUR: _lose_host(world, "stream-worker", 2),
        16 * HOUR: deploy(world, "ledger"),
        18 * HOUR: _jobs(world, "nightly-report", 6),
        20 * HOUR: deploy(world, "checkout"),
        21 * HOUR + 40 * MINUTE: _interrupt(world, story, "queue-worker", 2),
        22 * HOUR: _fail(world, "mail"),
        DAY - 8 * MINUTE: _replace_all(world, story, "cart"),
    }


def go_on(world: World) -> Process:
    """Let something happen every few seconds, without end."""
    dice = world.dice
    while True:
        if dice.random() < 0.6:  # noqa: PLR2004 - of ten things, six are jobs
            world.start(_job(world, "image-job"))
        else:
            world.start(_replace(world, dice.choice(("web", "cart", "queue-worker", "search"))))
        yield dice.randint(12, 24) * SECOND


def deploy(world: World, name: str) -> Process:
    """Replace the tasks of a service by those of a new revision, two at a time."""
    old = world.running(name)
    world.revisions[name] += 1
    while old:
        leaving, old = old[:2], old[2:]
        for _ in leaving:
            world.start(_up(world, name))
        yield world.dice.randint(45, 70) * SECOND
        for task in leaving:
            world.start(lives.end(world, task))


def _replace_all(world: World, story: Story, name: str) -> Process:
    story.replaced = world.running(name)[0]
    yield from deploy(world, name)


def _up(world: World, name: str) -> Process:
    yield from lives.begin(world, world.create(world.workloads[name]))


def _wear(world: World) -> Process:
    """Replace a task now and then, as ECS does for its own reasons."""
    while True:
        yield world.dice.randint(25, 55) * MINUTE
        yield from _replace(world, world.dice.choice(("web", "cart", "ledger", "queue-worker")))


def _replace(world: World, name: str) -> Process:
    running = world.running(name)
    if running:
        world.start(lives.end(world, running[0]))
        yield from _up(world, name)


def _scale(world: World, name: str, wanted: int) -> Process:
    running = world.running(name)
    for _ in range(wanted - len(running)):
        world.start(_up(world, name))
        yield 20 * SECOND
    for task in running[wanted:]:
        world.start(lives.end(world, task))
        yield 5 * SECOND


def _crash_loop(world: World, name: str, times: int) -> Process:
    """Start a task that does not live for long, and start it again, with growing pauses."""
    for attempt in range(times):
        task = world.create(world.workloads[name])
        yield from lives.begin(world, task)
        yield world.dice.randint(15, 50) * SECOND
        yield from lives.end(world, task, lives.CRASH)
        yield min(attempt * 15, 120) * SECOND


def _interrupt(world: World, story: Story, name: str, tasks: int) -> Process:
    """Take Spot capacity away; ECS starts replacements when it warns."""
    story.interrupted = world.running(name)[:tasks]
    for task in story.interrupted:
        world.start(lives.end(world, task, lives.SPOT))
        world.start(_up(world, name))
        yield 7 * SECOND


def _place_late(world: World, story: Story, name: str) -> Process:
    """Start a task that waits until the capacity provider has brought a host up."""
    story.late = task = world.create(world.workloads[name])
    yield from lives.begin_on_instance(
        world, task, instance="late", host_comes_in=17 * MINUTE + 13 * SECOND
    )


def _lose_the_end(world: World, story: Story) -> Process:
    story.repaired = task = world.running("checkout")[0]
    world.start(lives.end(world, task, lose=("STOPPED",)))
    yield from _up(world, "checkout")


def _hand_over(world: World, story: Story, name: str, to: str) -> Process:
    """Give the address of a task that ends to the task of another service, at once."""
    old = world.running(name)[0]
    world.start(lives.end(world, old))
    while old.interface != "DELETED":
        yield SECOND // 4
    new = world.create(world.workloads[to], subnet=old.subnet)
    story.reused = old, new
    world.start(_up(world, name))
    yield from lives.begin(world, new, wanted=old.address)
    yield MINUTE
    others = [task for task in world.running(to) if task is not new]
    yield from lives.end(world, others[0])


def _vanish(world: World, story: Story, name: str) -> Process:
    """End a task whose end is not told, and let ECS forget it while nobody looks."""
    story.vanished = task = world.running(name)[0]
    world.start(lives.end(world, task, lose=("RUNNING", "DEPROVISIONING", "STOPPED")))
    yield from _up(world, name)


def _lose_host(world: World, name: str, tasks: int) -> Process:
    for task in world.running(name)[:tasks]:
        world.start(lives.lose_host(world, task))
    yield 6 * MINUTE
    for _ in range(tasks):
        world.start(_up(world, name))


def _fail(world: World, name: str) -> Process:
    yield from lives.fail_to_begin(world, world.create(world.workloads[name]))


def _job(world: World, name: str) -> Process:
    task = world.create(world.workloads[name])
    yield from lives.begin(world, task)
    yield world.dice.randint(30, 90) * SECOND
    yield from lives.end(world, task, lives.CRASH)


def _jobs(world: World, name: str, times: int) -> Process:
    for _ in range(times):
        yield from _job(world, name)
        yield 8 * MINUTE

"""How tasks live and end, step by step, with the pauses that recorded tasks show."""

from local.embedded import ACCOUNT, REGION
from local.estate.clock import MINUTE, SECOND, Duration
from local.estate.task import Task
from local.estate.world import Process, World

SCALING = "ServiceSchedulerInitiated"
CRASH = "EssentialContainerExited"
SPOT = "SpotInterruption"
USER = "UserInitiated"

_INTERRUPTION_NOTICE = 2 * MINUTE


def _reason(task: Task, code: str) -> str:
    return {
        SCALING: f"Scaling activity initiated by (deployment {task.deployment})",
        CRASH: "Essential container in task exited",
        SPOT: "Your Spot Task was interrupted.",
        USER: "Task stopped by user",
    }[code]


def begin(world: World, task: Task, *, wanted: str | None = None) -> Process:
    """Bring a task up, with a wanted address if it is free."""
    if task.workload.launch_type == "FARGATE":
        return _begin_on_fargate(world, task, wanted)
    return begin_on_instance(world, task)


def _begin_on_fargate(world: World, task: Task, wanted: str | None) -> Process:
    dice = world.dice
    task.become("PROVISIONING", interface="PRECREATED")
    world.tell(task)
    connects_in = min(max(round(dice.lognormvariate(1.5, 0.4) * SECOND), 3_000), 18_000)
    attaching_in = connects_in - dice.randint(700, 1_500)
    yield attaching_in
    _take_address(world, task, wanted)
    # One in five events is written before the interface is known, at the same version.
    task.shows_address = dice.random() < 0.8  # noqa: PLR2004 - four in five
    task.become("PENDING", interface="ATTACHING")
    world.tell(task)
    yield connects_in - attaching_in
    task.interface, task.shows_address = "ATTACHED", True
    task.connectivity = "CONNECTED"
    task.at["connectivityAt"] = world.now
    yield dice.randint(4_000, 12_000)
    yield from _pull_and_run(world, task)


def begin_on_instance(
    world: World, task: Task, *, instance: str = "a", host_comes_in: Duration = 0
) -> Process:
    """Bring a task up on an instance of its own account, for which it may have to wait."""
    dice = world.dice
    task.become("PROVISIONING")
    world.tell(task)
    yield max(host_comes_in, 300)
    task.container_instance = container_instance(task.workload.cluster, instance)
    # The host's connection, not the task's: it says nothing of the interface.
    task.connectivity = "CONNECTED"
    task.at["connectivityAt"] = world.now if host_comes_in else task.at["createdAt"]
    if task.workload.awsvpc:
        task.become("PROVISIONING", interface="PRECREATED")
        world.tell(task)
        yield dice.randint(8_000, 15_000)
        _take_address(world, task, None)
        task.interface, task.shows_address = "ATTACHED", True
    task.become("PENDING")
    world.tell(task)
    yield dice.randint(500, 1_500)
    task.host_port = 0 if task.workload.awsvpc else dice.randint(32_768, 60_999)
    yield from _pull_and_run(world, task)


def container_instance(cluster: str, instance: str) -> str:
    """Name an instance of a cluster."""
    digits = f"{instance.encode().hex():0<32}"
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:container-instance/{cluster}/{digits}"


def _take_address(world: World, task: Task, wanted: str | None) -> None:
    if task.subnet:
        task.address = task.subnet.take(world.dice, wanted)
        task.ipv6_address = task.subnet.ipv6_address(world.dice)


def _pull_and_run(world: World, task: Task) -> Process:
    dice = world.dice
    task.at["pullStartedAt"] = world.now
    yield dice.randint(2_000, 9_500)
    task.at["pullStoppedAt"] = world.now
    yield dice.randint(150, 1_500)
    task.at["startedAt"] = world.now
    task.containers_status = "RUNNING"
    if task.workload.balanced:
        task.become("ACTIVATING")
        world.tell(task)
        yield dice.randint(8_000, 20_000)
    task.become("RUNNING")
    world.tell(task)


def fail_to_begin(world: World, task: Task) -> Process:
    """Let a task fail for want of an interface; it never connects."""
    task.become("PROVISIONING", interface="PRECREATED")
    world.tell(task)
    yield world.dice.randint(60_000, 120_000)
    task.interface, task.desired_status = "FAILED", "STOPPED"
    task.stop_code = "TaskFailedToStart"
    task.stopped_reason = "Timeout waiting for network interface provisioning to complete."
    task.at["stoppingAt"] = world.now
    task.become("DEPROVISIONING")
    world.tell(task)
    yield world.dice.randint(8_000, 15_000)
    _be_stopped(world, task)


def end(world: World, task: Task, code: str = SCALING, *, lose: tuple[str, ...] = ()) -> Process:
    """Bring a task down; the events of some of the statuses that it passes through can be lost."""
    dice = world.dice
    if not task.runs:
        return
    if code == CRASH:
        # The agent dates the containers' end, ECS its reaction to it, which comes later.
        task.at["executionStoppedAt"] = world.now
        task.exit_code = 0 if task.workload.standalone else 1
        yield dice.randint(300, 1_200)
    task.desired_status, task.stop_code = "STOPPED", code
    task.stopped_reason = _reason(task, code)
    task.at["stoppingAt"] = world.now
    if code != CRASH:
        task.become("RUNNING")
        _tell(world, task, lose)
        yield _INTERRUPTION_NOTICE if code == SPOT else 0
        yield from _leave_load_balancer(world, task, lose)
        yield dice.randint(1_000, 30_000)
        task.at["executionStoppedAt"] = world.now
        task.exit_code = dice.choice((0, 137, 143))
    task.containers_status = "STOPPED"
    yield from _take_down(world, task, lose)


def _leave_load_balancer(world: World, task: Task, lose: tuple[str, ...]) -> Process:
    if task.workload.balanced:
        task.become("DEACTIVATING")
        _tell(world, task, lose)
        yield world.dice.randint(5_000, 15_000)


def _take_down(world: World, task: Task, lose: tuple[str, ...]) -> Process:
    """Take the interface away, within the 23 to 25 seconds that a Fargate task still takes."""
    dice = world.dice
    left = dice.randint(23_000, 25_000) - (world.now - task.at["executionStoppedAt"])
    if task.workload.launch_type == "EC2":
        left = dice.randint(1_500, 4_000)
    first = dice.randint(500, 1_400)
    yield first
    task.become("DEPROVISIONING", interface=dice.choice(("ATTACHED", "DETACHING")))
    if not task.workload.awsvpc:
        task.interface = None
    _tell(world, task, lose)
    gone = first + round((left - first) * dice.uniform(0.2, 0.4))
    yield gone - first
    task.release()
    yield left - gone
    _be_stopped(world, task, lose)


def _be_stopped(world: World, task: Task, lose: tuple[str, ...] = ()) -> None:
    if task.interface != "FAILED":
        task.release()
    task.at["stoppedAt"] = world.now
    task.become("STOPPED")
    _tell(world, task, lose)


def lose_host(world: World, task: Task) -> Process:
    """Let a task's instance go away: ECS notices late, and never learns when the task ended."""
    task_had = task.subnet, task.address
    yield world.dice.randint(2_000, 8_000)
    if all(task_had) and task.subnet and task.address:
        task.subnet.give_back(task.address)
    yield 2 * MINUTE
    task.become(task.last_status, connectivity="DISCONNECTED")
    world.tell(task)
    yield 3 * MINUTE
    task.desired_status, task.stop_code = "STOPPED", "TerminationNotice"
    task.stopped_reason = "Host EC2 (instance i-0b1946d2f7a35c80e) terminated."
    task.at["stoppingAt"] = task.at["stoppedAt"] = world.now
    if task.interface:
        task.interface = "DELETED"
    task.become("STOPPED")
    world.tell(task)


def _tell(world: World, task: Task, lose: tuple[str, ...]) -> None:
    if task.last_status in lose:
        world.lost += 1
    else:
        world.tell(task)

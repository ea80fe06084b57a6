"""The invented estate is faithful to what ECS sends, and its day holds what is to be seen in it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pytest

from local.estate.clock import DAY, HOUR, MINUTE, SECOND
from local.estate.day import BETWEEN_SWEEPS, UNSWEPT, Story, build, go_on
from local.estate.questions import questions
from local.estate.task import Task
from local.estate.wire import describe, iso
from local.estate.world import World

START = 1_795_000_000_000
REQUIRED = {"taskArn", "clusterArn", "createdAt", "lastStatus", "desiredStatus", "version"}
ENI_DETAILS = [
    "subnetId",
    "networkInterfaceId",
    "macAddress",
    "privateDnsName",
    "privateIPv4Address",
]


class Day(NamedTuple):
    """A day that was played minute by minute."""

    world: World
    story: Story
    events: list[dict[str, Any]]
    tasks: dict[str, Task]
    """All that were ever there, by ARN."""

    def of(self, task: Task) -> list[dict[str, Any]]:
        """List what was told of a task, version by version."""
        told = [each["detail"] for each in self.events if each["resources"] == [task.arn]]
        return sorted(told, key=lambda detail: detail["version"])

    def named(self, name: str) -> Iterator[Task]:
        """List the tasks of a workload."""
        return (task for task in self.tasks.values() if task.workload.name == name)

    def fargate(self) -> Iterator[Task]:
        """List the tasks on Fargate that came to run."""
        return (
            task
            for task in self.tasks.values()
            if task.workload.launch_type == "FARGATE" and "startedAt" in task.at
        )


def play() -> Day:
    world, story = build(START)
    events, tasks = [], dict(world.tasks)
    for now in range(START, START + DAY + 1, MINUTE):
        events += world.advance(now)
        tasks |= world.tasks
    return Day(world, story, events, tasks)


@pytest.fixture(scope="module")
def day() -> Day:
    return play()


def eni(detail: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any]
    [found] = [each for each in detail["attachments"] if each["type"] == "eni"]
    return found


def details(attachment: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in attachment["details"]}


# The envelope


def test_the_envelope_is_that_of_eventbridge(day: Day) -> None:
    for event in day.events:
        assert event["version"] == "0"
        assert event["source"] == "aws.ecs"
        assert event["detail-type"] == "ECS Task State Change"
        assert event["resources"] == [event["detail"]["taskArn"]]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", event["time"])
        assert event["time"][:19] == event["detail"]["updatedAt"][:19]
        assert event["detail"].keys() >= REQUIRED


def test_events_never_tell_what_only_describing_does(day: Day) -> None:
    text = repr(day.events)
    assert "healthStatus" not in text
    assert "'tags'" not in text
    assert "vpc-" not in text
    task = next(day.named("cart"))
    assert describe(task).keys() >= {"healthStatus", "tags"}


def test_fractions_of_seconds_end_in_no_zero(day: Day) -> None:
    instants = [
        value
        for event in day.events
        for name, value in event["detail"].items()
        if name.endswith("At")
    ]
    assert all(re.fullmatch(r"[^.]{19}(\.\d{0,2}[1-9])?Z", instant) for instant in instants)
    lengths = {len(instant) for instant in instants}
    assert {20, 22, 23, 24} <= lengths


@pytest.mark.parametrize(
    "instant, text",
    [
        (1_746_529_337_190, "2025-05-06T11:02:17.19Z"),
        (1_746_529_337_800, "2025-05-06T11:02:17.8Z"),
        (1_746_529_344_000, "2025-05-06T11:02:24Z"),
        (1_746_529_344_001, "2025-05-06T11:02:24.001Z"),
    ],
)
def test_how_events_write_instants(instant: int, text: str) -> None:
    assert iso(instant) == text


# Delivery


def test_events_come_more_than_once_and_in_no_certain_order(day: Day) -> None:
    assert max(Counter(event["id"] for event in day.events).values()) > 1
    versions = defaultdict(list)
    for event in day.events:
        versions[event["resources"][0]].append(event["detail"]["version"])
    assert any(later < earlier for seen in versions.values() for earlier, later in pairwise(seen))


def test_a_version_is_told_of_in_one_way_only(day: Day) -> None:
    told: dict[tuple[str, int], Any] = {}
    for event in day.events:
        key = event["resources"][0], event["detail"]["version"]
        assert told.setdefault(key, event) == event


def test_the_same_seed_makes_the_same_day(day: Day) -> None:
    assert play().events == day.events


# A life on Fargate


def test_a_life_has_the_recorded_statuses_and_versions(day: Day) -> None:
    lives = Counter(
        tuple(
            (detail["version"], detail["lastStatus"], detail["desiredStatus"])
            for detail in {detail["version"]: detail for detail in day.of(task)}.values()
        )
        for task in day.named("cart")
    )
    begun = ((1, "PROVISIONING", "RUNNING"), (2, "PENDING", "RUNNING"), (3, "RUNNING", "RUNNING"))
    ended = ((4, "RUNNING", "STOPPED"), (5, "DEPROVISIONING", "STOPPED"), (6, "STOPPED", "STOPPED"))
    assert lives.keys() == {begun, ended, begun + ended}


def test_behind_a_load_balancer_the_same_statuses_have_other_versions(day: Day) -> None:
    running = {
        detail["version"]
        for task in day.named("web")
        for detail in day.of(task)
        if (detail["lastStatus"], detail["desiredStatus"]) == ("RUNNING", "RUNNING")
    }
    stopped = {task.version for task in day.named("web") if task.stopped_at}
    assert (running, stopped) == ({4}, {8})


def test_the_interface_goes_through_its_own_statuses(day: Day) -> None:
    by_status = defaultdict(set)
    for task in day.named("cart"):
        for detail in day.of(task):
            key = detail["lastStatus"], detail["desiredStatus"]
            by_status[key].add(eni(detail)["status"])
    assert by_status == {
        ("PROVISIONING", "RUNNING"): {"PRECREATED"},
        ("PENDING", "RUNNING"): {"ATTACHING"},
        ("RUNNING", "RUNNING"): {"ATTACHED"},
        ("RUNNING", "STOPPED"): {"ATTACHED"},
        ("DEPROVISIONING", "STOPPED"): {"ATTACHED", "DETACHING"},
        ("STOPPED", "STOPPED"): {"DELETED"},
    }


def test_the_address_is_shown_from_pending_on_and_still_when_stopped(day: Day) -> None:
    for task in day.named("cart"):
        for detail in day.of(task):
            shown = details(eni(detail))
            if detail["lastStatus"] == "PROVISIONING":
                assert list(shown) == ["subnetId"]
            elif detail["lastStatus"] != "PENDING":
                assert list(shown) == ENI_DETAILS
                assert shown["privateIPv4Address"] == task.address
                [container] = detail["containers"]
                assert container["networkInterfaces"][0]["privateIpv4Address"] == task.address


def test_describing_can_know_an_address_at_the_version_whose_event_did_not(day: Day) -> None:
    pending = [
        "privateIPv4Address" in details(eni(detail))
        for task in day.named("cart")
        for detail in day.of(task)
        if detail["lastStatus"] == "PENDING"
    ]
    assert set(pending) == {True, False}

    world, _ = build(START)
    seen = set()
    for now in range(START + DAY - 8 * MINUTE, START + DAY, SECOND):
        world.advance(now)
        seen |= {
            (task.version, task.interface, task.shows_address)
            for task in world.tasks.values()
            if task.workload.name == "cart" and task.last_status == "PENDING"
        }
    assert {(2, "ATTACHING", False), (2, "ATTACHED", True)} <= seen


def test_a_task_connects_3_to_18_seconds_after_it_was_created(day: Day) -> None:
    took = [task.at["connectivityAt"] - task.at["createdAt"] for task in day.fargate()]
    assert 3 * SECOND <= min(took) <= max(took) <= 18 * SECOND
    assert 4 * SECOND <= median(took) <= 5 * SECOND
    for task in day.fargate():
        named = ("createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt")
        assert sorted(task.at[name] for name in named) == [task.at[name] for name in named]


def test_a_task_takes_23_to_25_seconds_from_the_end_of_its_containers_to_its_own(day: Day) -> None:
    ended = [task for task in day.fargate() if task.stopped_at]
    took = [task.at["stoppedAt"] - task.at["executionStoppedAt"] for task in ended]
    assert len(took) > 50
    assert 23 * SECOND <= min(took) <= max(took) <= 25 * SECOND


def test_a_container_that_crashes_ends_before_ecs_stops_its_task(day: Day) -> None:
    crashed = [task for task in day.named("mail") if task.stop_code == "EssentialContainerExited"]
    assert len(crashed) == 15
    for task in crashed:
        assert task.at["executionStoppedAt"] < task.at["stoppingAt"]
        assert task.exit_code == 1
        assert not any(
            detail["lastStatus"] == "RUNNING" and detail["desiredStatus"] == "STOPPED"
            for detail in day.of(task)
        )


def test_spot_warns_two_minutes_before(day: Day) -> None:
    assert len(day.story.interrupted) == 2
    for task in day.story.interrupted:
        assert task.workload.capacity_provider == "FARGATE_SPOT"
        warned, *_, last = [detail for detail in day.of(task) if "stoppingAt" in detail]
        assert (warned["lastStatus"], warned["stopCode"]) == ("RUNNING", "SpotInterruption")
        assert last["stoppedReason"] == "Your Spot Task was interrupted."
        assert task.at["executionStoppedAt"] - task.at["stoppingAt"] >= 2 * MINUTE


def test_a_task_that_gets_no_interface_never_connects(day: Day) -> None:
    [task] = [task for task in day.named("mail") if task.stop_code == "TaskFailedToStart"]
    assert task.at.keys() == {"createdAt", "stoppingAt", "stoppedAt"}
    last = day.of(task)[-1]
    assert eni(last)["status"] == "FAILED"
    assert "connectivity" not in last


def test_another_attachment_can_stand_before_the_interfaces(day: Day) -> None:
    running = next(task for task in day.named("payments") if task.runs)
    assert [each["type"] for each in describe(running)["attachments"]] == [
        "ServiceConnect",
        "ElasticNetworkInterface",
    ]
    told = [detail for task in day.named("payments") for detail in day.of(task)]
    assert told
    for detail in told:
        assert [each["type"] for each in detail["attachments"]] == ["sdi", "eni"]
        assert detail["attachments"][0]["details"] == []


def test_tasks_of_a_dual_stack_subnet_have_two_addresses(day: Day) -> None:
    both = 0
    for task in day.named("cart"):
        assert task.subnet
        for detail in day.of(task):
            for container in detail["containers"]:
                for interface in container["networkInterfaces"]:
                    assert ("ipv6Address" in interface) == (task.subnet.ipv6_cidr is not None)
                    both += "ipv6Address" in interface
    assert both


# On instances


def test_connectivity_on_an_instance_is_the_hosts(day: Day) -> None:
    started = [
        task
        for task in day.named("stream-worker")
        if task.at["createdAt"] > START and "startedAt" in task.at
    ]
    late = day.story.late
    assert late in started
    for task in started:
        waited = task.at["connectivityAt"] - task.at["createdAt"]
        assert waited == 0 or (task is late and waited > 15 * MINUTE)
        assert "platformVersion" not in describe(task)
        assert describe(task)["containerInstanceArn"]


def test_the_address_comes_up_to_15_seconds_after_the_hosts_connection(day: Day) -> None:
    told = [(d["lastStatus"], d["attachments"]) for d in day.of(day.story.late)]
    assert [status for status, _ in told] == ["PROVISIONING", "PROVISIONING", "PENDING", "RUNNING"]
    assert told[0][1] == []
    assert (told[1][1][0]["status"], list(details(told[1][1][0]))) == ("PRECREATED", ["subnetId"])
    after = day.story.late.at["pullStartedAt"] - day.story.late.at["connectivityAt"]
    assert 8 * SECOND <= after <= 17 * SECOND


def test_bridge_tasks_have_ports_of_their_host_and_no_address(day: Day) -> None:
    bridged = list(day.named("log-shipper"))
    assert bridged
    for task in bridged:
        described = describe(task)
        assert described["attachments"] == []
        [container] = described["containers"]
        assert container["networkInterfaces"] == []
        assert container["networkBindings"][0]["hostPort"] >= 32_768


def test_of_a_host_that_is_gone_ecs_learns_late_and_little(day: Day) -> None:
    gone = [task for task in day.named("stream-worker") if task.stop_code == "TerminationNotice"]
    assert len(gone) == 2
    for task in gone:
        unsure, last = day.of(task)
        assert (unsure["lastStatus"], unsure["connectivity"]) == ("RUNNING", "DISCONNECTED")
        assert (last["lastStatus"], last["containers"][0]["lastStatus"]) == ("STOPPED", "RUNNING")
        assert "executionStoppedAt" not in last
        assert last["stoppingAt"] == last["stoppedAt"]


# What there is to see


def test_some_sixty_tasks_run_in_two_clusters_three_subnets_and_two_vpcs(day: Day) -> None:
    running = [task for task in day.world.tasks.values() if task.runs]
    assert 55 <= len(running) <= 70
    assert {task.workload.cluster for task in running} == {"shop", "data"}
    assert len({task.subnet.id for task in running if task.subnet}) == 3
    assert len({task.subnet.vpc_id for task in running if task.subnet}) == 2


def test_an_address_is_in_two_vpcs_at_once(day: Day) -> None:
    vpcs = defaultdict(set)
    for task in day.world.tasks.values():
        if task.runs and task.subnet:
            vpcs[task.address].add(task.subnet.vpc_id)
    assert any(len(found) == 2 for found in vpcs.values())


def test_an_address_is_of_two_services_within_seconds(day: Day) -> None:
    old, new = day.story.reused
    assert (old.workload.name, new.workload.name) == ("checkout", "payments")
    assert (old.address, old.subnet) == (new.address, new.subnet)
    assert 0 < new.at["connectivityAt"] - old.at["executionStoppedAt"] < 20 * SECOND
    assert new.at["connectivityAt"] < old.at["stoppedAt"]


def test_some_ends_are_never_told(day: Day) -> None:
    repaired, vanished = day.story.repaired, day.story.vanished
    assert [detail["lastStatus"] for detail in day.of(repaired)] == ["RUNNING", "DEPROVISIONING"]
    assert repaired.stopped_at
    assert repaired.stopped_at - START not in UNSWEPT
    assert day.of(vanished) == []
    assert vanished.stopped_at
    assert day.world.lost == 4


def test_nobody_looks_until_ecs_has_forgotten_who_vanished(day: Day) -> None:
    looked = [offset for offset in range(0, DAY + 1, BETWEEN_SWEEPS) if offset not in UNSWEPT]
    assert max(later - earlier for earlier, later in pairwise(looked)) == 90 * MINUTE
    ended = day.story.vanished.at["stoppedAt"] - START
    before = max(offset for offset in looked if offset < ended)
    after = min(offset for offset in looked if offset > ended)
    assert ended - before < 5 * MINUTE
    assert after - ended > HOUR


def test_nobody_else_has_the_address_of_who_vanished_while_that_is_asked(day: Day) -> None:
    vanished = day.story.vanished
    took = [
        task.at["createdAt"]
        for task in day.tasks.values()
        if (task.subnet, task.address) == (vanished.subnet, vanished.address)
        and task.at["createdAt"] > vanished.at["createdAt"]
    ]
    assert all(created > vanished.at["stoppedAt"] + 30 * MINUTE for created in took)


def test_ten_minutes_ago_somebody_else_was_there(day: Day) -> None:
    replaced = day.story.replaced
    assert replaced.at["createdAt"] < START + DAY - HOUR
    ended = replaced.at["executionStoppedAt"]
    assert START + DAY - 8 * MINUTE < ended < START + DAY - 5 * MINUTE
    assert replaced.stopped_at


def test_there_are_five_questions_with_their_commands(day: Day) -> None:
    asked = questions(day.story, START + DAY)
    assert len(asked) == 5
    for question in asked:
        assert question.text.endswith((".", "?"))
        assert question.command.startswith("ecs-ip ")
        assert question.path.startswith(("/ips/10.0.4.", "/tasks?"))
    assert "at=2026-11-19T10:56:40Z" in asked[0].path
    assert str(day.story.replaced.address) in asked[0].command


def test_then_something_happens_every_few_seconds_without_end() -> None:
    world, _ = build(START)
    world.advance(START + DAY)
    world.start(go_on(world))
    told = [len(world.advance(START + DAY + minute * MINUTE)) for minute in range(1, 4 * 60 + 1)]
    assert 12 <= sum(told) / len(told) <= 30
    assert min(told[2:]) >= 3
    running = [task for task in world.tasks.values() if task.runs]
    assert 55 <= len(running) <= 80

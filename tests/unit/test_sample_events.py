"""The sample events: described one by one in their README, and faithful in shape to ECS's own."""

import json
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

from core.task.ecs import ParsedObservation, parse_event
from core.text.arn import ClusterArn, TaskArn
from core.text.instant import SECOND, from_text

type Event = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "events"
FILES = sorted(FOLDER.glob("*.json"))
EVENTS: dict[str, Event] = {path.stem: json.loads(path.read_text()) for path in FILES}

# Account ids that AWS's documentation uses for examples.
DOCUMENTATION_ACCOUNTS = {"111122223333", "444455556666", "777788889999"}
PARTITION_OF_REGION = {"us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"}
WHOLE_LIFE = [
    ("PROVISIONING", "RUNNING", "PRECREATED"),
    ("PENDING", "RUNNING", "ATTACHED"),
    ("RUNNING", "RUNNING", "ATTACHED"),
    ("RUNNING", "STOPPED", "ATTACHED"),
    ("DEPROVISIONING", "STOPPED", "DETACHING"),
    ("STOPPED", "STOPPED", "DELETED"),
]
SECRET = "example-secret-never-stored"

each_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)


def case_of(name: str) -> str:
    """Name the case that an event belongs to: `spot-1-running` is of `spot`."""
    return re.sub(r"-\d-.*", "", name)


CASES = {case: [EVENTS[name] for name in names] for case, names in groupby(EVENTS, case_of)}
each_case = pytest.mark.parametrize("events", CASES.values(), ids=CASES)


def eni_of(event: Event) -> Event | None:
    attachments = event["detail"].get("attachments", [])
    return next((eni for eni in attachments if eni["type"] == "eni"), None)


def arns_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from arns_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from arns_in(item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield value


def read(name: str) -> ParsedObservation:
    return parse_event(EVENTS[name])


def test_the_readme_describes_each_file_once_and_no_other() -> None:
    readme = (FOLDER / "README.md").read_text()
    rows = re.findall(r"^\| `([^/]+?\.json)` \| .+ \|$", readme, re.MULTILINE)
    assert sorted(rows) == [path.name for path in FILES]


def test_files_the_readme_speaks_of_exist() -> None:
    named = set(re.findall(r"`([\w-]+)\.json`", (FOLDER / "README.md").read_text()))
    assert named == set(EVENTS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_json_indented_by_two_spaces(path: Path) -> None:
    text = path.read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


@each_event
def test_an_event_has_the_envelope_of_eventbridge(event: Event) -> None:
    assert list(event) == [
        *("version", "id", "detail-type", "source", "account"),
        *("time", "region", "resources", "detail"),
    ]
    assert event["version"] == "0"
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event["id"])
    assert event["detail-type"] == "ECS Task State Change"
    assert event["source"] == "aws.ecs"
    assert event["account"] in DOCUMENTATION_ACCOUNTS
    assert event["resources"] == [event["detail"]["taskArn"]]


def test_every_event_has_an_id_of_its_own() -> None:
    assert len({event["id"] for event in EVENTS.values()}) == len(EVENTS)


@each_event
def test_a_detail_has_what_ecs_always_sends(event: Event) -> None:
    always = {"taskArn", "clusterArn", "createdAt", "lastStatus", "desiredStatus", "version"}
    never = {"healthStatus", "tags", "platformFamily"}
    assert always <= event["detail"].keys()
    assert not never & event["detail"].keys()
    assert ("platformVersion" in event["detail"]) == (event["detail"]["launchType"] == "FARGATE")
    assert ("containerInstanceArn" in event["detail"]) == (event["detail"]["launchType"] == "EC2")


@each_event
def test_arns_are_of_the_envelope_s_account_and_region(event: Event) -> None:
    region, account = event["region"], event["account"]
    home = f"arn:{PARTITION_OF_REGION.get(region, 'aws')}:ecs:{region}:{account}:"
    ecs_arns = [arn for arn in arns_in(event) if ":ecs:" in arn]
    assert len(ecs_arns) >= 5
    assert [arn for arn in ecs_arns if not arn.startswith(home)] == []


@each_event
def test_an_availability_zone_is_in_the_envelope_s_region(event: Event) -> None:
    assert re.fullmatch(re.escape(event["region"]) + "[a-c]", event["detail"]["availabilityZone"])


@each_event
def test_timestamps_come_in_a_plausible_order(event: Event) -> None:
    instants = {
        name: from_text(text) for name, text in event["detail"].items() if name.endswith("At")
    }
    steps = ("createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt", "stoppedAt")
    taken = [instants[name] for name in steps if name in instants]
    assert taken == sorted(taken)
    assert min(instants.values()) == instants["createdAt"]
    assert max(instants.values()) == instants["updatedAt"]


@each_event
def test_timestamps_are_written_as_ecs_writes_them(event: Event) -> None:
    """In UTC, with trailing zeros of the fraction trimmed, and whole seconds in the envelope."""
    detail = event["detail"]
    for name in detail:
        if name.endswith("At"):
            assert re.fullmatch(r"2026-11-[01]\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?Z", detail[name])
    sent = from_text(event["time"])
    assert sent == from_text(detail["updatedAt"]) // SECOND * SECOND
    assert "." not in event["time"]


@each_event
def test_stopped_tasks_alone_say_when_they_stopped(event: Event) -> None:
    detail = event["detail"]
    assert ("stoppedAt" in detail) == (detail["lastStatus"] == "STOPPED")
    wanted = {"stoppingAt", "stopCode", "stoppedReason"}
    assert (wanted & detail.keys()) == (wanted if detail["desiredStatus"] == "STOPPED" else set())


@each_event
def test_containers_are_of_the_task_and_agree_with_its_eni(event: Event) -> None:
    eni = eni_of(event)
    details = {pair["name"]: pair["value"] for pair in eni["details"]} if eni else {}
    for container in event["detail"]["containers"]:
        assert container["taskArn"] == event["detail"]["taskArn"]
        interfaces = container["networkInterfaces"]
        assert bool(interfaces) == ("networkInterfaceId" in details)
        for interface in interfaces:
            assert eni is not None
            assert interface["attachmentId"] == eni["id"]
            assert interface.get("privateIpv4Address") == details.get("privateIPv4Address")


@each_event
def test_an_event_is_read_without_a_flaw(event: Event) -> None:
    observation = parse_event(event)
    assert observation.invalid_addresses == ()
    assert observation.record.key.task_id == event["detail"]["taskArn"].split("/")[-1]


@each_case
def test_events_of_a_case_are_named_in_the_order_they_came(events: list[Event]) -> None:
    for earlier, later in pairwise(events):
        assert from_text(earlier["detail"]["updatedAt"]) < from_text(later["detail"]["updatedAt"])


@each_case
def test_versions_ascend_and_facts_stay_within_a_life(events: list[Event]) -> None:
    lives: dict[str, list[Event]] = {}
    for event in events:
        lives.setdefault(event["detail"]["taskArn"], []).append(event["detail"])
    for life in lives.values():
        versions = [detail["version"] for detail in life]
        assert versions == sorted(set(versions))
        for earlier, later in pairwise(life):
            constant = earlier.keys() - {
                *("attachments", "connectivityAt", "containers", "desiredStatus"),
                *("lastStatus", "updatedAt", "version"),
            }
            assert {name: later.get(name) for name in constant} == {
                name: earlier[name] for name in constant
            }


def test_a_task_belongs_to_one_case() -> None:
    cases: dict[str, set[str]] = {}
    for name, event in EVENTS.items():
        cases.setdefault(event["detail"]["taskArn"], set()).add(case_of(name))
    assert {task: names for task, names in cases.items() if len(names) > 1} == {}


@pytest.mark.parametrize(
    "case, attachment_statuses",
    [
        ("fargate-service", {}),
        ("fargate-standalone", {2: "ATTACHING", 5: "ATTACHED"}),
    ],
)
def test_a_whole_life_has_six_versions(case: str, attachment_statuses: dict[int, str]) -> None:
    life = CASES[case]
    assert [event["detail"]["version"] for event in life] == [1, 2, 3, 4, 5, 6]
    for event, (last, desired, attachment) in zip(life, WHOLE_LIFE, strict=True):
        status = parse_event(event).record.status
        assert status is not None
        assert (status.last_status, status.desired_status) == (last, desired)
        assert status.attachment_status == attachment_statuses.get(status.version, attachment)


def test_a_standalone_task_is_of_a_family_and_a_service_s_task_is_not() -> None:
    assert read("fargate-standalone-3-running").record.service is None
    assert read("fargate-standalone-3-running").record.facts.group == "family:nightly-report"
    assert read("fargate-service-3-running").record.service == "web"


def test_a_task_that_has_just_been_created_has_an_eni_and_no_address() -> None:
    for name in ("fargate-provisioning", "fargate-pending", "fargate-service-1-provisioning"):
        assert read(name).record.address_state == "pending"


def test_tasks_short_of_stopped_hold_the_address_that_they_show() -> None:
    held = {name for name in EVENTS if read(name).record.address_state == "held"}
    assert {name for name in EVENTS if not read(name).record.live} == {
        name for name in EVENTS if name.endswith("-stopped")
    }
    assert held == {
        name
        for name in EVENTS
        if not name.endswith(("-stopped", "-provisioning"))
        and name not in {"ec2-bridge-running", "fargate-pending"}
    }


def test_a_bridge_task_has_host_ports_and_no_interface() -> None:
    detail = EVENTS["ec2-bridge-running"]["detail"]
    assert "attachments" not in detail
    assert detail["containers"][0]["networkBindings"][0]["hostPort"] == 32768
    record = read("ec2-bridge-running").record
    assert (record.facts.network_mode, record.addresses) == (None, ())


def test_on_ec2_a_task_connects_when_it_is_created_and_can_reconnect() -> None:
    running, reconnected = (event["detail"] for event in CASES["ec2-awsvpc"])
    assert running["connectivityAt"] == running["createdAt"]
    assert reconnected["connectivityAt"] > reconnected["startedAt"]
    assert not re.search(r":\d+$", running["taskDefinitionArn"])


def test_ipv6_addresses_come_from_the_containers() -> None:
    dual = read("dual-stack-running").record.interface
    single = read("ipv6-only-running").record.interface
    assert (dual.private_ipv4_address, dual.ipv6_address) == (
        "10.0.6.33",
        "2001:db8:4a:600:1c2b:9f3e:7a40:d815",
    )
    assert (single.private_ipv4_address, single.ipv6_address) == (
        None,
        "2001:db8:4a:700:5d2:e8b1:33f7:90ac",
    )


@pytest.mark.parametrize(
    "name, first",
    [
        ("service-connect-running", "ServiceConnect"),
        ("cloud-map-stopped", "sdi"),
        ("load-balancer-running", "elb"),
    ],
)
def test_another_attachment_can_come_before_the_eni(name: str, first: str) -> None:
    attachments = EVENTS[name]["detail"]["attachments"]
    assert [attachment["type"] for attachment in attachments] == [first, "eni"]
    assert read(name).record.interface.attachment_id == attachments[1]["id"]
    assert read(name).record.interface.private_ipv4_address is not None


def test_a_spot_warning_finds_the_task_running() -> None:
    status = read("spot-2-interruption-warning").record.status
    assert status is not None
    assert (status.last_status, status.desired_status) == ("RUNNING", "STOPPED")
    assert status.stop_code == "SpotInterruption"


def test_a_failed_start_held_an_address_and_never_ran() -> None:
    detail = EVENTS["failed-start-stopped"]["detail"]
    assert detail["stopCode"] == "TaskFailedToStart"
    assert not {"startedAt", "connectivityAt", "pullStartedAt"} & detail.keys()
    assert read("failed-start-stopped").record.address_state == "released"
    assert read("failed-start-stopped").record.attached_at_estimated


def test_an_address_is_reused_before_its_first_holder_is_known_to_have_stopped() -> None:
    first, second, stopped = (parse_event(event).record for event in CASES["address-reuse"])
    places = {
        (record.interface.subnet_id, record.interface.private_ipv4_address)
        for record in (first, second, stopped)
    }
    assert len(places) == 1
    assert first.key == stopped.key != second.key
    assert first.interface.network_interface_id != second.interface.network_interface_id
    assert second.attached_at is not None
    assert stopped.released_at is not None
    assert second.attached_at < stopped.released_at


def test_overlapping_vpcs_have_one_address_in_two_subnets() -> None:
    ours, theirs = read("ec2-awsvpc-1-running").record, read("govcloud-running").record
    assert ours.addresses == theirs.addresses == ("10.20.1.77",)
    assert ours.interface.subnet_id != theirs.interface.subnet_id


def test_partitions_and_the_old_arn_format_are_there() -> None:
    partitions = {name: TaskArn(EVENTS[name]["resources"][0]).aws_partition for name in EVENTS}
    assert (partitions["govcloud-running"], partitions["china-running"]) == ("aws-us-gov", "aws-cn")
    old = EVENTS["old-arn-stopped"]["detail"]
    assert old["taskArn"].count("/") == 1
    assert ClusterArn(old["clusterArn"]).name == "legacy"


def test_windows_shows_only_in_the_platform_version() -> None:
    facts = read("windows-running").record.facts
    assert (facts.launch_type, facts.platform_version) == ("FARGATE", "1.0.0")


def test_a_secret_of_the_environment_is_in_the_events_and_in_nothing_that_is_read() -> None:
    carriers = {case_of(name) for name, event in EVENTS.items() if SECRET in json.dumps(event)}
    assert carriers == {"fargate-standalone"}
    assert all(SECRET not in repr(parse_event(event)) for event in EVENTS.values())

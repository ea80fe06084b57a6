"""The shapes and cases beside the sample events: each described in the README, and readable."""

import json
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from core.task.ecs import Observation, parse_event, parse_task
from core.text.instant import SECOND, from_text
from tests.support.samples import (
    CASES,
    DESCRIBED,
    DESCRIBED_AT,
    DESCRIBED_CASES,
    FOLDER,
    SHAPES,
    Json,
)

ROWS = re.findall(
    r"^\| `((?:shapes|cases)/[^`]+)` \| .+ \|$", (FOLDER / "README.md").read_text(), re.MULTILINE
)
FILES = sorted(path for folder in ("shapes", "cases") for path in (FOLDER / folder).iterdir())
SENT = {f"{name}-{n}": event for name, case in CASES.items() for n, event in enumerate(case)}

each_event = pytest.mark.parametrize("event", SENT.values(), ids=SENT)


def enis_of(detail: Json) -> Iterator[tuple[str, Json]]:
    """List a task's network interfaces: the attachment's status, and its details by name."""
    for attachment in detail["attachments"]:
        if attachment["type"] in {"eni", "ElasticNetworkInterface"}:
            yield attachment["status"], {one["name"]: one["value"] for one in attachment["details"]}


def details(name: str) -> list[Json]:
    return [event["detail"] for event in CASES[name]]


def read(name: str) -> list[Observation]:
    return [parse_event(event) for event in CASES[name]]


def described(task: Json) -> Observation:
    return parse_task(task, asked_at=DESCRIBED_AT, answered_at=DESCRIBED_AT)


def test_the_readme_describes_each_shape_and_case_once_and_no_other() -> None:
    assert sorted(ROWS) == [str(path.relative_to(FOLDER)) for path in FILES]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.suffix == ".json"], ids=lambda path: path.stem
)
def test_a_shape_or_case_is_json_indented_by_two_spaces(path: Path) -> None:
    text = path.read_text()
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_every_event_has_an_id_of_its_own() -> None:
    ids = [event["id"] for event in [*SENT.values(), *SHAPES.values()]]
    assert len(set(ids)) == len(ids)


@each_event
def test_an_envelope_is_of_its_task_and_of_the_second_of_its_update(event: Json) -> None:
    detail = event["detail"]
    assert event["resources"] == [detail["taskArn"]]
    assert detail["taskArn"].split(":")[3:5] == [event["region"], event["account"]]
    updated = detail.get("updatedAt", event["time"])
    assert from_text(event["time"]) == from_text(updated) // SECOND * SECOND


@each_event
def test_an_event_of_a_case_is_read_without_a_flaw(event: Json) -> None:
    observation = parse_event(event)
    assert observation.invalid_addresses == ()
    assert observation.record.key.task_id == event["detail"]["taskArn"].rpartition("/")[2]


@pytest.mark.parametrize("name", CASES)
def test_the_events_of_each_task_of_a_case_come_in_the_order_of_their_versions(name: str) -> None:
    for _, life in groupby(details(name), lambda detail: detail["taskArn"]):
        for earlier, later in pairwise(life):
            assert earlier["version"] < later["version"]
            assert from_text(earlier["updatedAt"]) <= from_text(later["updatedAt"])


def test_a_task_that_was_placed_late_shows_a_subnet_before_it_shows_an_address() -> None:
    for name in ("placed-late-own-address", "placed-late-reused-address"):
        waiting, placed, shown, _ = details(name)[-4:]
        assert waiting["attachments"] == []
        assert [(status, set(facts)) for status, facts in enis_of(placed)] == [
            ("PRECREATED", {"subnetId"})
        ]
        assert placed["connectivityAt"] == placed["updatedAt"] > placed["createdAt"]
        assert [status for status, _ in enis_of(shown)] == ["ATTACHED"]
        assert shown["updatedAt"] > shown["connectivityAt"]


def test_two_tasks_of_one_case_have_the_same_address_in_the_same_subnet() -> None:
    facts = [seen.record.facts for seen in read("placed-late-reused-address")]
    places = {(fact.subnet_id, fact.private_ipv4_address) for fact in (facts[0], facts[-1])}
    assert places == {("subnet-0b7d41e86f92c3a50", "10.52.3.160")}
    assert facts[0].network_interface_id != facts[-1].network_interface_id


def test_of_two_enis_the_first_can_have_failed_or_both_can_be_attached() -> None:
    [failed], [both] = details("failed-eni-first-running"), details("two-attached-enis-running")
    assert [status for status, _ in enis_of(failed)] == ["FAILED", "ATTACHED"]
    assert [status for status, _ in enis_of(both)] == ["ATTACHED", "ATTACHED"]
    for detail in (failed, both):
        subnets = [facts["subnetId"] for _, facts in enis_of(detail)]
        assert len(set(subnets)) == 2


def test_an_eni_can_be_deleted_while_its_address_is_listed_and_the_task_not_stopped() -> None:
    last = details("deprovisioning-eni-deleted")[-1]
    [(status, facts)] = enis_of(last)
    assert (last["lastStatus"], status) == ("DEPROVISIONING", "DELETED")
    assert facts["privateIPv4Address"] == "10.52.3.140"
    assert read("deprovisioning-eni-deleted")[-1].record.live


def test_a_stopped_task_can_list_no_address_that_it_had() -> None:
    running, stopped = read("stopped-without-attachments")
    assert (running.record.addresses, stopped.record.addresses) == (("10.52.3.151",), ())
    assert not stopped.record.live


def test_a_host_that_went_away_left_a_container_running() -> None:
    last = details("host-terminated")[-1]
    assert (last["lastStatus"], last["connectivity"]) == ("STOPPED", "DISCONNECTED")
    assert [container["lastStatus"] for container in last["containers"]] == ["RUNNING"]
    assert "executionStoppedAt" not in last
    assert last["stoppingAt"] == last["stoppedAt"]


def test_an_event_without_updated_at_has_whole_seconds_alone() -> None:
    [event] = CASES["without-updated-at-pending"]
    assert "updatedAt" not in event["detail"]
    assert from_text(event["time"]) % SECOND == 0


def test_an_agent_s_clock_can_be_before_the_task_was_created() -> None:
    [detail] = details("agent-clock-slow-running")
    assert detail["pullStartedAt"] < detail["createdAt"] < detail["startedAt"]


@pytest.mark.parametrize(
    "name, addresses",
    [
        ("lattice-before-dual-stack-eni", ("10.52.3.74", "2001:db8:52:3::4a")),
        ("managed-daemon-running", ()),
        ("external-host-ports-running", ()),
        ("archive-replay-running", ("10.52.3.96",)),
        ("european-sovereign-cloud-running", ("10.52.3.12",)),
        ("failed-eni-first-running", ("10.52.3.118",)),
    ],
)
def test_a_new_shape_has_the_addresses_that_the_readme_names(
    name: str, addresses: tuple[str, ...]
) -> None:
    [seen] = read(name)
    assert seen.record.addresses == addresses


def test_a_daemon_s_task_is_of_no_service() -> None:
    [seen] = read("managed-daemon-running")
    assert (seen.record.service, seen.record.facts.group) == (None, "daemon:metrics-agent")


def test_an_archive_adds_the_name_of_its_replay() -> None:
    [event] = CASES["archive-replay-running"]
    assert event["replay-name"] == "november-again"


def test_a_described_case_has_its_address_while_it_is_provisioning() -> None:
    assert list(DESCRIBED_CASES) == ["provisioning-with-address"]
    [task] = DESCRIBED_CASES["provisioning-with-address"]
    assert task["lastStatus"] == "PROVISIONING"
    seen = described(task)
    assert (seen.record.addresses, seen.record.address_state) == (("10.52.3.81",), "held")


def test_described_shapes_come_as_an_answer_a_list_or_a_task_alone() -> None:
    assert {"describe-tasks-two-1", "describe-tasks-invalid-address-0"} <= DESCRIBED.keys()
    assert DESCRIBED["describe-tasks-spot-exec-0"]["lastStatus"] == "RUNNING"


def test_the_flow_logs_of_the_cases_are_of_the_first_holder_of_the_reused_address() -> None:
    interface = parse_event(CASES["placed-late-reused-address"][0]).record.facts
    exported = (FOLDER / "cases" / "flow-log-exported.log").read_text().splitlines()
    bare = (FOLDER / "cases" / "flow-log-without-header.log").read_text().splitlines()
    assert all(re.match(r"2026-11-18T[\d:]+\.000Z 2 \d{12} eni-", line) for line in exported)
    assert [len(line.split()) for line in exported] == [15] * 5
    assert [line.split()[:2] for line in bare] == [["5", interface.network_interface_id]]
    assert sum(str(interface.network_interface_id) in line for line in exported) == 3

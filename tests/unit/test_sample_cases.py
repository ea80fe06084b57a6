"""The shapes and cases beside the sample events: each described in the README, and readable."""

import json
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from core.answers.candidates import Question
from core.answers.holders import Judge
from core.answers.questions import holders_at, instant_window
from core.table.recording import record_observations
from core.task.ecs import ParsedObservation, parse_event, parse_task
from core.task.record import Record, join
from core.text.instant import HOUR, SECOND, Instant, from_text, to_text
from tests.support.memory import MemoryStore
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


def read(name: str) -> list[ParsedObservation]:
    return [parse_event(event) for event in CASES[name]]


def described(task: Json) -> ParsedObservation:
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
    first, *_, last = [seen.record.interface for seen in read("placed-late-reused-address")]
    places = {(one.subnet_id, one.private_ipv4_address) for one in (first, last)}
    assert places == {("subnet-0b7d41e86f92c3a50", "10.52.3.160")}
    assert first.network_interface_id != last.network_interface_id


def test_of_two_enis_the_first_can_have_failed_or_both_can_be_attached() -> None:
    [failed], [both] = details("failed-eni-first-running"), details("two-attached-enis-running")
    assert [status for status, _ in enis_of(failed)] == ["FAILED", "ATTACHED"]
    assert [status for status, _ in enis_of(both)] == ["ATTACHED", "ATTACHED"]
    assert read("two-attached-enis-running")[0].other_interfaces == ("eni-04c5c3bb245c32da7",)
    assert read("failed-eni-first-running")[0].other_interfaces == ()
    for detail in (failed, both):
        subnets = [facts["subnetId"] for _, facts in enis_of(detail)]
        assert len(set(subnets)) == 2


def test_an_eni_can_be_deleted_while_its_address_is_listed_and_the_task_not_stopped() -> None:
    last = details("deprovisioning-eni-deleted")[-1]
    [(status, facts)] = enis_of(last)
    assert (last["lastStatus"], status) == ("DEPROVISIONING", "DELETED")
    assert facts["privateIPv4Address"] == "10.52.3.140"
    last_seen = read("deprovisioning-eni-deleted")[-1].record
    assert (last_seen.live, last_seen.address_state) == (True, "released")


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
    interface = parse_event(CASES["placed-late-reused-address"][0]).record.interface
    exported = (FOLDER / "cases" / "flow-log-exported.log").read_text().splitlines()
    bare = (FOLDER / "cases" / "flow-log-without-header.log").read_text().splitlines()
    assert all(re.match(r"2026-11-18T[\d:]+\.000Z 2 \d{12} eni-", line) for line in exported)
    assert [len(line.split()) for line in exported] == [15] * 5
    assert [line.split()[:2] for line in bare] == [["5", interface.network_interface_id]]
    assert sum(str(interface.network_interface_id) in line for line in exported) == 3


# What is right of each case

DAY = "2026-11-18T"
OF_A_TASK: dict[str, tuple[str, bool, str | None, tuple[str | None, ...]]] = {
    # Of its only or last task: state, live, the address, and the four instants.
    "agent-clock-slow-running": (
        *("held", True, "10.52.3.212"),
        ("21:00:03.300", "21:00:35.450", None, None),
    ),
    "archive-replay-running": (
        *("held", True, "10.52.3.96"),
        ("14:50:29.615", "14:50:33.900", None, None),
    ),
    "deprovisioning-eni-deleted": (
        *("released", True, "10.52.3.140"),
        ("06:10:01.500", "06:10:06.100", "07:25:24.600", "07:25:41.700"),
    ),
    "european-sovereign-cloud-running": (
        *("held", True, "10.52.3.12"),
        ("16:20:03.700", "16:20:08.550", None, None),
    ),
    "external-host-ports-running": ("none", True, None, (None, None, None, None)),
    "failed-eni-first-running": (
        *("held", True, "10.52.3.118"),
        ("18:00:01.100", "18:00:06.200", None, None),
    ),
    "host-terminated": (
        *("released", False, "10.52.3.190"),
        ("17:00:00.400", "17:00:21.100", "17:00:32.800", "19:18:45.600"),
    ),
    "lattice-before-dual-stack-eni": (
        *("held", True, "10.52.3.74"),
        ("11:03:15.800", "11:03:19.420", None, None),
    ),
    "managed-daemon-running": ("none", True, None, (None, None, None, None)),
    "placed-late-own-address": (
        *("held", True, "10.52.3.177"),
        ("15:45:30.800", "15:45:53.350", None, None),
    ),
    "placed-late-reused-address": (
        *("held", True, "10.52.3.160"),
        ("14:20:30.800", "14:20:53.350", None, None),
    ),
    "stopped-without-attachments": (
        *("released", False, "10.52.3.151"),
        ("08:00:02.200", "08:00:07.300", "09:15:24.200", "09:15:48.900"),
    ),
    "two-attached-enis-running": (
        *("held", True, "10.52.4.130"),
        ("18:30:01.900", "18:30:05.400", None, None),
    ),
    "without-updated-at-pending": (
        *("held", True, "10.52.3.201"),
        ("20:00:01.050", "20:00:09.999", None, None),
    ),
    "provisioning-with-address": (
        *("held", True, "10.52.3.81"),
        ("12:29:55.040", "12:29:59.300", None, None),
    ),
}


def records(name: str) -> list[Record]:
    """Add up what a case shows of each of its tasks, in the order of their first sightings."""
    if name in DESCRIBED_CASES:
        return [described(task).record for task in DESCRIBED_CASES[name]]
    lives: dict[str, Record] = {}
    for observation in read(name):
        seen = observation.record
        task_id = seen.key.task_id
        lives[task_id] = join(lives[task_id], seen) if task_id in lives else seen
    return list(lives.values())


def clock(instant: Instant | None) -> str | None:
    return None if instant is None else to_text(instant)[11:-1]


def test_every_case_is_judged() -> None:
    assert OF_A_TASK.keys() == CASES.keys() | DESCRIBED_CASES.keys()


@pytest.mark.parametrize("name", OF_A_TASK)
def test_a_case_adds_up_to_what_is_right_of_it(name: str) -> None:
    state, live, address, bounds = OF_A_TASK[name]
    record = records(name)[-1]
    assert (record.address_state, record.live) == (state, live)
    assert record.interface.private_ipv4_address == address
    assert (
        tuple(
            clock(instant)
            for instant in (
                record.attached_not_before,
                record.attached_at,
                record.released_not_before,
                record.released_at,
            )
        )
        == bounds
    )
    assert (record.attached_at_estimated, record.released_at_estimated) == (False, False)


def test_the_first_holder_of_the_reused_address_has_its_own_bounds() -> None:
    first, _ = records("placed-late-reused-address")
    assert [clock(first.attached_at), clock(first.released_not_before)] == [
        *("13:05:07.800", "14:20:17.300")
    ]
    assert clock(first.released_at) == "14:20:40.900"


def holders(name: str, address: str, at: str) -> tuple[list[str], list[str]]:
    """Ask who held an address at a time of the day, by the last characters of their ids."""
    store = MemoryStore()
    sent = [one.record for one in read(name)]
    now = from_text(f"{DAY}23:00:00Z")
    assert not record_observations(store, sent, now=now, retention=90 * HOUR).failures
    window = instant_window(from_text(f"{DAY}{at}Z"))
    found = holders_at(store, Question(address=address, window=window), Judge())
    assert found.complete
    return (
        [record.key.task_id[-6:] for record in found.certain],
        [record.key.task_id[-6:] for record in found.possible],
    )


SLOOP, BARGE = "889f66", "f8ef27"


@pytest.mark.parametrize(
    "name, address, at, certain, possible",
    [
        ("placed-late-reused-address", "10.52.3.160", "13:05:02.399", [], []),
        ("placed-late-reused-address", "10.52.3.160", "13:05:02.400", [], [SLOOP]),
        ("placed-late-reused-address", "10.52.3.160", "13:05:07.800", [SLOOP], []),
        # The other task was created then, and waits for its host.
        ("placed-late-reused-address", "10.52.3.160", "14:16:05.200", [SLOOP], []),
        ("placed-late-reused-address", "10.52.3.160", "14:20:17.299", [SLOOP], []),
        ("placed-late-reused-address", "10.52.3.160", "14:20:17.300", [], [SLOOP]),
        ("placed-late-reused-address", "10.52.3.160", "14:20:30.799", [], [SLOOP]),
        ("placed-late-reused-address", "10.52.3.160", "14:20:35.000", [], [SLOOP, BARGE]),
        ("placed-late-reused-address", "10.52.3.160", "14:20:40.900", [], [BARGE]),
        ("placed-late-reused-address", "10.52.3.160", "14:20:53.350", [BARGE], []),
        ("placed-late-own-address", "10.52.3.177", "15:45:30.799", [], []),
        ("placed-late-own-address", "10.52.3.177", "15:45:30.800", [], ["a9a246"]),
        ("placed-late-own-address", "10.52.3.177", "15:45:53.350", ["a9a246"], []),
        ("host-terminated", "10.52.3.190", "17:00:32.799", ["da060e"], []),
        ("host-terminated", "10.52.3.190", "17:00:32.800", [], ["da060e"]),
        ("host-terminated", "10.52.3.190", "19:18:45.599", [], ["da060e"]),
        ("host-terminated", "10.52.3.190", "19:18:45.600", [], []),
        ("deprovisioning-eni-deleted", "10.52.3.140", "07:25:24.599", ["bc6c39"], []),
        ("deprovisioning-eni-deleted", "10.52.3.140", "07:25:41.699", [], ["bc6c39"]),
        ("deprovisioning-eni-deleted", "10.52.3.140", "07:25:41.700", [], []),
        ("stopped-without-attachments", "10.52.3.151", "09:15:24.199", ["953ac1"], []),
        ("stopped-without-attachments", "10.52.3.151", "09:15:48.900", [], []),
        ("agent-clock-slow-running", "10.52.3.212", "20:59:00.000", [], []),
        ("agent-clock-slow-running", "10.52.3.212", "21:00:35.449", [], ["1f9cbf"]),
        ("agent-clock-slow-running", "10.52.3.212", "21:00:35.450", ["1f9cbf"], []),
        ("without-updated-at-pending", "10.52.3.201", "20:00:09.998", [], ["afa40a"]),
        ("without-updated-at-pending", "10.52.3.201", "20:00:09.999", ["afa40a"], []),
        ("failed-eni-first-running", "10.52.3.118", "18:01:00.000", ["e0af33"], []),
        ("two-attached-enis-running", "10.52.4.130", "18:31:00.000", ["03940e"], []),
        # The record has room for one interface; the other is named in a conflict.
        ("two-attached-enis-running", "10.52.3.130", "18:31:00.000", [], []),
        ("lattice-before-dual-stack-eni", "2001:db8:52:3::4a", "11:04:00.000", ["9e5789"], []),
        ("lattice-before-dual-stack-eni", "10.52.99.5", "11:04:00.000", [], []),
    ],
)
def test_an_address_of_a_case_had_these_holders(
    name: str, address: str, at: str, certain: list[str], possible: list[str]
) -> None:
    assert holders(name, address, at) == (certain, possible)

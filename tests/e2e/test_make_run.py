"""`make run` as a person has it: start it, wait for the map, ask with curl, press Ctrl-C."""

import json
import re
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from tests.e2e.command import ecs_ip, environment
from tests.e2e.living import ENDED_SECONDS, PROJECT, Terminal, lives, make_run


def curl(*arguments: str) -> tuple[int, Any]:
    """Ask with curl; answers status and JSON."""
    asked = ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*"]
    out = subprocess.run(
        [*asked, "--write-out", "\n%{http_code}", *arguments],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    body, _, status = out.rpartition("\n")
    return int(status), json.loads(body)


def test_each_step_is_told_and_that_the_estate_is_invented(living: Terminal) -> None:
    steps = re.findall(r"^(\w+) .*\.{3} [\d.]+ s$", living.screen, re.MULTILINE)
    assert steps == ["Starting", "Building", "Deploying", "Playing", "Asking"]
    assert "The map of an invented estate" in living.screen
    assert "Nothing of this is real" in living.screen
    assert f"{living.url}/console/" in living.screen


def test_the_map_is_that_of_the_api(living: Terminal) -> None:
    status, tasks = curl(f"{living.url}/tasks?limit=1000")
    assert status == 200
    assert tasks["nextCursor"] is None
    lines = {line.split()[-1]: line for line in living.screen.splitlines() if line.strip()}
    shown = [record for record in tasks["items"] if record["taskId"] in lines]
    assert len(shown) > 40  # some have come and gone since
    for record in shown:
        line = lines[record["taskId"]]
        assert (record["privateIpv4Address"] or " - ") in line
        assert (record["subnetId"] or " - ") in line
    assert {record["launchType"] for record in shown} == {"FARGATE", "EC2"}
    assert len({record["vpcId"] for record in shown if record["vpcId"]}) == 2


def test_the_past_day_is_covered_but_for_the_time_without_sweeps(living: Terminal) -> None:
    _, status = curl(f"{living.url}/status")
    covered = status["coverage"]
    day = datetime.now(UTC) - datetime.fromisoformat(covered["from"])
    assert timedelta(hours=24) <= day <= timedelta(hours=24, minutes=10)
    gaps = [
        datetime.fromisoformat(gap["to"]) - datetime.fromisoformat(gap["from"])
        for gap in covered["gaps"]
    ]
    assert len(gaps) == 2  # one a cluster
    assert all(timedelta(minutes=90) < gap < timedelta(minutes=92) for gap in gaps)
    assert status["lastReconcile"]["tasksSeen"] > 50


def test_five_questions_are_answered(living: Terminal) -> None:
    asked = re.findall(r"^     curl '([^']+)'$", living.screen, re.MULTILINE)
    commands = re.findall(r"^     (ecs-ip .*)$", living.screen, re.MULTILINE)
    assert (len(asked), len(commands)) == (5, 5)
    answers = [curl(url) for url in asked]
    assert [status for status, _ in answers] == [200] * 5
    before, subnet, history, possible, ended = [answer for _, answer in answers]

    assert before["verdict"] == "held"
    assert [holder["service"] for holder in before["holders"]] == ["cart"]
    assert not before["holders"][0]["live"]
    assert before["holders"][0]["taskId"] in {record["taskId"] for record in subnet["items"]}
    assert [record["service"] for record in history["items"]] == ["payments", "checkout"]
    assert possible["verdict"] == "possible"
    [gone] = possible["possible"]
    assert gone["releasedAtEstimated"]
    assert gone["missingAt"]
    assert {record["stopCode"] for record in ended["items"]} >= {"SpotInterruption"}


def test_the_estate_goes_on(living: Terminal) -> None:
    begun = curl(f"{living.url}/status")[1]["lastReconcile"]["startedAt"]
    before = {record["taskId"] for record in curl(f"{living.url}/tasks?limit=1000")[1]["items"]}

    def moved() -> bool:
        now = {record["taskId"] for record in curl(f"{living.url}/tasks?limit=1000")[1]["items"]}
        swept = curl(f"{living.url}/status")[1]["lastReconcile"]["startedAt"]
        return now != before and swept != begun

    until = time.monotonic() + 90
    while not moved():
        assert time.monotonic() < until
        time.sleep(1)


def test_the_embedded_aws_answers_who_pastes_what_is_shown(living: Terminal) -> None:
    shown = living.exported
    session = boto3.Session(
        shown["AWS_ACCESS_KEY_ID"],
        shown["AWS_SECRET_ACCESS_KEY"],
        shown["AWS_SESSION_TOKEN"],
        region_name=shown["AWS_REGION"],
    )
    sts = session.client("sts", endpoint_url=shown["AWS_ENDPOINT_URL"])
    assert sts.get_caller_identity()["Account"] == "123456789012"


def test_errors_are_those_of_the_api(living: Terminal) -> None:
    status, problem = curl("-X", "DELETE", f"{living.url}/tasks")
    assert (status, problem["status"]) == (405, 405)
    status, problem = curl("--get", f"{living.url}/tasks", "--data-urlencode", "x=a b&c:d")
    assert (status, problem["errors"][0]["parameter"]) == (400, "x")


def test_recorded_events_are_replayed_by_who_pastes_what_is_shown(
    living: Terminal, tmp_path: Path
) -> None:
    event = PROJECT / "events" / "fargate-service-3-running.json"
    shutil.copy(event, tmp_path)
    done = ecs_ip(environment(**living.exported), "replay", str(tmp_path))
    assert done.code == 0, done.err
    assert (done.json()["sent"], done.json()["deadLetters"]) == (1, 0)
    address = json.loads(event.read_text())["detail"]["attachments"][0]["details"]
    [found] = [each["value"] for each in address if each["name"] == "networkInterfaceId"]
    assert curl(f"{living.url}/enis/{found}")[0] == 200


def test_ctrl_c_leaves_nothing(living: Terminal) -> None:
    started = living.started()
    assert len(started) > 3  # make, python, the embedded AWS and its functions
    last = living.press_ctrl_c()
    assert "nothing is left running" in last
    assert "stands still" not in last
    ended = time.monotonic() + 2
    while any(map(lives, started)) and time.monotonic() < ended:
        time.sleep(0.05)
    assert [process_id for process_id in started if lives(process_id)] == []
    assert list(living.folder.iterdir()) == []


def test_it_replays_a_folder_of_ones_own_and_ends_when_asked_to(tmp_path: Path) -> None:
    events = tmp_path / "events"
    events.mkdir()
    event = (PROJECT / "events" / "fargate-service-3-running.json").read_text()
    (events / "mine.json").write_text(event.replace("10.0.4.", "10.99.4."))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with make_run(temporary, f"EVENTS={events}") as terminal:
        assert "The map of the events replayed" in terminal.screen
        for shown in re.findall(r"^  curl '([^']+)'$", terminal.screen, re.MULTILINE):
            assert curl(shown)[0] == 200, shown
        assert re.findall(r"^  ecs-ip who 10\.99\.4\.\d+$", terminal.screen, re.MULTILINE)
        _, tasks = curl(f"{terminal.url}/tasks")
        [record] = tasks["items"]
        assert record["privateIpv4Address"].startswith("10.99.4.")
        started = terminal.started()
        terminal.process.terminate()  # make passes it on
        terminal.process.communicate(timeout=ENDED_SECONDS)
    assert [process_id for process_id in started if lives(process_id)] == []
    assert list(temporary.iterdir()) == []

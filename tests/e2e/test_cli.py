"""Each command of `ecs-ip`, as a process, on the living estate of `make run`.

The API itself says what is right: the commands have to show the same.
"""

import csv
import json
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pyarrow.parquet as pq
import pytest

from tests.e2e.command import Run, ecs_ip, environment, started
from tests.e2e.living import Terminal
from tests.e2e.pages import README, Block, blocks, check

NOBODY = "10.254.254.254"


@dataclass(frozen=True)
class Asked:
    """The living estate, asked with the command and, to compare, of its API."""

    url: str

    def run(self, *arguments: str, stdin: str = "") -> Run:
        return ecs_ip(environment(ECS_IP_URL=self.url), *arguments, stdin=stdin)

    def get(self, path: str, **parameters: str) -> Any:
        query = urlencode({name.rstrip("_"): value for name, value in parameters.items()})
        with urlopen(f"{self.url}{path}?{query}", timeout=30) as answer:
            return json.load(answer)

    def items(self, path: str, **parameters: str) -> list[dict[str, Any]]:
        page = self.get(path, limit="1000", **parameters)
        assert page["nextCursor"] is None
        items: list[dict[str, Any]] = page["items"]
        return items


@pytest.fixture(scope="module")
def estate(living: Terminal) -> Asked:
    return Asked(living.url)


def ago(**how_long: float) -> str:
    return (datetime.now(UTC) - timedelta(**how_long)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def ids(records: list[dict[str, Any]]) -> list[str]:
    return sorted(record["taskId"] for record in records)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


# Who


def test_who_had_an_address(estate: Asked) -> None:
    at = ago(hours=1)
    record = next(one for one in estate.items("/tasks", at=at) if one["addressState"] == "held")
    address, subnet = record["privateIpv4Address"], record["subnetId"]
    done = estate.run("who", address, "--subnet-id", subnet, "--at", at)
    assert done.code == 0, done.err
    assert done.json() == estate.get(f"/ips/{address}", at=at, subnetId=subnet)
    told = estate.run("who", address, "--subnet-id", subnet, "--at", at, "-o", "table")
    assert told.code == 0
    assert told.out.startswith(f"{address} was held by {record['cluster']}/{record['service']} at ")
    assert record["taskId"] in told.out


def test_who_may_have_had_an_address(living: Terminal, estate: Asked) -> None:
    command = next(
        line
        for line in living.screen.splitlines()
        if "ecs-ip who" in line and "--subnet-id" in line
    )
    done = estate.run(*command.split()[1:], "-o", "table")
    assert done.code == 3
    assert "No task certainly held" in done.out
    assert "possibly it was shop/payments" in done.out


def test_that_no_task_had_an_address_is_certain_where_sweeps_cover(estate: Asked) -> None:
    done = estate.run("who", NOBODY, "--at", "-2h", "-o", "table")
    assert (done.code, done.out.partition(NOBODY)[0]) == (1, "No ECS task held ")


def test_before_coverage_nobody_is_known(estate: Asked) -> None:
    done = estate.run("who", NOBODY, "--at", "-3d")
    assert (done.code, done.json()["verdict"]) == (4, "unknown")


def test_whose_interface_it_is(estate: Asked) -> None:
    record = next(one for one in estate.items("/tasks") if one["addressState"] == "held")
    done = estate.run("who", record["networkInterfaceId"])
    assert done.code == 0, done.err
    assert [one["taskId"] for one in done.json()["holders"]] == [record["taskId"]]
    assert estate.run("who", "eni-00000000000000000").code == 4


def test_many_questions_are_answered_in_their_order(estate: Asked) -> None:
    at = ago(hours=1)
    held = [one for one in estate.items("/tasks", at=at) if one["addressState"] == "held"][:20]
    asked = [record["privateIpv4Address"] or record["ipv6Address"] for record in held]
    lines = [f"{address},{at}" for address in [*asked, NOBODY]]
    done = estate.run("who", "-f", "-", stdin="\n".join(lines))
    assert done.code == 0, done.err
    answers = done.lines()
    assert [answer["lookup"]["ip"] for answer in answers] == [*asked, NOBODY]
    assert {answer["verdict"] for answer in answers[:-1]} == {"held"}
    assert answers[-1]["verdict"] == "none"
    assert estate.run("who", "-f", "-", stdin=f"{lines[0]}\nnonsense\n").code == 6


def test_wrong_usage_and_an_api_that_is_not_there_have_codes_of_their_own(estate: Asked) -> None:
    assert estate.run("who", "not-an-address").code == 2
    assert estate.run("tasks", "--cluster", "no-such-cluster").code == 2
    nowhere = ecs_ip(environment(ECS_IP_URL="http://127.0.0.1:1"), "status")
    assert (nowhere.code, len(nowhere.err.splitlines())) == (5, 1)


# The map


def test_the_map_is_that_of_the_api(estate: Asked) -> None:
    before = set(ids(estate.items("/tasks")))
    shown = set(ids(estate.run("tasks").json()["items"]))
    after = set(ids(estate.items("/tasks")))
    assert len(shown) > 50
    assert before & after <= shown <= before | after


def test_the_map_of_a_past_instant_and_of_a_time(estate: Asked) -> None:
    at, since = ago(hours=2), ago(hours=3)
    then = estate.items("/tasks", at=at)
    assert ids(estate.run("tasks", "--at", at).json()["items"]) == ids(then)
    known = estate.items("/tasks", from_=since, to=at)
    assert len(known) >= len(then)
    table = estate.run("tasks", "--from", since, "--to", at, "-o", "csv")
    assert sorted(row["taskId"] for row in rows(table.out)) == ids(known)
    shop = estate.run("tasks", "--at", at, "--cluster", "shop", "--service", "web").json()["items"]
    assert ids(shop) == ids([one for one in then if one["service"] == "web"])


def test_counts_are_those_of_the_map(estate: Asked) -> None:
    at = ago(hours=2)
    counted = estate.run("tasks", "--at", at, "--count-by", "subnet").json()
    records = estate.items("/tasks", at=at)
    assert {row["subnet"]: row["tasks"] for row in counted} == Counter(
        record["subnetId"] for record in records
    )
    assert sum(row["tasks"] for row in counted) == len(records)


def test_the_difference_of_two_maps(estate: Asked) -> None:
    first, last = ago(hours=6), ago(hours=1)
    done = estate.run("diff", first, last)
    assert done.code == 0, done.err
    before, after = (set(ids(estate.items("/tasks", at=at))) for at in (first, last))
    found = done.json()
    assert (found["from"], found["to"]) == (first, last)
    assert set(ids(found["appeared"])) == after - before
    assert set(ids(found["disappeared"])) == before - after
    assert after - before


def test_the_history_of_an_address_and_of_a_service(living: Terminal, estate: Asked) -> None:
    [command] = [line for line in living.screen.splitlines() if "ecs-ip history" in line]
    address, until = command.split()[2], ago(minutes=1)
    of_address = estate.run("history", address, "--to", until)
    assert of_address.code == 0, of_address.err
    holders = [record["service"] for record in of_address.json()["items"]]
    assert holders.index("payments") < holders.index("checkout")
    drawn = estate.run("history", address, "--to", until, "-o", "table").out
    assert "█" in drawn
    of_service = estate.run("history", "shop/web", "--from", ago(hours=6), "--to", ago(hours=1))
    assert {record["service"] for record in of_service.json()["items"]} == {"web"}


def test_subnets_and_status_are_those_of_the_api(estate: Asked) -> None:
    subnets = estate.run("subnets").json()["items"]
    assert {one["subnetId"] for one in subnets} == {
        one["subnetId"] for one in estate.get("/subnets")["items"]
    }
    assert len(subnets) == 3
    status = estate.run("status").json()
    assert status["coverage"]["gaps"] == estate.get("/status")["coverage"]["gaps"]
    assert "covered from" in estate.run("status", "-o", "table").out


def test_a_change_is_seen_as_it_happens(estate: Asked) -> None:
    given = environment(ECS_IP_URL=estate.url)
    with started(given, "watch", "--interval", "0.5", "-o", "json") as process:
        assert process.stdout
        change = json.loads(process.stdout.readline())  # the timeout of the test bounds this
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    assert change["change"] in {"assigned", "updated", "released"}
    assert change["record"]["addressState"]
    task = f"/tasks/{change['record']['cluster']}/{change['record']['taskId']}"
    assert estate.get(task)["taskArn"] == change["record"]["taskArn"]


# Logs and exports


def test_the_tasks_in_logs_are_named(estate: Asked, tmp_path: Path) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    records = estate.items("/tasks", at=at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    held = [one for one in records if one["addressState"] == "held" and one["privateIpv4Address"]]
    one, other = held[:2]
    start = int(at.timestamp())
    flows = tmp_path / "flows.log"
    flows.write_text(
        "version interface-id srcaddr dstaddr start end action\n"
        f"5 {one['networkInterfaceId']} {one['privateIpv4Address']} "
        f"{other['privateIpv4Address']} {start} {start + 1} ACCEPT\n"
    )
    [row] = rows(estate.run("enrich", str(flows), "-o", "csv").out)
    assert (row["src-task-arn"], row["dst-task-arn"]) == (one["taskArn"], other["taskArn"])
    table = (
        f"client,when\n{one['privateIpv4Address']},{at.isoformat()}\n{NOBODY},{at.isoformat()}\n"
    )
    done = estate.run(
        "enrich", "-", "--ip-field", "client", "--time-field", "when", "-o", "csv", stdin=table
    )
    assert done.code == 0, done.err
    first, second = rows(done.out)
    assert one["service"] in first.values()
    assert one["service"] not in second.values()


def test_every_record_of_a_period_is_exported_in_each_format(estate: Asked, tmp_path: Path) -> None:
    since, until = ago(hours=5), ago(hours=3)
    expected = ids(estate.items("/tasks", from_=since, to=until))
    assert len(expected) > 50
    for name in ("all.csv", "all.jsonl", "all.parquet"):
        out = str(tmp_path / name)
        done = estate.run("export", "--from", since, "--to", until, "--out", out)
        assert done.code == 0, done.err
    lines = (tmp_path / "all.jsonl").read_text().splitlines()
    assert ids([json.loads(line) for line in lines]) == expected
    assert ids([*rows((tmp_path / "all.csv").read_text())]) == expected
    table = pq.read_table(tmp_path / "all.parquet")
    assert sorted(table.column("taskId").to_pylist()) == expected


# The README


def test_the_readme_asks_five_questions() -> None:
    assert len(blocks(README)) == 5


@pytest.mark.parametrize("block", blocks(README), ids=str)
def test_a_block_of_the_readme_runs(
    living: Terminal, commands: str, tmp_path: Path, block: Block
) -> None:
    check(block, environment(ECS_IP_URL=living.url, PATH=commands), tmp_path)

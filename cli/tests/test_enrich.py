"""`ecs-ip enrich`: whom a line names, and what is asked for it."""

import csv
import io
import json
import time
from pathlib import Path
from typing import Any

import pytest

from bulk_api import BulkApi, subnet
from conftest import Run
from ecs_ip import bulk_output, bulk_run
from ecs_ip.remembering import Memory
from flow_lines import AT, ENI, OURS, PEER, Enrich, default, rows_of


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


def test_the_side_of_the_interface_is_known_beyond_doubt(enrich: Enrich) -> None:
    [out, back] = enrich(default() + default(PEER, OURS))
    assert (out["src-service"], out["src-verdict"], out["src-known-by"]) == (
        "web",
        "held",
        "interface",
    )
    assert (out["dst-task-arn"], out["dst-verdict"], out["dst-known-by"]) == ("", "none", "")
    assert (back["src-verdict"], back["dst-known-by"]) == ("none", "interface")


def test_every_line_comes_out_in_order_with_its_own_values(enrich: Enrich) -> None:
    lines = [default(start=AT + number, end=AT + number) for number in range(50)]
    rows = enrich("".join(lines))
    assert [row["start"] for row in rows] == [str(AT + number) for number in range(50)]
    assert list(rows[0])[:3] == ["version", "account-id", "interface-id"]


def test_the_direction_says_which_side_is_local_when_the_address_is_a_secondary_one(
    enrich: Enrich,
) -> None:
    header = "interface-id srcaddr dstaddr start end flow-direction\n"
    [row] = enrich(f"{header}{ENI} 10.31.8.8 {PEER} {AT} {AT + 9} egress\n")
    assert row["src-known-by"] == "interface"


def test_two_holders_within_a_line_are_both_named(enrich: Enrich, bulk_api: BulkApi) -> None:
    bulk_api.holds(PEER, AT - 60, AT + 10, 2)
    bulk_api.holds(PEER, AT + 20, AT + 900, 3)
    [both, first, between, second] = enrich(
        default()
        + default(start=AT, end=AT + 9)
        + default(start=AT + 11, end=AT + 12)
        + default(start=AT + 20, end=AT + 30)
    )
    assert both["dst-known-by"] == "several"
    assert len(both["dst-task-arn"].split()) == 2
    assert (first["dst-known-by"], second["dst-known-by"]) == ("address", "address")
    assert first["dst-task-arn"] != second["dst-task-arn"]
    assert between["dst-verdict"] == "none"


def test_who_only_possibly_held_an_address_is_called_possible(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.holds(PEER, AT, AT + 30, 2, certain=False)
    [row] = enrich(default())
    assert (row["dst-verdict"], row["dst-known-by"]) == ("possible", "address")


def test_an_address_of_two_vpcs_is_the_one_of_the_vpc_that_the_log_names(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.subnets.append(subnet("subnet-2", "vpc-2", "10.31.0.0/16"))
    bulk_api.holds(PEER, AT, AT + 900, 2)
    bulk_api.holds(PEER, AT, AT + 900, 3, vpcId="vpc-2", subnetId="subnet-2")
    header = "vpc-id srcaddr dstaddr start end\n"
    [named] = enrich(f"{header}vpc-2 10.31.1.1 {PEER} {AT} {AT + 9}\n")
    assert named["dst-task-arn"].endswith("3")
    [unnamed] = enrich(default())
    assert unnamed["dst-known-by"] == "several"


@pytest.mark.parametrize(
    "coverage, word",
    [
        ({"from": None, "to": None, "gaps": []}, "unknown"),
        ({"from": "2026-11-24T10:00:30Z", "to": "2026-11-25T00:00:00Z", "gaps": []}, "unknown"),
        ({"from": "2026-11-01T00:00:00Z", "to": "2026-11-24T10:00:30Z", "gaps": []}, "unconfirmed"),
        (
            {
                "from": "2026-11-01T00:00:00Z",
                "to": "2026-11-25T00:00:00Z",
                "gaps": [{"from": "2026-11-24T09:00:00Z", "to": None, "clusterArn": "c"}],
            },
            "unknown",
        ),
    ],
)
def test_nobody_is_none_only_within_coverage(
    enrich: Enrich, bulk_api: BulkApi, coverage: dict[str, Any], word: str
) -> None:
    bulk_api.coverage = coverage
    [row] = enrich(default())
    assert row["dst-verdict"] == word


def test_only_addresses_that_a_task_can_have_are_asked_for(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.subnets.append(subnet("subnet-3", "vpc-3", "198.18.5.0/24", "2001:db8:7::/64"))
    outside = ["8.8.8.8", "224.0.0.251", "169.254.169.253", "255.255.255.255", "fe80::1", "ff02::1"]
    outside += ["2001:db8:8::1", "127.0.0.1", "0.0.0.0"]  # noqa: S104 - an address as data
    inside = ["10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.1.1", "198.18.5.9"]
    inside += ["2001:db8:7::9", "fd00::1"]
    rows = enrich("".join(default(eni="-", src=ip, dst=ip) for ip in outside + inside))
    assert [row["src-verdict"] for row in rows] == ["external"] * 9 + ["none"] * 7
    assert {json.loads(asked)["ip"] for asked in bulk_api.asked} == set(inside)


def test_a_hundred_thousandth_line_costs_no_question(enrich: Enrich, bulk_api: BulkApi) -> None:
    enrich("".join(default(start=AT + at % 3000, end=AT + at % 3000) for at in range(9000)))
    assert len(bulk_api.asked) == 3
    assert set(bulk_api.asked.values()) == {1}


def test_a_table_without_a_time_is_named_by_who_holds_the_address_now(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    bulk_api.latest = AT + 1
    [row] = enrich(f"ip\n{OURS}\n", "--ip-field", "ip")
    assert row["ip-service"] == "web"
    assert [json.loads(asked) for asked in bulk_api.asked] == [{"ip": OURS}]


def test_what_the_api_refuses_is_named(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.log"
    soon = int(time.time()) + 120
    file.write_text(default(start=soon - 180, end=soon))
    result = ask("enrich", str(file), "-o", "csv")
    assert result.code == 6
    assert "line 1: to: is in the future" in result.err


def test_no_cell_is_a_formula(ask: Run, tmp_path: Path, bulk_api: BulkApi) -> None:
    bulk_api.holds(PEER, AT, AT + 900, 2, service="=cmd|'/c calc'!A1")
    file = tmp_path / "some.csv"
    file.write_text(f"ip,t,x\n{PEER},{AT},=1+1\n")
    out = ask("enrich", str(file), "-o", "csv", "--ip-field", "ip", "--time-field", "t").out
    assert "'=cmd" in out
    assert ",'=1+1," in out


def test_requests_run_side_by_side_and_throttled_ones_are_repeated(
    enrich: Enrich, bulk_api: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "BATCH", 1000)
    bulk_api.pause = 0.05
    bulk_api.refused = [429, 503, 429]
    rows = enrich("".join(default(dst=f"10.31.{at // 250}.{at % 250}") for at in range(1000)))
    assert len(rows) == 1000
    assert 2 <= bulk_api.most_at_once <= 8
    assert set(bulk_api.asked.values()) == {1}


def test_a_table_for_people_shows_both_sides(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.log"
    file.write_text(default() + default(dst="8.8.8.8"))
    lines = ask("enrich", str(file), "-o", "table").out.splitlines()
    assert lines[0].split() == ["LINE", "SRC", "SRC", "TASK", "DST", "DST", "TASK"]
    assert "shop/web 0000" in lines[1]
    assert lines[2].endswith("8.8.8.8    external")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])  # noqa: RUF001 - full width
@pytest.mark.parametrize("rest", ["1", "\x1fa", "-", "="])
@pytest.mark.parametrize("before", [[], ["a"], ["", "-"], ["\x1f"]])
def test_whatever_a_cell_begins_with_it_is_no_formula(
    start: str, rest: str, before: list[str]
) -> None:
    line = bulk_output.csv_lines([[*before, f"{start}{rest}", "-"]])
    *_, cell, last = next(csv.reader(io.StringIO(line, newline="")))
    assert (cell, last) == (f"'{start}{rest}", "-")


def test_standard_input_with_more_questions_than_are_remembered_is_read_to_its_end(
    ask: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "BATCH", 100)
    monkeypatch.setattr(Memory.__init__, "__defaults__", (5,))
    lines = "".join(default(dst=f"10.31.1.{at % 250}") for at in range(1000))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    result = ask("enrich", "-", "-o", "csv")
    assert (result.code, len(rows_of(result))) == (0, 1000)

"""`ecs-ip who`: sentences, exit codes, and what stands around the holder."""

import json

import pytest

from conftest import Run
from fake_api import FakeApi
from samples import ended, record

T = "2026-11-20T08:30:00Z"


def answer(verdict: str, **more: object) -> dict[str, object]:
    coverage = {"from": "2026-11-10T00:00:00.000Z", "to": "2026-11-25T00:00:00.000Z", "gaps": []}
    lists: dict[str, object] = {"holders": [], "possible": [], "previous": [], "next": []}
    return {"ip": "10.0.4.1", "at": T, "verdict": verdict, **lists, "coverage": coverage, **more}


def test_a_holder_is_told_in_a_sentence_with_its_bounds(ask: Run, api: FakeApi) -> None:
    api.records = [ended(1)]
    result = ask("who", "10.0.4.1", "--at", T, "-o", "table")
    assert result.code == 0
    first, *rest = result.out.splitlines()
    assert first == "10.0.4.1 was held by shop/web at 2026-11-20T08:30:00.000Z."
    told = "\n".join(rest)
    assert (
        "since      2026-11-20T08:00:05.000Z at the latest, not before 2026-11-20T08:00:00.000Z"
        in told
    )
    assert "until      2026-11-20T09:30:00.000Z at least, gone by 2026-11-20T09:30:24.000Z" in told
    assert (
        "ended      2026-11-20T09:30:24.000Z (ServiceSchedulerInitiated: Scaling activity)" in told
    )


def test_who_had_it_before_and_after_is_told(ask: Run, api: FakeApi) -> None:
    ip = "10.0.4.1"
    attached_at_noon = {
        "attachedNotBefore": "2026-11-20T12:00:00.000Z",
        "attachedAt": "2026-11-20T12:00:05.000Z",
    }
    later = record(3, service="cart", privateIpv4Address=ip, **attached_at_noon)
    api.records = [ended(1), later]
    result = ask("who", ip, "--at", "2026-11-20T10:00:00Z", "-o", "table")
    assert result.code == 1
    assert "Before: shop/web" in result.out
    assert "After: shop/cart" in result.out


@pytest.mark.parametrize(
    "verdict,code,said",
    [
        ("none", 1, "No ECS task held 10.0.4.1"),
        ("unconfirmed", 4, "coverage ends at 2026-11-25"),
        ("unknown", 4, "not certain"),
        ("a-new-verdict", 4, "not certain"),
    ],
)
def test_the_exit_code_is_the_verdict(
    ask: Run, api: FakeApi, verdict: str, code: int, said: str
) -> None:
    api.canned["/ips/10.0.4.1"] = answer(verdict)
    result = ask("who", "10.0.4.1", "--at", T, "-o", "table")
    assert result.code == code
    assert said in result.out
    assert ask("who", "10.0.4.1").code == code


def test_a_possible_holder_is_named_as_such(ask: Run, api: FakeApi) -> None:
    api.canned["/ips/10.0.4.1"] = answer("possible", possible=[ended(1)])
    result = ask("who", "10.0.4.1", "--at", T, "-o", "table")
    assert result.code == 3
    assert "No task certainly held 10.0.4.1" in result.out
    assert "Possible: shop/web" in result.out


@pytest.mark.parametrize(
    "coverage,said",
    [
        ({"from": None, "to": None, "gaps": []}, "No sweep has completed yet"),
        ({"from": "2026-11-21T00:00:00.000Z", "gaps": []}, "Coverage begins at 2026-11-21"),
        (
            {"from": "2026-11-01T00:00:00.000Z", "to": None,
             "gaps": [{"from": "2026-11-20T08:00:00.000Z", "to": None, "clusterArn": "a/shop"}]},
            "from 2026-11-20T08:00:00.000Z to now",
        ),
    ],
)  # fmt: skip
def test_why_it_is_not_known_is_told(
    ask: Run, api: FakeApi, coverage: dict[str, object], said: str
) -> None:
    api.canned["/ips/10.0.4.1"] = answer("unknown", coverage=coverage)
    result = ask("who", "10.0.4.1", "--at", "2026-11-20T08:30:00.000Z", "-o", "table")
    assert said in result.out


def test_the_same_address_in_two_subnets_has_two_holders(ask: Run, api: FakeApi) -> None:
    api.records = [
        record(1),
        record(2, privateIpv4Address="10.0.4.1", subnetId="subnet-0b2", service="cart"),
    ]
    result = ask("who", "10.0.4.1", "-o", "table")
    assert "shop/web in subnet-0a1, and shop/cart in subnet-0b2" in result.out


def test_json_is_what_the_api_returned(ask: Run, api: FakeApi) -> None:
    api.canned["/ips/10.0.4.1"] = answer("held", holders=[record(1)])
    assert json.loads(ask("who", "10.0.4.1").out) == api.canned["/ips/10.0.4.1"]


def test_csv_has_a_row_for_each_record_with_its_role(ask: Run, api: FakeApi) -> None:
    api.records = [record(1)]
    header, row = ask("who", "10.0.4.1", "-o", "csv").out.splitlines()
    assert header.startswith("role,taskArn,taskId")
    assert row.startswith("holder,arn:aws:ecs")


def test_time_subnet_and_vpc_are_asked_for(ask: Run, api: FakeApi) -> None:
    ask("who", "10.0.4.1", "--at", "2026-11-20 09:30", "--subnet", "subnet-1", "--vpc-id", "vpc-1")
    [asked] = api.requests
    assert asked.query == {
        "at": "2026-11-20T08:30:00.000Z", "subnetId": "subnet-1", "vpcId": "vpc-1",
    }  # fmt: skip


def test_the_zone_that_was_assumed_is_told_on_standard_error(ask: Run) -> None:
    assumed = ask("who", "10.0.4.1", "--at", "2026-11-20 09:30")
    assert (
        assumed.err
        == "ecs-ip: 2026-11-20 09:30 is read in Europe/Berlin: 2026-11-20T08:30:00.000Z\n"
    )
    named = ask("who", "10.0.4.1", "--at", "2026-11-20 09:30", "--zone", "Asia/Tokyo")
    assert "Asia/Tokyo: 2026-11-20T00:30:00.000Z" in named.err
    assert ask("who", "10.0.4.1", "--at", T).err == ""


def test_an_ipv6_address_is_asked_for_in_its_canonical_form(ask: Run, api: FakeApi) -> None:
    ask("who", "2001:DB8:0:0::1")
    assert api.requests[0].path == "/ips/2001%3Adb8%3A%3A1"


def test_a_network_interface_has_its_task(ask: Run, api: FakeApi) -> None:
    api.records = [record(1)]
    eni = str(api.records[0]["networkInterfaceId"])
    result = ask("who", eni, "-o", "table")
    assert result.code == 0
    assert f"{eni} belongs to shop/web." in result.out
    assert json.loads(ask("who", eni, "--at", T).out)["holders"] == api.records
    assert api.requests[-1].body["lookups"] == [
        {"networkInterfaceId": eni, "at": "2026-11-20T08:30:00.000Z"}
    ]


def test_an_interface_that_is_not_known_is_exit_code_4(ask: Run, api: FakeApi) -> None:
    result = ask("who", "eni-0000", "-o", "table")
    assert result.code == 4
    assert "No task is known to have had eni-0000" in result.out
    assert api.requests[0].path == "/lookups"


def test_a_lookup_that_the_api_refuses_is_wrong_usage(ask: Run, api: FakeApi) -> None:
    fault = {"detail": "x", "errors": [{"parameter": "networkInterfaceId", "reason": "is no ENI"}]}
    api.canned["/lookups"] = {"results": [{"lookup": {}, "error": fault}], "coverage": {}}
    result = ask("who", "eni-!")
    assert (result.code, result.err) == (2, "ecs-ip: eni-!: networkInterfaceId: is no ENI\n")


@pytest.mark.parametrize("text", ["10.0.4", "shop/web", "10.0.4.0/24", "localhost"])
def test_what_is_no_address_is_wrong_usage(ask: Run, api: FakeApi, text: str) -> None:
    assert ask("who", text).code == 2
    assert api.requests == []


def test_an_api_that_is_too_old_for_verdicts_is_one_line(ask: Run, api: FakeApi) -> None:
    api.canned["/ips/10.0.4.1"] = {"ip": "10.0.4.1", "holders": []}
    result = ask("who", "10.0.4.1")
    assert (result.code, result.out) == (5, "")
    assert "older than this command" in result.err

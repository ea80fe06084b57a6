"""The routes of the contract but the map, over signed HTTP on the deployed stack."""

import csv
import json
import time
from io import StringIO

import pytest

from core.text.instant import MINUTE, SECOND, to_text
from local.events import replay
from local.stack import Stack
from tests.e2e.checked import Checked, as_cell, ids, plain
from tests.e2e.small_estate import CLUSTER, ENDED, HISTORY, MANY, NOW, OTHER_ACCOUNT, THEN, told
from tests.support.openapi import document, operations
from tests.support.tasks import ACCOUNT, NOON

# One task, one address, one interface, one service


def test_one_task_is_found_when_it_has_stopped_too(api: Checked) -> None:
    record = api.get(f"/tasks/{CLUSTER}/first").json()
    assert (record["live"], record["releasedAt"]) == (False, to_text(NOON + MINUTE))
    assert record["stopCode"] == "EssentialContainerExited"
    assert record["stoppedReason"] == "Essential container exited"
    assert api.get(f"/tasks/{CLUSTER}/nobody").status == 404


def test_a_task_of_two_accounts_is_a_choice(api: Checked) -> None:
    answer = api.get(f"/tasks/{CLUSTER}-twins/twin")
    assert answer.status == 409
    choices = {record["account"] for record in answer.json()["choices"]}
    assert choices == {ACCOUNT, OTHER_ACCOUNT}


def test_the_holders_of_an_address_are_found_now_and_then(api: Checked) -> None:
    now = api.get("/ips/10.77.0.1").json()
    assert (ids(now["holders"]), ids(now["previous"])) == (["elsewhere", "second"], ["first"])
    assert (now["verdict"], now["possible"], now["next"]) == ("held", [], [])
    then = api.get(f"/ips/10.77.0.1?at={to_text(NOON)}&subnetId=subnet-api").json()
    assert (ids(then["holders"]), ids(then["previous"])) == (["first"], [])
    assert (then["verdict"], ids(then["next"])) == ("held", ["second"])


def test_between_two_holders_both_are_possible(api: Checked) -> None:
    at = to_text(NOON + 55 * SECOND)
    between = api.get(f"/ips/10.77.0.1?at={at}&subnetId=subnet-api").json()
    assert (between["verdict"], between["holders"]) == ("possible", [])
    assert sorted(ids(between["possible"])) == ["first", "second"]


def test_an_address_that_was_never_seen_is_no_error(api: Checked) -> None:
    answer = api.get("/ips/2001:DB8:0::77").json()
    assert (answer["ip"], answer["holders"]) == ("2001:db8::77", [])
    assert answer["verdict"] in {"unknown", "unconfirmed"}
    assert api.get("/ips/::ffff:10.77.0.1").json()["ip"] == "10.77.0.1"


def test_the_history_of_an_address_is_paged(api: Checked) -> None:
    page = api.get(f"/ips/10.77.0.1/history?{HISTORY}&limit=2").json()
    assert ids(page["items"]) == ["elsewhere", "second"]
    target = f"/ips/10.77.0.1/history?{HISTORY}&limit=2&cursor={page['nextCursor']}"
    rest = api.get(target).json()
    assert (ids(rest["items"]), rest["nextCursor"]) == (["first"], None)
    one_subnet = api.get(f"/ips/10.77.0.1/history?{HISTORY}&subnetId=subnet-api-2").json()
    assert ids(one_subnet["items"]) == ["elsewhere"]


def test_an_interface_leads_to_its_task(api: Checked) -> None:
    assert api.get("/enis/eni-api1").json()["taskId"] == "first"
    assert api.get("/enis/eni-none").status == 404


def test_the_history_of_a_service_shows_its_tasks(api: Checked) -> None:
    answer = api.get(f"/services/{CLUSTER}/web/history?{HISTORY}").json()
    assert sorted(ids(answer["items"])) == ["first", "second"]
    assert answer["coverage"].keys() == {"from", "to", "gaps"}
    walked = api.items(f"/services/{CLUSTER}/many/history?{HISTORY}&limit=7")
    assert sorted(ids(walked)) == sorted(MANY)


def test_lookups_are_answered_in_their_order(api: Checked) -> None:
    answer = api.post(
        "/lookups",
        {
            "lookups": [
                {"networkInterfaceId": "eni-api1"},
                {"ip": "10.77.0.1", "at": to_text(NOON), "subnetId": "subnet-api"},
                {"ip": "nobody"},
                {"ip": "10.77.0.1", "at": NOON // SECOND, "subnetId": "subnet-none"},
            ]
        },
        Content_Type="application/json",
    )
    first, second, bad, nobody = answer.json()["results"]
    assert [ids(result["holders"]) for result in (first, second)] == [["first"], ["first"]]
    assert [result["verdict"] for result in (first, second)] == ["held", "held"]
    assert bad["error"]["errors"][0]["parameter"] == "ip"
    assert (nobody["holders"], nobody["possible"]) == ([], [])


def test_a_lookup_of_a_window_says_who_held_the_address_when(api: Checked) -> None:
    question = {
        "ip": "10.77.0.1",
        "from": to_text(NOON),
        "to": to_text(NOON + 20 * MINUTE),
        "subnetId": "subnet-api",
    }
    [result] = api.post("/lookups", {"lookups": [question]}).json()["results"]
    assert (result["verdict"], ids(result["holders"])) == ("held", ["first", "second"])
    assert result["possible"] == []
    spans = {
        (span["taskArn"].rpartition("/")[2], span["from"], span["to"], span["certain"])
        for span in result["spans"]
    }
    stop, over = to_text(NOON + 50 * SECOND), to_text(NOON + MINUTE)
    assert spans == {
        ("first", to_text(NOON), stop, True),
        ("first", stop, over, False),
        ("second", stop, over, False),
        ("second", over, to_text(NOON + 20 * MINUTE), True),
    }


# Lists for programs


def test_targets_are_whole(api: Checked) -> None:
    targets = api.get(f"/targets?port=9100&cluster={CLUSTER}").json()
    assert len(targets) == 32
    web = api.get(f"/targets?port=9100&cluster={CLUSTER}&service=web").json()
    assert [target["targets"] for target in web] == [["10.77.0.1:9100"]]
    other = api.get(f"/targets?port=9100&cluster={CLUSTER}&subnetId=subnet-api-2").json()
    assert [target["labels"]["__meta_ecs_service"] for target in other] == ["api"]
    assert api.get(f"/targets?port=80&cluster={CLUSTER}&subnetId=subnet-none").json() == []


def test_addresses_come_in_three_formats(api: Checked) -> None:
    target = f"/addresses?cluster={CLUSTER}&service=web"
    assert plain(api.get(target)) == "10.77.0.1/32\n"
    rows = api.get(target, Accept="application/json").json()["items"]
    table = plain(api.get(target, Accept="text/csv"))
    read = list(csv.DictReader(StringIO(table, newline="")))
    assert read == [{name: value or "" for name, value in row.items()} for row in rows]
    assert plain(api.get(f"{target}&family=ipv6")) == ""
    assert plain(api.get(f"{target}&releasedWithin=86400")) == "10.77.0.1/32\n"


@pytest.mark.parametrize(
    "filters, count", [("cidr=10.77.1.0/28", 16), ("subnetId=subnet-api-2", 1), ("family=ipv4", 31)]
)
def test_addresses_are_filtered(api: Checked, filters: str, count: int) -> None:
    listed = plain(api.get(f"/addresses?cluster={CLUSTER}&{filters}"))
    assert len(listed.splitlines()) == count


def test_addresses_of_then_say_who_is_certain(api: Checked) -> None:
    target = f"/addresses?cluster={CLUSTER}&service=web&at="
    certain, possible = to_text(NOON), to_text(NOON + 55 * SECOND)
    assert plain(api.get(target + certain)) == "10.77.0.1/32\n"
    assert plain(api.get(target + possible)) == ""
    for at, is_certain in ((certain, ["true"]), (possible, ["false", "false"])):
        table = plain(api.get(target + at, Accept="text/csv"))
        rows = list(csv.DictReader(StringIO(table, newline="")))
        assert [list(row)[-1] for row in rows] == ["certain"] * len(rows)
        assert [row["certain"] for row in rows] == is_certain
        answer = api.get(target + at, Accept="application/json").json()
        assert [as_cell(item["certain"]) for item in answer["items"]] == is_certain
        assert answer["coverage"].keys() == {"from", "to", "gaps"}


def test_addresses_that_did_not_change_are_not_sent_again(api: Checked) -> None:
    target = f"/addresses?cluster={CLUSTER}"
    tag = api.get(target).header("ETag")
    assert tag is not None
    again = api.get(target, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")


def test_subnets_say_how_full_they_are(api: Checked) -> None:
    found = {one["subnetId"]: one for one in api.items("/subnets?limit=1")}
    assert list(found) == sorted(found)
    held = {name: found[name]["held"] for name in ("subnet-api", "subnet-api-2", "subnet-twin")}
    assert held == {"subnet-api": 31, "subnet-api-2": 1, "subnet-twin": 1}
    assert found["subnet-api"]["usable"] is None, "nobody has looked it up"


# The service itself


def test_the_status_is_told(api: Checked) -> None:
    assert api.get("/status").json()["lastEventAt"] is not None


def test_the_root_links_to_every_route(api: Checked) -> None:
    page = api.get("/").json()
    assert {(one["method"], one["path"]) for one in page["routes"]} == operations().keys()
    assert set(page["links"]) == {"openapi", "status"}
    assert page["version"] == api.get("/status").json()["version"]


def test_the_documentation_is_served(api: Checked) -> None:
    assert api.get("/openapi.json").json() == document()


@pytest.mark.parametrize(
    "target", [NOW, THEN, f"/targets?port=80&cluster={CLUSTER}", "/openapi.json"]
)
def test_long_answers_are_compressed(api: Checked, target: str) -> None:
    packed = api.get(target, Accept="application/json", Accept_Encoding="gzip")
    assert packed.header("Content-Encoding") == "gzip"
    assert plain(packed) == plain(api.get(target))


# VPCs


def test_a_sweep_fills_in_the_vpc_of_live_tasks_and_ended_ones(small_estate: Stack) -> None:
    api = Checked(small_estate.api)
    ec2 = small_estate.aws.ec2
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.1.0/24")["Subnet"]["SubnetId"]
    cluster = f"{CLUSTER}-vpc"
    events = [
        told("placed", "10.78.1.1", 81, cluster, subnet=subnet),
        told("ended", "10.78.1.2", 82, cluster, subnet=subnet, **ENDED),
        told("elsewhere", "10.79.1.1", 83, cluster, subnet="subnet-api-vpc"),
    ]
    replay(small_estate, [json.dumps(body) for body in events])
    small_estate.aws.functions.invoke(FunctionName=small_estate.outputs["ReconcileFunctionName"])
    targets = [f"/tasks/{cluster}/placed", f"/tasks/{cluster}/ended"]
    deadline = time.monotonic() + 180  # a function that has just read the VPCs waits ten seconds
    while {api.get(target).json()["vpcId"] for target in targets} != {vpc}:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    now = api.get(f"/tasks?cluster={cluster}&vpcId={vpc}").json()
    assert (ids(now["items"]), now["undetermined"]) == (["placed"], 1)
    then = api.get(f"/tasks?cluster={cluster}&vpcId={vpc}&at={to_text(NOON)}").json()
    assert sorted(ids(then["items"])) == ["ended", "placed"]
    assert plain(api.get(f"/addresses?vpcId={vpc}")) == "10.78.1.1/32\n"
    [found] = [one for one in api.items("/subnets?limit=1000") if one["subnetId"] == subnet]
    assert (found["vpcId"], found["ipv4Cidr"], found["usable"]) == (vpc, "10.78.1.0/24", 251)
    assert (found["held"], found["released"]) == (1, 0)

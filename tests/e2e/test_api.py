"""Every route of the contract over signed HTTP on the deployed stack, good input and bad.

Each answer must be one that docs/openapi.yaml has.
"""

import csv
import gzip
import json
import time
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from botocore.credentials import Credentials

from core.text.instant import HOUR, MINUTE, to_text
from local.api import Answer, Api
from local.embedded import REGION
from local.events import replay
from local.stack import Stack
from tests.support.openapi import check_answer
from tests.support.tasks import NOON, eni, event

CLUSTER = "api-tests"
HISTORY = f"from={to_text(NOON - HOUR)}&to={to_text(NOON + HOUR)}"


@dataclass(frozen=True)
class Checked:
    """The API, whose answers are held against its documentation."""

    api: Api

    def get(self, target: str, **headers: str) -> Answer:
        return self.send("GET", target, b"", **headers)

    def post(self, target: str, body: Any, **headers: str) -> Answer:
        return self.send("POST", target, json.dumps(body).encode(), **headers)

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        given = [(name.replace("_", "-"), value) for name, value in headers.items()]
        answer = self.api.send(method, target, given, body)
        text = plain(answer)
        content_type = answer.header("Content-Type") if answer.status != 304 else None
        if method != "HEAD":
            check_answer(method, target, answer.status, content_type, text)
        return answer


def plain(answer: Answer) -> str:
    packed = answer.header("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode()


def interface(address: str, number: int, subnet: str) -> list[Any]:
    eni_id = f"eni-api{number}"
    return [eni(privateIPv4Address=address, networkInterfaceId=eni_id, subnetId=subnet)]


def told(task_id: str, address: str, number: int, **detail: Any) -> Any:
    subnet = detail.pop("subnet", "subnet-api")
    attachments = interface(address, number, subnet)
    return event(task_id, CLUSTER, attachments=attachments, **detail)


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Stack:
    """Tell the stack of some tasks: an address that changed hands, and one in two subnets."""
    ended = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "version": 6}
    events = [
        told("first", "10.77.0.1", 1, startedAt=to_text(NOON)),
        told("first", "10.77.0.1", 1, **ended, stoppedAt=to_text(NOON + MINUTE)),
        told("second", "10.77.0.1", 2, startedAt=to_text(NOON + MINUTE),
             updatedAt=to_text(NOON + MINUTE)),
        told("elsewhere", "10.77.0.1", 3, subnet="subnet-api-2", group="service:api"),
        *(told(f"more-{n}", f"10.77.1.{n}", 10 + n, group="service:many") for n in range(30)),
    ]  # fmt: skip
    replay(stack, [json.dumps(body) for body in events])
    return stack


@pytest.fixture(scope="module")
def api(deployed: Stack) -> Checked:
    """Ask as a caller who may call the API and nothing else."""
    return Checked(deployed.api)


def ids(records: Any) -> list[str]:
    return [record["taskId"] for record in records]


def names(answer: Answer) -> list[str]:
    assert answer.status == 400, answer.body
    return [error["parameter"] for error in answer.json()["errors"]]


# Good input


def test_the_map_is_walked_to_its_end(api: Checked) -> None:
    seen: list[str] = []
    target = f"/tasks?cluster={CLUSTER}&limit=10"
    cursor = ""
    while True:
        page = api.get(target + cursor).json()
        seen += ids(page["items"])
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert sorted(seen) == sorted({"second", "elsewhere", *(f"more-{n}" for n in range(30))})


@pytest.mark.parametrize(
    "filters, found",
    [
        ("service=web", ["second"]),
        ("group=service:api", ["elsewhere"]),
        ("subnetId=subnet-api-2", ["elsewhere"]),
        ("cidr=10.77.0.0/24&service=web", ["second"]),
        ("lastStatus=RUNNING&addressState=held&launchType=FARGATE&service=api", ["elsewhere"]),
        ("availabilityZone=nowhere", []),
        ("vpcId=vpc-none", []),
    ],
)
def test_the_map_is_filtered(api: Checked, filters: str, found: list[str]) -> None:
    assert ids(api.get(f"/tasks?cluster={CLUSTER}&{filters}").json()["items"]) == found


def test_one_task_is_found_when_it_has_stopped_too(api: Checked) -> None:
    record = api.get(f"/tasks/{CLUSTER}/first").json()
    assert (record["live"], record["releasedAt"]) == (False, to_text(NOON + MINUTE))
    assert api.get(f"/tasks/{CLUSTER}/nobody").status == 404


def test_the_holders_of_an_address_are_found_now_and_then(api: Checked) -> None:
    now = api.get("/ips/10.77.0.1").json()
    assert (ids(now["holders"]), ids(now["previous"])) == (["elsewhere", "second"], ["first"])
    then = api.get(f"/ips/10.77.0.1?at={to_text(NOON)}&subnetId=subnet-api").json()
    assert (ids(then["holders"]), ids(then["previous"])) == (["first"], [])
    assert api.get("/ips/2001:db8::77").json()["holders"] == []


def test_the_history_of_an_address_is_paged(api: Checked) -> None:
    page = api.get(f"/ips/10.77.0.1/history?{HISTORY}&limit=2").json()
    assert ids(page["items"]) == ["elsewhere", "second"]
    target = f"/ips/10.77.0.1/history?{HISTORY}&limit=2&cursor={page['nextCursor']}"
    rest = api.get(target).json()
    assert (ids(rest["items"]), rest["nextCursor"]) == (["first"], None)


def test_an_interface_leads_to_its_task(api: Checked) -> None:
    assert api.get("/enis/eni-api1").json()["taskId"] == "first"
    assert api.get("/enis/eni-none").status == 404


def test_the_history_of_a_service_shows_its_tasks(api: Checked) -> None:
    answer = api.get(f"/services/{CLUSTER}/web/history?{HISTORY}").json()
    assert sorted(ids(answer["items"])) == ["first", "second"]


def test_lookups_are_answered_in_their_order(api: Checked) -> None:
    answer = api.post(
        "/lookups",
        {
            "lookups": [
                {"networkInterfaceId": "eni-api1"},
                {"ip": "10.77.0.1", "at": to_text(NOON), "subnetId": "subnet-api"},
                {"ip": "10.77.0.1", "from": to_text(NOON), "to": to_text(NOON + HOUR)},
                {"ip": "nobody"},
            ]
        },
        Content_Type="application/json",
    )
    first, second, third, bad = answer.json()["results"]
    assert [ids(result["holders"]) for result in (first, second)] == [["first"], ["first"]]
    assert ids(third["holders"]) == ["elsewhere", "second", "first"]
    assert bad["error"]["errors"][0]["parameter"] == "ip"


def test_targets_are_whole(api: Checked) -> None:
    targets = api.get(f"/targets?port=9100&cluster={CLUSTER}").json()
    assert len(targets) == 32
    web = api.get(f"/targets?port=9100&cluster={CLUSTER}&service=web").json()
    assert [target["targets"] for target in web] == [["10.77.0.1:9100"]]
    assert api.get("/targets?port=80&cluster=nobody").json() == []


def test_addresses_come_in_three_formats(api: Checked) -> None:
    target = f"/addresses?cluster={CLUSTER}&service=web"
    assert plain(api.get(target)) == "10.77.0.1/32\n"
    rows = api.get(target, Accept="application/json").json()["items"]
    table = plain(api.get(target, Accept="text/csv"))
    read = list(csv.DictReader(StringIO(table, newline="")))
    assert read == [{name: value or "" for name, value in row.items()} for row in rows]
    assert plain(api.get(f"{target}&family=ipv6")) == ""
    assert plain(api.get(f"{target}&releasedWithin=86400")) == "10.77.0.1/32\n"


def test_addresses_that_did_not_change_are_not_sent_again(api: Checked) -> None:
    target = f"/addresses?cluster={CLUSTER}"
    tag = api.get(target).header("ETag")
    assert tag is not None
    again = api.get(target, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")


def test_the_status_is_told(api: Checked) -> None:
    assert api.get("/status").json()["lastEventAt"] is not None


@pytest.mark.parametrize(
    "target", [f"/tasks?cluster={CLUSTER}", f"/targets?port=80&cluster={CLUSTER}"]
)
def test_long_answers_are_compressed(api: Checked, target: str) -> None:
    packed = api.get(target, Accept="application/json", Accept_Encoding="gzip")
    assert packed.header("Content-Encoding") == "gzip"
    assert plain(packed) == plain(api.get(target))


# Bad input


@pytest.mark.parametrize(
    "target, parameters",
    [
        ("/tasks?limit=0&cidr=x&addressState=y&colour=red",
         ["addressState", "cidr", "colour", "limit"]),
        ("/tasks?service=a&service=b", ["service"]),
        ("/tasks?cursor=tampered", ["cursor"]),
        (f"/tasks/{CLUSTER}/first?x=1", ["x"]),
        ("/ips/10.0.0.256", ["ip"]),
        ("/ips/10.77.0.1?at=tomorrow", ["at"]),
        ("/ips/10.77.0.1?at=4000000000", ["at"]),
        ("/ips/10.77.0.1/history?from=2&to=1", ["from"]),
        ("/ips/10.77.0.1/history?limit=9999", ["limit"]),
        ("/enis/eni-api1?x=1", ["x"]),
        (f"/services/{CLUSTER}/web/history?to=4000000000", ["to"]),
        ("/targets", ["port"]),
        ("/targets?port=x", ["port"]),
        ("/addresses?releasedWithin=60", ["releasedWithin"]),
        ("/addresses?family=x", ["family"]),
        ("/status?x=1", ["x"]),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(api: Checked, target: str, parameters: list[str]) -> None:
    assert names(api.get(target)) == parameters


@pytest.mark.parametrize(
    "body, parameter",
    [
        (b"{", "body"),
        (b"", "body"),
        (b"[]", "body"),
        (b"{}", "lookups"),
        (json.dumps({"lookups": [{}] * 101}).encode(), "lookups"),
    ],
)
def test_a_bad_body_is_named(api: Checked, body: bytes, parameter: str) -> None:
    assert names(api.send("POST", "/lookups", body, Content_Type="application/json")) == [parameter]


def test_a_format_that_there_is_not_is_refused(api: Checked) -> None:
    assert api.get("/addresses", Accept="image/png").status == 406


@pytest.mark.parametrize(
    "path",
    ["/tasks", f"/tasks/{CLUSTER}/first", "/ips/10.77.0.1", "/ips/10.77.0.1/history",
     "/enis/eni-api1", f"/services/{CLUSTER}/web/history", "/targets", "/addresses", "/status"],
)  # fmt: skip
def test_a_wrong_method_is_refused(api: Checked, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        answer = api.send(method, path)
        assert (answer.status, answer.header("Allow")) == (405, "GET")


def test_lookups_take_no_other_method(api: Checked) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        answer = api.send(method, "/lookups")
        assert (answer.status, answer.header("Allow")) == (405, "POST")


def test_an_unknown_path_is_a_404(api: Checked) -> None:
    assert api.get("/no/such/path").status == 404


# The gateway's own answers


def test_the_gateway_answers_with_problems_that_name_no_arn(api: Checked) -> None:
    forger = Api(api.api.url, Credentials("AKIAIOSFODNN7EXAMPLE", "guessed"), REGION)
    for answer in (api.api.send_unsigned("GET", "/tasks"), forger.get("/tasks")):
        assert answer.status == 403
        assert answer.header("Content-Type") == "application/problem+json"
        assert {"type", "title", "status", "detail"} == set(answer.json())
        assert "arn:" not in answer.body.decode()


def test_no_answer_names_what_is_ours(api: Checked, deployed: Stack) -> None:
    for target in ("/no/such/path", "/tasks?x=1", f"/tasks/{CLUSTER}/nobody", "/ips/x"):
        body = api.get(target).body.decode()
        assert deployed.outputs["TableName"] not in body
        assert "Traceback" not in body
        assert "arn:" not in body


# VPCs


def test_a_sweep_fills_in_the_vpc_of_live_tasks_and_ended_ones(deployed: Stack) -> None:
    api = Checked(deployed.api)
    ec2 = deployed.aws.ec2
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.78.1.0/24")["Subnet"]["SubnetId"]
    ended = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "version": 6}
    events = [
        told("placed", "10.78.1.1", 81, subnet=subnet),
        told("ended", "10.78.1.2", 82, subnet=subnet, **ended, stoppedAt=to_text(NOON + MINUTE)),
    ]
    replay(deployed, [json.dumps(body) for body in events])
    deployed.aws.functions.invoke(FunctionName=deployed.outputs["ReconcileFunctionName"])
    targets = [f"/tasks/{CLUSTER}/placed", f"/tasks/{CLUSTER}/ended"]
    deadline = time.monotonic() + 180  # a function that has just read the VPCs waits ten seconds
    while {api.get(target).json()["vpcId"] for target in targets} != {vpc}:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    answer = api.get(f"/tasks?cluster={CLUSTER}&vpcId={vpc}").json()
    assert ids(answer["items"]) == ["placed"]
    assert answer["undetermined"] == 32

"""Bad input to every route of the contract, over signed HTTP on the deployed stack."""

import json
from typing import Any

import pytest
from botocore.credentials import Credentials

from local.api import Api
from local.embedded import REGION
from local.stack import Stack
from tests.e2e.checked import Checked, ids, names
from tests.e2e.small_estate import CLUSTER, EXPECTED, FORMS, NOW, THEN, WINDOW
from tests.support.tasks import NOON


@pytest.mark.parametrize(
    "target, parameters",
    [
        ("/tasks?limit=0&cidr=x&addressState=y&colour=red",
         ["addressState", "cidr", "colour", "limit"]),
        ("/tasks?service=a&service=b", ["service"]),
        ("/tasks?service=", ["service"]),
        ("/tasks?service=a&group=family:b", ["group"]),
        ("/tasks?subnetId=vpc-1&vpcId=subnet-1", ["subnetId", "vpcId"]),
        ("/tasks?lastStatus=STOPPED", ["lastStatus"]),
        ("/tasks?lastStatus=running&launchType=Fargate", ["lastStatus", "launchType"]),
        ("/tasks?cluster=arn:aws:ecs:x", ["cluster"]),
        ("/tasks?cursor=tampered", ["cursor"]),
        ("/tasks?at=1&from=1", ["at"]),
        ("/tasks?at=1&to=2", ["at"]),
        ("/tasks?at=4000000000", ["at"]),
        ("/tasks?from=2&to=1", ["from"]),
        ("/tasks?from=2&to=2", ["from"]),
        (f"/tasks?at={NOON}&lastStatus=RUNNING&addressState=held", ["addressState", "lastStatus"]),
        (f"/tasks?from={NOON}&lastStatus=RUNNING", ["lastStatus"]),
        (f"/tasks/{CLUSTER}/first?x=1", ["x"]),
        ("/ips/10.0.0.256", ["ip"]),
        ("/ips/10.77.0.1?at=tomorrow", ["at"]),
        ("/ips/10.77.0.1?at=4000000000", ["at"]),
        ("/ips/10.77.0.1?subnetId=x&vpcId=y", ["subnetId", "vpcId"]),
        ("/ips/nobody/history", ["ip"]),
        ("/ips/10.77.0.1/history?from=2&to=1", ["from"]),
        ("/ips/10.77.0.1/history?limit=9999", ["limit"]),
        ("/enis/eni-api1?x=1", ["x"]),
        (f"/services/{CLUSTER}/web/history?to=4000000000", ["to"]),
        (f"/services/{CLUSTER}/web/history?cursor=x", ["cursor"]),
        ("/lookups?x=1", ["x"]),
        ("/targets", ["port"]),
        ("/targets?port=x", ["port"]),
        ("/targets?port=65536", ["port"]),
        ("/addresses?releasedWithin=60", ["releasedWithin"]),
        (f"/addresses?cluster={CLUSTER}&service=web&releasedWithin=86401", ["releasedWithin"]),
        (f"/addresses?cluster={CLUSTER}&service=web&releasedWithin=60&at=1", ["at"]),
        ("/addresses?family=x", ["family"]),
        ("/addresses?family=ipv6&cidr=10.0.0.0/8", ["cidr"]),
        ("/addresses?cidr=10.0.0.1/8", ["cidr"]),
        ("/subnets?limit=0&cursor=x&cluster=y", ["cluster", "cursor", "limit"]),
        ("/?x=1", ["x"]),
        ("/openapi.json?x=1", ["x"]),
        ("/status?x=1", ["x"]),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(api: Checked, target: str, parameters: list[str]) -> None:
    method = "POST" if target.startswith("/lookups") else "GET"
    assert names(api.send(method, target)) == parameters


@pytest.mark.parametrize(
    "at, lacks",
    [
        ("2026-11-20T12:00:00", "zone"),
        ("2026-11-20", "date"),
        ("2026-11-20T12:00:00+01:00", "%2B"),
    ],
)
def test_an_instant_that_is_nearly_one_says_what_it_lacks(
    api: Checked, at: str, lacks: str
) -> None:
    for target in (f"/ips/10.77.0.1?at={at}", f"/tasks?at={at}", f"/tasks?from={at}"):
        answer = api.get(target)
        assert answer.status == 400
        [error] = answer.json()["errors"]
        assert lacks in error["reason"]


@pytest.mark.parametrize(
    "target",
    [
        *("/tasks?cluster=nobody", f"/tasks?at={NOON}&cluster=nobody"),
        *(f"{NOW}&service=nobody", f"{THEN}&service=nobody", f"{WINDOW}&service=nobody"),
        *("/targets?port=80&cluster=nobody", f"/targets?port=80&cluster={CLUSTER}&service=nobody"),
        *("/addresses?cluster=nobody", f"/addresses?cluster=nobody&at={NOON}"),
        f"/addresses?cluster={CLUSTER}&service=nobody&releasedWithin=60",
        *("/services/nobody/web/history", f"/services/{CLUSTER}/nobody/history"),
    ],
)
def test_what_was_never_seen_is_a_404_and_no_empty_list(api: Checked, target: str) -> None:
    answer = api.get(target)
    assert answer.status == 404
    assert "'nobody' has never been seen" in answer.json()["detail"]


@FORMS
def test_a_cursor_belongs_to_its_path_and_filters(api: Checked, target: str) -> None:
    cursor = api.get(f"{target}&limit=10").json()["nextCursor"]
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    for other in (
        f"{target}&service=many&cursor={cursor}",
        f"{target}&cursor={changed}",
        f"/subnets?cursor={cursor}",
        f"/services/{CLUSTER}/many/history?cursor={cursor}",
        *(f"{form}&cursor={cursor}" for form in EXPECTED if form != target),
    ):
        assert names(api.get(other)) == ["cursor"]


@pytest.mark.parametrize(
    "body, parameter",
    [
        (b"{", "body"),
        (b"", "body"),
        (b"[]", "body"),
        (b"{}", "lookups"),
        (b'{"lookups": 1}', "lookups"),
        (b'{"lookups": [], "more": 1}', "more"),
        (json.dumps({"lookups": [{}] * 101}).encode(), "lookups"),
    ],
)
def test_a_bad_body_is_named(api: Checked, body: bytes, parameter: str) -> None:
    assert names(api.send("POST", "/lookups", body, Content_Type="application/json")) == [parameter]


@pytest.mark.parametrize(
    "lookup, parameters",
    [
        ({}, ["ip"]),
        ({"ip": "10.0.0.1", "networkInterfaceId": "eni-1"}, ["ip"]),
        ({"ip": "10.0.0.1", "at": NOON, "from": NOON}, ["at"]),
        ({"ip": "10.0.0.1", "from": 2, "to": 1}, ["from"]),
        ({"ip": "10.0.0.1", "at": 4_000_000_000}, ["at"]),
        ({"ip": ["10.0.0.1"]}, ["ip"]),
        ({"ip": "10.0.0.1", "port": "80"}, ["port"]),
        ("10.0.0.1", ["lookups"]),
    ],
)
def test_a_bad_lookup_is_named_and_does_not_fail_the_rest(
    api: Checked, lookup: Any, parameters: list[str]
) -> None:
    good = {"networkInterfaceId": "eni-api1"}
    results = api.post("/lookups", {"lookups": [good, lookup]}).json()["results"]
    assert ids(results[0]["holders"]) == ["first"]
    assert [error["parameter"] for error in results[1]["error"]["errors"]] == parameters


@pytest.mark.parametrize("target", ["/addresses", NOW, THEN, WINDOW])
def test_a_format_that_there_is_not_is_refused(api: Checked, target: str) -> None:
    assert api.get(target, Accept="image/png").status == 406


@pytest.mark.parametrize(
    "path",
    ["/", "/openapi.json", "/status", "/tasks", f"/tasks/{CLUSTER}/first", "/ips/10.77.0.1",
     "/ips/10.77.0.1/history", "/enis/eni-api1", f"/services/{CLUSTER}/web/history", "/targets",
     "/addresses", "/subnets"],
)  # fmt: skip
def test_a_wrong_method_is_refused(api: Checked, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"):
        answer = api.send(method, path)
        assert (answer.status, answer.header("Allow")) == (405, "GET")


def test_lookups_take_no_other_method(api: Checked) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        answer = api.send(method, "/lookups")
        assert (answer.status, answer.header("Allow")) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/no/such/path", "/tasks/", "/status/", f"/tasks/{CLUSTER}", "/ips", "/Tasks"]
)
def test_an_unknown_path_is_a_404(api: Checked, path: str) -> None:
    assert api.get(path).status == 404


# The gateway's own answers


def test_the_gateway_answers_with_problems_that_name_no_arn(api: Checked) -> None:
    forger = Api(api.api.url, Credentials("AKIAIOSFODNN7EXAMPLE", "guessed"), REGION)
    for answer in (api.api.send_unsigned("GET", "/tasks"), forger.get("/tasks")):
        assert answer.status == 403
        assert answer.header("Content-Type") == "application/problem+json"
        assert {"type", "title", "status", "detail"} == set(answer.json())
        assert "arn:" not in answer.body.decode()


def test_no_answer_names_what_is_ours(api: Checked, small_estate: Stack) -> None:
    for target in ("/no/such/path", "/tasks?x=1", f"/tasks/{CLUSTER}/nobody", "/ips/x"):
        body = api.get(target).body.decode()
        assert small_estate.outputs["TableName"] not in body
        assert "Traceback" not in body
        assert "arn:" not in body

"""Every route of the contract over signed HTTP on the deployed stack, good input and bad.

Each answer must be one that docs/openapi.yaml has.
"""

import csv
import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from botocore.credentials import Credentials

from core.text.instant import HOUR, MINUTE, SECOND, to_text
from local.api import Answer, Api
from local.embedded import REGION
from local.events import replay
from local.stack import Stack
from tests.support.openapi import check_answer, document, operations
from tests.support.tasks import ACCOUNT, NOON, eni, event

CLUSTER = "api-tests"
HISTORY = f"from={to_text(NOON - HOUR)}&to={to_text(NOON + HOUR)}"
MANY = [f"more-{n}" for n in range(30)]
OTHER_ACCOUNT = "444455556666"


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

    def pages(self, target: str, following: Callable[[Answer], str | None]) -> list[Answer]:
        """Walk a list to its end; `following` reads the cursor of the next page."""
        pages = [self.get(target)]
        while cursor := following(pages[-1]):
            pages.append(self.get(f"{target}&cursor={cursor}"))
        return pages

    def items(self, target: str) -> list[Any]:
        """Read all pages of a list in JSON."""
        pages = self.pages(target, lambda page: page.json()["nextCursor"])
        return [item for page in pages for item in page.json()["items"]]


def plain(answer: Answer) -> str:
    packed = answer.header("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode()


def interface(address: str, number: int, subnet: str, status: str) -> list[Any]:
    eni_id = f"eni-api{number}"
    return [
        eni(status=status, privateIPv4Address=address, networkInterfaceId=eni_id, subnetId=subnet)
    ]


def told(task_id: str, address: str, number: int, **detail: Any) -> Any:
    subnet, status = detail.pop("subnet", "subnet-api"), detail.pop("status", "ATTACHED")
    attachments = interface(address, number, subnet, status)
    return event(task_id, CLUSTER, attachments=attachments, **detail)


STOPPED = {"lastStatus": "STOPPED", "desiredStatus": "STOPPED", "version": 6, "status": "DELETED"}
ENDED = STOPPED | {"updatedAt": to_text(NOON + MINUTE), "stoppedAt": to_text(NOON + MINUTE)}
# Proof that what holds an address still did so: no sweep ever confirms it, as ECS is empty here.
SEEN_LATE = {"updatedAt": to_text(NOON + 30 * MINUTE)}


def estate() -> list[Any]:
    """Give the events of some tasks: an address that changed hands, and one in two subnets."""
    twin = told("twin", "10.77.2.1", 4, subnet="subnet-twin", group="service:twin")
    report = {"attachments": None, "group": "family:report", "launchType": "EC2"}
    return [
        told("first", "10.77.0.1", 1, startedAt=to_text(NOON)),
        told("first", "10.77.0.1", 1, **ENDED, executionStoppedAt=to_text(NOON + 50 * SECOND),
             stopCode="EssentialContainerExited", stoppedReason="Essential container exited"),
        told("second", "10.77.0.1", 2, createdAt=to_text(NOON + 30 * SECOND),
             startedAt=to_text(NOON + MINUTE), **SEEN_LATE),
        told("elsewhere", "10.77.0.1", 3, subnet="subnet-api-2", group="service:api",
             startedAt=to_text(NOON), capacityProviderName="FARGATE_SPOT", **SEEN_LATE),
        *(told(name, f"10.77.1.{n}", 10 + n, group="service:many") for n, name in enumerate(MANY)),
        event("report", CLUSTER, **report),
        event("report", CLUSTER, **report, lastStatus="STOPPED", version=6,
              stoppedAt=to_text(NOON + 2 * MINUTE), stopCode="EssentialContainerExited"),
        *in_two_accounts(twin),
    ]  # fmt: skip


def in_two_accounts(body: Any) -> list[Any]:
    """Tell of one task twice, in clusters of one name."""
    text = json.dumps(body).replace(f"/{CLUSTER}", f"/{CLUSTER}-twins")
    return [json.loads(text), json.loads(text.replace(ACCOUNT, OTHER_ACCOUNT))]


@pytest.fixture(scope="module")
def deployed(stack: Stack) -> Stack:
    """Tell the stack of the estate."""
    replay(stack, [json.dumps(body) for body in estate()])
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


# Good input: the map, now and then

NOW = f"/tasks?cluster={CLUSTER}"
THEN = f"{NOW}&at={to_text(NOON)}"
WINDOW = f"{NOW}&{HISTORY}"
EXPECTED = {
    NOW: ["second", "elsewhere", *MANY],
    THEN: ["first", "elsewhere", "report", *MANY],
    WINDOW: ["first", "second", "elsewhere", "report", *MANY],
}
FORMS = pytest.mark.parametrize("target", EXPECTED, ids=["now", "at", "window"])


@FORMS
def test_the_map_is_walked_to_its_end(api: Checked, target: str) -> None:
    assert sorted(ids(api.items(f"{target}&limit=10"))) == sorted(EXPECTED[target])


def cursor_in_link(page: Answer) -> str | None:
    link = page.header("Link")
    if link is None:
        return None
    assert link.startswith("<?cursor=")
    assert link.endswith('>; rel="next"')
    return link.removeprefix("<?cursor=").removesuffix('>; rel="next"')


@FORMS
def test_the_map_comes_as_json_lines_and_csv_as_well(api: Checked, target: str) -> None:
    records = api.items(f"{target}&limit=1000")
    pages = walk(api, f"{target}&limit=10", "application/x-ndjson")
    assert [json.loads(line) for page in pages for line in page.splitlines()] == records
    pages = walk(api, f"{target}&limit=10", "text/csv")
    assert len(pages) == -(-len(records) // 10)
    rows = [row for page in pages for row in csv.DictReader(StringIO(page, newline=""))]
    assert rows == [{name: as_cell(value) for name, value in one.items()} for one in records]
    assert {page.splitlines()[0] for page in pages} == {",".join(records[0])}


def walk(api: Checked, target: str, accept: str) -> list[str]:
    asking = Checked(api.api)
    asked = [asking.get(target, Accept=accept)]
    while cursor := cursor_in_link(asked[-1]):
        asked.append(asking.get(f"{target}&cursor={cursor}", Accept=accept))
    return [plain(page) for page in asked]


def as_cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    "filters, found",
    [
        ("service=web", ["second"]),
        ("group=service:api", ["elsewhere"]),
        ("subnetId=subnet-api-2", ["elsewhere"]),
        ("capacityProviderName=FARGATE_SPOT", ["elsewhere"]),
        ("cidr=10.77.0.0/24&service=web", ["second"]),
        ("lastStatus=RUNNING&addressState=held&launchType=FARGATE&service=api", ["elsewhere"]),
        ("addressState=pending", []),
        ("availabilityZone=nowhere", []),
        ("vpcId=vpc-none", []),
    ],
)
def test_the_map_is_filtered(api: Checked, filters: str, found: list[str]) -> None:
    assert ids(api.get(f"{NOW}&{filters}").json()["items"]) == found


@pytest.mark.parametrize(
    "filters, found",
    [
        ("service=web", ["first"]),
        ("group=family:report", ["report"]),
        ("launchType=EC2", ["report"]),
        ("subnetId=subnet-api-2", ["elsewhere"]),
        ("cidr=10.77.0.1/32", ["elsewhere", "first"]),
        ("capacityProviderName=FARGATE_SPOT", ["elsewhere"]),
        ("availabilityZone=nowhere", []),
    ],
)
def test_the_map_of_then_is_filtered(api: Checked, filters: str, found: list[str]) -> None:
    answer = api.get(f"{THEN}&{filters}").json()
    assert sorted(ids(answer["items"])) == found
    assert answer["coverage"].keys() == {"from", "to", "gaps"}


def test_a_cluster_is_named_by_its_arn_too(api: Checked) -> None:
    arn = api.get(f"/tasks/{CLUSTER}/second").json()["clusterArn"]
    assert len(api.items(f"/tasks?cluster={arn}&limit=1000")) == 32
    stranger = arn.replace(ACCOUNT, OTHER_ACCOUNT)
    assert api.get(f"/tasks?cluster={stranger}").status == 404


def test_a_task_is_in_the_map_until_it_ended_and_no_longer(api: Checked) -> None:
    def web(at: int) -> list[str]:
        target = f"{NOW}&service=web&at={to_text(at)}"
        return ids(api.get(target).json()["items"])

    assert web(NOON - MINUTE - 1) == []
    assert web(NOON - MINUTE) == ["first"]
    assert sorted(web(NOON + MINUTE - 1)) == ["first", "second"]
    assert web(NOON + MINUTE) == ["second"]


@pytest.mark.parametrize(
    "at", [to_text(NOON), "2026-11-20T13:00:00%2B01:00", str(NOON), str(NOON // SECOND)]
)
def test_an_instant_is_written_in_many_ways(api: Checked, at: str) -> None:
    assert ids(api.get(f"{NOW}&service=web&at={at}").json()["items"]) == ["first"]


# Good input: one task, one address, one interface, one service


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


# Good input: lists for programs


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
    for at, is_certain in ((certain, "true"), (possible, "false")):
        table = plain(api.get(target + at, Accept="text/csv"))
        [row] = csv.DictReader(StringIO(table, newline=""))
        assert list(row)[-1] == "certain"
        assert row["certain"] == is_certain
        answer = api.get(target + at, Accept="application/json").json()
        assert [as_cell(item["certain"]) for item in answer["items"]] == [is_certain]
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


# Good input: the service itself


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


# Bad input


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
        ("/ips/10.77.0.1%2F24", ["ip"]),
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
    assert "'nobody' was ever seen" in answer.json()["detail"]


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
    events = [
        told("placed", "10.78.1.1", 81, subnet=subnet),
        told("ended", "10.78.1.2", 82, subnet=subnet, **ENDED),
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
    then = api.get(f"/tasks?cluster={CLUSTER}&vpcId={vpc}&at={to_text(NOON)}").json()
    assert sorted(ids(then["items"])) == ["ended", "placed"]
    assert plain(api.get(f"/addresses?vpcId={vpc}")) == "10.78.1.1/32\n"
    [found] = [one for one in api.items("/subnets?limit=1000") if one["subnetId"] == subnet]
    assert (found["vpcId"], found["ipv4Cidr"], found["usable"]) == (vpc, "10.78.1.0/24", 251)
    assert (found["held"], found["released"]) == (1, 0)

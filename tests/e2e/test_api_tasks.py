"""The map over signed HTTP on the deployed stack: now, at an instant, in a window."""

import csv
import json
from io import StringIO

import pytest

from core.text.instant import MINUTE, SECOND, to_text
from tests.e2e.checked import Checked, as_cell, cursor_in_link, ids, plain
from tests.e2e.small_estate import CLUSTER, EXPECTED, FORMS, NOW, OTHER_ACCOUNT, THEN
from tests.support.tasks import ACCOUNT, NOON


@FORMS
def test_the_map_is_walked_to_its_end(api: Checked, target: str) -> None:
    assert sorted(ids(api.items(f"{target}&limit=10"))) == sorted(EXPECTED[target])


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


def walk(api: Checked, target: str, accept: str) -> list[str]:
    asking = Checked(api.api)
    asked = [asking.get(target, Accept=accept)]
    while cursor := cursor_in_link(asked[-1]):
        asked.append(asking.get(f"{target}&cursor={cursor}", Accept=accept))
    return [plain(page) for page in asked]

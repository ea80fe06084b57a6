"""The routes of what is now, each row of the contract, good input and bad."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest

from core.table.store import Stored, Tenure
from core.task.record import Record
from core.text.instant import MINUTE, SECOND, to_text
from tests.support.asking import Inventory, inventory
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

__all__ = ["inventory"]


def ids(records: list[dict[str, str]]) -> list[str]:
    return sorted(record["taskId"] for record in records)


def starting(task_id: str) -> Record:
    return task(task_id, status="PENDING", ipv4="10.0.4.1")


def stopping(task_id: str) -> Record:
    record = task(task_id, ipv4="10.0.4.2")
    assert record.status is not None
    return replace(record, status=replace(record.status, desired_status="STOPPED"))


# Tasks


def test_the_map_holds_every_live_task(inventory: Inventory) -> None:
    inventory.put(
        task("a1"), starting("a2"), task("a3", ipv4=None, subnet=None), task("a4", stopped=NOON)
    )
    answer = inventory.get("/tasks").json
    assert list(answer) == ["items", "nextCursor"]
    assert ids(answer["items"]) == ["a1", "a2", "a3"]


@pytest.mark.parametrize(
    "filters, found",
    [
        ("cluster=lab", ["b1"]),
        ("cluster=arn:aws:ecs:eu-west-1:111122223333:cluster/lab", ["b1"]),
        ("cluster=arn:aws:ecs:eu-west-1:444455556666:cluster/lab", []),
        ("service=web", ["a1", "b1"]),
        ("group=family:job", ["a2"]),
        ("subnetId=subnet-b", ["a2"]),
        ("lastStatus=PENDING", ["a3"]),
        ("addressState=held&service=web", ["a1", "b1"]),
        ("cidr=10.0.4.0/24", ["a1", "a3"]),
        ("cidr=2001:db8::/32", ["b1"]),
        ("cidr=10.0.4.128", ["a1"]),
        ("cluster=shop&service=web&cidr=10.0.0.0/8", ["a1"]),
        ("availabilityZone=eu-west-1a", []),
        ("launchType=FARGATE", []),
    ],
)
def test_the_map_can_be_filtered(inventory: Inventory, filters: str, found: list[str]) -> None:
    inventory.put(
        task("a1"),
        task("a2", group="family:job", ipv4="10.0.5.1", subnet="subnet-b"),
        replace(starting("a3"), facts=replace(starting("a3").facts, group=None)),
        task("b1", cluster="lab", ipv4="10.1.0.1", ipv6="2001:db8::1"),
    )
    assert ids(inventory.get(f"/tasks?{filters}").json["items"]) == found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_walking_the_map_sees_every_task_once_while_others_come_and_go(
    inventory: Inventory, limit: int
) -> None:
    steady = [task(f"t{n:02}", ipv4=f"10.0.0.{n}", cluster="ab"[n % 2]) for n in range(9)]
    inventory.put(*steady, *(task(f"gone{n}", cluster="b") for n in range(3)))
    seen: list[str] = []
    for number, page in enumerate(inventory.pages(f"/tasks?limit={limit}")):
        seen += ids(page["items"])
        inventory.put(task(f"new{number}"))
        if number < 3:
            inventory.put(task(f"gone{number}", cluster="b", stopped=NOON), revision=2)
    assert len(seen) == len(set(seen))
    assert {name for name in seen if name.startswith("t")} == {
        record.key.task_id for record in steady
    }


def test_a_page_that_a_filter_emptied_is_not_the_end(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.queries.LIVE_READ_AT_ONCE", 1)
    monkeypatch.setattr("core.queries._LIVE_READ_A_REQUEST", 2)
    inventory.put(*(task(f"t{n}", group=f"service:s{n}") for n in range(6)))
    pages = list(inventory.pages("/tasks?service=s5"))
    assert [ids(page["items"]) for page in pages] == [[], [], ["t5"]]


def test_a_task_is_found_by_cluster_and_id(inventory: Inventory) -> None:
    inventory.put(task("a1", stopped=NOON), task("a1", cluster="lab"))
    assert inventory.get("/tasks/shop/a1").json["live"] is False
    assert inventory.get("/tasks/lab/a1").json["live"] is True
    assert inventory.get("/tasks/shop/a2").status == 404
    assert inventory.get("/tasks/shop/%23coverage").status == 404


def test_a_task_of_two_accounts_is_a_409_with_the_choices(inventory: Inventory) -> None:
    inventory.put(task("a1"), task("a1", account="444455556666"))
    answer = inventory.get("/tasks/shop/a1")
    assert answer.status == 409
    assert {choice["account"] for choice in answer.json["choices"]} == {
        "111122223333",
        "444455556666",
    }


@pytest.mark.parametrize(
    "target, faults",
    [
        ("/tasks?cidr=10.0.0.1/8", {"cidr"}),
        ("/tasks?addressState=lost", {"addressState"}),
        ("/tasks?cluster=arn:aws:ecs:x", {"cluster"}),
        ("/tasks?limit=1001&cursor=x&colour=red", {"limit", "cursor", "colour"}),
        ("/tasks?limit=0000000001009999999999", {"limit"}),
        ("/tasks?limit=%D9%A3", {"limit"}),
        ("/tasks?service=a&service=b", {"service"}),
        ("/targets", {"port"}),
        ("/targets?port=", {"port"}),
        ("/targets?port=0", {"port"}),
        ("/targets?port=65536", {"port"}),
        ("/targets?port=80&subnetId=a", {"subnetId"}),
        ("/addresses?family=ipx", {"family"}),
        ("/addresses?releasedWithin=60", {"releasedWithin"}),
        ("/addresses?releasedWithin=60&cluster=shop", {"releasedWithin"}),
        ("/addresses?releasedWithin=86401&cluster=shop&service=web", {"releasedWithin"}),
        ("/status?x=1", {"x"}),
    ],
)
def test_bad_input_is_a_400_that_names_each_parameter(
    inventory: Inventory, target: str, faults: set[str]
) -> None:
    assert set(inventory.get(target).faults) == faults


# Targets


def test_targets_are_tasks_that_run_and_were_not_asked_to_stop(inventory: Inventory) -> None:
    inventory.put(
        task("a1"),
        starting("a2"),
        stopping("a3"),
        task("a4", stopped=NOON, ipv4="10.0.4.3"),
        task("a5", ipv4=None, subnet=None),
    )
    answer = inventory.get("/targets?port=9100")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == [
        {
            "targets": ["10.0.4.128:9100"],
            "labels": {
                "__meta_ecs_cluster": "shop",
                "__meta_ecs_cluster_arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
                "__meta_ecs_service": "web",
                "__meta_ecs_task_group": "service:web",
                "__meta_ecs_region": "eu-west-1",
                "__meta_ecs_subnet_id": "subnet-a",
                "__meta_ecs_last_status": "RUNNING",
                "__meta_ecs_desired_status": "RUNNING",
                "__meta_ecs_network_mode": "awsvpc",
                "__meta_ecs_task_arn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1",
                "__meta_ecs_ip_address": "10.0.4.128",
            },
        }
    ]


def test_no_targets_are_an_empty_list(inventory: Inventory) -> None:
    assert inventory.get("/targets?port=80").body == "[]"


def test_an_ipv6_target_stands_in_brackets_and_ipv4_comes_first(inventory: Inventory) -> None:
    inventory.put(
        task("a1", ipv4=None, ipv6="2001:db8::1"),
        task("a2", ipv4="10.0.0.9", ipv6="2001:db8::2"),
    )
    found = {target["targets"][0] for target in inventory.get("/targets?port=80").json}
    assert found == {"[2001:db8::1]:80", "10.0.0.9:80"}


@pytest.mark.parametrize(
    "filters, found",
    [
        ("", {"a1", "a2", "b1"}),
        ("&cluster=shop", {"a1", "a2"}),
        ("&service=web", {"a1", "b1"}),
        ("&cluster=shop&service=web", {"a1"}),
        ("&cluster=arn:aws:ecs:eu-west-1:111122223333:cluster/shop&service=api", {"a2"}),
        ("&cluster=arn:aws:ecs:eu-west-1:444455556666:cluster/shop&service=api", set()),
    ],
)
def test_targets_can_be_kept_to_a_cluster_and_a_service(
    inventory: Inventory, filters: str, found: set[str]
) -> None:
    inventory.put(
        task("a1"),
        task("a2", group="service:api", ipv4="10.0.0.2"),
        task("b1", cluster="lab", ipv4="10.0.0.3"),
        task("old", stopped=NOON, ipv4="10.0.0.4"),
    )
    targets = inventory.get(f"/targets?port=80{filters}").json
    assert {target["labels"]["__meta_ecs_task_arn"].split("/")[-1] for target in targets} == found


def test_an_address_of_a_subnet_is_listed_once_for_its_newest_holder(inventory: Inventory) -> None:
    inventory.put(
        task("old", attached=NOON),
        task("new", attached=NOON + 1),
        task("elsewhere", subnet="subnet-b"),
    )
    targets = inventory.get("/targets?port=80").json
    assert len(targets) == 2
    rows = inventory.get("/addresses", Accept="application/json").json["items"]
    assert {row["taskArn"].split("/")[-1] for row in rows} == {"new", "elsewhere"}


# Addresses


def test_addresses_are_prefixes_in_order_unless_asked_for_otherwise(inventory: Inventory) -> None:
    inventory.put(
        task("a1", ipv4="10.0.4.20", ipv6="2001:db8::1"),
        task("a2", ipv4="10.0.4.3"),
        task("a3", ipv4="10.0.4.3", subnet="subnet-b"),
        task("a4", ipv4=None),
    )
    answer = inventory.get("/addresses")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == "10.0.4.3/32\n10.0.4.20/32\n2001:db8::1/128\n"
    assert inventory.get("/addresses?family=ipv6").body == "2001:db8::1/128\n"
    assert inventory.get("/addresses?cluster=lab").body == ""


@pytest.mark.parametrize(
    "accept, content_type",
    [
        ("*/*", "text/plain; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/json", "application/json"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv; charset=utf-8"),
        ("text/html, application/*;q=0.1", "application/json"),
        ("text/plain;q=0, */*", "text/csv; charset=utf-8"),
        ("TEXT/CSV", "text/csv; charset=utf-8"),
    ],
)
def test_the_format_of_addresses_is_negotiated(
    inventory: Inventory, accept: str, content_type: str
) -> None:
    answer = inventory.get("/addresses", Accept=accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in answer.headers["Vary"]


def test_a_format_that_there_is_not_is_a_406(inventory: Inventory) -> None:
    answer = inventory.get("/addresses", Accept="image/png")
    assert (answer.status, answer.headers["Content-Type"]) == (406, "application/problem+json")


def test_rows_are_the_same_in_csv_and_json(inventory: Inventory) -> None:
    inventory.put(task("a1"), task("a2", ipv4="10.0.4.129", group="family:job", subnet=None))
    rows = inventory.get("/addresses", Accept="application/json").json["items"]
    assert rows[0] == {
        "address": "10.0.4.128",
        "family": "ipv4",
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1",
        "cluster": "shop",
        "service": "web",
        "subnetId": "subnet-a",
        "vpcId": None,
        "attachedAt": to_text(NOON),
        "releasedAt": None,
    }
    table = inventory.get("/addresses", Accept="text/csv").body
    assert table.splitlines()[0] == (
        "address,family,taskArn,cluster,service,subnetId,vpcId,attachedAt,releasedAt"
    )
    assert list(csv.DictReader(StringIO(table, newline=""))) == [
        {name: value or "" for name, value in row.items()} for row in rows
    ]


def test_no_cell_is_a_formula(inventory: Inventory) -> None:
    inventory.put(
        task("a1", group="service:=cmd|' /C calc'!A0"),
        task("a2", group="service:@SUM(1)", cluster="-lab", ipv4="10.0.4.129"),
    )
    table = inventory.get("/addresses", Accept="text/csv").body
    rows = list(csv.DictReader(StringIO(table, newline="")))
    assert rows[0]["service"] == "'=cmd|' /C calc'!A0"
    assert (rows[1]["service"], rows[1]["cluster"]) == ("'@SUM(1)", "'-lab")
    assert all(cell[:1] not in set("=+-@\t\r\n") for row in rows for cell in row.values())


def test_addresses_released_of_late_are_kept_unless_another_task_holds_them(
    inventory: Inventory,
) -> None:
    now = inventory.now
    inventory.put(
        task("held", ipv4="10.0.0.1"),
        task("late", ipv4="10.0.0.2", stopped=now - MINUTE),
        task("early", ipv4="10.0.0.3", stopped=now - 3 * MINUTE),
        task("reused", ipv4="10.0.0.4", stopped=now - MINUTE),
        task("other", ipv4="10.0.0.4", group="service:api", attached=now - 30 * SECOND),
        task("again", ipv4="10.0.0.5", stopped=now - 2 * MINUTE),
        task("newer", ipv4="10.0.0.5", attached=now - 90 * SECOND, stopped=now - MINUTE),
        task("elsewhere", ipv4="10.0.0.2", subnet="subnet-b", group="service:api"),
    )
    target = "/addresses?cluster=shop&service=web"
    assert inventory.get(target).body == "10.0.0.1/32\n"
    recent = inventory.get(f"{target}&releasedWithin=120", Accept="application/json").json["items"]
    assert [(row["address"], row["taskArn"].split("/")[-1]) for row in recent] == [
        ("10.0.0.1", "held"),
        ("10.0.0.2", "late"),
        ("10.0.0.5", "newer"),
    ]
    assert recent[1]["releasedAt"] == to_text(now - MINUTE)


def test_an_address_that_is_released_during_the_request_is_listed_as_released(
    inventory: Inventory,
) -> None:
    class Stopping(MemoryStore):
        """A store whose task stops after the first look at its service."""

        def tenures(self, service: str, between: tuple[str, str], limit: int) -> Sequence[Tenure]:
            found = super().tenures(service, between, limit)
            self.put_many([Stored(task("a1", stopped=inventory.now), revision=2)])
            return found

    inventory.store = Stopping()
    inventory.put(task("a1"))
    target = "/addresses?cluster=shop&service=web&releasedWithin=60"
    assert inventory.get(target).body == "10.0.4.128/32\n"


def test_addresses_that_did_not_change_are_a_304(inventory: Inventory) -> None:
    inventory.put(task("a1"))
    tag = inventory.get("/addresses").headers["ETag"]
    same = inventory.get("/addresses", If_None_Match=f'"other", {tag}')
    assert (same.status, same.body, same.headers["ETag"]) == (304, "", tag)
    assert inventory.get("/addresses", If_None_Match="*").status == 304
    assert inventory.get("/addresses", Accept="text/csv", If_None_Match=tag).status == 200
    gzipped = inventory.get("/addresses", Accept="*/*", Accept_Encoding="gzip", If_None_Match=tag)
    assert gzipped.status == 304
    inventory.put(task("a2", ipv4="10.0.4.129"))
    assert inventory.get("/addresses", If_None_Match=tag).status == 200


# Methods and paths


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/tasks", "/tasks/c/t", "/ips/10.0.0.1", "/ips/10.0.0.1/history", "/enis/eni-1",
             "/services/c/s/history", "/targets", "/addresses", "/status"],
)  # fmt: skip
def test_a_wrong_method_is_a_405(inventory: Inventory, method: str, path: str) -> None:
    answer = inventory.ask(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_lookups_are_posted(inventory: Inventory) -> None:
    answer = inventory.get("/lookups")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/", "/task", "/tasks/c", "/ips", "/ips/1/2", "/v1/tasks", "/x"])
def test_an_unknown_path_is_a_404(inventory: Inventory, path: str) -> None:
    answer = inventory.get(path)
    assert (answer.status, answer.json["status"], answer.json["type"]) == (404, 404, "about:blank")


# Size


def test_a_long_answer_is_compressed_where_the_caller_takes_that(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}", ipv4=f"10.0.0.{n}") for n in range(20)))
    for target in ("/tasks", "/targets?port=80", "/addresses"):
        plain = inventory.get(target, Accept="*/*")
        packed = inventory.get(target, Accept="*/*", Accept_Encoding="br, gzip;q=0.8")
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.body == plain.body
        assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "*/*", "Accept_Encoding": "gzip;q=0"},
        {"Accept": "*/*", "Accept_Encoding": "identity"},
        {"Accept": "*/*", "Accept_Encoding": ""},
        {"Accept_Encoding": "gzip"},
    ],
)
def test_an_answer_is_plain_where_the_caller_cannot_take_it_compressed(
    inventory: Inventory, headers: dict[str, str]
) -> None:
    inventory.put(*(task(f"t{n}", ipv4=f"10.0.0.{n}") for n in range(20)))
    assert "Content-Encoding" not in inventory.get("/tasks", **headers).headers


def test_an_answer_that_lambda_would_not_take_is_a_problem(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}", ipv4=f"10.0.{n // 250}.{n % 250}") for n in range(12_000)))
    plain = inventory.get("/targets?port=80")
    assert plain.status == 406
    assert "gzip" in plain.json["detail"]
    packed = inventory.get("/targets?port=80", Accept="*/*", Accept_Encoding="gzip")
    assert len(packed.json) == 12_000

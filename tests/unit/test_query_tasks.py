"""The routes of tasks: the map now, at an instant and in a window, and one task."""

import csv
import json
import re
from collections.abc import Iterator
from copy import replace
from io import StringIO

import pytest

from core.table.seen_names import cluster_note
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import DAY, HOUR, MINUTE, SECOND, to_text
from tests.support.asking import Inventory, Reply, inventory
from tests.support.tasks import NOON, cluster_arn, observed, task

__all__ = ["inventory"]


def ids(records: list[dict[str, str]]) -> list[str]:
    return sorted(record["taskId"] for record in records)


def starting(task_id: str) -> Record:
    return task(task_id, status="PENDING", ipv4="10.0.4.1")


# The map now


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
        ("capacityProviderName=FARGATE_SPOT", []),
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
    monkeypatch.setattr("core.answers.current.LIVE_READ_AT_ONCE", 1)
    monkeypatch.setattr("core.answers.current._LIVE_READ_A_REQUEST", 2)
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


def test_a_live_task_that_has_released_its_address_can_be_asked_for(inventory: Inventory) -> None:
    teardown = observed("a1", lastStatus="DEPROVISIONING", version=4)
    teardown = replace(teardown, earliest=replace(teardown.earliest, gone_at=NOON + SECOND))
    inventory.put(teardown, task("a2"))
    assert ids(inventory.get("/tasks?addressState=released").json["items"]) == ["a1"]
    assert ids(inventory.get("/tasks?addressState=held").json["items"]) == ["a2"]


@pytest.mark.parametrize(
    "target, faults",
    [
        ("/tasks?cidr=10.0.0.1/8", {"cidr": "has host bits set"}),
        ("/tasks?cidr=10.0.0", {"cidr": "is not an IPv4 or IPv6 prefix"}),
        ("/tasks?addressState=lost", {"addressState": None}),
        ("/tasks?cluster=arn:aws:ecs:x", {"cluster": None}),
        ("/tasks?lastStatus=running", {"lastStatus": None}),
        ("/tasks?lastStatus=STOPPED", {"lastStatus": None}),
        ("/tasks?launchType=fargate", {"launchType": None}),
        ("/tasks?subnetId=a", {"subnetId": "must begin with subnet-"}),
        ("/tasks?vpcId=subnet-1", {"vpcId": "must begin with vpc-"}),
        ("/tasks?service=web&group=service:api", {"group": None}),
        ("/tasks?service=web&group=family:web", {"group": None}),
        ("/tasks?addressState=pending&cidr=10.0.0.0/8", {"cidr": None}),
        ("/tasks?addressState=none&cidr=10.0.0.0/8", {"cidr": None}),
        ("/tasks?at=1&from=1", {"at": "cannot be combined with `from` or `to`"}),
        (f"/tasks?at=1&to={NOON}", {"at": "cannot be combined with `from` or `to`"}),
        ("/tasks?at=1&lastStatus=RUNNING", {"lastStatus": None}),
        ("/tasks?from=1&addressState=held", {"addressState": None}),
        ("/tasks?at=1&lastStatus=STOPPED", {"lastStatus": None}),
        ("/tasks?at=4000000000", {"at": "is in the future"}),
        ("/tasks?from=3&to=2", {"from": "is not before `to`"}),
    ],
)
def test_a_filter_that_can_never_match_is_a_400_that_names_it(
    inventory: Inventory, target: str, faults: dict[str, str | None]
) -> None:
    found = inventory.get(target).faults
    assert found.keys() == faults.keys()
    assert all(reason in (None, found[name]) for name, reason in faults.items())


def test_a_service_and_its_own_group_can_be_asked_for_together(inventory: Inventory) -> None:
    inventory.put(task("a1"))
    assert ids(inventory.get("/tasks?service=web&group=service:web").json["items"]) == ["a1"]


@pytest.mark.parametrize("time", ["", "&at={}", "&from={}"])
@pytest.mark.parametrize(
    "filters, seen",
    [
        ("cluster=lab", True),
        ("cluster=la", False),
        ("cluster=labs", False),
        ("cluster=shop&service=job", False),
        ("cluster=shop&service=web", True),
        ("cluster=lab&service=web", False),
        ("cluster=lab&service=we", False),
        ("service=web", True),
        ("service=job", False),
        ("service=webs", False),
        ("group=service:web", True),
        ("group=service:webs", False),
        ("cluster=shop&group=service:webs", False),
        ("group=family:none", True),
        ("cluster=arn:aws:ecs:eu-west-1:111122223333:cluster/lab", True),
        ("cluster=arn:aws:ecs:eu-west-1:444455556666:cluster/lab", False),
        ("cluster=arn:aws:ecs:eu-west-1:444455556666:cluster/shop&service=web", False),
    ],
)
def test_what_was_never_seen_is_a_404_and_not_an_empty_list(
    inventory: Inventory, time: str, filters: str, seen: bool
) -> None:
    """Bridge tasks count; so does what ended long ago."""
    inventory.put(
        observed("b1", "lab", attachments=[], group="family:job"),
        task("a1", stopped=NOON + SECOND),
    )
    answer = inventory.get(f"/tasks?{filters}&cidr=192.168.0.0/16{time.format(NOON)}")
    if seen:
        assert (answer.status, answer.json["items"]) == (200, [])
    else:
        assert answer.status == 404
        assert "has never been seen" in answer.json["detail"]


@pytest.mark.parametrize("time", ["", f"&at={to_text(NOON)}"])
def test_what_was_never_seen_is_a_404_however_long_the_walk(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch, time: str
) -> None:
    monkeypatch.setattr("core.answers.current.LIVE_READ_AT_ONCE", 1)
    monkeypatch.setattr("core.answers.current._LIVE_READ_A_REQUEST", 1)
    monkeypatch.setattr("core.answers.past._CLUSTERS_A_REQUEST", 1)
    inventory.put(task("a1"), task("a2"), task("a1", "lab"))
    first = inventory.get(f"/tasks?service=webs{time}")
    assert first.status == 404
    empty = inventory.get(f"/tasks?service=web&cidr=192.168.0.0/16{time}")
    assert (empty.status, empty.json["items"]) == (200, [])
    assert empty.json["nextCursor"] is not None


def test_a_cluster_without_tasks_is_known_from_its_survey_on(inventory: Inventory) -> None:
    assert inventory.get("/tasks?cluster=empty").status == 404
    inventory.store.put_notes([cluster_note(cluster_arn("empty"))])
    assert inventory.get("/tasks?cluster=empty").json["items"] == []


# The map then


def then(inventory: Inventory, time: str) -> list[str]:
    pages = list(inventory.pages(f"/tasks?{time}&limit=2"))
    assert all("coverage" in page for page in pages)
    return sorted(record["taskId"] for page in pages for record in page["items"])


@pytest.fixture
def estate(inventory: Inventory) -> Inventory:
    """Hold lives of all kinds around noon."""
    inventory.put(
        task("ended", stopped=NOON + HOUR),
        task("live", ipv4="10.0.4.1"),
        task("standalone", "lab", group="family:job", ipv4=None, subnet=None),
        task("vanished", gone=NOON + 3 * HOUR, ipv4="10.0.4.2"),
        task("later", created=NOON + 5 * HOUR, attached=NOON + 5 * HOUR, ipv4="10.0.4.3"),
    )
    return inventory


def test_the_map_at_an_instant_has_every_task_that_existed(estate: Inventory) -> None:
    at_noon = ["ended", "live", "standalone", "vanished"]
    assert then(estate, f"at={to_text(NOON)}") == at_noon
    assert then(estate, f"at={NOON}") == at_noon, "epoch milliseconds"
    assert then(estate, f"at={to_text(NOON - MINUTE - 1)}") == []
    assert then(estate, f"at={to_text(NOON + HOUR)}") == ["live", "standalone", "vanished"]
    assert then(estate, f"at={to_text(NOON + 2 * HOUR)}") == ["live", "standalone"]
    assert then(estate, f"at={to_text(NOON)}&subnetId=subnet-a&service=web&cluster=shop") == [
        *("ended", "live", "vanished")
    ]
    assert then(estate, f"at={to_text(NOON)}&cidr=10.0.4.128/32") == ["ended"]


def test_the_map_of_a_window_has_every_task_that_existed_at_any_time_of_it(
    estate: Inventory,
) -> None:
    assert then(estate, f"from={NOON}") == ["ended", "later", "live", "standalone", "vanished"]
    assert then(estate, f"to={NOON}") == ["ended", "live", "standalone", "vanished"]
    late = f"from={NOON + 90 * MINUTE}&to={NOON + 5 * HOUR}"
    assert then(estate, late) == ["live", "standalone", "vanished"]


def test_records_of_the_past_are_as_they_are_known_now(estate: Inventory) -> None:
    answer = estate.get(f"/tasks?at={NOON}&cidr=10.0.4.128/32").json
    [record] = answer["items"]
    assert (record["live"], record["stoppedAt"]) == (False, to_text(NOON + HOUR))
    assert list(answer) == ["items", "nextCursor", "coverage"]


def test_the_window_of_a_walk_stays_where_it_was_at_its_first_page(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}") for n in range(3)))
    first = inventory.get(f"/tasks?from={NOON}&limit=1").json
    inventory.now += DAY
    late = inventory.now - MINUTE
    inventory.put(task("late", created=late, attached=late))
    cursor = first["nextCursor"]
    second = inventory.get(f"/tasks?from={NOON}&limit=9&cursor={cursor}").json
    assert ids(first["items"] + second["items"]) == ["t0", "t1", "t2"]


def test_a_cursor_of_one_form_is_none_of_another(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}") for n in range(3)))
    live = inventory.get("/tasks?limit=1").json["nextCursor"]
    past = inventory.get(f"/tasks?at={NOON}&limit=1").json["nextCursor"]
    for target in (
        f"/tasks?cursor={past}",
        f"/tasks?at={NOON}&cursor={live}",
        f"/tasks?at={NOON + 1}&cursor={past}",
        f"/tasks?from={NOON}&cursor={past}",
        f"/tasks?at={NOON}&cluster=shop&cursor={past}",
    ):
        assert inventory.get(target).faults == {"cursor": "is not a cursor of this request"}


# Formats


def walk(inventory: Inventory, target: str, accept: str) -> Iterator[Reply]:
    """Follow `Link`, as a program does that does not read JSON."""
    following: str | None = target
    while following is not None:
        reply = inventory.get(following, Accept=accept)
        yield reply
        link = reply.headers.get("Link")
        assert link is None or re.fullmatch(r'<\?cursor=[\w-]+>; rel="next"', link)
        joint = "&" if "?" in target else "?"
        following = link and f"{target}{joint}{link[2:-13]}"


@pytest.mark.parametrize("target", ["/tasks", f"/tasks?at={NOON}", f"/tasks?from={NOON}"])
def test_every_form_of_the_map_can_be_exported(inventory: Inventory, target: str) -> None:
    records = [task(f"t{n}", ipv4=None if n % 2 else f"10.0.0.{n}") for n in range(5)]
    inventory.put(*records)
    expected = [record_as_json(record) for record in records]
    joint = "&" if "?" in target else "?"

    lines = list(walk(inventory, f"{target}{joint}limit=2", "application/x-ndjson"))
    assert {reply.headers["Content-Type"] for reply in lines} == {"application/x-ndjson"}
    assert [json.loads(line) for reply in lines for line in reply.body.splitlines()] == expected

    tables = list(walk(inventory, f"{target}{joint}limit=2", "text/csv"))
    assert {reply.headers["Content-Type"] for reply in tables} == {"text/csv; charset=utf-8"}
    rows = [row for reply in tables for row in csv.DictReader(StringIO(reply.body, newline=""))]
    assert [list(row) for row in rows] == [list(record) for record in expected]
    assert rows == [{name: plain(value) for name, value in one.items()} for one in expected]

    documents = list(walk(inventory, f"{target}{joint}limit=2", "application/json"))
    assert [one for reply in documents for one in reply.json["items"]] == expected


@pytest.mark.parametrize("form", ["text/csv", "application/x-ndjson"])
def test_a_form_without_room_for_the_coverage_has_it_in_a_header(
    inventory: Inventory, form: str
) -> None:
    inventory.put(task())
    assert inventory.get(f"/tasks?at={NOON}", Accept=form).headers["Coverage"] == "gaps=0"
    assert inventory.get(f"/tasks?from={NOON}", Accept=form).headers["Coverage"] == "gaps=0"
    assert "Coverage" not in inventory.get("/tasks", Accept=form).headers


def plain(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_an_empty_table_is_a_header_line(inventory: Inventory) -> None:
    table = inventory.get("/tasks", Accept="text/csv").body
    assert table == ",".join(record_as_json(task())) + "\r\n"
    assert inventory.get("/tasks", Accept="application/x-ndjson").body == ""

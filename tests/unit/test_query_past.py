"""The routes of what was, each row of the contract, good input and bad."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.table.coverage import ClusterCoverage
from core.table.store import Holding
from core.task.record import Record, in_vpc, join
from core.text.instant import DAY, MINUTE, to_text
from tests.support.asking import Inventory, inventory
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, event, key, observed, task

__all__ = ["inventory"]

IP = "/ips/10.0.4.128"


def ids(records: list[dict[str, str]]) -> list[str]:
    return [record["taskId"] for record in records]


def test_an_address_is_answered_with_its_holders_and_those_before(inventory: Inventory) -> None:
    inventory.put(
        task("a1", stopped=NOON + MINUTE),
        task("a2", attached=NOON + MINUTE),
        task("b1", subnet="subnet-b", stopped=NOON + MINUTE),
    )
    answer = inventory.get(IP).json
    assert list(answer) == ["ip", "at", "holders", "previous", "coverage"]
    assert answer["at"] == to_text(inventory.now)
    assert ids(answer["holders"]) == ["a2"]
    assert ids(answer["previous"]) == ["b1", "a1"]
    assert answer["coverage"] == {"from": None, "gaps": []}


def test_coverage_vouches_for_no_more_than_was_known_when_the_holders_were_read(
    inventory: Inventory,
) -> None:
    """A first sweep that completes in between says nothing of an answer that did not see it."""

    class Swept(MemoryStore):
        def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
            found = super().holdings(address, between, limit)
            cluster = ClusterCoverage(cluster_arn=cluster_arn(), swept_at=NOON)
            self.notice_cluster(replace(cluster, first_swept_at=NOON))
            return found

    inventory.store = Swept()
    assert inventory.get(IP).json["coverage"] == {"from": None, "gaps": []}


def test_an_instant_can_be_asked_for_as_a_timestamp_or_as_epoch_seconds(
    inventory: Inventory,
) -> None:
    inventory.put(task("a1", stopped=NOON + MINUTE))
    for at in (to_text(NOON), str(NOON // 1000), "2026-11-20T13:00:00%2B01:00"):
        assert ids(inventory.get(f"{IP}?at={at}").json["holders"]) == ["a1"]


def test_an_address_never_seen_is_answered_with_empty_lists(inventory: Inventory) -> None:
    answer = inventory.get("/ips/2001:DB8::1").json
    assert (answer["ip"], answer["holders"], answer["previous"]) == ("2001:db8::1", [], [])


@pytest.mark.parametrize(
    "target, faults",
    [
        ("/ips/10.0.0.300", {"ip": "is not an IP address"}),
        (f"{IP}?at=yesterday", {"at": None}),
        (f"{IP}?at=4000000000", {"at": "is in the future"}),
        (f"{IP}?at=1&at=2", {"at": "is given more than once"}),
        (f"{IP}?subnetId=", {"subnetId": "is empty"}),
        (f"{IP}?subnetid=a", {"subnetid": "is not a parameter of this request"}),
        (f"{IP}?subnetId={'s' * 401}", {"subnetId": "is longer than 400 bytes"}),
        (f"{IP}/history?from=2&to=2", {"from": "is not before `to`"}),
        (f"{IP}/history?from=3&to=2", {"from": "is not before `to`"}),
        (f"{IP}/history?to=4000000000", {"to": "is in the future"}),
        (f"{IP}/history?limit=0", {"limit": "is not a whole number from 1 to 1000"}),
        (f"{IP}/history?limit=1001", {"limit": "is not a whole number from 1 to 1000"}),
        (f"{IP}/history?cursor=abc", {"cursor": "is not a cursor of this request"}),
        ("/ips/nobody/history", {"ip": "is not an IP address"}),
        ("/services/shop/web/history?vpcId=v", {"vpcId": "is not a parameter of this request"}),
        ("/services/shop/web/history?from=x&limit=y", {"from": None, "limit": None}),
        ("/enis/eni-1?at=1", {"at": "is not a parameter of this request"}),
        (f"/enis/{'e' * 401}", {"networkInterfaceId": "is longer than 400 bytes"}),
    ],
)
def test_bad_input_is_a_400_that_names_each_parameter(
    inventory: Inventory, target: str, faults: dict[str, str | None]
) -> None:
    found = inventory.get(target).faults
    assert found.keys() == faults.keys()
    for name, reason in faults.items():
        assert reason in (None, found[name])


def test_an_address_s_history_is_paged_with_coverage(inventory: Inventory) -> None:
    inventory.put(
        *(
            task(f"t{n}", attached=NOON + n * MINUTE, stopped=NOON + (n + 1) * MINUTE)
            for n in range(5)
        )
    )
    pages = list(inventory.pages(f"{IP}/history?limit=2"))
    assert [ids(page["items"]) for page in pages] == [["t4", "t3"], ["t2", "t1"], ["t0"]]
    assert all(page["coverage"] == {"from": None, "gaps": []} for page in pages)
    window = f"from={to_text(NOON + MINUTE)}&to={to_text(NOON + 3 * MINUTE)}"
    assert ids(inventory.get(f"{IP}/history?{window}").json["items"]) == ["t2", "t1"]


def test_the_window_of_a_walk_stays_where_it_was_at_its_first_page(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}", subnet=f"subnet-{n}") for n in range(3)))
    first = inventory.get(f"{IP}/history?limit=1").json
    inventory.now += DAY
    inventory.put(task("late", subnet="subnet-0", attached=inventory.now - MINUTE))
    second = inventory.get(f"{IP}/history?limit=9&cursor={first['nextCursor']}").json
    assert ids(first["items"] + second["items"]) == ["t2", "t1", "t0"]


@pytest.mark.parametrize(
    "other",
    [
        "/ips/10.0.4.129/history?cursor=",
        f"{IP}/history?subnetId=subnet-a&cursor=",
        "/tasks?cursor=",
        "/services/shop/web/history?cursor=",
        f"{IP}/history?cursor=A",
    ],
)
def test_a_cursor_belongs_to_its_path_and_filters(inventory: Inventory, other: str) -> None:
    inventory.put(task("a1"), task("b1", subnet="subnet-b"))
    cursor = inventory.get(f"{IP}/history?limit=1").json["nextCursor"]
    assert inventory.get(other + cursor).faults == {"cursor": "is not a cursor of this request"}


def test_a_cursor_may_go_on_with_another_limit(inventory: Inventory) -> None:
    inventory.put(task("a1"), task("b1", subnet="subnet-b"))
    cursor = inventory.get(f"{IP}/history?limit=1").json["nextCursor"]
    assert ids(inventory.get(f"{IP}/history?limit=5&cursor={cursor}").json["items"]) == ["a1"]


def test_a_service_s_history_shows_its_tasks_alone(inventory: Inventory) -> None:
    inventory.put(
        task("a1", stopped=NOON + MINUTE),
        task("a2", attached=NOON + MINUTE),
        task("other", group="service:api"),
    )
    pages = list(inventory.pages("/services/shop/web/history?limit=1"))
    assert sorted(ids([record for page in pages for record in page["items"]])) == ["a1", "a2"]
    early = f"/services/shop/web/history?to={to_text(NOON + 1)}"
    assert ids(inventory.get(early).json["items"]) == ["a1"]
    assert inventory.get("/services/shop/nobody/history").json["items"] == []


def test_an_interface_is_answered_with_its_task(inventory: Inventory) -> None:
    inventory.put(observed("a1"))
    assert inventory.get("/enis/eni-1").json["taskId"] == "a1"
    missing = inventory.get("/enis/eni-2")
    assert (missing.status, missing.json["title"]) == (404, "Not Found")


def test_a_forgotten_record_is_not_answered_before_it_is_deleted(inventory: Inventory) -> None:
    inventory.put(observed("a1", lastStatus="STOPPED", stoppedAt=to_text(NOON)))
    inventory.now = NOON + 90 * DAY
    assert inventory.get("/enis/eni-1").status == 404
    assert inventory.get("/tasks/shop/a1").status == 404
    assert inventory.get(IP).json["previous"] == []
    assert inventory.get(f"{IP}/history").json["items"] == []
    assert inventory.get("/services/shop/web/history").json["items"] == []


# VPCs


def in_vpc_of(record: Record, vpc_id: str) -> Record:
    return join(record, in_vpc(record.key, vpc_id))


def test_a_vpc_filter_says_how_many_records_it_could_not_judge(inventory: Inventory) -> None:
    inventory.put(
        in_vpc_of(task("a1"), "vpc-1"),
        in_vpc_of(task("b1", subnet="subnet-b"), "vpc-2"),
        task("c1", subnet="subnet-c"),
        task("d1", subnet="subnet-d"),
    )
    answer = inventory.get(f"{IP}?vpcId=vpc-1").json
    assert (ids(answer["holders"]), answer["undetermined"]) == (["a1"], 2)
    answer = inventory.get(f"{IP}/history?vpcId=vpc-2").json
    assert (ids(answer["items"]), answer["undetermined"]) == (["b1"], 2)
    answer = inventory.get("/tasks?vpcId=vpc-2").json
    assert (ids(answer["items"]), answer["undetermined"]) == (["b1"], 2)
    answer = inventory.get("/tasks?vpcId=vpc-2&subnetId=subnet-c").json
    assert (ids(answer["items"]), answer["undetermined"]) == ([], 1)


def test_a_vpc_that_the_sweep_looked_up_is_told_of_ended_tasks_too(inventory: Inventory) -> None:
    inventory.put(task("a1", stopped=NOON + MINUTE))
    assert inventory.get("/tasks/shop/a1").json["vpcId"] is None
    inventory.store.put_subnets({"subnet-a": "vpc-1"})
    inventory.now += MINUTE
    assert inventory.get("/tasks/shop/a1").json["vpcId"] == "vpc-1"
    answer = inventory.get(f"{IP}?vpcId=vpc-1&at={to_text(NOON)}").json
    assert (ids(answer["holders"]), answer["undetermined"]) == (["a1"], 0)


# Lookups


def results(inventory: Inventory, *lookups: object) -> list[dict[str, object]]:
    answer = inventory.post("/lookups", {"lookups": lookups})
    assert answer.status == 200, answer.body
    found: list[dict[str, object]] = answer.json["results"]
    assert [result["lookup"] for result in found] == json.loads(json.dumps(lookups))
    return found


def holders(result: object) -> list[str]:
    assert isinstance(result, dict)
    return ids(result["holders"])


def test_lookups_are_answered_in_their_order(inventory: Inventory) -> None:
    inventory.put(
        task("a1", stopped=NOON + MINUTE),
        task("a2", attached=NOON + 2 * MINUTE),
        observed("e1", attachments=event("e1")["detail"]["attachments"], group="service:api"),
    )
    found = results(
        inventory,
        {"ip": "10.0.4.128", "at": to_text(NOON)},
        {"ip": "10.0.4.128"},
        {"ip": "10.0.4.128", "from": to_text(NOON), "to": to_text(NOON + 3 * MINUTE)},
        {"ip": "10.9.9.9"},
        {"networkInterfaceId": "eni-1"},
        {"networkInterfaceId": "eni-9"},
        {"ip": "10.0.4.128", "subnetId": "subnet-z", "at": None},
        {"ip": "10.0.4.128", "at": (NOON + MINUTE) / 1000},
    )
    assert [holders(result) for result in found] == [
        ["e1"],
        ["a2"],
        ["a2", "e1"],
        [],
        ["e1"],
        [],
        [],
        ["e1"],
    ]


def test_a_bad_lookup_does_not_fail_the_rest(inventory: Inventory) -> None:
    inventory.put(task("a1"))
    bad: list[tuple[object, str]] = [
        ({"ip": "nobody"}, "ip"),
        ({}, "ip"),
        ({"ip": "10.0.0.1", "networkInterfaceId": "eni-1"}, "ip"),
        ({"ip": "10.0.0.1", "at": 1, "from": 1}, "at"),
        ({"ip": "10.0.0.1", "from": 3, "to": 2}, "from"),
        ({"ip": "10.0.0.1", "at": 4_000_000_000}, "at"),
        ({"ip": "10.0.0.1", "at": True}, "at"),
        ({"ip": 10}, "ip"),
        ({"networkInterfaceId": "\ud800"}, "networkInterfaceId"),
        ({"ip": "10.0.0.1", "subnetId": "é" * 201}, "subnetId"),
        ({"ip": "10.0.0.1", "port": 80}, "port"),
        ({"ip": "10.0.0.1", "port": "80"}, "port"),
        ("10.0.0.1", "lookups"),
    ]
    found = results(inventory, *(entry for entry, _ in bad), {"ip": "10.0.4.128"})
    assert holders(found.pop()) == ["a1"]
    for result, (_, parameter) in zip(found, bad, strict=True):
        error = result["error"]
        assert isinstance(error, dict)
        assert error["status"] == 400
        assert parameter in {fault["parameter"] for fault in error["errors"]}


def test_a_number_that_is_too_large_for_json_is_answered_as_text(inventory: Inventory) -> None:
    reply = inventory.post("/lookups", '{"lookups": [{"ip": "10.0.0.1", "at": 1e400}]}')
    assert "Infinity" not in reply.body
    result = reply.json["results"][0]
    assert result["lookup"] == {"ip": "10.0.0.1", "at": "1e400"}
    assert [fault["parameter"] for fault in result["error"]["errors"]] == ["at"]


@pytest.mark.parametrize(
    "body, parameter",
    [
        ("", "body"),
        ("{", "body"),
        ("[]", "body"),
        ("[" * 100_000, "body"),
        ("\udcff\x05", "body"),
        ('{"lookups": [{"ip": NaN}]}', "body"),
        ({}, "lookups"),
        ({"lookups": {}}, "lookups"),
        ({"lookups": [], "at": 1}, "at"),
        ({"lookups": [{"ip": "10.0.0.1"}] * 101}, "lookups"),
    ],
)
def test_a_body_that_is_no_list_of_lookups_is_a_400(
    inventory: Inventory, body: object, parameter: str
) -> None:
    assert list(inventory.post("/lookups", body).faults) == [parameter]


def test_a_hundred_lookups_are_taken_and_a_huge_body_is_not(inventory: Inventory) -> None:
    assert len(results(inventory, *([{"ip": "10.0.0.1"}] * 100))) == 100
    assert inventory.post("/lookups", " " * 300_000).status == 413


def test_a_lookup_with_too_many_holders_points_to_the_history(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n:03}", attached=NOON + n, subnet=None) for n in range(101)))
    result = results(inventory, {"ip": "10.0.4.128", "from": 0})[0]
    error = result["error"]
    assert isinstance(error, dict)
    assert "history" in error["detail"]


def test_a_lookup_can_be_kept_to_a_vpc(inventory: Inventory) -> None:
    inventory.put(in_vpc_of(task("a1"), "vpc-1"), task("b1", subnet="subnet-b"))
    found = results(inventory, {"ip": "10.0.4.128", "vpcId": "vpc-1"})[0]
    assert (holders(found), found["undetermined"]) == (["a1"], 1)


def test_an_interface_can_be_looked_up_at_a_time(inventory: Inventory) -> None:
    inventory.put(observed("a1", lastStatus="STOPPED", stoppedAt=to_text(NOON + MINUTE)))
    assert key("a1") in inventory.store.get_many([key("a1")])
    found = results(
        inventory,
        {"networkInterfaceId": "eni-1"},
        {"networkInterfaceId": "eni-1", "at": to_text(NOON + MINUTE)},
        {"networkInterfaceId": "eni-1", "subnetId": "subnet-z"},
    )
    assert [holders(result) for result in found] == [["a1"], [], []]

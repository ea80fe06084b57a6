"""The route of lookups: many questions at once, each with its own answer or error."""

import json

import pytest

from core.task.record import in_vpc, join
from core.text.instant import DAY, MINUTE, to_text
from tests.support.asking import Inventory, inventory
from tests.support.tasks import NOON, eni, key, observed, task

__all__ = ["inventory"]


def ids(records: list[dict[str, str]]) -> list[str]:
    return [record["taskId"] for record in records]


def results(inventory: Inventory, *lookups: object) -> list[dict[str, object]]:
    answer = inventory.post("/lookups", {"lookups": lookups})
    assert answer.status == 200, answer.body
    found: list[dict[str, object]] = answer.json["results"]
    assert [result["lookup"] for result in found] == json.loads(json.dumps(lookups))
    return found


def holders(result: object) -> list[str]:
    assert isinstance(result, dict)
    return ids(result["holders"])


def possible(result: object) -> list[str]:
    assert isinstance(result, dict)
    return ids(result["possible"])


def test_lookups_are_answered_in_their_order(inventory: Inventory) -> None:
    inventory.put(
        task("a1", stopped=NOON + MINUTE),
        task("a2", attached=NOON + 2 * MINUTE),
        observed("e1", "lab", attachments=[eni(privateIPv4Address="10.0.4.9")]),
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
        {"ip": "10.0.4.128", "at": float(NOON)},
    )
    assert [holders(result) for result in found] == [
        ["a1"],
        ["a2"],
        ["a1", "a2"],
        [],
        ["e1"],
        [],
        [],
        [],
        ["a1"],
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
        ({"networkInterfaceId": "10.0.0.1"}, "networkInterfaceId"),
        ({"ip": "10.0.0.0/24"}, "ip"),
        ({"ip": "10.0.0.1", "at": "2026-11-20"}, "at"),
        ({"ip": "10.0.0.1", "subnetId": "vpc-1"}, "subnetId"),
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
    inventory.put(*(task(f"t{n:03}", attached=NOON + n) for n in range(110)))
    result = results(inventory, {"ip": "10.0.4.128", "from": 0})[0]
    error = result["error"]
    assert isinstance(error, dict)
    assert "history" in error["detail"]


def test_a_lookup_can_be_kept_to_a_vpc(inventory: Inventory) -> None:
    known = task("a1")
    inventory.put(
        join(known, in_vpc(known.key, "vpc-1")),
        task("b1", subnet="subnet-b"),
    )
    found = results(inventory, {"ip": "10.0.4.128", "vpcId": "vpc-1"})[0]
    assert (found["verdict"], holders(found), possible(found)) == ("held", ["a1"], ["b1"])


def test_a_window_is_answered_with_its_spans(inventory: Inventory) -> None:
    inventory.put(task("a1", created=NOON, attached=NOON + 2, last_held=NOON + 5, stopped=NOON + 9))
    window = {"ip": "10.0.4.128", "from": to_text(NOON + 1), "to": to_text(NOON + 20)}
    [found] = results(inventory, window)
    assert list(found) == ["lookup", "verdict", "holders", "possible", "spans"]
    arn = "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1"
    assert found["spans"] == [
        {"taskArn": arn, "from": to_text(NOON + start), "to": to_text(NOON + end), "certain": sure}
        for start, end, sure in ((1, 2, False), (2, 5, True), (5, 9, False))
    ]
    assert (found["verdict"], holders(found), possible(found)) == ("held", ["a1"], [])
    late = window | {"from": to_text(NOON + 6)}
    [found] = results(inventory, late)
    assert (found["verdict"], holders(found), possible(found)) == ("possible", [], ["a1"])


def test_an_interface_is_held_for_all_of_its_task_s_life(inventory: Inventory) -> None:
    ended = observed("a1", lastStatus="STOPPED", stoppedAt=to_text(NOON + MINUTE))
    inventory.put(ended)
    eni = {"networkInterfaceId": "eni-1"}
    found = results(
        inventory,
        eni,
        {"networkInterfaceId": "eni-2"},
        eni | {"at": to_text(NOON - 60_000)},
        eni | {"at": to_text(NOON - 60_001)},
        eni | {"at": to_text(NOON + MINUTE)},
        eni | {"from": to_text(NOON - DAY), "to": to_text(NOON)},
        eni | {"vpcId": "vpc-1"},
    )
    assert [result["verdict"] for result in found] == [
        *("held", "unknown", "held", "unknown", "unknown", "held", "possible")
    ]
    assert found[5]["spans"] == [
        {
            "taskArn": ended.facts.task_arn,
            "from": to_text(NOON - 60_000),
            "to": to_text(NOON),
            "certain": True,
        }
    ]


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

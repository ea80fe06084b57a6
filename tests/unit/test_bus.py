"""The change bus: ten a call, what is refused again and alone, and what is given up."""

from typing import Any

import pytest

from adapters.bus import ChangeBus
from core.task.changes import ASSIGNED, ChangeEvent
from tests.support.event_bridge import FakeEventBridge, refuses_every_other


def forever() -> bool:
    return True


def bus(fake: FakeEventBridge, pauses: list[float] | None = None) -> ChangeBus:
    slept = pauses if pauses is not None else []
    return ChangeBus(fake, "the-bus", sleep=slept.append)  # type: ignore[arg-type]  # a fake of the one call


def entries(count: int, size: int = 0) -> list[Any]:
    detail = {"data": "x" * size}
    event = ChangeEvent(ASSIGNED, "arn:aws:ecs:eu-west-1:111122223333:task/shop/1", detail)
    entry = bus(FakeEventBridge()).entry(event)
    return [{**entry, "Time": number} for number in range(count)]


def test_an_entry_is_an_event_of_ours_on_the_bus() -> None:
    [entry] = entries(1)
    assert {**entry, "Detail": None} == {
        "EventBusName": "the-bus",
        "Source": "ecs.ip-inventory",
        "DetailType": "Task Address Assigned",
        "Resources": ["arn:aws:ecs:eu-west-1:111122223333:task/shop/1"],
        "Detail": None,
        "Time": 0,
    }


def test_entries_go_out_in_order_ten_a_call() -> None:
    fake = FakeEventBridge()
    sent = entries(25)
    assert bus(fake).put(sent, has_time=forever) == {}
    assert fake.accepted == sent
    assert [len(call) for call in fake.calls] == [10, 10, 5]


def test_nothing_to_put_is_no_call() -> None:
    fake = FakeEventBridge()
    assert bus(fake).put([], has_time=forever) == {}
    assert fake.calls == []


def test_a_call_holds_no_more_than_256_kilobytes() -> None:
    fake = FakeEventBridge()
    assert bus(fake).put(entries(7, size=100_000), has_time=forever) == {}
    assert [len(call) for call in fake.calls] == [2, 2, 2, 1]


def test_an_entry_that_is_too_large_by_itself_is_left_for_eventbridge_to_refuse() -> None:
    fake = FakeEventBridge(lambda entry: len(entry["Detail"]) > 256 * 1024)
    refused = bus(fake).put([*entries(1), *entries(1, size=300_000), *entries(1)], has_time=forever)
    assert list(refused) == [1]
    assert len(fake.accepted) == 2


def test_what_is_refused_is_put_again_alone() -> None:
    fake = FakeEventBridge(refuses_every_other())
    sent = entries(10)
    assert bus(fake).put(sent, has_time=forever) == {}
    assert sorted(entry["Time"] for entry in fake.accepted) == list(range(10))
    assert [[entry["Time"] for entry in call] for call in fake.calls] == [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [0, 2, 4, 6, 8],
        [0, 4, 8],
        [4],
        [4],
    ]


def test_a_call_that_fails_is_put_again_whole() -> None:
    fake = FakeEventBridge(failing_calls=3)
    assert bus(fake).put(entries(12), has_time=forever) == {}
    assert len(fake.accepted) == 12


def test_pauses_grow_and_end() -> None:
    fake, pauses = FakeEventBridge(lambda _: True), list[float]()
    refused = bus(fake, pauses).put(entries(2), has_time=forever)
    assert refused == dict.fromkeys([0, 1], "InternalFailure: try again")
    assert len(fake.calls) == 7
    assert pauses == sorted(pauses)
    assert 3 < sum(pauses) <= 6.3


def test_a_failing_bus_s_own_words_are_the_reason() -> None:
    refused = bus(FakeEventBridge(failing_calls=100)).put(entries(1), has_time=forever)
    assert "ThrottlingException" in refused[0]


@pytest.mark.parametrize("calls_in_time", [0, 1, 3])
def test_no_call_is_begun_without_time_for_it(calls_in_time: int) -> None:
    fake, pauses = FakeEventBridge(), list[float]()
    refused = bus(fake, pauses).put(entries(40), has_time=lambda: len(fake.calls) < calls_in_time)
    assert pauses == []
    assert len(fake.calls) == calls_in_time
    assert list(refused) == list(range(10 * calls_in_time, 40))
    assert set(refused.values()) == {"there was no time left to try"}

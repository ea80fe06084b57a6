"""`make emit`: a sample change that a consumer's rule can be tried with."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws
from mypy_boto3_events import EventBridgeClient

from operations.emit import emit, kinds, main, rules_that_take, sample
from tests.support.event_contract import KINDS

PATTERN = {
    "source": ["ecs.ip-inventory"],
    "detail-type": ["Task Address Assigned"],
    "detail": {"data": {"cluster": ["shop"]}},
}


@pytest.fixture
def events() -> Iterator[EventBridgeClient]:
    with mock_aws():
        client = boto3.client("events")
        client.create_event_bus(Name="try")
        yield client


def test_there_is_a_sample_of_each_kind() -> None:
    assert len(kinds()) == len(KINDS)
    assert {sample(kind)["detail-type"] for kind in kinds()} == set(KINDS)


def test_each_sample_is_a_change_of_its_own() -> None:
    first, second = (sample("assigned")["detail"]["metadata"] for _ in range(2))
    assert first["id"] != second["id"]
    assert first["publishedAt"].endswith("Z")


def test_it_is_put_on_the_bus(events: EventBridgeClient) -> None:
    assert emit(events, "try", sample("released"))


def test_the_rules_that_take_it_are_named(
    events: EventBridgeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    events.put_rule(Name="mine", EventBusName="try", EventPattern=json.dumps(PATTERN))
    event = sample("assigned", cluster="shop")
    tried: list[str] = []

    def test_event_pattern(*, EventPattern: str, Event: str) -> dict[str, bool]:  # noqa: N803 - boto3's names
        tried.append(EventPattern)
        return {"Result": json.loads(Event) == event}

    monkeypatch.setattr(events, "test_event_pattern", test_event_pattern)
    assert rules_that_take(events, "try", event) == ["mine"]
    assert [json.loads(it) for it in tried] == [PATTERN]


def test_a_bus_that_is_none_is_said_in_a_line(
    events: EventBridgeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    assert events.list_rules()["Rules"] == []
    assert main(["--bus", "nowhere"]) == 1
    assert capsys.readouterr().err.startswith("make emit: ")

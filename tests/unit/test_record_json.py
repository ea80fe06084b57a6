"""The record as outsiders see it: every field of the contract, in its form."""

import json
import re

import pytest

from core.task.record import Record, join, missing
from core.task.record_json import record_as_json
from tests.support.event_contract import COMMON, schema
from tests.support.samples import readable
from tests.support.tasks import NOON, eni, event, key, observed, task

CONTRACT = list(schema(COMMON)["$defs"]["record"]["properties"])
"""The fields that the schema of published events names."""

RECORDS = {name: observation.record for name, observation in readable().items()}


def test_a_record_has_the_fields_of_the_contract_in_their_order() -> None:
    assert list(record_as_json(task())) == CONTRACT


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_a_record_is_flat_and_what_is_absent_is_null(name: str) -> None:
    shown = record_as_json(RECORDS[name])
    assert set(shown) == set(CONTRACT)
    assert all(isinstance(value, str | int | None) for value in shown.values())
    assert "" not in shown.values()
    assert json.loads(json.dumps(shown)) == shown


@pytest.mark.parametrize("name", sorted(RECORDS))
def test_timestamps_have_exactly_three_fraction_digits(name: str) -> None:
    instants = {
        field: text
        for field, text in record_as_json(RECORDS[name]).items()
        if field.endswith(("At", "Before")) and text is not None
    }
    assert len(instants) >= 2
    for text in instants.values():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", text)


def test_a_running_task_is_shown_whole() -> None:
    assert record_as_json(observed("a1", startedAt="2026-11-20T11:59:59.5Z")) == {
        **dict.fromkeys(CONTRACT),
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1",
        "taskId": "a1",
        "account": "111122223333",
        "region": "eu-west-1",
        "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
        "cluster": "shop",
        "group": "service:web",
        "service": "web",
        "launchType": "FARGATE",
        "networkMode": "awsvpc",
        "attachmentId": "attachment-1",
        "attachmentStatus": "ATTACHED",
        "networkInterfaceId": "eni-1",
        "subnetId": "subnet-a",
        "macAddress": "0a:58:a9:fe:ac:01",
        "privateIpv4Address": "10.0.4.128",
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "version": 3,
        "createdAt": "2026-11-20T11:59:00.000Z",
        "startedAt": "2026-11-20T11:59:59.500Z",
        "live": True,
        "addressState": "held",
        "attachedNotBefore": "2026-11-20T11:59:00.000Z",
        "attachedAt": "2026-11-20T11:59:59.500Z",
        "attachedAtEstimated": False,
        "releasedAtEstimated": False,
        "source": "event",
        "observedAt": "2026-11-20T12:00:00.000Z",
    }


def shown(record: Record, *names: str) -> tuple[object, ...]:
    values = record_as_json(record)
    return tuple(values[name] for name in names)


def test_a_vanished_task_is_shown_with_its_bounds() -> None:
    gone = join(observed(), missing(key(), at=NOON + 3 * 3_600_000))
    assert shown(gone, "live", "lastStatus", "stoppedAt", "missingAt") == (
        False,
        "RUNNING",
        None,
        "2026-11-20T15:00:00.000Z",
    )
    assert shown(gone, "releasedNotBefore", "releasedAt", "releasedAtEstimated") == (
        "2026-11-20T12:00:00.000Z",
        "2026-11-20T14:00:00.000Z",
        True,
    )


def test_an_address_that_is_gone_from_a_living_task_is_shown_released() -> None:
    teardown = observed(
        version=5,
        lastStatus="DEPROVISIONING",
        updatedAt="2026-11-20T12:00:10Z",
        attachments=[eni(status="DELETED")],
    )
    record = join(observed(), teardown)
    assert shown(record, "live", "addressState", "stoppedAt") == (True, "released", None)
    assert shown(record, "releasedNotBefore", "releasedAt", "releasedAtEstimated") == (
        "2026-11-20T12:00:00.000Z",
        "2026-11-20T12:00:10.000Z",
        False,
    )


def test_a_record_without_any_status_shows_none() -> None:
    unseen = missing(key(), at=NOON)
    assert shown(unseen, "lastStatus", "desiredStatus", "version", "source", "live") == (
        *(None, None, None, None),
        False,
    )


def test_a_disproved_inference_is_not_shown() -> None:
    revived = join(observed(), missing(key(), at=NOON - 1))
    assert shown(revived, "live", "missingAt") == (True, None)


def test_an_old_arn_is_shown_as_ecs_wrote_it() -> None:
    arn = "arn:aws:ecs:eu-west-1:111122223333:task/9f8e7d6c"
    assert shown(observed(taskArn=arn), "taskArn", "taskId", "cluster") == (arn, "9f8e7d6c", "shop")


def test_nothing_of_the_overrides_is_shown() -> None:
    overrides = {"containerOverrides": [{"environment": [{"name": "A", "value": "secret"}]}]}
    assert event(overrides=overrides)["detail"]["overrides"] == overrides
    assert "secret" not in json.dumps(record_as_json(observed(overrides=overrides)))

"""What is published of a record's changes, in which words, and that it keeps its contract."""

import json
from copy import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError

from core.task.changes import (
    ASSIGNED,
    RELEASED,
    UPDATED,
    Change,
    ChangeEvent,
    change_between,
    change_event,
    is_change_of,
    published_again,
)
from core.task.fields import WATCHED
from core.task.kinds import Status, TaskKey
from core.task.record import Record, in_vpc, join, missing
from core.text.arn import ClusterArn
from core.text.instant import HOUR, MINUTE, SECOND, from_text, to_text
from tests.support.changes import DELAY, published, told
from tests.support.event_contract import check, schema
from tests.support.event_documents import LIFE, as_delivered, examples
from tests.support.samples import EVENTS, read_event, readable
from tests.support.tasks import NOON, eni, observed

NAMES = [str(field.shown) for field in WATCHED]
EXAMPLES = examples()


def seen(name: str) -> Record:
    [full] = [known for known in EVENTS if known.startswith(name)]
    return read_event(full).record


def vanished(record: Record, *, at: int) -> Record:
    return missing(record.key, at=at, seen_at=at - HOUR, still_shown_at=at - HOUR - MINUTE)


def told_once(record: Record, **more: Any) -> ChangeEvent:
    """Tell of a record that was not there before."""
    at = record.newest.observed_at or 0
    given = {"sequence": 1, "news_at": at, "published_at": at, **more}
    event = change_event(None, record, **given)
    assert event is not None
    return event


def test_a_life_is_assigned_updated_when_ready_and_when_stopping_and_released() -> None:
    events = told([seen(name) for name in LIFE])
    assert events[0] is None  # the address is not known yet
    assert [
        (event.detail_type, event.detail["data"]["lastStatus"]) for event in events if event
    ] == [
        (ASSIGNED, "PENDING"),
        (UPDATED, "RUNNING"),
        (UPDATED, "RUNNING"),
        (UPDATED, "DEPROVISIONING"),
        (RELEASED, "STOPPED"),
    ]
    ready, stopping = events[2], events[3]
    assert ready is not None
    assert stopping is not None
    assert "lastStatus" in ready.detail["metadata"]["changed"]
    assert stopping.detail["metadata"]["changed"] == ["desiredStatus"]
    released = events[5]
    assert released is not None
    assert {"addressState", "releasedNotBefore", "releasedAt"} <= set(
        released.detail["metadata"]["changed"]
    )


def test_sequence_rises_by_one_and_ids_differ() -> None:
    metadata = [event.detail["metadata"] for event in published([seen(name) for name in LIFE])]
    assert [entry["sequence"] for entry in metadata] == [1, 2, 3, 4, 5]
    assert len({entry["id"] for entry in metadata}) == 5


def test_a_second_delivery_of_a_change_differs_in_nothing_but_its_time() -> None:
    record = seen("fargate-service-3")
    at = from_text("2026-11-12T09:00:31.250Z")
    one = told_once(record, news_at=at, published_at=at)
    again = told_once(record, news_at=at, published_at=at + HOUR)
    assert again.detail["metadata"].pop("publishedAt") == "2026-11-12T10:00:31.250Z"
    assert one.detail["metadata"].pop("publishedAt") == "2026-11-12T09:00:31.250Z"
    assert one == again


def test_a_change_is_late_if_its_observation_is_more_than_an_hour_old() -> None:
    at = from_text("2026-11-12T09:00:31.250Z")
    for age, late in ((0, False), (HOUR, False), (HOUR + 1, True), (-MINUTE, False)):
        event = told_once(seen("fargate-service-3"), news_at=at, published_at=at + age)
        assert event.detail["metadata"]["late"] is late
        check(as_delivered(event))


def test_what_the_table_keeps_elsewhere_is_told_along_and_changes_nothing_else() -> None:
    record = seen("fargate-service-3")
    located = told_once(record, complete=lambda one: join(one, in_vpc(one.key, "vpc-1")))
    assert located.detail["data"].pop("vpcId") == "vpc-1"
    bare = told_once(record)
    assert bare.detail["data"].pop("vpcId") is None
    assert located == bare


def test_the_same_task_id_in_another_cluster_has_other_ids() -> None:
    here = seen("fargate-service-3")
    there = replace(here, key=TaskKey(here.key.task_id, ClusterArn(f"{here.key.cluster_arn}-too")))
    ids = {
        event.detail["metadata"]["id"]
        for record in (here, there)
        for event in told([record])
        if event
    }
    assert len(ids) == 2


def test_a_task_first_seen_when_it_is_stopped_is_released_alone() -> None:
    [event] = published([seen("failed-start-stopped")])
    assert event.detail_type == RELEASED


def test_a_late_observation_of_what_is_known_tells_nothing() -> None:
    stopped, late = seen("fargate-service-6"), seen("fargate-service-3")
    first, second = told([join(late, stopped), late])
    assert first is not None
    assert first.detail_type == RELEASED
    assert second is None


def test_a_task_without_an_address_is_never_told_of() -> None:
    assert published([seen("fargate-provisioning"), seen("ec2-bridge-running")][:1]) == []
    assert published([seen("ec2-bridge-running")]) == []


def test_a_wrong_inference_is_taken_back_and_the_real_release_replaces_the_estimate() -> None:
    running, stopped = seen("fargate-service-3"), seen("fargate-service-6")
    assert running.newest.observed_at is not None
    noticed = running.newest.observed_at + 2 * HOUR
    again = replace(running, newest=replace(running.newest, observed_at=noticed + MINUTE))
    gone_again = vanished(running, at=noticed + 2 * HOUR)
    events = published([running, vanished(running, at=noticed), again, gone_again, stopped])
    assert [event.detail_type for event in events] == [
        *(ASSIGNED, RELEASED, ASSIGNED, RELEASED, UPDATED)
    ]
    assert events[1].detail["data"]["releasedAtEstimated"]
    assert not events[4].detail["data"]["releasedAtEstimated"]
    assert {"lastStatus", "releasedAt", "releasedAtEstimated", "releasedNotBefore"} <= set(
        events[4].detail["metadata"]["changed"]
    )
    for event in events:
        check(as_delivered(event))


def test_a_change_is_dated_by_the_address_s_own_instants() -> None:
    for event in published([seen(name) for name in LIFE]):
        data, metadata = event.detail["data"], event.detail["metadata"]
        named = {ASSIGNED: "attachedAt", UPDATED: "observedAt", RELEASED: "releasedAt"}
        assert metadata["occurredAt"] == data[named[event.detail_type]]
        assert metadata["publishedAt"] == to_text(from_text(data["observedAt"]) + DELAY)


def test_the_first_event_names_as_changed_what_is_known_and_no_more() -> None:
    [event] = published([seen("fargate-service-3")])
    data = event.detail["data"]
    assert event.detail["metadata"]["changed"] == [name for name in NAMES if data[name]]
    assert "attachedAtEstimated" not in event.detail["metadata"]["changed"]


def test_a_corrected_attachment_is_an_update() -> None:
    running = seen("fargate-service-3")
    assert running.attached_at is not None
    earlier = replace(
        running, earliest=replace(running.earliest, pull_started_at=running.attached_at - SECOND)
    )
    _, event = published([running, earlier])
    assert event.detail_type == UPDATED
    assert event.detail["metadata"]["changed"] == ["attachedAt"]


def test_a_bound_that_is_corrected_after_the_release_is_an_update() -> None:
    stopped = observed(version=6, lastStatus="STOPPED", stoppedAt="2026-11-20T13:00:00Z")
    late = observed(version=4, updatedAt="2026-11-20T12:30:00Z")
    _, event = published([join(observed(), stopped), late])
    assert event.detail_type == UPDATED
    assert event.detail["metadata"]["changed"] == ["releasedNotBefore"]


def test_an_eni_that_is_gone_is_the_release_although_the_task_lives() -> None:
    teardown = observed(
        version=5,
        lastStatus="DEPROVISIONING",
        updatedAt="2026-11-20T12:30:00Z",
        attachments=[eni(status="DELETED")],
    )
    stopped = observed(
        version=6,
        lastStatus="STOPPED",
        updatedAt="2026-11-20T12:30:31Z",
        stoppedAt="2026-11-20T12:30:30Z",
        attachments=[eni(status="DELETED")],
    )
    events = published([observed(), teardown, stopped])
    assert [event.detail_type for event in events] == [ASSIGNED, RELEASED, UPDATED]
    assert events[1].detail["data"]["live"]
    assert events[1].detail["metadata"]["occurredAt"] == "2026-11-20T12:30:00.000Z"
    assert events[2].detail["metadata"]["changed"] == ["lastStatus"]
    for event in events:
        check(as_delivered(event))


def test_a_change_is_named_by_the_state_that_the_address_changed_to() -> None:
    held, released = observed(), observed(attachments=[eni(status="DELETED")])
    assert change_between(held, held) is None
    assert change_between(None, observed(attachments=[])) is None
    first = change_between(None, held)
    assert first is not None
    assert first.detail_type == ASSIGNED
    gone = change_between(held, released)
    assert gone is not None
    assert gone.detail_type == RELEASED
    stopping = replace(held, status=replace(status_of(held), desired_status="STOPPED"))
    assert change_between(held, stopping) == Change(UPDATED, ("desiredStatus",))
    moved = replace(held, newest=replace(held.newest, still_shown_by_event=NOON + HOUR))
    assert change_between(held, moved) is None


def status_of(record: Record) -> Status:
    assert record.status is not None
    return record.status


@pytest.mark.parametrize("name", readable())
def test_what_is_told_of_each_sample_keeps_the_contract(name: str) -> None:
    for event in published([readable()[name].record]):
        check(as_delivered(event))


def test_a_whole_life_keeps_the_contract_and_its_changes_are_named() -> None:
    events = published([seen(name) for name in LIFE])
    for event in events:
        check(as_delivered(event))
    for earlier, later in pairwise(event.detail for event in events):
        named = [name for name in NAMES if earlier["data"][name] != later["data"][name]]
        assert later["metadata"]["changed"] == named


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_what_is_really_published(path: Path) -> None:
    example = json.loads(path.read_text())
    check(example)
    assert example == EXAMPLES[path], "write it anew: make event-docs"


@pytest.mark.parametrize(
    "field, value",
    [
        ("releasedAt", "2026-11-12T09:00:31Z"),
        ("privateIpv4Address", "10.0.0.300"),
        ("live", False),
        ("addressState", "pending"),
        ("attachedNotBefore", None),
        ("attachedAt", None),
        ("releasedNotBefore", "2026-11-12T09:00:31.250Z"),
        ("lastStatus", ""),
    ],
)
def test_the_contract_can_be_broken(field: str, value: object) -> None:
    [event] = published([seen("fargate-service-3")])
    broken = as_delivered(event)
    check(broken)
    broken["detail"]["data"][field] = value
    with pytest.raises(ValidationError):
        check(broken)


def test_every_watched_field_is_described() -> None:
    assert set(NAMES) <= schema("change.schema.json")["$defs"]["record"]["properties"].keys()


@pytest.mark.parametrize("minutes, late", [(60, False), (61, True)])
def test_what_is_published_again_is_late_by_the_age_of_its_observation(
    minutes: int, late: bool
) -> None:
    """However lately it was published first."""
    metadata = {"publishedAt": to_text(NOON + 50 * MINUTE), "late": False}
    detail = {"metadata": metadata, "data": {"observedAt": to_text(NOON)}}
    again = published_again(detail, NOON + minutes * MINUTE)
    assert again["metadata"] == {"publishedAt": to_text(NOON + minutes * MINUTE), "late": late}


def test_what_was_late_stays_so_when_it_is_published_again() -> None:
    metadata = {"publishedAt": to_text(NOON), "late": True}
    detail = {"metadata": metadata, "data": {"observedAt": to_text(NOON)}}
    assert published_again(detail, NOON + 1)["metadata"]["late"] is True


def test_an_event_is_a_change_of_its_record_unless_it_contradicts_what_never_changes() -> None:
    sightings = [observed(), observed(version=4, desiredStatus="STOPPED")]
    record = join(*sightings)
    dual = record._replace(interface=record.interface._replace(ipv6_address="2001:db8::1"))
    for event in published(sightings):
        assert is_change_of(dual, 2, event.detail_type, event.detail)
        for name in (
            *("taskArn", "clusterArn", "group", "networkInterfaceId", "subnetId"),
            *("privateIpv4Address", "ipv6Address"),
        ):
            other = {**event.detail, "data": {**event.detail["data"], name: "another"}}
            assert not is_change_of(dual, 2, event.detail_type, other), name

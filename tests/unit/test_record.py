"""The record: how sightings of a task are joined, and what follows, as the contract says."""

from copy import replace
from functools import reduce
from itertools import permutations
from typing import Any

import pytest

from core.task.kinds import Earliest, Facts, Interface, Newest, Status
from core.task.record import Record, contradictions, in_vpc, join, missing, viewed
from core.text.instant import DAY, HOUR, MINUTE, SECOND, Instant, to_text
from tests.support.tasks import NOON, at, eni, key, observed, stopped, task


def clock(instant: Instant | None) -> str | None:
    """Write an instant's time of the day."""
    return None if instant is None else to_text(instant)[11:-5]


def joined(*seen: Record) -> Record:
    """Join sightings in every order; all must agree."""
    results = [reduce(join, order) for order in permutations(seen)]
    assert all(result == results[0] for result in results)
    assert join(results[0], results[0]) == results[0]
    return results[0]


NO_ADDRESS = [eni(status="PRECREATED", privateIPv4Address=None)]


# Kind latest


def status(last: str, version: int, desired: str = "RUNNING", **more: Any) -> Status:
    more = {"source": "event", **more}
    return Status(last_status=last, desired_status=desired, version=version, **more)


@pytest.mark.parametrize(
    "earlier, later",
    [
        # STOPPED before all else.
        (status("RUNNING", 9), status("STOPPED", 1)),
        # Then the version.
        (status("RUNNING", 2), status("PROVISIONING", 3)),
        # At one version, however far along their lives task and attachment are.
        (status("PROVISIONING", 3), status("PENDING", 3)),
        (status("PENDING", 3), status("ACTIVATING", 3)),
        (status("ACTIVATING", 3), status("RUNNING", 3)),
        (status("RUNNING", 3), status("DEACTIVATING", 3)),
        (status("DEACTIVATING", 3), status("STOPPING", 3)),
        (status("STOPPING", 3), status("DEPROVISIONING", 3)),
        (status("RUNNING", 3), status("RUNNING", 3, "STOPPED")),
        (status("HIBERNATING", 3), status("PROVISIONING", 3)),
        *(
            (
                status("RUNNING", 3, attachment_status=one),
                status("RUNNING", 3, attachment_status=other),
            )
            for one, other in (
                (None, "PRECREATED"),
                ("PRECREATED", "CREATED"),
                ("CREATED", "ATTACHING"),
                ("ATTACHING", "ATTACHED"),
                ("ATTACHED", "DETACHING"),
                ("DETACHING", "DETACHED"),
                ("DETACHED", "DELETED"),
                ("DELETED", "FAILED"),
            )
        ),
        # Then one that was seen disconnected.
        (status("RUNNING", 3), status("RUNNING", 3, connectivity="DISCONNECTED")),
        (
            status("RUNNING", 3, connectivity="CONNECTED", stop_code="x"),
            status("RUNNING", 3, connectivity="DISCONNECTED"),
        ),
        # Then whoever says more.
        (status("RUNNING", 3), status("RUNNING", 3, stop_code="SpotInterruption")),
        # A sweep's view of the same content comes second, so that sweeping changes nothing ...
        (status("RUNNING", 3, source="reconcile"), status("RUNNING", 3)),
        # ... but first once STOPPED, so that no sweep asks again.
        (status("STOPPED", 6), status("STOPPED", 6, source="reconcile")),
    ],
    ids=str,
)
def test_the_status_furthest_along_counts(earlier: Status, later: Status) -> None:
    one, other = Record(key=key(), status=earlier), Record(key=key(), status=later)
    assert joined(one, other).status == later


def test_the_fields_of_a_status_are_of_one_observation() -> None:
    life = joined(
        observed(version=4, desiredStatus="STOPPED", stopCode="SpotInterruption"),
        stopped(stoppedReason="why"),
    )
    assert life.status is not None
    assert (life.status.stop_code, life.status.stopped_reason) == (None, "why")


def test_a_late_running_event_does_not_revive_a_stopped_task() -> None:
    life = joined(stopped(), observed(version=9, updatedAt=at("14:00:00")))
    assert life.status == stopped().status
    assert not life.live


# Kind constant


@pytest.mark.parametrize("name", Facts._fields)
def test_a_known_fact_is_never_erased(name: str) -> None:
    value: Any = NOON if name == "created_at" else "known"
    known = Record(key=key(), facts=Facts(**{name: value}))
    assert joined(known, Record(key=key())).facts == known.facts


@pytest.mark.parametrize("name", Facts._fields)
def test_of_contradicting_facts_the_smallest_counts_and_is_noted(name: str) -> None:
    values: tuple[Any, ...] = (NOON, NOON + 1) if name == "created_at" else ("10", "9")
    one, other = (Record(key=key(), facts=Facts(**{name: value})) for value in values)
    assert joined(one, other).facts == one.facts
    assert contradictions(one, other) == contradictions(other, one) == (name,)
    assert contradictions(one, one) == contradictions(one, Record(key=key())) == ()


# Kind interface


@pytest.mark.parametrize("name", Interface._fields)
def test_what_sightings_of_one_interface_say_adds_up(name: str) -> None:
    same = {
        "network_interface_id": "eni-1",
        "attachment_id": "a",
        "private_ipv4_address": "10.0.0.1",
    }
    one = Record(key=key(), interface=Interface(**same))
    other = Record(key=key(), interface=Interface(**{**same, name: same.get(name, "known")}))
    assert joined(one, other).interface == other.interface


def test_a_sighting_without_an_address_erases_nothing() -> None:
    bare = observed(attachments=NO_ADDRESS, version=4, updatedAt=at("12:30:00"))
    none = observed(attachments=[], version=5, updatedAt=at("12:31:00"))
    assert joined(observed(), bare, none).interface == observed().interface


def test_a_sighting_that_shows_an_address_replaces_one_that_does_not() -> None:
    elsewhere = eni(privateIPv4Address=None, networkInterfaceId="eni-0", subnetId="subnet-0")
    bare = observed(version=4, attachments=[{**elsewhere, "id": "attachment-0"}])
    assert joined(bare, observed()).interface == observed().interface


def test_two_interfaces_with_an_address_are_never_mixed() -> None:
    one = observed(attachments=[eni(macAddress=None)])
    other = observed(attachments=[eni(networkInterfaceId="eni-2", privateIPv4Address="10.0.4.129")])
    assert joined(one, other).interface == one.interface
    assert contradictions(one, other) == ("network_interface_id", "private_ipv4_address")


def test_an_interface_that_is_named_counts_before_one_that_is_not() -> None:
    boxes = [{"networkInterfaces": [{"privateIpv4Address": "10.0.4.128"}]}]
    unnamed = observed(attachments=[], containers=boxes)
    assert unnamed.addresses == ("10.0.4.128",)
    assert joined(unnamed, observed()).interface == observed().interface
    assert contradictions(unnamed, observed()) == ()
    unattached = replace(observed(), interface=replace(observed().interface, attachment_id=None))
    assert joined(unattached, observed()).interface == observed().interface


def test_an_interface_that_is_merely_replaced_is_no_contradiction() -> None:
    bare = observed(attachments=[eni(privateIPv4Address=None, networkInterfaceId="eni-0")])
    assert contradictions(bare, observed()) == contradictions(observed(), bare) == ()


def test_a_later_view_at_the_same_version_adds_the_address_it_knows() -> None:
    """A change of the attachment alone does not raise the version."""
    without = observed(version=2, lastStatus="PENDING", attachments=NO_ADDRESS)
    with_address = observed(version=2, lastStatus="PENDING")
    assert joined(without, with_address).addresses == ("10.0.4.128",)


def test_what_only_one_sighting_knows_is_kept_beside_what_the_other_knows() -> None:
    life = joined(
        observed(startedBy="ecs-svc/1", attachments=NO_ADDRESS),
        observed(capacityProviderName="FARGATE_SPOT"),
        in_vpc(key(), "vpc-1"),
    )
    facts = life.facts
    assert (facts.started_by, facts.capacity_provider_name, facts.vpc_id) == (
        "ecs-svc/1",
        "FARGATE_SPOT",
        "vpc-1",
    )


# Kinds earliest and newest


@pytest.mark.parametrize("name", Earliest._fields)
def test_of_two_instants_the_earliest_counts(name: str) -> None:
    one, other, none = (
        Record(key=key(), earliest=Earliest(**({name: value} if value else {})))
        for value in (NOON, NOON + 1, None)
    )
    assert joined(one, other, none).earliest == one.earliest


@pytest.mark.parametrize("name", Newest._fields)
def test_of_two_observations_the_newest_counts(name: str) -> None:
    one, other, none = (
        Record(key=key(), newest=Newest(**({name: value} if value else {})))
        for value in (NOON, NOON + 1, None)
    )
    assert joined(one, other, none).newest == other.newest


def test_of_connections_both_the_first_and_the_last_are_kept() -> None:
    """AWS defines `connectivityAt` as when the task *last* connected."""
    life = joined(
        observed(connectivityAt=at("11:59:30")),
        observed(version=4, connectivityAt=at("12:30:00"), updatedAt=at("12:30:01")),
    )
    assert clock(life.earliest.connectivity_at) == "11:59:30"
    assert clock(life.newest.connected_at) == "12:30:00"


def test_what_a_view_that_was_not_written_proves_is_joined_as_any_view() -> None:
    life = joined(observed(), viewed(key(), NOON + HOUR), viewed(key(), NOON + MINUTE))
    assert life.newest.still_shown_by_view == NOON + HOUR
    assert replace(life, newest=observed().newest) == observed()


def test_records_of_two_tasks_are_never_joined() -> None:
    for other in (task("a2"), task("a1", "bank"), task("a1", account="444455556666")):
        with pytest.raises(ValueError, match=r"^records of two tasks: a1 and "):
            join(task("a1"), other)


# service


@pytest.mark.parametrize(
    "group, service",
    [
        ("service:web", "web"),
        ("service:web:blue", "web:blue"),
        ("family:web", None),
        ("services:web", None),
        ("service", None),
        ("service:", None),
        (None, None),
    ],
)
def test_service_is_the_part_of_group_after_service(group: str | None, service: str | None) -> None:
    assert task(group=group).service == service


# live, missingAt


@pytest.mark.parametrize("last_status", ["PROVISIONING", "RUNNING", "DEPROVISIONING", "UNKNOWN"])
def test_live_is_not_stopped_and_not_inferred_to_be_gone(last_status: str) -> None:
    assert task(status=last_status).live
    assert not task(status=last_status, gone=NOON + 1).live


def test_a_stopped_task_is_not_live_whatever_else_is_seen() -> None:
    assert not stopped().live
    assert not joined(stopped(), observed(version=7, updatedAt=at("15:00:00"))).live


def test_a_task_that_is_shown_deleted_has_stopped_even_if_stopped_was_never_seen() -> None:
    deleted = stopped(lastStatus="DELETED", version=7, stoppedAt=None, updatedAt=at("13:05:00"))
    record = joined(task(), deleted)
    assert (record.live, record.address_state) == (False, "released")
    assert (clock(record.released_at), record.released_at_estimated) == ("13:05:00", True)
    assert record.attached_at == task().attached_at
    exact = joined(task(), deleted, stopped())
    assert (clock(exact.released_at), exact.released_at_estimated) == ("13:00:00", False)


def test_a_task_is_inferred_to_be_gone_only_while_missing_is_newer_than_any_sighting() -> None:
    seen = observed(updatedAt=at("12:00:00"))
    gone = missing(key(), at=NOON + HOUR)
    assert joined(seen, gone).missing_at == NOON + HOUR
    assert not joined(seen, gone).live
    # A sighting at the very same time disproves it, a newer one more so.
    for disproof in (at("13:00:00"), at("13:00:01")):
        revived = joined(seen, gone, observed(updatedAt=disproof))
        assert (revived.live, revived.missing_at) == (True, None)


def test_a_redelivered_older_event_does_not_reopen_a_vanished_task() -> None:
    gone = missing(key(), at=NOON + HOUR)
    assert not joined(observed(), gone, observed(version=2, updatedAt=at("11:00:00"))).live


def test_a_vanished_task_keeps_the_status_that_ecs_last_said() -> None:
    gone = joined(observed(), missing(key(), at=NOON + HOUR))
    assert gone.status == observed().status
    assert gone.earliest.stopped_at is None


def test_missing_alone_is_nothing_alive() -> None:
    gone = missing(key(), at=NOON)
    assert (gone.live, gone.address_state, gone.attached_at, gone.released_at) == (
        False,
        "none",
        None,
        None,
    )


# addressState


@pytest.mark.parametrize(
    "record, state",
    [
        (observed(), "held"),
        (observed(attachments=NO_ADDRESS), "pending"),
        (observed(attachments=[]), "none"),
        (stopped(), "released"),
        (stopped(attachments=NO_ADDRESS), "none"),
        (stopped(attachments=[]), "none"),
        (join(observed(), missing(key(), at=NOON + HOUR)), "released"),
        (join(observed(attachments=NO_ADDRESS), missing(key(), at=NOON + HOUR)), "none"),
        (observed(lastStatus="DEPROVISIONING", attachments=[eni(status="DELETED")]), "released"),
        (observed(attachments=[eni(status="FAILED")]), "pending"),
    ],
    ids=[
        *("held", "pending", "bridge", "stopped", "stopped-before", "bridge-stopped"),
        *("vanished", "vanished-before", "torn-down", "failed"),
    ],
)
def test_the_address_state_follows_from_address_and_life(record: Record, state: str) -> None:
    assert record.address_state == state


# releasedAtEstimated


def test_a_release_is_exact_where_ecs_says_when_the_task_stopped() -> None:
    assert (stopped().released_at_estimated, clock(stopped().released_at)) == (False, "13:00:00")


def test_a_release_is_estimated_should_ecs_omit_stopped_at() -> None:
    seen = stopped(stoppedAt=None)
    assert (clock(seen.released_at), seen.released_at_estimated) == ("13:00:01", True)


def test_a_vanished_task_without_an_address_has_an_end_and_no_release() -> None:
    gone = joined(observed(attachments=NO_ADDRESS), missing(key(), at=NOON + 3 * HOUR))
    assert (gone.released_at, gone.released_not_before) == (None, None)
    assert gone.ended_at == NOON + 2 * HOUR
    assert gone.ended_by(NOON + 2 * HOUR)
    assert not gone.ended_by(NOON + 2 * HOUR - 1)


def test_the_latest_end_is_never_before_the_last_sign_of_life() -> None:
    gone = joined(observed(), missing(key(), at=NOON + HOUR))
    assert gone.ended_at == NOON
    sooner = joined(observed(), missing(key(), at=NOON + HOUR - 1))
    assert sooner.ended_at == NOON + HOUR - 1
    nonsense = joined(observed(), missing(key(), at=NOON + 1, seen_at=NOON + 2))
    assert nonsense.ended_at == NOON + 1
    assert nonsense.last_sign_of_life == NOON + 2


def test_a_stop_that_ecs_did_not_date_is_dated_by_its_earliest_sighting() -> None:
    early, late = stopped(stoppedAt=None), stopped(stoppedAt=None, updatedAt=at("13:10:00"))
    assert clock(joined(early, late).ended_at) == "13:00:01"
    assert clock(joined(late, stopped(updatedAt=at("14:00:00"))).ended_at) == "13:00:00"


# Expiry


def test_a_living_task_never_expires() -> None:
    assert observed().expires_at(90 * DAY) is None


def test_retention_counts_from_the_end() -> None:
    assert stopped().expires_at(90 * DAY) == NOON + HOUR + 90 * DAY
    gone = joined(observed(), missing(key(), at=NOON + 3 * HOUR))
    assert gone.expires_at(30 * DAY) == NOON + 2 * HOUR + 30 * DAY


def test_a_task_without_an_address_expires_too() -> None:
    assert stopped(attachments=[]).expires_at(SECOND) == NOON + HOUR + SECOND


def test_a_revived_task_no_longer_expires() -> None:
    gone = joined(observed(), missing(key(), at=NOON + HOUR))
    assert gone.expires_at(DAY) is not None
    assert joined(gone, observed(updatedAt=at("14:00:00"))).expires_at(DAY) is None


# Addresses


def test_ipv4_comes_before_ipv6() -> None:
    assert task(ipv6="2001:db8::1").addresses == ("10.0.4.128", "2001:db8::1")
    assert task(ipv4=None, ipv6="2001:db8::1").addresses == ("2001:db8::1",)


def test_a_record_can_be_a_key_of_a_set() -> None:
    """Every part is immutable, so that records can be kept and compared freely."""
    assert len({task("a1"), task("a1"), task("a2")}) == 2
    with pytest.raises(AttributeError):
        task().key = key("a2")  # type: ignore[misc]  # that it is refused is the point
    assert replace(task(), key=key("a2")).key == key("a2")


def test_at_one_version_a_status_further_in_its_life_wins_and_an_unknown_one_loses() -> None:
    tasks: tuple[str, ...] = (
        "ZZZ",
        "PROVISIONING",
        "PENDING",
        "ACTIVATING",
        "RUNNING",
        "DEACTIVATING",
    )
    tasks += ("STOPPING", "DEPROVISIONING", "STOPPED", "DELETED")
    ranks = [status(one, 1, "").rank for one in tasks]
    assert ranks == sorted(set(ranks))
    attachments: tuple[str, ...] = (
        "ZZZ",
        "PRECREATED",
        "CREATED",
        "ATTACHING",
        "ATTACHED",
        "DETACHING",
    )
    attachments += ("DETACHED", "DELETED", "FAILED")
    ranks = [status("", 1, "", attachment_status=one).rank for one in attachments]
    assert ranks == sorted(set(ranks))

"""The tenure: four instants that bracket what nobody observed, each from proofs."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.task.ecs import parse_task
from core.task.kinds import Earliest, Facts, Interface, Newest, Status
from core.task.record import Record, join, missing
from core.task.tenure import Evidence, Tenure, tenure_of
from core.text.instant import HOUR, MINUTE, SECOND, Instant, from_text, to_text
from tests.support.tasks import NOON, at, eni, event, key, observed, stopped, task


def clock(instant: Instant | None) -> str | None:
    """Write an instant's time of the day, without a fraction of zero."""
    return None if instant is None else to_text(instant)[11:-1].removesuffix(".000")


def bounds(record: Record) -> tuple[str | None, ...]:
    """Write the four instants of a record in their order."""
    return tuple(
        clock(instant)
        for instant in (
            record.attached_not_before,
            record.attached_at,
            record.released_not_before,
            record.released_at,
        )
    )


def viewed_between(asked: str, answered: str, **detail: Any) -> Record:
    """See the task by DescribeTasks."""
    return parse_task(
        event(**detail)["detail"],
        asked_at=from_text(at(asked)),
        answered_at=from_text(at(answered)),
    ).record


PRECREATED = [eni(status="PRECREATED", privateIPv4Address=None, networkInterfaceId=None)]
"""Created at 11:59:00, as all made-up tasks are."""


# The derivation alone


def evidence(**more: Any) -> Evidence:
    known: dict[str, Any] = {
        "created_at": 100,
        "unattached_at": None,
        "had": (),
        "still_had": (),
        "had_no_more": (),
        **more,
    }
    return Evidence(**known)


def four(tenure: Tenure) -> tuple[Instant | None, ...]:
    return (
        tenure.attached_not_before,
        tenure.attached_at,
        tenure.released_not_before,
        tenure.released_at,
    )


def test_without_any_proof_the_creation_is_the_estimate() -> None:
    tenure = tenure_of(evidence())
    assert four(tenure) == (100, 100, None, None)
    assert tenure.estimated


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"had": (None, 130, 120)}, (100, 120, None, None)),
        # The last sighting without an address narrows the bracket from below.
        ({"had": (130,), "unattached_at": 110}, (110, 130, None, None)),
        # A proof before that bound does not count; another kind's may.
        ({"had": (105, 130), "unattached_at": 110}, (110, 130, None, None)),
        # Nor does one from before the task was created.
        ({"had": (99, 130)}, (100, 130, None, None)),
        ({"had": (130,), "unattached_at": 99}, (100, 130, None, None)),
        # A proof at the bound itself counts.
        ({"had": (110,), "unattached_at": 110}, (110, 110, None, None)),
        ({"had": (130,), "had_no_more": (200, None, 190)}, (100, 130, 130, 190)),
        ({"had": (190,), "had_no_more": (190,)}, (100, 190, 190, 190)),
        # Of what proves that it still had it, the latest up to the release counts.
        (
            {"had": (130,), "still_had": (None, 150, 170), "had_no_more": (190,)},
            (100, 130, 170, 190),
        ),
        (
            {"had": (130,), "still_had": (150, 191), "had_no_more": (190,)},
            (100, 130, 150, 190),
        ),
        # What lies before the first proof says nothing of the end.
        ({"had": (130,), "still_had": (120,), "had_no_more": (190,)}, (100, 130, 130, 190)),
    ],
)
def test_the_four_instants_follow_from_the_proofs(
    known: dict[str, Any], expected: tuple[Instant | None, ...]
) -> None:
    tenure = tenure_of(evidence(**known))
    assert (four(tenure), tenure.estimated) == (expected, False)


@pytest.mark.parametrize(
    "known, expected",
    [
        ({"had_no_more": (190,), "still_had": (150,)}, (100, 100, 100, 190)),
        # All proof is later than the release that it must precede.
        ({"had": (195,), "still_had": (195,), "had_no_more": (190,)}, (100, 100, 100, 190)),
        # All proof is earlier than a sighting without an address.
        ({"had": (105,), "unattached_at": 110}, (100, 100, None, None)),
        # An end before the creation is as good as none at all.
        ({"had": (130,), "had_no_more": (50,)}, (100, 100, 100, 100)),
    ],
)
def test_an_estimated_tenure_begins_with_the_task_and_nothing_of_it_is_certain(
    known: dict[str, Any], expected: tuple[Instant | None, ...]
) -> None:
    tenure = tenure_of(evidence(**known))
    assert (four(tenure), tenure.estimated) == (expected, True)


def test_the_last_proof_up_to_a_bound_is_found_the_unwritten_view_included() -> None:
    tenure = tenure_of(evidence(had=(130,), still_had=(150, 170)))
    assert tenure.last_held_by(160) == 150
    assert tenure.last_held_by(180) == 170
    assert tenure.last_held_by(180, 175) == 175
    assert tenure.last_held_by(172, 175) == 170
    assert tenure.last_held_by(140) == 130
    assert tenure_of(evidence(still_had=(150,))).last_held_by(180, 175) == 100


instants = st.none() | st.integers(0, 40)


@given(
    st.builds(
        Evidence,
        created_at=st.integers(0, 40),
        unattached_at=instants,
        had=st.tuples(instants, instants, instants),
        still_had=st.tuples(instants, instants, instants),
        had_no_more=st.tuples(instants, instants),
    )
)
def test_any_proofs_however_nonsensical_give_instants_in_their_order(known: Evidence) -> None:
    tenure = tenure_of(known)
    given_instants = [instant for instant in four(tenure) if instant is not None]
    assert given_instants == sorted(given_instants)
    assert tenure.attached_not_before >= known.created_at
    assert (tenure.released_at is None) == (tenure.released_not_before is None)
    assert (tenure.released_at is None) == all(end is None for end in known.had_no_more)
    if tenure.estimated:
        assert tenure.attached_at == known.created_at
    else:
        assert tenure.attached_at in known.had


statuses = st.builds(
    Status,
    last_status=st.sampled_from(["PROVISIONING", "RUNNING", "DEPROVISIONING", "STOPPED"]),
    desired_status=st.just("RUNNING"),
    version=st.integers(1, 9),
    connectivity=st.sampled_from([None, "CONNECTED", "DISCONNECTED"]),
    source=st.sampled_from(["event", "reconcile"]),
)
records = st.builds(
    Record,
    key=st.just(key()),
    status=st.none() | statuses,
    facts=st.builds(
        Facts,
        created_at=instants,
        launch_type=st.sampled_from([None, "EC2", "FARGATE", "MANAGED_INSTANCES"]),
    ),
    interface=st.just(Interface(private_ipv4_address="10.0.4.128")),
    earliest=st.builds(Earliest, **dict.fromkeys(Earliest._fields, instants)),
    newest=st.builds(Newest, **dict.fromkeys(Newest._fields, instants)),
)


@given(records)
def test_any_record_however_nonsensical_has_its_instants_in_their_order(record: Record) -> None:
    known = [
        record.attached_not_before,
        record.attached_at,
        record.released_not_before,
        record.released_at,
    ]
    present = [instant for instant in known if instant is not None]
    assert present == sorted(present)
    assert None not in known[:2]
    assert (known[2] is None) == (known[3] is None)
    assert (record.address_state == "held") == (known[3] is None)


# attachedNotBefore


def test_the_address_was_not_there_before_the_task_was() -> None:
    assert bounds(observed()) == ("11:59:00", "12:00:00", None, None)


def test_the_last_sighting_of_a_precreated_eni_that_has_nothing_yet_narrows_the_beginning() -> None:
    waiting = observed(version=2, updatedAt=at("11:59:40"), attachments=PRECREATED)
    assert bounds(join(waiting, observed())) == ("11:59:40", "12:00:00", None, None)
    later = observed(version=2, updatedAt=at("11:59:50"), attachments=PRECREATED)
    assert bounds(join(join(later, waiting), observed()))[0] == "11:59:50"


@pytest.mark.parametrize(
    "attachment",
    [
        eni(status="ATTACHING", privateIPv4Address=None, networkInterfaceId=None),
        eni(status="PRECREATED", privateIPv4Address=None),
        eni(status="CREATED", privateIPv4Address=None, networkInterfaceId=None),
    ],
    ids=["attaching", "precreated-with-an-id", "created"],
)
def test_an_eni_in_a_later_stage_can_have_an_address_that_is_not_shown(attachment: Any) -> None:
    waiting = observed(version=2, updatedAt=at("11:59:40"), attachments=[attachment])
    assert bounds(join(waiting, observed()))[0] == "11:59:00"


def test_a_precreated_eni_that_shows_an_address_has_it() -> None:
    assert bounds(observed(attachments=[eni(status="PRECREATED")])) == (
        *("11:59:00", "12:00:00", None, None),
    )


# attachedAt


def test_attached_at_is_the_earliest_proof_over_all_that_was_observed() -> None:
    life = [
        observed(version=2, lastStatus="PENDING", updatedAt=at("11:59:58")),
        observed(pullStartedAt=at("11:59:40"), startedAt=at("11:59:50")),
        stopped(pullStartedAt=at("11:59:40"), connectivityAt=at("11:59:30")),
    ]
    assert clock(life[0].attached_at) == "11:59:58"
    assert clock(join(*life[:2]).attached_at) == "11:59:40"
    assert clock(join(join(*life[:2]), life[2]).attached_at) == "11:59:30"
    assert not join(join(*life[:2]), life[2]).attached_at_estimated


@pytest.mark.parametrize("name", ["pullStartedAt", "startedAt", "connectivityAt"])
def test_on_fargate_pulling_starting_and_connecting_prove_the_address(name: str) -> None:
    assert clock(observed(**{name: at("11:59:30")}).attached_at) == "11:59:30"


@pytest.mark.parametrize("launch_type", ["EC2", "MANAGED_INSTANCES", "EXTERNAL", None])
def test_elsewhere_the_connection_is_the_host_s_and_proves_nothing(launch_type: str | None) -> None:
    """It is equal to `createdAt`, or later where the task waited for its host."""
    for connected in (at("11:59:00"), at("11:59:30")):
        seen = observed(launchType=launch_type, connectivityAt=connected)
        assert bounds(seen) == ("11:59:00", "12:00:00", None, None)
        ended = join(seen, stopped(launchType=launch_type, connectivityAt=at("12:59:00")))
        assert bounds(ended) == ("11:59:00", "12:00:00", "12:00:00", "13:00:00")


@pytest.mark.parametrize("launch_type", ["EC2", "MANAGED_INSTANCES"])
def test_on_instances_a_pull_proves_the_address_as_it_waits_for_the_network(
    launch_type: str,
) -> None:
    seen = observed(launchType=launch_type, pullStartedAt=at("11:59:40"))
    assert clock(seen.attached_at) == "11:59:40"


def test_a_reconnect_does_not_move_the_attachment_but_proves_that_it_was_still_there() -> None:
    """AWS defines `connectivityAt` as when the task *last* connected."""
    first = observed(connectivityAt=at("11:59:30"))
    again = observed(version=4, connectivityAt=at("12:30:00"), updatedAt=at("12:30:01"))
    life = join(join(first, again), stopped(connectivityAt=at("12:45:00")))
    assert bounds(life) == ("11:59:00", "11:59:30", "12:45:00", "13:00:00")


@pytest.mark.parametrize("name", ["pullStartedAt", "startedAt"])
def test_an_agent_s_clock_that_is_before_the_creation_is_not_believed(name: str) -> None:
    assert bounds(observed(**{name: at("11:58:59.999")})) == ("11:59:00", "12:00:00", None, None)
    seen = observed(**{name: at("11:58:59.999"), "connectivityAt": at("11:59:20")})
    assert clock(seen.attached_at) == "11:59:20"
    assert clock(observed(**{name: at("11:59:00")}).attached_at) == "11:59:00"


def test_a_pull_before_the_last_sighting_without_an_address_is_not_believed() -> None:
    waiting = observed(version=2, updatedAt=at("11:59:40"), attachments=PRECREATED)
    life = join(waiting, observed(pullStartedAt=at("11:59:30")))
    assert bounds(life) == ("11:59:40", "12:00:00", None, None)


@pytest.mark.parametrize("status", ["PRECREATED", "CREATED", "ATTACHING", "ATTACHED", "DETACHING"])
def test_a_sighting_of_the_address_proves_it_while_the_eni_is_there(status: str) -> None:
    assert bounds(observed(attachments=[eni(status=status)]))[1] == "12:00:00"


@pytest.mark.parametrize("status", ["DETACHED", "DELETED"])
def test_a_sighting_of_an_eni_that_is_gone_proves_the_release_and_no_holding(status: str) -> None:
    seen = observed(lastStatus="DEPROVISIONING", attachments=[eni(status=status)])
    assert bounds(seen) == ("11:59:00", "11:59:00", "11:59:00", "12:00:00")
    assert (seen.live, seen.address_state, seen.attached_at_estimated) == (True, "released", True)
    assert not seen.released_at_estimated


def test_a_stopped_sighting_proves_no_holding_whatever_its_eni_says() -> None:
    seen = stopped(attachments=[eni(status="ATTACHED")])
    assert (seen.attached_at_estimated, bounds(seen)) == (
        True,
        ("11:59:00", "11:59:00", "11:59:00", "13:00:00"),
    )


def test_a_deleted_task_does_not_prove_that_it_holds_the_address_it_still_shows() -> None:
    seen = stopped(lastStatus="DELETED")
    assert (clock(seen.attached_at), seen.attached_at_estimated) == ("11:59:00", True)


def test_a_first_sighting_of_the_stopped_task_dates_the_attachment_by_its_start() -> None:
    seen = stopped(startedAt=at("12:10:00"), executionStoppedAt=at("12:50:00"))
    assert bounds(seen) == ("11:59:00", "12:10:00", "12:50:00", "13:00:00")
    assert not seen.attached_at_estimated


@pytest.mark.parametrize(
    "ends, released",
    [
        ({"executionStoppedAt": at("12:50:00"), "stoppingAt": at("12:55:00")}, "13:00:00"),
        ({"stoppingAt": at("12:55:00")}, "13:00:00"),
        ({}, "13:00:00"),
        ({"stoppedAt": None}, "13:00:01"),
    ],
    ids=["execution-stopped", "stopping-alone", "stopped", "nothing-but-its-sighting"],
)
def test_a_task_of_which_only_the_end_is_known_has_its_whole_life_for_an_estimate(
    ends: dict[str, Any], released: str
) -> None:
    seen = stopped(launchType="EC2", connectivityAt=at("11:59:00"), **ends)
    assert bounds(seen) == ("11:59:00", "11:59:00", "11:59:00", released)
    assert seen.attached_at_estimated


def test_an_estimated_attachment_is_corrected_by_a_late_sighting_of_the_living_task() -> None:
    corrected = join(stopped(), observed())
    assert bounds(corrected) == ("11:59:00", "12:00:00", "12:00:00", "13:00:00")
    assert not corrected.attached_at_estimated


def test_a_proof_later_than_the_release_does_not_count() -> None:
    life = join(observed(updatedAt=at("13:30:00")), stopped())
    assert bounds(life) == ("11:59:00", "11:59:00", "11:59:00", "13:00:00")
    assert life.attached_at_estimated


def test_an_address_held_for_no_time_at_all_was_held() -> None:
    seen = stopped(startedAt=at("13:00:00"))
    assert (clock(seen.attached_at), seen.attached_at_estimated) == ("13:00:00", False)


def test_the_instants_are_null_without_an_address() -> None:
    for attachments in (PRECREATED, [], [eni(privateIPv4Address=None)]):
        seen = join(observed(attachments=attachments, startedAt=at("11:59:50")), stopped_bare())
        assert bounds(seen) == (None, None, None, None)
        assert (seen.attached_at_estimated, seen.released_at_estimated) == (False, False)


def stopped_bare() -> Record:
    return stopped(attachments=[], stoppedAt=None)


def test_proof_from_before_the_address_was_seen_dates_it_once_it_is() -> None:
    pulling = observed(version=2, attachments=PRECREATED, pullStartedAt=at("12:00:00"))
    assert clock(join(pulling, observed(updatedAt=at("12:00:10"))).attached_at) == "12:00:00"


# releasedNotBefore


def test_the_end_of_the_containers_proves_that_the_address_was_still_there() -> None:
    life = join(observed(), stopped(executionStoppedAt=at("12:59:36")))
    assert bounds(life) == ("11:59:00", "12:00:00", "12:59:36", "13:00:00")


def test_stopping_proves_it_only_beside_the_end_of_the_containers() -> None:
    """ECS can learn minutes later that a host is gone."""
    alone = join(observed(), stopped(stoppingAt=at("12:55:00")))
    assert bounds(alone)[2] == "12:00:00"
    both = join(observed(), stopped(stoppingAt=at("12:55:00"), executionStoppedAt=at("12:54:00")))
    assert bounds(both)[2] == "12:55:00"


def test_an_end_of_the_containers_after_the_release_or_before_the_address_says_nothing() -> None:
    late = join(observed(), stopped(executionStoppedAt=at("13:00:00.001")))
    assert bounds(late) == ("11:59:00", "12:00:00", "12:00:00", "13:00:00")
    early = join(observed(), stopped(executionStoppedAt=at("11:00:00")))
    assert bounds(early) == ("11:59:00", "12:00:00", "12:00:00", "13:00:00")


def test_the_last_sighting_of_the_address_proves_that_it_was_still_there() -> None:
    stopping = observed(version=5, lastStatus="DEPROVISIONING", updatedAt=at("12:59:50"))
    life = join(join(observed(), stopping), stopped(executionStoppedAt=at("12:59:36")))
    assert bounds(life)[2] == "12:59:50"


def test_a_sighting_that_is_disconnected_does_not_prove_that_the_address_was_still_there() -> None:
    lost = observed(version=4, connectivity="DISCONNECTED", updatedAt=at("12:30:00"))
    assert bounds(join(join(observed(), lost), stopped()))[2] == "12:00:00"
    kept = observed(version=4, connectivity="CONNECTED", updatedAt=at("12:30:00"))
    assert bounds(join(join(observed(), kept), stopped()))[2] == "12:30:00"


def test_a_disconnected_sighting_proves_that_the_task_had_had_its_address() -> None:
    lost = observed(connectivity="DISCONNECTED", updatedAt=at("12:30:00"))
    assert bounds(join(lost, stopped())) == ("11:59:00", "12:30:00", "12:30:00", "13:00:00")


def test_a_sighting_of_an_eni_that_is_gone_is_the_release_before_the_task_stops() -> None:
    teardown = observed(
        version=5,
        lastStatus="DEPROVISIONING",
        updatedAt=at("12:59:50"),
        attachments=[eni(status="DELETED")],
    )
    life = join(observed(), teardown)
    assert bounds(life) == ("11:59:00", "12:00:00", "12:00:00", "12:59:50")
    assert bounds(join(life, stopped())) == ("11:59:00", "12:00:00", "12:00:00", "12:59:50")


# Seconds that were cut off, and views that were stale


def test_a_sighting_dated_by_its_envelope_alone_had_happened_by_the_end_of_that_second() -> None:
    bare = observed(updatedAt=None)
    assert clock(bare.attached_at) == "12:00:00.999"
    gone = observed(
        updatedAt=None, lastStatus="DEPROVISIONING", attachments=[eni(status="DETACHED")]
    )
    assert clock(gone.released_at) == "12:00:00.999"
    undated = stopped(updatedAt=None, stoppedAt=None)
    assert clock(undated.released_at) == "12:00:00.999"


def test_a_sighting_dated_by_its_envelope_alone_was_still_so_at_its_beginning() -> None:
    waiting = observed(version=2, updatedAt=None, attachments=PRECREATED)
    shown = observed(updatedAt=at("12:00:05"))
    assert bounds(join(waiting, shown))[0] == "12:00:00"
    early = observed(version=2, updatedAt=at("11:59:30"))
    assert bounds(join(join(early, observed(updatedAt=None)), stopped()))[2] == "12:00:00"


def test_a_view_had_happened_when_it_was_answered_and_was_still_so_a_minute_before() -> None:
    view = viewed_between("12:30:00", "12:30:02")
    assert clock(view.attached_at) == "12:30:02"
    life = join(join(observed(), view), stopped())
    assert bounds(life) == ("11:59:00", "12:00:00", "12:29:00", "13:00:00")
    waiting = viewed_between("12:30:00", "12:30:02", version=2, attachments=PRECREATED)
    shown = observed(updatedAt=at("12:40:00"))
    assert bounds(join(waiting, shown))[0] == "12:29:00"
    gone = viewed_between("12:50:00", "12:50:02", attachments=[eni(status="DELETED")])
    assert clock(join(observed(), gone).released_at) == "12:50:02"


# A vanished task


def gone(*seen: Record, missed: Instant, **more: Any) -> Record:
    life = seen[0]
    for one in seen[1:]:
        life = join(life, one)
    return join(life, missing(key(), at=missed, **more))


def test_a_vanished_task_released_at_the_latest_an_hour_before_it_was_missed() -> None:
    """ECS shows stopped tasks for an hour."""
    life = gone(observed(), missed=NOON + 3 * HOUR)
    assert bounds(life) == ("11:59:00", "12:00:00", "12:00:00", "14:00:00")
    assert life.released_at_estimated


def test_a_sign_of_life_alone_does_not_prove_that_the_address_was_still_there() -> None:
    life = gone(observed(), missed=NOON + 3 * HOUR, seen_at=NOON + 90 * MINUTE)
    assert bounds(life) == ("11:59:00", "12:00:00", "12:00:00", "14:00:00")


def test_a_view_that_was_not_written_proves_it() -> None:
    life = gone(
        observed(),
        missed=NOON + 3 * HOUR,
        seen_at=NOON + 91 * MINUTE,
        still_shown_at=NOON + 90 * MINUTE,
    )
    assert bounds(life) == ("11:59:00", "12:00:00", "13:30:00", "14:00:00")


def test_what_ecs_forgets_within_the_hour_can_have_ended_until_it_was_missed() -> None:
    life = gone(observed(), missed=NOON + HOUR - 1)
    assert bounds(life) == ("11:59:00", "12:00:00", "12:00:00", "12:59:59.999")
    seen = gone(observed(), missed=NOON + 80 * MINUTE, seen_at=NOON + HOUR)
    assert bounds(seen)[2:] == ("12:00:00", "13:20:00")


def test_with_its_cluster_a_task_can_have_gone_until_it_was_missed() -> None:
    life = gone(observed(), missed=NOON + 3 * HOUR, cluster_gone=True)
    assert bounds(life)[2:] == ("12:00:00", "15:00:00")


def test_the_real_stopped_event_replaces_the_estimate() -> None:
    life = join(gone(observed(), missed=NOON + 3 * HOUR), stopped())
    assert bounds(life) == ("11:59:00", "12:00:00", "12:00:00", "13:00:00")
    assert not life.released_at_estimated


def test_a_vanished_task_whose_eni_was_seen_to_be_gone_released_it_by_then() -> None:
    teardown = observed(lastStatus="DEPROVISIONING", attachments=[eni(status="DELETED")])
    life = gone(observed(updatedAt=at("11:59:30")), teardown, missed=NOON + 3 * HOUR)
    assert bounds(life) == ("11:59:00", "11:59:30", "11:59:30", "12:00:00")


def test_the_last_proof_up_to_a_bound_is_found_of_a_record_too() -> None:
    record = task(last_held=NOON + MINUTE)
    assert record.last_held_by(NOON + 2 * MINUTE) == NOON + MINUTE
    assert record.last_held_by(NOON + SECOND) == NOON
    viewed = NOON + 90 * SECOND
    assert record.last_held_by(NOON + 2 * MINUTE, viewed_at=viewed) == viewed


def test_the_clock_of_these_tests_reads_as_python_does() -> None:
    assert datetime.fromtimestamp(NOON / SECOND, UTC).isoformat()[11:19] == clock(NOON)

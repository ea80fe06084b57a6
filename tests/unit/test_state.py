"""What a sweep decides, to the millisecond, and how its standing is handed on."""

import json
from copy import replace

import pytest

from core.sweep.state import (
    Phase,
    Sweep,
    drifted,
    dropped_early,
    known_for_good,
    may_be_gone,
)
from core.table.coverage import Tally
from core.table.store import LivePosition
from core.task.kinds import Earliest, Facts, Interface, Newest, Status
from core.task.record import Record
from core.text.instant import HOUR, MINUTE, SECOND
from tests.support.tasks import NOON, cluster_arn, key, task

SHOP = str(cluster_arn())


def sighting(
    *, status: str = "RUNNING", source: str = "event", ipv4: str | None = "10.0.4.128"
) -> Record:
    return Record(
        key=key(),
        status=Status(last_status=status, desired_status="RUNNING", version=3, source=source),
        interface=Interface(private_ipv4_address=ipv4),
        newest=Newest(observed_at=NOON),
    )


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("after", [None, LivePosition("shop", "1795175940000#a1", "a1", SHOP)])
def test_a_sweep_goes_on_from_its_message_where_it_stood(
    phase: Phase, after: LivePosition | None
) -> None:
    sweep = Sweep(
        cluster_arn=SHOP,
        generation=NOON,
        started_at=NOON + 1,
        phase=phase,
        token="page 2",
        after=after,
        listed=frozenset({"a1"}),
        cluster_gone=True,
        left_alive=7,
        unsure_since=NOON - 1,
        tally=Tally(seen=5, missed=4, repaired=3, closed=2, drift=1, unreadable=6, dropped_early=7),
    )
    message = json.loads(json.dumps(sweep.as_message()))
    read = Sweep.from_message(message, now=NOON + MINUTE)
    assert read == replace(sweep, listed=None)
    assert type(read.phase) is Phase
    assert type(read.after) is type(after)
    assert message["phase"] == phase.value
    assert message["listed"] is None


def test_a_sweep_that_was_asked_for_starts_when_its_message_is_read() -> None:
    asked = {"cluster_arn": SHOP, "generation": NOON}
    sweep = Sweep.from_message(asked, now=NOON + 5)
    assert sweep == Sweep(cluster_arn=SHOP, generation=NOON, started_at=NOON + 5)
    assert (sweep.phase, sweep.token, sweep.after) == (Phase.LIST_RUNNING, None, None)
    assert (sweep.listed, sweep.cluster_gone, sweep.left_alive) == (frozenset(), False, 0)
    assert (sweep.unsure_since, sweep.tally) == (None, Tally())


@pytest.mark.parametrize(
    "record, known",
    [
        (sighting(status="RUNNING", source="event"), False),
        (sighting(status="RUNNING", source="reconcile"), False),
        (sighting(status="STOPPED", source="event"), True),
        (sighting(status="STOPPED", source="event", ipv4=None), False),
        (sighting(status="STOPPED", source="reconcile", ipv4=None), True),
        (sighting(status="STOPPED", source="reconcile"), True),
        (sighting(status="RUNNING", source="reconcile", ipv4=None), False),
        (Record(key=key(), newest=Newest(missing_at=NOON)), False),
    ],
)
def test_what_stopped_is_known_for_good_with_an_address_or_a_description(
    record: Record, known: bool
) -> None:
    assert known_for_good(record) is known


@pytest.mark.parametrize("seen", ["observed_at", "seen_at"])
@pytest.mark.parametrize("waited, gone", [(10 * MINUTE - 1, False), (10 * MINUTE, True)])
def test_a_task_may_be_gone_ten_minutes_after_its_last_sighting(
    seen: str, waited: int, gone: bool
) -> None:
    record = replace(sighting(), newest=replace(Newest(observed_at=1, seen_at=1), **{seen: NOON}))
    assert may_be_gone(record, now=NOON + waited) is gone


def test_a_record_without_a_date_may_be_gone_since_the_epoch() -> None:
    record = replace(sighting(), newest=Newest())
    assert may_be_gone(record, now=10 * MINUTE)
    assert not may_be_gone(record, now=10 * MINUTE - 1)


def test_only_the_living_may_be_gone() -> None:
    later = NOON + 60 * MINUTE
    assert may_be_gone(task(), now=later)
    assert not may_be_gone(task(stopped=NOON), now=later)
    assert not may_be_gone(task(gone=NOON + MINUTE), now=later)


@pytest.mark.parametrize("seen", ["observed_at", "seen_at"])
@pytest.mark.parametrize("later, sooner", [(HOUR - 1, True), (HOUR, False)])
def test_ecs_forgot_a_task_too_soon_within_an_hour_of_its_last_sign_of_life(
    seen: str, later: int, sooner: bool
) -> None:
    record = replace(sighting(), newest=replace(Newest(observed_at=1, seen_at=1), **{seen: NOON}))
    assert dropped_early(record, missing_at=NOON + later) is sooner


EVIDENCE = ("connectivity_at", "started_at", "stopping_at", "execution_stopped_at", "stopped_at")


@pytest.mark.parametrize("newest", [None, *EVIDENCE])
def test_drift_is_what_happened_more_than_five_minutes_ago_by_its_newest_date(
    newest: str | None,
) -> None:
    facts = Facts(created_at=NOON if newest is None else NOON - 60 * MINUTE)
    dates = Earliest() if newest is None else replace(Earliest(), **{newest: NOON})
    seen = replace(sighting(), facts=facts, earliest=dates)
    assert not drifted(None, seen, now=NOON + 5 * MINUTE)
    assert drifted(None, seen, now=NOON + 5 * MINUTE + 1)


def test_a_sighting_without_any_date_is_old() -> None:
    assert drifted(None, sighting(), now=NOON)
    assert not drifted(None, sighting(), now=5 * MINUTE)


@pytest.mark.parametrize(
    "before, lacked",
    [
        (task(), False),
        (task(group=None), False),
        (task(ipv4=None), True),
        (task(gone=NOON + MINUTE), True),
        (task(status="PENDING", version=2), True),
        (task(version=2), False),
    ],
)
def test_drift_is_what_the_table_lacked_of_life_status_or_address(
    before: Record, lacked: bool
) -> None:
    seen = task(seen=NOON + 2 * MINUTE)
    assert drifted(before, seen, now=NOON + 60 * MINUTE) is lacked


def test_a_status_that_is_asked_for_counts_as_told() -> None:
    before = task()
    told = replace(
        Status(last_status="RUNNING", desired_status="STOPPED", version=4, source="event")
    )
    assert drifted(before, replace(before, status=told), now=NOON + 30 * SECOND + 60 * MINUTE)


def test_an_inferred_end_without_status_can_be_joined() -> None:
    nothing = Record(key=key(), newest=Newest(missing_at=NOON))
    assert drifted(nothing, task(), now=NOON + 60 * MINUTE)
    assert not drifted(nothing, nothing, now=NOON + 60 * MINUTE)

"""What is promised of ended tasks: their records stay, expire, and are not revived."""

from itertools import permutations

import pytest

from adapters.dynamodb.items import encode
from core.answers.candidates import Question
from core.answers.current import tasks_by_id
from core.answers.holders import Judge
from core.answers.questions import Holders, holders_at, instant_window
from core.table.recording import Outcome, record_observations
from core.table.store import Stored
from core.task.record import Record, join
from core.text.instant import DAY, SECOND, Instant
from tests.proof.scenes import DEPROVISIONING, PENDING, RUNNING, STOPPED, STOPPING, A
from tests.proof.service import Shelf
from tests.proof.sightings import at
from tests.support.template import resource

RETENTION = 30 * DAY
END = at(119.5)
"""When the task of STOPPED stopped."""
LIFE = [PENDING, RUNNING, STOPPING, DEPROVISIONING, STOPPED]
GONE = A.missing(at(8000), seen=at(1000))


def record(store: Shelf, sighting: Record, now: Instant) -> Outcome:
    recorded = record_observations(store, [sighting], now=now, retention=RETENTION)
    assert recorded.failures == {}
    return recorded.outcomes[sighting.key]


def table_of(*sightings: Record) -> Shelf:
    store = Shelf()
    for sighting in sightings:
        record(store, sighting, at(9000))
    return store


def holders(store: Shelf, instant: Instant, expired_before: Instant) -> Holders:
    window = instant_window(instant)
    asked = Question(address="10.0.4.128", window=window, subnet_id="subnet-a")
    return holders_at(store, asked, Judge(expired_before=expired_before))


def expiry(sighting: Record) -> int | None:
    item = encode(Stored(sighting, 1), RETENTION)
    return int(item["expiresAt"]["N"]) if "expiresAt" in item else None


def test_the_table_forgets_by_the_attribute_that_records_have() -> None:
    assert resource("Table")["TimeToLiveSpecification"] == {
        "AttributeName": "expiresAt",
        "Enabled": True,
    }


@pytest.mark.parametrize("sighting", [PENDING, RUNNING, STOPPING, DEPROVISIONING])
def test_a_live_record_never_expires(sighting: Record) -> None:
    assert expiry(sighting) is None


@pytest.mark.parametrize(
    "sighting, end",
    [
        (STOPPED, END),
        (join(RUNNING, STOPPED), END),
        (join(RUNNING, GONE), at(8000 - 3600)),
        (join(STOPPED, GONE), END),
    ],
)
def test_an_ended_one_expires_when_the_retention_has_passed_since_its_end(
    sighting: Record, end: Instant
) -> None:
    assert expiry(sighting) == (end + RETENTION) // SECOND


def test_what_is_older_than_the_retention_is_counted_and_not_stored() -> None:
    store, now = Shelf(), at(20) + RETENTION
    assert record(store, RUNNING, now + 1) == Outcome.TOO_OLD
    assert store.contents() == {}
    assert record(store, RUNNING, now) == Outcome.STORED


def test_no_redelivery_revives_an_ended_task_before_its_record_expires_or_after() -> None:
    """Whatever its order: all of its events, at any time that a queue could still hold them."""
    for order in permutations(LIFE):
        store = table_of(*LIFE)
        for age in (0, DAY, 29 * DAY, RETENTION, RETENTION + 1, 2 * RETENTION):
            if age >= RETENTION:
                store.delete(A.key)  # as soon as DynamoDB may, which is the worst
            for sighting in order:
                record(store, sighting, END + age)
                assert not any(item.record.live for item in store.contents().values())


def test_an_older_event_does_not_revive_a_vanished_task() -> None:
    store = table_of(RUNNING, GONE)
    for sighting in (PENDING, RUNNING, STOPPING, DEPROVISIONING):
        record(store, sighting, at(9000))
        assert not store.contents()[A.key].record.live


def test_a_later_sighting_of_it_does() -> None:
    store = table_of(RUNNING, GONE)
    assert record(store, A.view(at(8001), 2), at(9000)) == Outcome.STORED
    assert store.contents()[A.key].record.live
    assert expiry(store.contents()[A.key].record) is None


def test_nothing_revives_a_stopped_one() -> None:
    store = table_of(RUNNING, STOPPED)
    record(store, A.view(at(99_999), 2, 99), at(9000))
    assert not store.contents()[A.key].record.live


def test_an_expired_record_that_is_still_there_is_not_answered() -> None:
    store = table_of(*LIFE)
    for expired_before, there in ((END - 1, True), (END, False), (END + 1, False)):
        found = holders(store, at(60), expired_before)
        assert len(found.certain) == there
        later = holders(store, at(200), expired_before)
        assert (len(later.certain + later.possible), len(later.previous)) == (0, there)
        assert len(tasks_by_id(store, A.id, A.cluster, expired_before=expired_before)) == there

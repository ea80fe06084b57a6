"""Owns what is promised of ended tasks: their records stay, expire, and are not revived."""

from itertools import permutations

import pytest
from core.instant import DAY, SECOND, Instant
from core.queries import holders_at, tasks_by_id
from core.record import Record, join
from core.recording import Outcome, record_observations
from core.store import Stored

from adapters.dynamodb import encode
from tests.proof.scenes import DEPROVISIONING, PENDING, RUNNING, STOPPED, STOPPING, A
from tests.proof.sights import at
from tests.proof.suite import Shelf
from tests.support.template import resource

RETENTION = 30 * DAY
END = at(119.5)
"""When the task of STOPPED stopped."""
LIFE = [PENDING, RUNNING, STOPPING, DEPROVISIONING, STOPPED]
GONE = A.missing(at(8000), seen=at(1000))


def record(store: Shelf, sight: Record, now: Instant) -> Outcome:
    recorded = record_observations(store, [sight], now=now, retention=RETENTION)
    assert recorded.failures == {}
    return recorded.outcomes[sight.key]


def table_of(*sights: Record) -> Shelf:
    store = Shelf()
    for sight in sights:
        record(store, sight, at(9000))
    return store


def expiry(sight: Record) -> int | None:
    item = encode(Stored(sight, 1), RETENTION)
    return int(item["expiresAt"]["N"]) if "expiresAt" in item else None


def test_the_table_forgets_by_the_attribute_that_records_have() -> None:
    assert resource("Table")["TimeToLiveSpecification"] == {
        "AttributeName": "expiresAt",
        "Enabled": True,
    }


@pytest.mark.parametrize("sight", [PENDING, RUNNING, STOPPING, DEPROVISIONING])
def test_a_live_record_never_expires(sight: Record) -> None:
    assert expiry(sight) is None


@pytest.mark.parametrize(
    "sight, end",
    [
        (STOPPED, END),
        (join(RUNNING, STOPPED), END),
        (join(RUNNING, GONE), at(8000 - 3600)),
        (join(STOPPED, GONE), END),
    ],
)
def test_an_ended_one_expires_when_the_retention_has_passed_since_its_end(
    sight: Record, end: Instant
) -> None:
    assert expiry(sight) == (end + RETENTION) // SECOND


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
            for sight in order:
                record(store, sight, END + age)
                assert not any(item.record.live for item in store.contents().values())


def test_an_older_event_does_not_revive_a_vanished_task() -> None:
    store = table_of(RUNNING, GONE)
    for sight in (PENDING, RUNNING, STOPPING, DEPROVISIONING):
        record(store, sight, at(9000))
        assert not store.contents()[A.key].record.live


def test_a_later_sight_of_it_does() -> None:
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
        found = holders_at(
            store, "10.0.4.128", at(60), subnet_id=None, expired_before=expired_before
        )
        assert len(found.holders) == there
        later = holders_at(
            store, "10.0.4.128", at(200), subnet_id="subnet-a", expired_before=expired_before
        )
        assert (len(later.holders), len(later.previous)) == (0, there)
        assert len(tasks_by_id(store, A.id, A.cluster, expired_before=expired_before)) == there

"""What a life, a batch and a question cost may not rise: requests, and DynamoDB's units.

Each bound is what was measured last. One that can be lowered is to be.
"""

import pytest

from adapters.dynamodb import MAX_CONCURRENT_REQUESTS
from benchmarks import past, units
from benchmarks.units import Counted
from core.text.instant import DAY, HOUR
from tests.support.tables import Table, write_records
from tests.support.tasks import NOON


@pytest.mark.parametrize(
    "batches, known_estate, budget",
    [
        (None, True, Counted(requests=12, write_units=18, read_units=6)),
        (2, True, Counted(requests=4, write_units=10, read_units=2)),
        # Three notes of names, once, and the time of the last event, at most once a minute.
        (None, False, Counted(requests=17, write_units=18 + 3 + 2, read_units=11)),
        (2, False, Counted(requests=9, write_units=10 + 3 + 2, read_units=7)),
    ],
    ids=["one-by-one", "two-batches", "one-by-one-new-estate", "two-batches-new-estate"],
)
def test_a_whole_life(
    table: Table, batches: int | None, known_estate: bool, budget: Counted
) -> None:
    assert units.life(table, batches=batches, known_estate=known_estate) == budget


def test_a_batch_of_a_hundred_events_is_one_read_and_one_write_for_each_task(table: Table) -> None:
    counted = units.batch(table, 100, known_estate=True)
    assert counted == Counted(requests=1 + 100, write_units=5 * 100, read_units=100)


def test_a_batch_of_a_hundred_events_waits_for_three_answers() -> None:
    assert 1 + -(-100 // MAX_CONCURRENT_REQUESTS) == 3


@pytest.mark.parametrize("age", [HOUR, 60 * DAY])
def test_the_map_of_then_takes_no_more_than_its_bound(table: Table, age: int) -> None:
    """Three times what its records take alone, and 60 units."""
    write_records(table, past.lives(1_000))
    cost = past.map_at(table, NOON - age)
    assert cost.tasks > 50
    assert cost.own_units < cost.units <= cost.bound


def test_questions(table: Table) -> None:
    counted = units.questions(table)
    assert {name: (one.requests, one.read_units) for name, one in counted.items()} == {
        "an address now, in one subnet": (5, 3.0),
        "an address then, in one subnet": (4, 3.5),
        "an address then, anywhere": (6, 4.5),
        "a lookup of an address then, in one subnet": (4, 2.5),
        "one task": (1, 1.0),
    }
    assert {one.write_units for one in counted.values()} == {0}

"""The size of items may not rise: a kilobyte more is a write unit more, for table and indexes."""

from functools import reduce
from itertools import accumulate

import pytest

from adapters.dynamodb.items import encode
from benchmarks.lives import sightings
from core.table.store import Stored
from core.task.record import join
from core.text.instant import DAY
from tests.support.capacity import WRITE_UNIT, item_size

LIFE = list(sightings(range(1)))
LARGEST = 690
"""Bytes; what was measured last, rounded up to tens."""


@pytest.mark.parametrize("events", range(1, 7))
def test_a_recorded_life_stays_below_three_quarters_of_a_unit(events: int) -> None:
    record = reduce(join, LIFE[:events])
    item = encode(Stored(record, events, events, written_at=1_793_907_685_801), 90 * DAY)
    assert item_size(item) <= LARGEST < WRITE_UNIT


def test_each_event_of_the_life_changes_the_record() -> None:
    assert len(set(accumulate(LIFE, join))) == len(LIFE) == 6

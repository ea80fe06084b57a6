"""The edge of what is not written: a sighting with nothing new but when it was."""

from core.task.record import Record
from tests.proof.scenes import RUNNING, A
from tests.proof.service import Shelf
from tests.proof.sightings import at
from tests.proof.suite import OURS

SEEN_BEFORE = A.view(at(50), 2)
SEEN_AGAIN = A.view(at(9000), 2)
GONE_BEFORE = A.missing(at(8000))
"""Asked before SEEN_AGAIN, by a writer that then stalled for longer than a whole sweep."""


def after(*sightings: Record) -> Shelf:
    store = Shelf()
    for sighting in sightings:
        OURS.write(store, sighting)
    return store


def test_a_sighting_without_news_is_not_written() -> None:
    before, seen_again = after(RUNNING, SEEN_BEFORE), after(RUNNING, SEEN_BEFORE, SEEN_AGAIN)
    assert seen_again.contents() == before.contents()


def test_it_is_written_where_it_shows_that_a_task_is_not_gone() -> None:
    assert after(RUNNING, GONE_BEFORE, SEEN_AGAIN).contents()[A.key].record.live


def test_a_missing_that_comes_after_it_wins_until_the_next_sighting() -> None:
    """The one order that matters, which sweeps that do not overlap rule out."""
    story = (RUNNING, SEEN_BEFORE, SEEN_AGAIN, GONE_BEFORE)
    assert not after(*story).contents()[A.key].record.live
    assert after(*story, A.view(at(9900), 2)).contents()[A.key].record.live


def test_a_missing_that_knows_of_the_sweep_that_saw_it_keeps_the_bound() -> None:
    closed = A.missing(at(20_000), seen=at(9000), still=at(8940))
    record = after(RUNNING, SEEN_BEFORE, SEEN_AGAIN, closed).contents()[A.key].record
    assert (record.released_not_before, record.released_at) == (at(8940), at(20_000 - 3600))

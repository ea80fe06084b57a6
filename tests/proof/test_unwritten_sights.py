"""Owns the edge of what is not written: a sight with nothing new but when it was."""

from core.record import Record

from tests.proof.scenes import RUNNING, A
from tests.proof.sights import at
from tests.proof.suite import OURS, Shelf

SEEN_AGAIN = A.view(at(9000), 2)
GONE_BEFORE = A.missing(at(8000))
"""Asked before SEEN_AGAIN, by a writer that then stalled for longer than a whole sweep."""


def after(*sights: Record) -> Shelf:
    store = Shelf()
    for sight in sights:
        OURS.write(store, sight)
    return store


def test_a_sight_without_news_is_not_written() -> None:
    [(_, item)] = after(RUNNING, SEEN_AGAIN).contents().items()
    assert item.revision == 1
    assert item.record == RUNNING


def test_it_is_written_where_it_shows_that_a_task_is_not_gone() -> None:
    assert after(RUNNING, GONE_BEFORE, SEEN_AGAIN).contents()[A.key].record.live


def test_a_missing_that_comes_after_it_wins_until_the_next_sight() -> None:
    """The one order that matters, which sweeps that do not overlap rule out."""
    assert not after(RUNNING, SEEN_AGAIN, GONE_BEFORE).contents()[A.key].record.live
    seen_next = A.view(at(9900), 2)
    assert after(RUNNING, SEEN_AGAIN, GONE_BEFORE, seen_next).contents()[A.key].record.live


def test_a_missing_that_knows_of_the_sweep_that_saw_it_keeps_the_bound() -> None:
    closed = A.missing(at(20_000), seen=at(9000))
    record = after(RUNNING, SEEN_AGAIN, closed).contents()[A.key].record
    assert (record.released_not_before, record.released_at) == (at(9000), at(20_000 - 3600))

"""The verdict: which word an answer deserves, by its holders and by what sweeps have covered."""

import pytest

from core.answers.holders import Span, Window
from core.answers.verdict import Verdict, verdict_at, verdict_within
from core.table.coverage import Coverage, Gap
from core.text.instant import HOUR, Instant
from tests.support.tasks import NOON, cluster_arn, task

END = NOON + 10 * HOUR
GAPS = (
    Gap(NOON + 2 * HOUR, NOON + 3 * HOUR, cluster_arn()),
    Gap(NOON + 12 * HOUR, None, cluster_arn()),
)
COVERED = Coverage(NOON, END, GAPS)
NOTHING = Coverage(None)


def span(*, certain: bool) -> Span:
    return Span(task(), NOON, NOON + 1, certain)


@pytest.mark.parametrize("covered", [COVERED, NOTHING])
@pytest.mark.parametrize("at", [NOON - 1, NOON, NOON + 2 * HOUR, END + HOUR])
def test_a_holder_is_a_holder_wherever_the_coverage_ends(covered: Coverage, at: Instant) -> None:
    assert verdict_at([span(certain=True)], covered, at) is Verdict.HELD
    assert verdict_at([span(certain=False)], covered, at) is Verdict.POSSIBLE
    both = [span(certain=False), span(certain=True)]
    assert verdict_at(both, covered, at, complete=False) is Verdict.HELD


@pytest.mark.parametrize(
    "at, word",
    [
        (NOON - 1, Verdict.UNKNOWN),
        (NOON, Verdict.NONE),
        (NOON + 2 * HOUR - 1, Verdict.NONE),
        (NOON + 2 * HOUR, Verdict.UNKNOWN),
        (NOON + 3 * HOUR - 1, Verdict.UNKNOWN),
        (NOON + 3 * HOUR, Verdict.NONE),
        (END - 1, Verdict.NONE),
        (END, Verdict.UNCONFIRMED),
        (NOON + 12 * HOUR - 1, Verdict.UNCONFIRMED),
        (NOON + 12 * HOUR, Verdict.UNKNOWN),
    ],
)
def test_without_a_holder_the_word_is_by_coverage(at: Instant, word: Verdict) -> None:
    assert verdict_at([], COVERED, at) is word
    assert verdict_at([], NOTHING, at) is Verdict.UNKNOWN


def test_nobody_is_not_said_where_not_all_was_read() -> None:
    assert verdict_at([], COVERED, NOON, complete=False) is Verdict.UNKNOWN
    assert verdict_within([], COVERED, Window(NOON, NOON + 1), complete=False) is Verdict.UNKNOWN


def test_after_a_single_sweep_nobody_is_not_said_of_any_instant() -> None:
    once = Coverage(NOON, NOON - 60_000)
    assert verdict_at([], once, NOON - 60_000) is Verdict.UNCONFIRMED
    assert verdict_at([], once, NOON) is Verdict.UNCONFIRMED


def test_without_an_end_of_the_coverage_nothing_is_known() -> None:
    """So it is where every cluster is gone, and no survey has completed."""
    assert verdict_at([], Coverage(NOON), NOON) is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "start, end, word",
    [
        (NOON, NOON + HOUR, Verdict.NONE),
        (NOON - 1, NOON + HOUR, Verdict.UNKNOWN),
        (NOON, NOON + 2 * HOUR, Verdict.NONE),
        (NOON, NOON + 2 * HOUR + 1, Verdict.UNKNOWN),
        (NOON + 3 * HOUR, END, Verdict.NONE),
        (NOON + 3 * HOUR, END + 1, Verdict.UNCONFIRMED),
        (NOON + 3 * HOUR - 1, END + 1, Verdict.UNKNOWN),
        (END, NOON + 12 * HOUR + 1, Verdict.UNKNOWN),
    ],
)
def test_a_window_gets_the_gravest_word_of_any_part_of_it(
    start: Instant, end: Instant, word: Verdict
) -> None:
    assert verdict_within([], COVERED, Window(start, end)) is word
    assert verdict_within([span(certain=False)], COVERED, Window(start, end)) is Verdict.POSSIBLE
    both = [span(certain=False), span(certain=True)]
    assert verdict_within(both, COVERED, Window(start, end)) is Verdict.HELD

"""The verdict: the one word that says what an answer about an address means."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from core.answers.holders import Span, Window
from core.table.coverage import Coverage
from core.text.instant import Instant


class Verdict(StrEnum):
    """What an answer means; the contract says when each applies."""

    HELD = "held"
    POSSIBLE = "possible"
    NONE = "none"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"


def verdict_at(
    spans: Iterable[Span], coverage: Coverage, at: Instant, *, complete: bool = True
) -> Verdict:
    """Judge an answer about one instant.

    `complete` is False if some records that could matter were not read.
    """
    kinds = [span.certain for span in spans]
    if kinds:
        return Verdict.HELD if any(kinds) else Verdict.POSSIBLE
    return _without_holder(coverage, at, complete=complete)


def verdict_within(
    spans: Sequence[Span], coverage: Coverage, window: Window, *, complete: bool = True
) -> Verdict:
    """Judge an answer about a window: the most serious verdict of any part of it."""
    if any(span.certain for span in spans):
        return Verdict.HELD
    if spans:
        return Verdict.POSSIBLE
    words = {
        _without_holder(coverage, instant, complete=complete)
        for instant in _turns(coverage, window)
    }
    order = (Verdict.UNKNOWN, Verdict.UNCONFIRMED, Verdict.NONE)
    return next(word for word in order if word in words)


def _without_holder(coverage: Coverage, at: Instant, *, complete: bool) -> Verdict:
    start, end = coverage.start, coverage.end
    if start is None or end is None:
        return Verdict.UNKNOWN
    if start <= at < end and not coverage.in_gap(at):
        return Verdict.NONE if complete else Verdict.UNKNOWN
    if at >= end and not coverage.in_lasting_gap(at):
        return Verdict.UNCONFIRMED
    return Verdict.UNKNOWN


def _turns(coverage: Coverage, window: Window) -> list[Instant]:
    """Return the instants of a window at which the verdict can change, including its start."""
    moments = [coverage.start, coverage.end]
    moments += [moment for gap in coverage.gaps for moment in (gap.start, gap.end)]
    inside = {moment for moment in moments if moment is not None and moment in range(*window)}
    return sorted({window.start, *inside})

"""Which part of the past the service knows for certain, and what to say about the rest."""

from collections.abc import Mapping
from typing import Any

Coverage = Mapping[str, Any]


def doubt(coverage: Coverage, at: str | None) -> str:
    """Return why the past at an instant (None is now) is not known, or an empty text."""
    first = coverage.get("from")
    if not first:
        return "No sweep has completed yet, so nothing is known for certain."
    if at and at < first:
        return f"Coverage begins at {first}."
    gap = next((gap for gap in coverage.get("gaps", []) if _contains(gap, at)), None)
    if gap:
        return f"Coverage has a gap there, from {gap['from']} to {gap['to'] or 'now'}."
    return ""


def doubts(coverage: Coverage, first: str | None, last: str | None) -> list[str]:
    """Return which parts of a window are not known; None leaves an end open."""
    known_from = coverage.get("from")
    if not known_from:
        return [doubt(coverage, None)]
    told = [f"Coverage begins at {known_from}."] if first and first < known_from else []
    gaps = [gap for gap in coverage.get("gaps", []) if _overlaps(gap, first, last)]
    told += [f"Coverage has a gap from {gap['from']} to {gap['to'] or 'now'}." for gap in gaps]
    return told


def _contains(gap: Coverage, at: str | None) -> bool:
    if at is None:
        return gap["to"] is None
    return bool(gap["from"] <= at and (gap["to"] is None or at < gap["to"]))


def _overlaps(gap: Coverage, first: str | None, last: str | None) -> bool:
    begins_before = last is None or gap["from"] < last
    ends_after = first is None or gap["to"] is None or first < gap["to"]
    return bool(begins_before and ends_after)

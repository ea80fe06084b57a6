"""The contract's words: what is asked, and what an answer without a holder means."""

from typing import Any, NamedTuple

from tests.proof.clock import Instant, read
from tests.proof.life import Life
from tests.proof.proofs import LONG_AGO, NEVER

type Json = dict[str, Any]


class Question(NamedTuple):
    """Who had an address in a subnet, or in any, at an instant or in a window."""

    address: str
    subnet: str | None
    at: Instant
    until: Instant | None = None
    """The end of a window that begins at `at`."""

    def asks_of(self, life: Life) -> bool:
        """Return whether a task's address is the one in question."""
        return self.address in life.place.addresses and self.subnet in (None, life.place.subnet)


class Coverage(NamedTuple):
    """What an answer says of the past that it can speak of."""

    start: Instant
    end: Instant
    gaps: tuple[tuple[Instant, Instant], ...]

    @staticmethod
    def of(answer: Json) -> "Coverage":
        """Read it from an answer; before the first sweep nothing is covered."""
        known = answer["coverage"]
        gaps = ((read(gap["from"]), _end(gap["to"])) for gap in known["gaps"])
        start = NEVER if known["from"] is None else read(known["from"])
        end = LONG_AGO if known["to"] is None else read(known["to"])
        return Coverage(start, end, tuple(gaps))

    def word_for_nobody(self, start: Instant, end: Instant) -> str:
        """Choose the verdict on a window in which no holder is known: the gravest of its parts."""
        turns = {start, self.start, self.end, *(turn for gap in self.gaps for turn in gap)}
        words = {self._word_at(turn) for turn in turns if start <= turn < end}
        return next(word for word in ("unknown", "unconfirmed", "none") if word in words)

    def _word_at(self, at: Instant) -> str:
        gaps = [until for since, until in self.gaps if since <= at < until]
        if self.end == LONG_AGO or NEVER in gaps:
            return "unknown"
        if at >= self.end:
            return "unconfirmed"
        return "unknown" if gaps or at < self.start else "none"


def _end(text: str | None) -> Instant:
    return NEVER if text is None else read(text)

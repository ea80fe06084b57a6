"""The judgement of single records: are their instants true, and as narrow as can be."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.proof.clock import Instant, read
from tests.proof.life import Life
from tests.proof.proofs import NEVER, Dossier

type Json = dict[str, Any]

BOUNDS = ("attachedNotBefore", "attachedAt", "releasedNotBefore", "releasedAt")


class WrongAnswerError(AssertionError):
    """An answer is not true; the text begins with the promise that it breaks."""


@dataclass
class RecordJudge:
    """Judges records of one world by the truth, and keeps count of what was wrong by clocks."""

    lives: list[Life]
    dossiers: Mapping[int, Dossier]
    """What was delivered of each, by the number of the life."""
    excused: Collection[int] = ()
    """Lives of which ECS said what was not so: that it did not know them."""
    clocks_right: bool = True
    sharp: bool = True
    """Judge sharpness, too: that what is proven is also answered."""
    expired_before: Instant = 0
    """What ended earlier need not be known any more."""
    counts: Counter[str] = field(default_factory=Counter)

    def check_record(self, record: Json) -> None:
        """Check a record by all that was delivered of its task."""
        dossier = self.dossiers[self._life(record).number]
        pictures = [one.picture for one in dossier.sightings if one.picture is not None]
        furthest = max(pictures, key=lambda one: (one["lastStatus"] == "STOPPED", one["version"]))
        for name in ("lastStatus", "desiredStatus", "version"):
            self._expect(
                record[name] == furthest[name], "nothing shown is forgotten", dossier.life, record
            )
        place, known = dossier.life.place, dossier.shows_address
        shown = (record["privateIpv4Address"], record["ipv6Address"])
        right = shown == ((place.ipv4, place.ipv6) if known else (None, None))
        self._expect(right, "no address shown is forgotten", dossier.life, record)
        stopped = furthest["lastStatus"] == "STOPPED"
        self._expect(not (stopped and record["live"]), "STOPPED is final", record)
        self.check_bounds(record)
        if self._judges_sharpness:
            self.check_brackets_are_narrow(record)

    @property
    def _judges_sharpness(self) -> bool:
        return self.sharp and self.clocks_right

    def check_bounds(self, record: Json) -> None:
        """Check that a record's instants are in order, and bracket the truth."""
        life = self._life(record)
        if life.attached is None or life.released is None or record["attachedAt"] is None:
            self._expect(record["attachedAt"] is None, "who has no address has no instants", record)
            return
        known = [read(record[name]) for name in BOUNDS if record[name] is not None]
        ordered = all(one <= other for one, other in pairwise(known))
        self._expect(ordered, "the four instants are in order", life, record)
        not_before, attached, still, released = (_instant(record[name]) for name in BOUNDS)
        if not_before is None or attached is None:
            return
        estimated = record["attachedAtEstimated"]
        right = not_before <= life.attached and (estimated or life.attached <= attached)
        self._expect(right, "the attachment is bracketed", life, record)
        # Equal to attachedAt it says no more than the order of the four: nothing is certain then.
        right = still is None or still <= life.released or still == attached
        self._expect(right, "the release is not before its bound", life, record)
        right = released is None or life.released <= released or life.number in self.excused
        self._expect(right, "the release is bracketed", life, record)

    def check_brackets_are_narrow(self, record: Json) -> None:
        """Check by brute force that no sighting proves more of the two moments than is reported."""
        life = self._life(record)
        dossier = self.dossiers[life.number]
        best, most = dossier.written, dossier.delivered
        if record["attachedAt"] is None or life.number in self.excused:
            return
        not_before, attached, still, released = (_instant(record[name]) for name in BOUNDS)
        proven = best.had <= best.gone and best.had != NEVER
        right = proven != record["attachedAtEstimated"]
        self._expect(right, "what is proven is not estimated", life, record)
        if proven:
            self._expect(attached == best.had, "attachedAt is the first proof", life, record)
            self._expect(
                not_before == best.not_yet, "attachedNotBefore is the last proof", life, record
            )
        self._expect(
            life.dropped_early or released == (None if best.gone == NEVER else best.gone),
            "releasedAt is the first proof",
            life,
            record,
        )
        if still is not None and proven:
            assert attached is not None
            right = best.still <= still <= max(most.still, attached)
            self._expect(right, "releasedNotBefore is the last proof", life, record)

    def _life(self, named: Json) -> Life:
        return self.lives[int(named["taskArn"].rpartition("/t")[2])]

    def _expect(self, right: object, promise: str, *shown: object) -> None:
        if not right:
            self._fault(promise, *shown)

    def _fault(self, promise: str, *shown: object) -> None:
        if not self.clocks_right:
            self.counts[f"wrong by clocks: {promise}"] += 1
            return
        raise WrongAnswerError("\n  ".join((promise, *map(self._told, shown))))

    def _told(self, shown: object) -> str:
        if isinstance(shown, Life) and (dossier := self.dossiers.get(shown.number)):
            return f"{shown}\n{dossier}"
        return json.dumps(shown) if isinstance(shown, dict) else str(shown)


def _instant(text: str | None) -> Instant | None:
    return None if text is None else read(text)

"""Owns the oracle: it knows the truth, and judges the service's answers by it.

It reads answers as a client of the HTTP API would, in JSON. What is true it takes from the lives
themselves, and what the service can know from what was delivered; it has no rule of its own by
which an address's holder is worked out.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from tests.proof.clock import MINUTE, Instant, read, written
from tests.proof.life import Life
from tests.proof.proofs import LONG_AGO, NEVER, Dossier

type Json = dict[str, Any]

BOUNDS = ("attachedNotBefore", "attachedAt", "releasedNotBefore", "releasedAt")


class WrongAnswerError(AssertionError):
    """An answer is not true; the text begins with the promise that it breaks."""


class Question(NamedTuple):
    """Who had an address in a subnet, or in any, at an instant or in a window."""

    address: str
    subnet: str | None
    at: Instant
    until: Instant | None = None
    """The end of a window that begins at `at`."""

    def asks_of(self, life: Life) -> bool:
        """Tell whether a task's address is the one in question."""
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


@dataclass
class Oracle:
    """Judges answers about one world, and keeps count of what they were."""

    lives: list[Life]
    dossiers: Mapping[int, Dossier]
    """What was delivered of each, by the number of the life."""
    excused: Collection[int] = ()
    """Lives of which ECS said what was not so: that it did not know them."""
    clocks_right: bool = True
    sharp: bool = True
    """Judge sharpness, too: that what is proven is also answered."""
    forgotten_before: Instant = 0
    """What ended earlier need not be known any more."""
    counts: Counter[str] = field(default_factory=Counter)

    def judge(self, question: Question, answer: Json) -> None:
        """Judge the answer to a question about an instant. Raises WrongAnswerError."""
        at = question.at
        self.counts["questions"] += 1
        self.counts[f"verdict {answer['verdict']}"] += 1
        certain, possible = (_numbers(answer[name]) for name in ("holders", "possible"))
        self._check_records(question, answer, ("holders", "possible", "previous", "next"))
        self._check_neighbours(question, answer)
        for number in certain:
            self._check_certain(self.lives[number], at, answer)
        self._check_apart(question, certain, possible, answer)
        for life in self._true_holders(question, at, at + 1):
            if life.number not in certain | possible:
                self._check_not_found(question, life, at, answer)
        self._check_verdict(question, answer, at, at + 1)
        self._check_sharp(question, certain, possible)

    def judge_window(self, question: Question, answer: Json) -> None:
        """Judge the answer to a question about a window. Raises WrongAnswerError."""
        start, end = question.at, question.until
        assert end is not None
        self.counts["windows"] += 1
        self._check_records(question, answer, ("holders", "possible"))
        spans = [
            (self._life(span), read(span["from"]), read(span["to"]), span["certain"])
            for span in answer["spans"]
        ]
        certain, possible = (_numbers(answer[name]) for name in ("holders", "possible"))
        ever = {life.number for life, *_, sure in spans if sure}
        only = {life.number for life, *_ in spans} - ever
        self._expect((certain, possible) == (ever, only), "lists are what the spans say", answer)
        for life, low, high, sure in spans:
            self._expect(start <= low < high <= end, "spans lie in their window", answer)
            if sure:
                self._check_certain_span(life, low, high, answer)
        for life in self._true_holders(question, start, end):
            for at in _uncovered(life, start, end, spans):
                self._check_not_found(question, life, at, answer)
        self._check_verdict(question, answer, start, end)

    @property
    def asked(self) -> int:
        """How many questions were asked so far."""
        return self.counts["questions"] + self.counts["windows"]

    def check_record(self, record: Json) -> None:
        """Check a record by all that was delivered of its task."""
        dossier = self.dossiers[self._life(record).number]
        sights = [one.sight for one in dossier.sightings if one.sight is not None]
        furthest = max(sights, key=lambda one: (one["lastStatus"] == "STOPPED", one["version"]))
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
            life.forgotten_early or released == (None if best.gone == NEVER else best.gone),
            "releasedAt is the first proof",
            life,
            record,
        )
        if still is not None and proven:
            assert attached is not None
            right = best.still <= still <= max(most.still, attached)
            self._expect(right, "releasedNotBefore is the last proof", life, record)

    # What must be so of an answer's parts

    def _check_records(self, question: Question, answer: Json, names: tuple[str, ...]) -> None:
        for name in names:
            for record in answer[name]:
                addresses = (record["privateIpv4Address"], record["ipv6Address"])
                self._expect(question.address in addresses, "records have the address", record)
                subnet = question.subnet in (None, record["subnetId"], self._subnet(record))
                self._expect(subnet, "records are of the subnet", record)
                self.check_bounds(record)

    def _check_neighbours(self, question: Question, answer: Json) -> None:
        """Check who came before and after: one a subnet, and none who is a holder."""
        listed = _numbers(answer["holders"]) | _numbers(answer["possible"])
        for name, after in (("previous", False), ("next", True)):
            subnets = [record["subnetId"] for record in answer[name]]
            self._expect(len(subnets) == len(set(subnets)), f"one {name} a subnet", answer)
            for record in answer[name]:
                later = read(record["attachedAt"]) > question.at
                self._expect(later == after, f"{name} lies on its side", answer)
            apart = listed.isdisjoint(_numbers(answer[name]))
            self._expect(apart, f"{name} is no holder", answer)

    def _check_apart(
        self, question: Question, certain: set[int], possible: set[int], answer: Json
    ) -> None:
        subnets = [self.lives[number].place.subnet for number in certain]
        self._expect(len(subnets) == len(set(subnets)), "one certain holder a subnet", answer)
        self._expect(certain.isdisjoint(possible), "nobody is certain and possible", answer)
        overruled = [n for n in possible if self.lives[n].place.subnet in subnets]
        self._expect(not overruled, "nobody is possible beside a certain holder", question, answer)

    def _check_certain(self, life: Life, at: Instant, answer: Json) -> None:
        if life.holds_at(at):
            self.counts["certain and true"] += 1
        elif claim := self._claimed_so_far(life, at, answer):
            self.counts[claim] += 1
        else:
            self._fault("a certain holder held the address", life, written(at), answer)

    def _check_certain_span(self, life: Life, low: Instant, high: Instant, answer: Json) -> None:
        assert life.attached is not None
        assert life.released is not None
        for at in (low, max(low, min(high - 1, life.released))):
            self._check_certain(life, at, answer)

    def _claimed_so_far(self, life: Life, at: Instant, answer: Json) -> str | None:
        """Name why a claim may be outrun by a truth that nobody has told yet.

        As long as nothing shows an end, a holder stays one. From `coverage.to` on, the contract
        says so of every holder; before it, too, of one that came in only after the last sweep, or
        whose host is lost.
        """
        dossier = self.dossiers[life.number]
        if dossier.delivered.gone != NEVER or self._overtaken(dossier):
            return None
        covered_to = Coverage.of(answer).end
        if at >= covered_to:
            return "held so far, by what is known"
        if dossier.disconnected:
            return "held so far, on a host that is lost"
        if life.forgotten_early:
            return "held so far, by a task that ECS forgot with its cluster"
        if dossier.arrived > covered_to + MINUTE:
            return "held so far, by what came after the last sweep"
        return None

    def _overtaken(self, dossier: Dossier) -> bool:
        """Tell whether somebody is known to have had the place later."""
        return any(
            other.life.place == dossier.life.place
            and other.shows_address
            and dossier.written.had < other.written.had != NEVER
            for other in self.dossiers.values()
        )

    def _check_not_found(self, question: Question, life: Life, at: Instant, answer: Json) -> None:
        """Judge that a true holder is in no list."""
        dossier = self.dossiers.get(life.number)
        if self._need_not_be_known(life):
            return
        if dossier is None or not dossier.shows_address:
            lost = answer["verdict"] == "none"
            self._expect(not lost, "none means that nobody held it", life, written(at), answer)
        elif self._hidden_by_a_claim(life, at, answer):
            self.counts["hidden by who held it so far"] += 1
        else:
            self._fault("whoever held it is found", question, life, written(at), answer)

    def _need_not_be_known(self, life: Life) -> bool:
        dossier = self.dossiers.get(life.number)
        if life.forgotten_early and (dossier is None or not dossier.shows_address):
            self.counts["not known, as ECS forgot it with its cluster"] += 1
            return True
        return life.number in self.excused or life.stopped <= self.forgotten_before

    def _hidden_by_a_claim(self, life: Life, at: Instant, answer: Json) -> bool:
        holders = (self._life(record) for record in answer["holders"])
        return any(
            other.place.subnet == life.place.subnet
            and self._claimed_so_far(other, at, answer) is not None
            for other in holders
        )

    def _check_verdict(
        self, question: Question, answer: Json, start: Instant, end: Instant
    ) -> None:
        word = Coverage.of(answer).word_for_nobody(start, end)
        if answer["holders"]:
            word = "held"
        elif answer["possible"]:
            word = "possible"
        self._expect(answer["verdict"] == word, f"the verdict is {word}", question, answer)
        if word == "none":
            wrong = [
                self._told(life)
                for life in self._true_holders(question, start, end)
                if not self._need_not_be_known(life)
            ]
            self._expect(not wrong, "none means that nobody held it", question, wrong, answer)

    def _check_sharp(self, question: Question, certain: set[int], possible: set[int]) -> None:
        """Check that whatever the sightings prove about the instant is answered for certain."""
        if not self._judges_sharpness:
            return
        for number, dossier in self.dossiers.items():
            life = self.lives[number]
            known = dossier.shows_address and life.stopped > self.forgotten_before
            if not (known and question.asks_of(life)) or number in self.excused:
                continue
            if dossier.written.held(question.at):
                self.counts["proven to be held"] += 1
                self._expect(number in certain, "who is proven to hold is certain", question, life)
            elif self._proven_free(dossier, question.at):
                listed = number in certain | possible
                self._expect(not listed, "who is proven not to hold is not listed", question, life)

    def _proven_free(self, dossier: Dossier, at: Instant) -> bool:
        """Leave out what is seen of a start of which nothing proves when the address came.

        The contract has such a task hold it possibly since its creation.
        """
        started = dossier.written.had <= dossier.written.gone and dossier.written.had != NEVER
        return at >= dossier.written.gone or at < (
            dossier.written.not_yet if started else dossier.life.created
        )

    # Odds and ends

    def _true_holders(self, question: Question, start: Instant, end: Instant) -> Iterator[Life]:
        for life in self.lives:
            if question.asks_of(life) and life.holds_within(start, end):
                yield life

    def _life(self, named: Json) -> Life:
        return self.lives[int(named["taskArn"].rpartition("/t")[2])]

    def _subnet(self, record: Json) -> str | None:
        return None if record["subnetId"] else self._life(record).place.subnet

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


def _uncovered(
    life: Life, start: Instant, end: Instant, spans: list[tuple[Life, Instant, Instant, bool]]
) -> Iterator[Instant]:
    """Give instants of a window at which a task truly held the address and no span says so."""
    assert life.attached is not None
    assert life.released is not None
    at, until = max(start, life.attached), min(end, life.released)
    for low, high in sorted((low, high) for other, low, high, _ in spans if other is life):
        if low > at:
            yield at
        at = max(at, high)
    if at < until:
        yield at


def _numbers(records: list[Json]) -> set[int]:
    return {int(record["taskId"][1:]) for record in records}


def _instant(text: str | None) -> Instant | None:
    return None if text is None else read(text)


def _end(text: str | None) -> Instant:
    return NEVER if text is None else read(text)

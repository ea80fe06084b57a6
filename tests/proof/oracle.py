"""The oracle: it knows the truth, and judges the service's answers by it.

It reads answers as a client of the HTTP API would, in JSON. What is true it takes from the lives
themselves, and what the service can know from what was delivered; it has no rule of its own by
which an address's holder is worked out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.proof.clock import Instant, read, written
from tests.proof.contract import Coverage, Question
from tests.proof.life import Life
from tests.proof.proofs import NEVER, Dossier
from tests.proof.records import RecordJudge, WrongAnswerError

__all__ = ["Oracle", "WrongAnswerError"]

type Json = dict[str, Any]


@dataclass
class Oracle(RecordJudge):
    """Judges answers about one world, and keeps count of what they were."""

    _at: dict[str, list[int]] = field(default_factory=dict)
    _placed: int = 0

    @property
    def asked(self) -> int:
        """How many questions were asked so far."""
        return self.counts["questions"] + self.counts["windows"]

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
        elif self._claimed_so_far(life, at, answer):
            self.counts["held so far, by what is known"] += 1
        else:
            self._fault("a certain holder held the address", life, written(at), answer)

    def _check_certain_span(self, life: Life, low: Instant, high: Instant, answer: Json) -> None:
        assert life.attached is not None
        assert life.released is not None
        for at in (low, max(low, min(high - 1, life.released))):
            self._check_certain(life, at, answer)

    def _claimed_so_far(self, life: Life, at: Instant, answer: Json) -> bool:
        """Return whether a claim may be outrun by a truth that nobody has told yet.

        From `coverage.to` on, "held" says no more than that no end of it is known.
        """
        dossier = self.dossiers[life.number]
        ended = dossier.delivered.gone != NEVER or self._overtaken(dossier)
        return not ended and at >= Coverage.of(answer).end

    def _overtaken(self, dossier: Dossier) -> bool:
        """Return whether somebody is known to have had the place later."""
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
        if life.dropped_early and dossier is None:
            self.counts["never seen, as ECS forgot it with its cluster"] += 1
            return True
        return life.number in self.excused or life.stopped <= self.expired_before

    def _hidden_by_a_claim(self, life: Life, at: Instant, answer: Json) -> bool:
        holders = (self._life(record) for record in answer["holders"])
        return any(
            other.place.subnet == life.place.subnet and self._claimed_so_far(other, at, answer)
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
        for life in self._lives_at(question.address):
            number, dossier = life.number, self.dossiers.get(life.number)
            if dossier is None or number in self.excused or not question.asks_of(life):
                continue
            if not dossier.shows_address or life.stopped <= self.expired_before:
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
        for life in self._lives_at(question.address):
            if question.asks_of(life) and life.holds_within(start, end):
                yield life

    def _lives_at(self, address: str) -> list[Life]:
        """List the lives with an address; which they are is looked up once."""
        for life in self.lives[self._placed :]:
            for own in life.place.addresses:
                self._at.setdefault(own, []).append(life.number)
        self._placed = len(self.lives)
        return [self.lives[number] for number in self._at.get(address, ())]

    def _subnet(self, record: Json) -> str | None:
        return None if record["subnetId"] else self._life(record).place.subnet


def _uncovered(
    life: Life, start: Instant, end: Instant, spans: list[tuple[Life, Instant, Instant, bool]]
) -> Iterator[Instant]:
    """Give instants of a window at which a task truly held the address and no span says so."""
    assert life.attached is not None
    assert life.released is not None
    at, until = max(start, life.attached), min(end, life.released)
    for low, high in sorted((low, high) for other, low, high, _ in spans if other is life):
        if at < min(low, until):
            yield at
        at = max(at, high)
    if at < until:
        yield at


def _numbers(records: list[Json]) -> set[int]:
    return {int(record["taskId"][1:]) for record in records}

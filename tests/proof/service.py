"""The seam to the service: all that the proof suite knows of the core, by names of its own.

Events and views go in as ECS's JSON, answers come out as the HTTP API gives them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from core.answers.candidates import Question as Asked
from core.answers.holders import Judge, Window
from core.answers.lookups import Lookup, look_up
from core.answers.questions import holders_at, instant_window
from core.answers.verdict import verdict_at, verdict_within
from core.sweep.ecs import Described, Listing
from core.sweep.state import SETTLED_AFTER, Sweep
from core.sweep.survey import Survey, Surveyor
from core.sweep.sweeper import CLAIMED_FOR, Sweeper
from core.table import index_keys
from core.table.coverage import SWEEP_REACH, coverage
from core.table.recording import Outcome, Recorded, record_observations
from core.table.store import AddressEntry, Store, Stored, one_by_one
from core.task.changes import change_between
from core.task.ecs import parse_event
from core.task.kinds import TaskKey
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import MINUTE, to_text
from tests.proof.clock import Instant
from tests.proof.contract import Question
from tests.proof.showing import Json
from tests.support.memory import MemoryStore

__all__ = ["SETTLED_AFTER", "Described", "Listing"]

HOME = "arn:aws:ecs:eu-west-1:111122223333:"

type Write = Callable[..., Recorded]
"""What writes: `record_observations`, or an imitation of it."""
type Work = Survey | Sweep
"""A part of a survey, or of a sweep."""

WRITE: Write = record_observations


def number_of(key: TaskKey) -> int:
    """Name the life behind a record's key."""
    return int(key.task_id[1:])


class Shelf(MemoryStore):
    """The memory store, which a check may copy, look into, and give other contents."""

    def __init__(self) -> None:
        super().__init__()
        self._having: dict[str, set[TaskKey]] = {}

    def copy(self) -> "Shelf":
        """Copy the records, and nothing else."""
        other = Shelf()
        other._items = dict(self._items)
        other._having = {address: set(keys) for address, keys in self._having.items()}
        return other

    def _put(self, item: Stored) -> Exception | None:
        error = super()._put(item)
        self._note_addresses(item.record)
        return error

    def _note_addresses(self, record: Record) -> None:
        for address in record.interface.addresses:
            self._having.setdefault(address, set()).add(record.key)

    def address_entries(
        self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
    ) -> Sequence[AddressEntry]:
        low, high = between
        found = [
            (sort, item.record.key)
            for key in self._having.get(address, ())
            if (item := self._items.get(key)) is not None
            and address in item.record.interface.addresses
            and (sort := self.keys_of(item.record).address) is not None
            and low <= sort <= high
        ]
        found.sort(reverse=not ascending)
        return [AddressEntry(sort, index_keys.place_of(sort), key) for sort, key in found[:limit]]

    def contents(self) -> dict[TaskKey, Stored]:
        """Give all records, as they are stored."""
        return dict(self._items)

    def overwrite(self, record: Record) -> None:
        """Put without a condition, which ours never does."""
        before = self._items.get(record.key, Stored(record))
        told = change_between(before.record if before.revision else None, record) is not None
        self._items[record.key] = Stored(record, before.revision + 1, before.sequence + told)
        self._note_addresses(record)

    def delete(self, key: TaskKey) -> None:
        """Delete, which ours never does either."""
        self._items.pop(key, None)


class _Written:
    """Records in JSON, each written once as long as it is the same object."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Record, Json]] = {}

    def of(self, record: Record) -> Json:
        """Write a record; nobody may change what is returned."""
        known = self._known.get(id(record))
        if known is None or known[0] is not record:
            known = self._known[id(record)] = record, record_as_json(record)
        return known[1]


@dataclass
class Ingested:
    """What became of a batch of events, by life."""

    failed: set[int] = field(default_factory=set)
    unchanged: set[int] = field(default_factory=set)


@dataclass
class Service:
    """The service, on a table in memory."""

    retention: int
    write: Write = WRITE
    table: Shelf = field(default_factory=Shelf)
    claimed_for: int = CLAIMED_FOR
    _written: _Written = field(default_factory=_Written)

    # What goes in

    def ingest(self, door: object, events: Sequence[Json], now: Instant) -> Ingested:
        """Hand events to the write path, in one batch."""
        sightings = [parse_event(event).record for event in events]
        recorded = self.write(cast("Store", door), sightings, now=now, retention=self.retention)
        unchanged = (
            number_of(key)
            for key, outcome in recorded.outcomes.items()
            if outcome == Outcome.UNCHANGED and key not in recorded.failures
        )
        return Ingested({number_of(key) for key in recorded.failures}, set(unchanged))

    def survey_at(self, now: Instant) -> Work:
        """Begin to survey, and so to sweep whatever is found."""
        return Survey(asked_at=now)

    def turn(self, work: Work, door: object, ecs: Any, now: Instant) -> list[Work]:
        """Do one part of a survey or a sweep; answers what follows from it."""
        store = cast("Store", door)
        if isinstance(work, Survey):
            sweeps = store.sweeps()
            known = {one.cluster_arn: one for one in sweeps.clusters}
            page = Surveyor(store, ecs, HOME, known, sweeps.surveyed_at).turn(work, now=now)
            if page.following is None:
                store.complete_survey(work.asked_at)
            asked_for = [
                Sweep(cluster_arn=arn, generation=work.asked_at, started_at=now)
                for arn in page.asked_for
            ]
            return [*([page.following] if page.following else []), *asked_for]
        sweeper = Sweeper(store, ecs, self.retention)
        claimed = sweeper.claim(work, now=now)
        following = sweeper.turn(work, claimed, now=now).following if claimed else None
        return [following] if following else []

    def put(self, item: Stored) -> tuple[Exception | None, str | None]:
        """Put a record, on its condition; answers the error, and the change to publish."""
        before = self.table.contents().get(item.record.key)
        [error] = self.table.put_many([item])
        return error, None if error else self._change(before, item)

    def overwrite(self, record: Record) -> tuple[int, str | None]:
        """Put without a condition, as an imitation does; answers the life, and the change."""
        before = self.table.contents().get(record.key)
        self.table.overwrite(record)
        return number_of(record.key), self._change(before, self.table.contents()[record.key])

    def delete_expired(self, now: Instant) -> list[int]:
        """Delete what has expired, as DynamoDB does; answers which lives' records."""
        expired = []
        for key, item in self.table.contents().items():
            expires_at = item.record.expires_at(self.retention)
            if expires_at is not None and expires_at <= now:
                self.table.delete(key)
                expired.append(number_of(key))
        return expired

    def _change(self, before: Stored | None, after: Stored) -> str | None:
        change = change_between(before.record if before else None, after.record)
        counted = after.sequence - (before.sequence if before else 0)
        assert counted == (change is not None), "each change is counted once"
        return change.detail_type if change else None

    # What sweeps have done

    def sweep_due_by(self) -> Instant:
        """Say when the next sweep must begin, lest there be a gap."""
        return self._oldest_sweep() + SWEEP_REACH - 2 * CLAIMED_FOR - MINUTE

    def swept_since(self, begun: Instant) -> bool:
        """Return whether a sweep of every cluster has begun since then, and completed."""
        return self._oldest_sweep() > begun

    def _oldest_sweep(self) -> Instant:
        sweeps = self.table.sweeps()
        swept = [one.last.started_at if one.last else 0 for one in sweeps.clusters if not one.gone]
        return min(swept, default=sweeps.surveyed_at or 0)

    # What comes out

    def ask(self, question: Question, now: Instant) -> Json:
        """Ask who had an address at an instant, as `GET /ips/{ip}?at=` answers."""
        asked = Asked(
            address=question.address,
            window=instant_window(question.at),
            subnet_id=question.subnet,
        )
        covered = coverage(self.table.sweeps(), now=now, retention=self.retention)
        found = holders_at(self.table, asked, self._judge(now))
        verdict = verdict_at(found.spans, covered, question.at, complete=found.complete)
        return {
            "ip": question.address,
            "at": to_text(question.at),
            "verdict": verdict.value,
            "holders": self._as_json(found.certain),
            "possible": self._as_json(found.possible),
            "previous": self._as_json(found.previous),
            "next": self._as_json(found.next),
            "coverage": covered.as_json(),
        }

    def look_up(self, questions: Sequence[Question], now: Instant) -> list[Json]:
        """Ask who had addresses in windows, as `POST /lookups` answers."""
        lookups = [
            Lookup(
                address=one.address,
                window=Window(one.at, one.until or one.at + 1),
                subnet_id=one.subnet,
            )
            for one in questions
        ]
        covered = coverage(self.table.sweeps(), now=now, retention=self.retention)
        found = look_up(self.table, lookups, self._judge(now), together=one_by_one)
        answers = []
        for lookup, holders in zip(lookups, found, strict=True):
            assert holders is not None
            assert lookup.window is not None
            verdict = verdict_within(
                holders.spans, covered, lookup.window, complete=holders.complete
            )
            answers.append(
                {
                    "verdict": verdict.value,
                    "holders": self._as_json(holders.certain),
                    "possible": self._as_json(holders.possible),
                    "spans": [
                        {
                            "taskArn": span.record.facts.task_arn,
                            "from": to_text(span.start),
                            "to": to_text(span.end),
                            "certain": span.certain,
                        }
                        for span in holders.spans
                    ],
                    "coverage": covered.as_json(),
                }
            )
        return answers

    def record(self, number: int) -> Json | None:
        """Read one record, as `GET /tasks/{cluster}/{taskId}` answers."""
        found = self.table.find(f"t{number}")
        return self._written.of(found[0].record) if found else None

    def current(self) -> list[Json]:
        """Read the current map, as `GET /tasks` answers."""
        return self._as_json(self.table.all_live(None))

    def _as_json(self, records: Iterable[Record]) -> list[Json]:
        return [self._written.of(record) for record in records]

    def _judge(self, now: Instant) -> Judge:
        return Judge(self.table.sweeps(), now - self.retention)

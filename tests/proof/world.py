"""The world of the proof suite: an estate, a network that loses things, and the service.

Each public method of World is one step that can be taken at any time; whole numbers say which
task, message or fault, so that any driver can choose. Questions can be asked after any step, and
the oracle judges the answers; `settle` ends a run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import NamedTuple

from tests.proof.clock import DAY, HOUR, MINUTE, SECOND, START, Instant
from tests.proof.door import Door, Fault, KilledError, Seen, ThrottledError
from tests.proof.estate import CLUSTERS, Estate
from tests.proof.life import Life, Picture
from tests.proof.oracle import Oracle
from tests.proof.plan import Clocks
from tests.proof.proofs import Dossier, Sighting
from tests.proof.service import SETTLED_AFTER, WRITE, Service, Work, Write
from tests.proof.showing import event_of

RETENTION = 30 * DAY


class Message(NamedTuple):
    """An event on its way."""

    life: Life
    picture: Picture


@dataclass
class World:
    """Everything."""

    estate: Estate = field(default_factory=Estate)
    write: Write = WRITE
    deployed: bool = True
    """The service was there, and swept, before anything else happened."""
    tasks_a_page: int = 3
    """Of ECS's lists: few, so that sweeps have many pages."""
    now: Instant = START
    on_the_way: list[Message] = field(default_factory=list)
    dossiers: dict[int, Dossier] = field(default_factory=dict)
    excused: set[int] = field(default_factory=set)
    """Lives of which ECS, or what ECS promises, said what was not so."""
    wrong: bool = False
    """ECS knows none of the tasks that the sweep under way asks for."""
    found_gone: set[str] = field(default_factory=set)
    """Clusters that the sweep under way could not list."""
    swept_without_gap: bool = True
    work: list[Work] = field(default_factory=list)
    """What the sweep under way has yet to do."""
    told: dict[int, list[str]] = field(default_factory=dict)
    """The changes of each life that were published, by their names."""

    def __post_init__(self) -> None:
        self.service = Service(RETENTION, self.write)
        self.oracle = Oracle(self.estate.lives, self.dossiers, self.excused)
        self.oracle.clocks_right = self.estate.clocks != Clocks.OFF
        self.swept_without_gap = self.deployed
        if self.deployed:
            self.sweep_everything()

    # What happens in the estate

    def start(self, number: int) -> None:
        """Let a task be created."""
        self.estate.start(self.tick(), Random(number))  # noqa: S311 - chance, not secrets

    def delete_cluster(self, number: int) -> None:
        """Delete a cluster, if nothing runs in it."""
        self.estate.delete_cluster(CLUSTERS[number % len(CLUSTERS)], self.tick())

    # What happens to time and to messages

    def tick(self, milliseconds: int = 1) -> Instant:
        """Let time pass; ECS sends what is due."""
        self.now += milliseconds
        self.on_the_way += [Message(*sent) for sent in self.estate.sent_until(self.now)]
        self.oracle.expired_before = self.now - RETENTION
        return self.now

    def wait(self, seconds: int) -> None:
        """Let time pass, with sweeps often enough to keep their promise."""
        if self.deployed and self.now + seconds * SECOND > self.service.sweep_due_by():
            self.sweep_everything()
        self.tick(seconds * SECOND)

    def sleep(self, hours: int) -> None:
        """Let time pass in which nothing is swept."""
        self.tick(hours * HOUR)
        self.swept_without_gap = False

    def lose(self, number: int) -> None:
        """Lose a message for good."""
        if self.on_the_way:
            self.on_the_way.pop(number % len(self.on_the_way))

    def deliver(
        self, number: int, count: int, faults: Sequence[Fault] = (), *, keep: bool = False
    ) -> None:
        """Bring some messages to `ingest` in one batch; what is kept will come again."""
        if not self.on_the_way:
            return
        first = number % len(self.on_the_way)
        batch = self.on_the_way[first : first + count]
        failed = self._deliver(batch, faults)
        for message in batch:
            if not keep and message.life.number not in failed and message in self.on_the_way:
                self.on_the_way.remove(message)

    def expire(self) -> None:
        """DynamoDB deletes, as late as it likes, what has expired."""
        for number in self.service.delete_expired(self.now):
            self.dossiers.pop(number, None)
            self.told.pop(number, None)

    # What sweeps do, in their parts: anything may happen between them

    def begin_sweep(self, *, wrong: bool = False) -> None:
        """Begin to survey, and then to sweep; `wrong`: ECS shows this sweep no task at all."""
        if not self.work:
            self.wrong, self.found_gone = wrong, set()
            self.work = [self.service.survey_at(self.tick())]

    def go_on_sweeping(self, faults: Sequence[Fault] = ()) -> bool:
        """Take the next part; answers whether there is another, or the same again."""
        if not self.work:
            return False
        now, door = self.tick(), Door(self, {}, list(faults))
        seen = Seen(self, door)
        try:
            following = self.service.turn(self.work[0], door, seen, now)
            door.all_arrived()
        except (KilledError, ThrottledError):
            return True
        finally:
            self._check(seen.asked)
        self.work = [*following, *self.work[1:]]
        return bool(self.work)

    def abandon_sweep(self) -> None:
        """Let the sweep die: it closes nothing."""
        self.work = []

    def sweep_everything(self) -> None:
        """Sweep each cluster without a fault; a claim of a dead sweep must run out first."""
        begun = self.now
        while True:
            self.abandon_sweep()
            self.begin_sweep()
            while self.go_on_sweeping():
                pass
            if self.service.swept_since(begun):
                self.deployed = True
                return
            self.tick(self.service.claimed_for + 1)

    # The end

    def settle(self) -> None:
        """Let what is on its way arrive, sweep, and compare the records with the truth."""
        self.deliver_everything()
        self.sweep_everything()
        self.tick(SETTLED_AFTER + MINUTE)
        self.deliver_everything()
        self.sweep_everything()
        swept = self.now - 2 * MINUTE
        self.deliver_everything()
        self._check_current()
        for life in self.estate.lives:
            if life.stopped < swept and life.pictures[-1].at < swept:
                self._check_end(life)

    def deliver_everything(self) -> None:
        """Let what is on its way arrive."""
        while self.on_the_way:
            self.deliver(0, 10)

    def _check_current(self) -> None:
        shown = {
            life.number: picture
            for life in self.estate.lives
            if (picture := life.picture_at(self.now)) and picture.last_status != "STOPPED"
        }
        current = {int(record["taskId"][1:]): record for record in self.service.current()}
        unsure = self.excused | {n for n, one in shown.items() if one.at > self.now - MINUTE}
        assert current.keys() - unsure == shown.keys() - unsure, "the current map is right"
        for number in current.keys() - unsure:
            assert current[number]["lastStatus"] == shown[number].last_status

    def _check_end(self, life: Life) -> None:
        if life.stopped <= self.now - RETENTION or life.number in self.excused:
            return
        record = self.service.record(life.number)
        if not self.swept_without_gap or life.dropped_early:
            if record is not None:
                self.oracle.check_bounds(record)
            return
        assert record is not None, "no task is missed"
        assert not record["live"], "each end is known"
        if life.attached is not None:
            assert self.dossiers[life.number].shows_address, "no address is missed"
            assert record["releasedAt"] is not None
            assert not record["releasedAtEstimated"], "sweeps without a gap know each end"

    # How it is done

    def note_change(self, number: int, name: str | None) -> None:
        """Watch the table's stream, as `publish` does."""
        if name is not None:
            self.told.setdefault(number, []).append(name)

    def _deliver(self, batch: Sequence[Message], faults: Sequence[Fault]) -> set[int]:
        """Hand events to the service; answers whose events must come again."""
        news: dict[int, list[Sighting]] = {}
        events = [event_of(message.life, message.picture) for message in batch]
        for message, event in zip(batch, events, strict=True):
            sighting = Sighting.of_event(message.life, event)
            if sighting.seen >= self.now - RETENTION:
                news.setdefault(message.life.number, []).append(sighting)
        door = Door(self, news, list(faults))
        numbers = {message.life.number for message in batch}
        try:
            result = self.service.ingest(door, events, self.now)
        except (KilledError, ThrottledError):
            self._check(numbers)
            return numbers
        for number in result.unchanged:
            door.arrived(number, wrote=False)
        self._check(numbers)
        return result.failed

    def _check(self, numbers: Iterable[int]) -> None:
        """Compare the records of some tasks with what was delivered of them."""
        for number in numbers:
            dossier, record = self.dossiers.get(number), self.service.record(number)
            assert (record is None) == (dossier is None), "what is told is known, and nothing else"
            if record is not None and dossier is not None:
                self.oracle.check_record(record)
                self._check_told(number, record["addressState"])

    def _check_told(self, number: int, address_state: str) -> None:
        ends = [name for name in self.told.get(number, ()) if not name.endswith("Updated")]
        state = {"held": "Task Address Assigned", "released": "Task Address Released"}
        last = ends[-1] if ends else None
        assert last == state.get(address_state), "the last change told is how things stand"
        assert all(one != two or one.endswith("Released") for one, two in pairwise(ends)), (
            "nothing is assigned twice"
        )

"""What "exact" means, as checks that any way of writing records can be put through.

A subject is a store and a way to write to it. Each check raises ViolationError, which names the
property that does not hold.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import replace
from dataclasses import dataclass
from functools import partial, reduce
from itertools import combinations, groupby
from typing import Any, NamedTuple

from core.answers.candidates import Question
from core.answers.holders import Judge
from core.answers.questions import holders_at, instant_window
from core.table.recording import record_observations
from core.table.store import Store
from core.task.record import Record, join
from core.text.instant import DAY, Instant
from tests.proof.interleaving import every_schedule, run_in_turn
from tests.proof.scenes import Scene
from tests.proof.service import Shelf, Write
from tests.proof.sightings import at

RETENTION = 90 * DAY
NOW = at(30 * 86400)

type Named = frozenset[tuple[str, str]]
"""Subnets and tasks."""


class Answer(NamedTuple):
    """Who had an address, certainly and possibly, and who before and after."""

    certain: Named
    possible: Named
    previous: Named
    next: Named


class ViolationError(AssertionError):
    """A property does not hold; the text begins with its name."""


@dataclass(frozen=True)
class Subject:
    """A way to write, one sighting at a time."""

    record: Write

    def write(self, store: Store, sighting: Record) -> None:
        """Write; what failed would come again, so it is not to fail."""
        recorded = self.record(store, [sighting], now=NOW, retention=RETENTION)
        if recorded.failures:
            raise ViolationError(f"writes succeed: {recorded.failures}")


OURS = Subject(record_observations)


def settled(record: Record) -> Record:
    """Leave out what a skipped write leaves behind: proofs that keep moving while a task lives."""
    return replace(
        record,
        earliest=replace(record.earliest, shown_by_view=None),
        newest=replace(
            record.newest,
            observed_at=None,
            unattached_at=None,
            connected_at=None,
            still_shown_by_event=None,
            still_shown_by_view=None,
        ),
    )


def known(shelf: Shelf) -> frozenset[Record]:
    """Tell what a table knows, but for what a skipped write leaves behind."""
    return frozenset(settled(item.record) for item in shelf.contents().values())


def records(shelf: Shelf) -> frozenset[Record]:
    """Tell all that a table knows."""
    return frozenset(item.record for item in shelf.contents().values())


def answer(store: Store, address: str, instant: Instant) -> Answer:
    """Ask the service who held an address."""
    asked = Question(address=address, window=instant_window(instant))
    found = holders_at(store, asked, Judge(expired_before=NOW - RETENTION))
    lists = (found.certain, found.possible, found.previous, found.next)
    return Answer(
        *(
            frozenset((record.interface.subnet_id or "?", record.key.task_id) for record in found)
            for found in lists
        )
    )


def ends_of_every_order(subject: Subject, scene: Scene) -> Iterator[Shelf]:
    """Write the sightings in every possible order; what two orders begin with is written once."""

    def walk(store: Shelf, before: tuple[int, ...]) -> Iterator[Shelf]:
        if len(before) == len(scene.sightings):
            yield store
        for number in range(len(scene.sightings)):
            if number not in before and scene.may_follow(number, before):
                after = store.copy()
                subject.write(after, scene.sightings[number])
                yield from walk(after, (*before, number))

    return walk(Shelf(), ())


def check_every_order(subject: Subject, scene: Scene) -> int:
    """Check that all orders end alike, and that this end is the join; answers how many."""
    count, ends = 0, dict[frozenset[Record], Shelf]()
    for end in ends_of_every_order(subject, scene):
        count += 1
        ends.setdefault(records(end), end)
    _check_ends("order does not matter", list(ends.values()), scene)
    return count


def check_every_repetition(subject: Subject, scene: Scene) -> int:
    """Check every sequence in which each sighting comes at least once, however long.

    What a write does depends on the records in the store and on nothing else, so all sequences
    are walked by walking all the states that can be reached; answers how many.
    """
    first = (frozenset[int](), Shelf())
    reached = {(first[0], records(first[1])): first}
    waiting = [first]
    while waiting:
        before, store = waiting.pop()
        for number in range(len(scene.sightings)):
            if not scene.may_follow(number, tuple(before)):
                continue
            after = store.copy()
            subject.write(after, scene.sightings[number])
            state = (before | {number}, after)
            if reached.setdefault((state[0], records(after)), state) is state:
                waiting.append(state)
    ends = [store for before, store in reached.values() if len(before) == len(scene.sightings)]
    _check_ends("repetition does not matter", ends, scene)
    return len(reached)


def check_order_of_the_story(subject: Subject, scene: Scene) -> None:
    """Check the answers after the sightings came as they happened, each once."""
    store = Shelf()
    for sighting in scene.sightings:
        subject.write(store, sighting)
    check_truth(store, scene)


def joined(sightings: Sequence[Record]) -> frozenset[Record]:
    """Add the sightings of each task up, without any store."""
    ordered = sorted(sightings, key=lambda sighting: sighting.key)
    return frozenset(
        reduce(join, list(of_one))
        for _, of_one in groupby(ordered, key=lambda sighting: sighting.key)
    )


def _check_ends(name: str, ends: list[Shelf], scene: Scene) -> None:
    expected = frozenset(settled(record) for record in joined(scene.sightings))
    ways = {known(end) for end in ends}
    if len(ways) != 1:
        raise ViolationError(f"{name}: there are {len(ways)} ends")
    if ways != {expected}:
        raise ViolationError("nothing seen is forgotten")
    for end in ends:
        check_truth(end, scene)
    answers = {
        tuple(
            answer(end, address, instant)
            for address in scene.addresses
            for instant in scene.boundaries
        )
        for end in ends
    }
    if len(answers) != 1 and not scene.has_views:
        raise ViolationError(f"{name}: not all answer alike")


def check_truth(store: Store, scene: Scene) -> None:
    """Check the answers at every instant at which one could change.

    Who is certain had the address, and whoever had it is certain or possible.
    """
    if scene.spans is None:
        return
    for address in scene.addresses:
        for instant in scene.boundaries:
            found, truth = answer(store, address, instant), scene.holders(address, instant)
            if not found.certain <= truth or not truth <= found.certain | found.possible:
                raise ViolationError(f"answers are true: {address} at {instant}: {found}")


class Arena:
    """Where two writers meet: here the memory store, call by call."""

    calls: Sequence[str] = ("get_many", "get_with_notes", "put_many", "overwrite", "delete")

    def __init__(self) -> None:
        self.shared: Any = Shelf()

    def store(self, shared: Any) -> Any:
        """Make a writer's store of what it shares with the other writer."""
        return shared

    def named(self, sighting: Record) -> Record:
        """Give a sighting as it is to be written here."""
        return sighting

    def begin(self, before: Shelf) -> None:
        """Take over what there is before they meet."""
        self.shared = before.copy()

    def end(self, scene: Scene) -> Shelf:  # noqa: ARG002 - another arena must know what to read
        """Read what there is in the end."""
        shelf: Shelf = self.shared
        return shelf


def check_every_interleaving(
    subject: Subject, scene: Scene, new_arena: Callable[[], Arena] = Arena
) -> int:
    """Check all interleavings of any two sightings' writers, call by call; return how many.

    First into an empty store, the other sightings following; then after the other sightings. Each
    must end as if one writer had come after the other.
    """
    count = 0
    numbers = range(len(scene.sightings))
    for pair in combinations(numbers, 2):
        others = tuple(number for number in numbers if number not in pair)
        for meeting in {Meeting((), pair, others), Meeting(others, pair, ())}:
            if meeting.can_be_in(scene):
                before = _written(subject, scene, Shelf(), meeting.before)
                ends = [known(_written(subject, scene, Shelf(), one)) for one in meeting.orders]
                meet = partial(_meet, subject, scene, new_arena, meeting, before, ends)
                count += sum(1 for _ in every_schedule(meet))
    return count


class Meeting(NamedTuple):
    """Which sightings were written before two writers met, by these two, and afterwards."""

    before: tuple[int, ...]
    pair: tuple[int, int]
    after: tuple[int, ...]

    def can_be_in(self, scene: Scene) -> bool:
        """Return whether they are of one task, and either could come first."""
        one, two = (scene.sightings[number].key for number in self.pair)
        return one == two and all(scene.admits(order) for order in self.orders)

    @property
    def orders(self) -> list[tuple[int, ...]]:
        """Give the two orders in which all could be written one after the other."""
        pairs = (self.pair, self.pair[::-1])
        return [(*self.before, *pair, *self.after) for pair in pairs]


def _meet(  # noqa: PLR0913, PLR0917 - who meets where, and how it may end
    subject: Subject,
    scene: Scene,
    new_arena: Callable[[], Arena],
    meeting: Meeting,
    before: Shelf,
    ends: Sequence[frozenset[Record]],
    schedule: Sequence[int],
) -> list[tuple[int, list[int]]]:
    """Let two writers meet in an arena; what comes before and after is written in memory."""
    arena = new_arena()
    arena.begin(before)

    def write(number: int, shared: Any) -> None:
        subject.write(arena.store(shared), arena.named(scene.sightings[number]))

    works = [partial(write, number) for number in meeting.pair]
    taken = run_in_turn(arena.shared, arena.calls, works, schedule)
    if known(_written(subject, scene, arena.end(scene), meeting.after)) not in ends:
        raise ViolationError("two writers are as good as one after the other")
    return taken


def _written(subject: Subject, scene: Scene, store: Shelf, numbers: Sequence[int]) -> Shelf:
    for number in numbers:
        subject.write(store, scene.sightings[number])
    return store

"""The scenes: small sets of sightings whose every order must end alike, and the truth of each."""

import json
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from core.task.ecs import parse_event
from core.task.record import Record
from core.text.instant import HOUR, Instant
from tests.proof.sightings import Task, at

EVENTS = Path(__file__).parents[2] / "events"


class Span(NamedTuple):
    """A time in which a task truly had an address; without an end it still has it.

    ECS does not tell these moments. They lie between what it tells.
    """

    task_id: str
    address: str
    subnet: str
    start: Instant
    end: Instant | None


@dataclass(frozen=True)
class Scene:
    """What was seen, in the order of the story, and who held what when all of it is known."""

    sightings: tuple[Record, ...]
    spans: tuple[Span, ...] | None = None
    """None for recorded sightings: whose truth nobody wrote down."""

    def may_follow(self, number: int, before: tuple[int, ...]) -> bool:
        """Return whether a sighting can come now, after those; they name sightings by their number.

        Events come in any order. A sweep asks only for tasks that are in the table, and the
        sweeps of one cluster do not overlap, so that what they saw comes in their order.
        """
        sighting = self.sightings[number]
        if not _by_a_sweep(sighting):
            return True
        known = sighting.status is not None or any(
            self.sightings[earlier].status is not None
            and self.sightings[earlier].key == sighting.key
            for earlier in before
        )
        return known and all(
            earlier <= number
            for earlier in before
            if _by_a_sweep(self.sightings[earlier])
            and self.sightings[earlier].key.cluster_arn == sighting.key.cluster_arn
        )

    @property
    def has_views(self) -> bool:
        """Return whether a sweep saw something: a view without news is not written."""
        return any(_by_a_sweep(sighting) for sighting in self.sightings)

    def admits(self, order: tuple[int, ...]) -> bool:
        """Return whether all sightings can come in this order."""
        return all(self.may_follow(number, order[:place]) for place, number in enumerate(order))

    @property
    def addresses(self) -> list[str]:
        """Every address that is seen."""
        return sorted({address for sighting in self.sightings for address in sighting.addresses})

    @property
    def boundaries(self) -> list[Instant]:
        """Every instant at which an answer could change, and its neighbours."""
        instants = {at for span in self.spans or () for at in (span.start, span.end) if at}
        for sighting in self.sightings:
            earliest, newest = sighting.earliest, sighting.newest
            instants |= {
                instant
                for instant in (
                    *(getattr(earliest, name) for name in earliest._fields),
                    *(getattr(newest, name) for name in newest._fields),
                    *(missing - HOUR for missing in (newest.missing_at,) if missing is not None),
                )
                if instant is not None
            }
        return sorted({instant + step for instant in instants for step in (-1, 0, 1)})

    def holders(self, address: str, instant: Instant) -> set[tuple[str, str]]:
        """Name who truly had an address: subnet and task."""
        return {
            (span.subnet, span.task_id)
            for span in self.spans or ()
            if span.address == address
            and span.start <= instant
            and (span.end is None or instant < span.end)
        }


def _by_a_sweep(sighting: Record) -> bool:
    return sighting.status is None or sighting.status.source == "reconcile"


def _span(task: Task, start: float, end: float | None, address: str | None = None) -> Span:
    held = address or task.ipv4
    assert held is not None
    return Span(task.id, held, task.subnet, at(start), None if end is None else at(end))


A = Task(id="a1")
B = Task(id="b2", created=at(120.2))
HOSTED = Task(id="a1", launch_type="EC2")

# A whole life: PENDING, RUNNING and so on, with every timestamp that proves something.
PROVISIONING = A.event(at(1), 0)
PENDING = A.event(at(5), 1, connectivityAt=at(4))
RUNNING = A.event(at(20), 2, connectivityAt=at(4), pullStartedAt=at(6), startedAt=at(19))
STOPPING = A.event(at(100), 3, connectivityAt=at(4), startedAt=at(19), stoppingAt=at(99.9))
DEPROVISIONING = A.event(at(110), 4, startedAt=at(19), executionStoppedAt=at(108))
STOPPED = A.event(at(120), 5, startedAt=at(19), stoppedAt=at(119.5))


REUSE = "two tasks that reuse one address"


def written() -> dict[str, Scene]:
    """Give the constructed scenes by name."""
    seen_running = A.view(at(50), 2, connectivityAt=at(4), startedAt=at(19))
    scenes = {
        "a whole life, a view and a reconnect": Scene(
            (
                *(PROVISIONING, PENDING, RUNNING),
                seen_running,
                A.event(at(60), 2, 4, connectivityAt=at(58), startedAt=at(19)),
                A.event(at(100), 3, 5, connectivityAt=at(58), stoppingAt=at(99.9)),
                A.event(at(110), 4, 7, executionStoppedAt=at(108)),
                A.event(at(120), 5, 8, startedAt=at(19), stoppedAt=at(119.5)),
            ),
            (_span(A, 3.5, 115),),
        ),
        REUSE: Scene(
            (
                *(PENDING, RUNNING, DEPROVISIONING, STOPPED),
                B.event(at(122), 1, connectivityAt=at(121)),
                B.event(at(130), 2, connectivityAt=at(121), startedAt=at(129)),
                B.event(at(230), 5, stoppedAt=at(229)),
            ),
            (_span(A, 3.5, 115), _span(B, 120.7, 228.5)),
        ),
        "a new holder, and an old one whose end was lost": Scene(
            (PENDING, RUNNING, B.event(at(122), 1, connectivityAt=at(121)), B.view(at(300), 2)),
            (_span(A, 3.5, 119), _span(B, 120.7, None)),
        ),
        "different content at one version": Scene(
            (
                A.event(at(3), 1, 2, shows_address=False),
                A.event(at(5), 1, 2, connectivityAt=at(4)),
                A.view(at(6), 1, 2),
                A.event(at(7), 2, 2, shows_address=False, startedAt=at(6.5)),
                A.view(at(9), 2, 2, connectivityAt=at(4)),
                A.event(at(8), 2, 3),
            ),
            (_span(A, 3.5, None),),
        ),
        "views where events were lost": Scene(
            (
                A.event(at(3), 1, 2, shows_address=False),
                A.view(at(50), 2, 3, startedAt=at(19)),
                STOPPING,
                A.view(at(112), 4, 5),
                STOPPED,
                A.view(at(900), 5, 6, startedAt=at(19), stoppedAt=at(119.5)),
            ),
            (_span(A, 3.5, 115),),
        ),
        "missing, and a late event": Scene(
            (PENDING, RUNNING, STOPPING, A.missing(at(8000), seen=at(1000))),
            (_span(A, 3.5, 1500),),
        ),
        "missing before the real end": Scene(
            (
                *(PENDING, RUNNING),
                A.missing(at(8000), seen=at(1000)),
                A.event(at(1990), 4, 5),
                A.event(at(2001), 5, 6, stoppedAt=at(2000)),
            ),
            (_span(A, 3.5, 1995),),
        ),
        "missing, seen again, and missing for good": Scene(
            (
                *(PENDING, RUNNING),
                A.missing(at(8000), seen=at(1000)),
                A.view(at(9000), 2),
                A.event(at(9100), 3),
                A.missing(at(20000), seen=at(9500)),
            ),
            (_span(A, 3.5, 12000),),
        ),
        "missing, and seen again": Scene(
            (PENDING, RUNNING, A.missing(at(8000)), A.event(at(9100), 3), A.view(at(9200), 3)),
            (_span(A, 3.5, None),),
        ),
        "a reconnect on a host of one's own": Scene(
            (
                HOSTED.event(at(2), 1, connectivityAt=HOSTED.created),
                HOSTED.event(at(20), 2, connectivityAt=HOSTED.created, startedAt=at(19)),
                HOSTED.event(at(500), 2, 5, connectivityAt=at(499), startedAt=at(19)),
                HOSTED.event(at(600), 5, 8, connectivityAt=at(499), stoppedAt=at(600)),
            ),
            (_span(HOSTED, 1.5, 599.5),),
        ),
        "a contradiction": Scene(
            (
                *(PENDING, RUNNING),
                Task(id="a1", ipv4="10.0.4.200").event(at(30), 2, 4),
                Task(id="a1", ipv4="10.0.4.200", group="service:other").event(at(31), 2, 4),
                STOPPED,
            ),
            (_span(A, 3.5, 115),),
        ),
        "overlapping networks, two families": Scene(
            (
                *(PENDING, RUNNING),
                (dual := Task(id="d4", subnet="subnet-b", ipv6="2001:db8::7")).event(at(8), 1),
                dual.view(at(9), 2, startedAt=at(7.5)),
                dual.event(at(50), 5, stoppedAt=at(49)),
                STOPPED,
            ),
            (
                _span(A, 3.5, 115),
                _span(dual, 7, 48.5),
                _span(dual, 7, 48.5, "2001:db8::7"),
            ),
        ),
        "a failed start that held an address": Scene(
            (
                *(A.event(at(1), 0), A.event(at(2), 0, 2, shows_address=False)),
                A.event(at(12), 5, 4, stoppingAt=at(10), stoppedAt=at(12)),
                A.view(at(900), 5, 4, stoppingAt=at(10), stoppedAt=at(12)),
            ),
            (_span(A, 5, 11.5),),
        ),
        "first seen when it was over": Scene(
            (STOPPED, A.view(at(900), 5, stoppedAt=at(119.5)), A.missing(at(9000))),
            (_span(A, 3.5, 115),),
        ),
    }
    assert all(len(scene.sightings) <= 8 for scene in scenes.values())
    return scenes


def longer() -> dict[str, Scene]:
    """Give scenes with too many sightings to try all of their orders."""
    first, second = (written()[name] for name in ("a whole life, a view and a reconnect", REUSE))
    assert first.spans is not None
    assert second.spans is not None
    third = Task(id="c3", created=at(230))
    lives = [third.event(at(230.1), 0)]
    lives += [
        third.event(at(231 + step), step, step + 1, connectivityAt=at(230.5))
        for step in range(1, 5)
    ]
    restless = [
        third.event(at(300 + number), 2, 10 + number, connectivityAt=at(299 + number))
        for number in range(6)
    ]
    sightings = (
        *first.sightings,
        *second.sightings[4:],
        *lives,
        *restless,
        third.view(at(400), 3, 17),
    )
    return {
        "three lives at one address": Scene(
            sightings, (*first.spans, second.spans[1], _span(third, 230.3, None))
        )
    }


def recorded() -> dict[str, Scene]:
    """Give the sample events, a case a scene."""
    files = sorted(EVENTS.glob("*-[1-9]-*.json"))
    cases = groupby(files, key=lambda path: re.sub(r"-\d-.*", "", path.name))
    scenes = {}
    for case, paths in cases:
        events = [json.loads(path.read_text()) for path in paths]
        scenes[f"events/{case}"] = Scene(tuple(parse_event(event).record for event in events))
    return scenes


SCENES = written() | recorded()

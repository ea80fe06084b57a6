"""Plays the estate to a deployed stack: events into its queue, and sweeps, on the estate's clock.

The functions are the deployed ones. Their environment alone is of here: where ECS and EC2 are, and
what time it is. Nothing else writes into the table.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import batched
from pathlib import Path
from threading import Event, Thread
from typing import Any

from local.estate.clock import DAY, MINUTE, SECOND, Duration, EstateClock, Instant
from local.estate.day import BETWEEN_SWEEPS, UNSWEPT, build, go_on
from local.estate.questions import Question, questions
from local.estate.server import Estate, serve
from local.events import send, wait_until_empty
from local.stack import Stack

_CLOCKED = Path(__file__).parent / "clocked"
_SWEPT_EVERY: Duration = MINUTE
_LOOK_EVERY = 0.25  # seconds
_ENDS_WITHIN = 5.0  # seconds
_AT_ONCE = 10  # more would have the embedded AWS start one process after the other to keep up
_REQUESTS_PER_SECOND = "10000"  # nobody else asks the estate's ECS


@dataclass(frozen=True)
class Player:
    """An estate, and the stack that takes an inventory of it."""

    stack: Stack
    estate: Estate

    def point_functions(self) -> None:
        """Give every function the estate's clock, and the sweep the estate's ECS and EC2."""
        clock = {"PYTHONPATH": str(_CLOCKED), "ESTATE_CLOCK": str(self._clock.path)}
        url = self.estate.url
        services = {
            "AWS_ENDPOINT_URL_ECS": url,
            "AWS_ENDPOINT_URL_EC2": url,
            "SWEEP_REQUESTS_PER_SECOND": _REQUESTS_PER_SECOND,
        }
        for name in self.stack.functions():
            own = services if name == self._sweep else {}
            self._configure(name, clock | own)

    def play_day(self, start: Instant, progress: Callable[[float], None]) -> int:
        """Play the day that began at an instant; answers how many events it told of."""
        told = 0
        for offset in range(0, DAY + 1, BETWEEN_SWEEPS):
            self._clock.put(start + offset)
            told += self.deliver(self.estate.advance())
            if offset not in UNSWEPT:
                self.sweep()
            progress(offset / DAY)
        return told

    def follow(self, ended: Event) -> None:
        """Go on as things happen, with a sweep every minute, until that is ended."""
        swept_at = 0
        while not ended.wait(_LOOK_EVERY):
            send(self.stack, _bodies(self.estate.advance()))
            if self._clock.now() - swept_at >= _SWEPT_EVERY:
                swept_at = self._clock.now()
                self._survey(swept_at)

    def deliver(self, events: Sequence[Mapping[str, Any]]) -> int:
        """Put events on the ingest queue, and wait until they are stored; answers their number."""
        for some in batched(events, _AT_ONCE, strict=False):
            send(self.stack, _bodies(some))
            wait_until_empty(self.stack, self.stack.outputs["IngestQueueUrl"])
        return len(events)

    def sweep(self) -> None:
        """Sweep every cluster, and wait for the end of it."""
        self._survey(self._clock.now())
        wait_until_empty(self.stack, self._sweeps_url)

    def _survey(self, asked_at: Instant) -> None:
        """Ask for a sweep, as its queue does: only, the message was sent by the estate's clock."""
        record = {"body": "{}", "attributes": {"SentTimestamp": str(asked_at)}}
        answer = self.stack.aws.functions.invoke(
            FunctionName=self._sweep, Payload=json.dumps({"Records": [record]}).encode()
        )
        if "FunctionError" in answer:
            raise SweepError(answer["Payload"].read().decode())

    @property
    def _clock(self) -> EstateClock:
        return self.estate.clock

    @property
    def _sweep(self) -> str:
        return self.stack.outputs["ReconcileFunctionName"]

    @cached_property
    def _sweeps_url(self) -> str:
        functions = self.stack.aws.functions
        configured = functions.get_function_configuration(FunctionName=self._sweep)
        return configured["Environment"]["Variables"]["RECONCILE_QUEUE_URL"]

    def _configure(self, name: str, variables: Mapping[str, str]) -> None:
        functions = self.stack.aws.functions
        before = functions.get_function_configuration(FunctionName=name)
        own = before.get("Environment", {}).get("Variables", {})
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**own, **variables}}
        )


class SweepError(Exception):
    """The function that sweeps failed; the text is what it said."""


class LivingEstate:
    """An estate with a past, which then goes on by itself beside whatever else is done."""

    def __init__(self, stack: Stack, clock: EstateClock) -> None:
        self._start = (clock.now() // SECOND) * SECOND - DAY
        clock.put(self._start)
        world, self.story = build(self._start)
        self.estate = Estate(world, clock)
        self.player = Player(stack, self.estate)
        self.ended = Event()
        self._thread: Thread | None = None

    def play(self, progress: Callable[[float], None]) -> list[Question]:
        """Play the day; answers what is worth asking of it."""
        self.player.point_functions()
        self.player.play_day(self._start, progress)
        self.estate.clock.follow()
        return questions(self.story, self.estate.clock.now())

    def go_on(self, complain: Callable[[str], object]) -> None:
        """Go on, until the context of it ends; say so if it cannot."""

        def follow() -> None:
            try:
                self.player.follow(self.ended)
            except Exception as error:  # noqa: BLE001 - whatever it was, the past can still be asked
                if not self.ended.is_set():
                    complain(f"the estate stands still from here on: {error}")

        with self.estate.lock:
            self.estate.world.start(go_on(self.estate.world))
        self._thread = Thread(target=follow, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Let nothing more happen."""
        self.ended.set()
        if self._thread:
            self._thread.join(_ENDS_WITHIN)


@contextmanager
def living_estate(stack: Stack) -> Iterator[LivingEstate]:
    """Make an estate for a stack, and serve its ECS and EC2 until the context ends."""
    living = LivingEstate(stack, EstateClock(stack.aws.folder / "clock"))
    with serve(living.estate):
        try:
            yield living
        finally:
            living.end()


def _bodies(events: Iterable[Mapping[str, Any]]) -> list[str]:
    return [json.dumps(event) for event in events]

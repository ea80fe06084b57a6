"""The turnstile: it runs writers side by side, and chooses whose next call comes next."""

from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any

SECONDS = 30
"""A writer that neither calls nor ends within these is stuck."""


class Gate:
    """Stands before an object that is shared; each call through it waits until it is let in."""

    def __init__(self, shared: object, names: Sequence[str], arrive: Callable[[], None]) -> None:
        self._shared = shared
        self._names = names
        self._arrive = arrive

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._shared, name)
        if name not in self._names:
            return attribute

        def call(*args: Any, **kwargs: Any) -> Any:
            self._arrive()
            return attribute(*args, **kwargs)

        return call


class _Writer:
    """A thread that stops before each call until it is told to go on."""

    def __init__(self, shared: object, names: Sequence[str], work: Callable[[Any], None]) -> None:
        self._reports: SimpleQueue[BaseException | bool] = SimpleQueue()
        self._turns: SimpleQueue[None] = SimpleQueue()
        self._gate = Gate(shared, names, self._arrive)
        self._work = work
        self.waiting = True
        Thread(target=self._run, daemon=True).start()
        self._hear()

    def go_on(self) -> None:
        """Let it make its next call, and run until it wants to make another or has ended."""
        self._turns.put(None)
        self._hear()

    def _hear(self) -> None:
        report = self._reports.get(timeout=SECONDS)
        if isinstance(report, BaseException):
            raise report
        self.waiting = report

    def _arrive(self) -> None:
        self._reports.put(item=True)
        self._turns.get(timeout=SECONDS)

    def _run(self) -> None:
        try:
            self._work(self._gate)
        except BaseException as error:  # noqa: BLE001 - it is raised where the writers are run
            self._reports.put(error)
        else:
            self._reports.put(item=False)


def run_in_turn(
    shared: object,
    names: Sequence[str],
    works: Sequence[Callable[[Any], None]],
    schedule: Sequence[int],
) -> list[tuple[int, list[int]]]:
    """Run writers by a schedule, which says whose call is next; then whoever comes first.

    Answers who was let in at each step, and who could have been.
    """
    writers = [_Writer(shared, names, work) for work in works]
    taken: list[tuple[int, list[int]]] = []
    while able := [number for number, writer in enumerate(writers) if writer.waiting]:
        chosen = schedule[len(taken)] if len(taken) < len(schedule) else able[0]
        if chosen not in able:
            raise AssertionError(f"run again, the writers make other calls: {schedule}, {taken}")
        taken.append((chosen, able))
        writers[chosen].go_on()
    return taken


def every_schedule(run: Callable[[Sequence[int]], list[tuple[int, list[int]]]]) -> Iterator[None]:
    """Call `run` with one schedule after another until every interleaving has been run."""
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        schedule = waiting.pop()
        taken = run(schedule)
        yield
        for step in range(len(schedule), len(taken)):
            chosen, able = taken[step]
            begun = tuple(number for number, _ in taken[:step])
            waiting += [(*begun, other) for other in able if other != chosen]

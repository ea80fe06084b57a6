"""Stores a batch of events, notes the newest event time, and requests sweeps where in doubt."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from core.table.recording import Recorded, record_observations
from core.table.seen_names import Noted
from core.table.store import LAST_EVENT_EXACT_TO, Store
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import MINUTE, Duration, Instant

_ASKED_AGAIN_AFTER: Duration = 5 * MINUTE


@dataclass(slots=True)
class Intake:
    """Takes in events, and remembers between batches which names the table already has."""

    store: Store
    retention: Duration
    ask: Callable[[ClusterArn, Instant], None]
    """Requests a sweep of a cluster, as of an instant."""
    noted: Noted = field(default_factory=Noted)
    _last_event_at: Instant = 0

    def take(self, seen: Collection[Record], *, now: Instant) -> tuple[Recorded, list[Exception]]:
        """Record observations; return their outcomes, and the errors of everything else.

        A cluster in which an old event leaves a task alive is swept: its end may have been lost.
        An error of anything else loses no observation; the next batch or sweep makes up for it.
        """
        newest = max((one.newest.observed_at or 0 for one in seen), default=0)
        is_news = self._is_news(newest)
        recorded = record_observations(
            self.store,
            seen,
            now=now,
            retention=self.retention,
            noted=self.noted,
            last_event=is_news,
        )
        failed: list[Exception] = []
        if is_news:
            self._attempt(failed, lambda: self._note_event(newest, recorded.last_event_at or 0))
        for cluster in sorted(recorded.doubtful):
            self._attempt(failed, partial(self._ask, cluster, now))
        return recorded, failed

    def _is_news(self, at: Instant) -> bool:
        return at - self._last_event_at >= LAST_EVENT_EXACT_TO

    def _note_event(self, newest: Instant, known: Instant) -> None:
        self._last_event_at = max(known, self._last_event_at)
        if self._is_news(newest) and self.store.note_event(newest):
            self._last_event_at = newest

    def _ask(self, cluster: ClusterArn, now: Instant) -> None:
        if self.store.ask_for_sweep(cluster, now=now, not_since=now - _ASKED_AGAIN_AFTER):
            self.ask(cluster, now)

    def _attempt(self, failed: list[Exception], action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:  # noqa: BLE001 - no error here may hold up an observation
            failed.append(error)

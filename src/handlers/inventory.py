"""What a request sees of the inventory: the clock, the table with its VPCs, the coverage."""

from collections.abc import Iterable
from functools import cached_property
from http import HTTPStatus
from typing import Any, NoReturn, cast

from core.answers.current import TaskFilter
from core.answers.holders import Judge
from core.table.coverage import Coverage, Sweeps, coverage
from core.table.notes import CLUSTER, GROUP, begins
from core.table.store import Store
from core.table.vpc import KnownVpcs, LocatedStore
from core.task.record import Record
from core.task.view import record_as_json
from core.text.arn import ClusterArn
from core.text.instant import SECOND, Duration, Instant
from handlers import wiring
from handlers.responses import ProblemError

_SWEEPS_KEPT: Duration = 5 * SECOND
"""What sweeps have covered only grows: a little old, it claims too little, never too much."""


class _Memory:
    """What a function keeps in memory between requests, of one store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.vpcs = KnownVpcs()
        self.sweeps: tuple[Instant, Sweeps] | None = None


_memory: _Memory | None = None


def _remembered(store: Store) -> _Memory:
    global _memory  # noqa: PLW0603 - a Lambda function keeps its memory between requests
    if _memory is None or _memory.store is not store:
        _memory = _Memory(store)
    return _memory


class Inventory:
    """The inventory, as one request sees it."""

    def __init__(self) -> None:
        self.now: Instant = wiring.now()
        self.retention = wiring.settings().retention
        self._memory = _remembered(wiring.store())
        located = LocatedStore(self._memory.store, self._memory.vpcs, self.now)
        self.store = cast("Store", located)

    @property
    def horizon(self) -> Instant:
        """When a task must have ended to be forgotten by now, whether it is deleted or not."""
        return self.now - self.retention

    @cached_property
    def sweeps(self) -> Sweeps:
        """What sweeps have completed, as it was read some seconds ago at most."""
        memory = self._memory
        if memory.sweeps is None or self.now - memory.sweeps[0] >= _SWEEPS_KEPT:
            memory.sweeps = self.now, self.store.sweeps()
        return memory.sweeps[1]

    @property
    def coverage(self) -> Coverage:
        """What is covered. Read it before the records that it vouches for."""
        return coverage(self.sweeps, now=self.now, retention=self.retention)

    @property
    def judge(self) -> Judge:
        """The rule of who held an address."""
        return Judge(self.sweeps, self.horizon)

    def require_known(self, wanted: TaskFilter) -> None:
        """Raise a 404 where a cluster, or a service, was never seen: a typo is not an empty list.

        Asked where nothing was found, so that it costs nothing where something was.
        """
        if wanted.cluster is not None and not self._knows_cluster(wanted):
            _never_seen(f"No cluster {wanted.cluster_arn or wanted.cluster!r} was ever seen.")
        if wanted.service is not None and not self._knows_service(wanted):
            where = "" if wanted.cluster is None else f" in cluster {wanted.cluster!r}"
            _never_seen(f"No service {wanted.service!r} was ever seen{where}.")

    def _knows_cluster(self, wanted: TaskFilter) -> bool:
        beginning = begins(CLUSTER, wanted.cluster or "")
        return self._noted(beginning.kind, beginning.name + _home(wanted))

    def _knows_service(self, wanted: TaskFilter) -> bool:
        group = f"service:{wanted.service}"
        if wanted.cluster is None:
            notes = self.store.notes(begins(GROUP))
            return any(f"#{group}#" in note.name for note in notes)
        beginning = begins(GROUP, wanted.cluster, group)
        return self._noted(beginning.kind, beginning.name + _home(wanted))

    def _noted(self, kind: str, beginning: str) -> bool:
        return bool(self.store.notes(begins(kind)._replace(name=beginning), 1))


def _home(wanted: TaskFilter) -> str:
    return "" if wanted.cluster_arn is None else ClusterArn(wanted.cluster_arn).home


def _never_seen(detail: str) -> NoReturn:
    raise ProblemError(HTTPStatus.NOT_FOUND, detail)


def as_json(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Write records as outsiders see them."""
    return [record_as_json(record) for record in records]

"""What a request sees of the inventory: the clock, the table with its VPCs, the coverage."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

from core.answers.holders import Judge
from core.table.coverage import Coverage, Sweeps, coverage
from core.table.store import Store
from core.table.vpc import KnownVpcs, LocatedStore
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import SECOND, Duration, Instant
from handlers import wiring

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


def as_json(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Write records as outsiders see them."""
    return [record_as_json(record) for record in records]

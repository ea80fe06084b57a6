"""The inventory as a request sees it: the clock, the table with its VPCs, the coverage."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, cast

from core.answers.holders import Judge
from core.table.coverage import Coverage, Sweeps, coverage
from core.table.store import Store
from core.table.vpc import KnownVpcs, StoreWithVpcs
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import SECOND, Duration, Instant
from handlers import wiring

_SWEEPS_KEPT: Duration = 5 * SECOND
"""Coverage only grows, so a slightly old one claims too little, never too much."""


class _Memory:
    """What a function keeps in memory between requests, for one store."""

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
        with_vpcs = StoreWithVpcs(self._memory.store, self._memory.vpcs, self.now)
        self.store = cast("Store", with_vpcs)  # it delegates what it does not define

    @property
    def horizon(self) -> Instant:
        """Tasks that ended before this instant have expired, whether deleted or not."""
        return self.now - self.retention

    @cached_property
    def sweeps(self) -> Sweeps:
        """The completed sweeps, read at most a few seconds ago."""
        memory = self._memory
        if memory.sweeps is None or self.now - memory.sweeps[0] >= _SWEEPS_KEPT:
            memory.sweeps = self.now, self.store.sweeps()
        return memory.sweeps[1]

    @property
    def coverage(self) -> Coverage:
        """The coverage. Read it before the records that it vouches for."""
        return coverage(self.sweeps, now=self.now, retention=self.retention)

    @property
    def judge(self) -> Judge:
        """The rule of who held an address."""
        return Judge(self.sweeps, self.horizon)


def as_json(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return records as outsiders see them."""
    return [record_as_json(record) for record in records]

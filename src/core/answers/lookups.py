"""Many questions at once: who had an address or a network interface."""

from collections.abc import Callable, Mapping, Sequence
from copy import replace
from typing import NamedTuple

from core.answers.candidates import Candidates, Question, candidates
from core.answers.holders import Judge, Span, Window, restricted_to
from core.answers.questions import Holders, judged
from core.table.store import SideBySide, Store, Stored
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import FAR_FUTURE, Instant

NEIGHBOURS = 1
"""How many records a lookup reads before and after a window: enough for holders, all it returns.
The second one before ended with the first; the second one after cannot reach across the first."""

MOST_HOLDERS = 100
"""The limit of one lookup; the history of the address has the rest."""


class Lookup(NamedTuple):
    """One question: about an address or an interface, in a window of at least an instant.

    An interface only ever belongs to one task, so its question needs no time.
    """

    address: str | None = None
    network_interface_id: str | None = None
    window: Window | None = None
    subnet_id: str | None = None
    vpc_id: str | None = None


type _Known = Mapping[TaskKey, Stored]


class _Finding(NamedTuple):
    """What the indexes found: which records are needed, and how to get the holders from them."""

    keys: Sequence[TaskKey]
    holders: Callable[[Lookup, _Known], Holders | None]


def look_up(
    store: Store, lookups: Sequence[Lookup], judge: Judge, *, together: SideBySide
) -> list[Holders | None]:
    """Return the holders for each lookup, in the same order; None if there are too many.

    Each distinct question is asked once, concurrently, and all records are read together.
    """

    def find(asked: Lookup) -> _Finding:
        return _find(store, asked, judge)

    distinct = list(dict.fromkeys(map(_essence, lookups)))
    findings = dict(zip(distinct, together(find, distinct), strict=True))
    known = store.peek_many({key for finding in findings.values() for key in finding.keys})
    return [findings[_essence(lookup)].holders(lookup, known) for lookup in lookups]


def _essence(lookup: Lookup) -> Lookup:
    """Return the lookup without what makes no difference to the reads."""
    if lookup.network_interface_id is None:
        return replace(lookup, vpc_id=None)
    return Lookup(network_interface_id=lookup.network_interface_id)


def _find(store: Store, asked: Lookup, judge: Judge) -> _Finding:
    if asked.network_interface_id is not None:
        return _on_interface(store, asked.network_interface_id, judge)
    if asked.address is None or asked.window is None:
        raise ValueError("a lookup needs a network interface, or an address and a time")
    question = Question(
        address=asked.address,
        window=asked.window,
        subnet_id=asked.subnet_id,
        neighbours=NEIGHBOURS,
    )
    found = candidates(store, question, most=MOST_HOLDERS)
    return _Finding(found.keys, _judgement(found, question, judge))


def _judgement(
    found: Candidates, question: Question, judge: Judge
) -> Callable[[Lookup, _Known], Holders | None]:
    def holders(lookup: Lookup, known: _Known) -> Holders | None:
        return judged(found, known, question, judge, lookup.vpc_id)

    return (lambda _lookup, _known: None) if found.too_many else holders


def _on_interface(store: Store, interface: str, judge: Judge) -> _Finding:
    keys = store.on_interface(interface)

    def holders(lookup: Lookup, known: _Known) -> Holders:
        found = {key: known[key] for key in keys if key in known}
        record = newest_of(found, judge.expired_before)
        spans = [] if record is None else _life(record, lookup.window)
        return Holders(
            spans=restricted_to(spans, subnet_id=lookup.subnet_id, vpc_id=lookup.vpc_id),
            complete=True,
        )

    return _Finding(keys, holders)


def _life(record: Record, window: Window | None) -> list[Span]:
    """Return the span of the task's life: the interface is the task's for all of it."""
    asked = window or Window(0, FAR_FUTURE)
    ended_at = FAR_FUTURE if record.ended_at is None else record.ended_at
    start, end = max(record.created_at, asked.start), min(ended_at, asked.end)
    if window is None:
        start, end = record.created_at, max(end, record.created_at + 1)
    return [Span(record, start, end, certain=True)] if start < end else []


def newest_of(known: Mapping[TaskKey, Stored], expired_before: Instant) -> Record | None:
    """Return the record that was attached last; on a tie, the one with the greater task id."""
    records = [item.record for item in known.values() if not item.record.ended_by(expired_before)]
    return max(records, key=lambda record: (record.attached_at or 0, record.key), default=None)


def task_on_interface(
    store: Store, network_interface_id: str, *, expired_before: Instant
) -> Record | None:
    """Return the task that had a network interface; ECS gives each to one task only."""
    known = store.peek_many(store.on_interface(network_interface_id))
    return newest_of(known, expired_before)

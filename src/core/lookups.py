"""Lookups: many questions of who had an address, or a network interface, answered in one go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.history import AddressPast, AddressPosition, Window, claims_on, records_of
from core.instant import Instant
from core.queries import judge, newest_at, newest_of
from core.record import Record, TaskKey
from core.store import SideBySide, Store, Stored

MOST_HOLDERS = 100
"""Of one lookup; whoever asks for more has the history of the address for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One question: an address or an interface, at an instant or in a window.

    An interface belongs to one task for ever, so it may be asked for without a time, and with one
    nothing needs to be proven but that there was the task; an address needs a time.
    """

    address: str | None = None
    network_interface_id: str | None = None
    at: Instant | None = None
    window: Window | None = None
    subnet_id: str | None = None


type _Known = Mapping[TaskKey, Stored]


class _Finding(NamedTuple):
    """What the indexes say: whose records are needed, and how to tell the holders by them."""

    keys: Sequence[TaskKey]
    holders: Callable[[Lookup, _Known], list[Record] | None]


def look_up(
    store: Store, lookups: Sequence[Lookup], *, expired_before: Instant, together: SideBySide
) -> list[list[Record] | None]:
    """Answer each with its holders, in the same order; None where they are too many.

    Each distinct thing is asked once, side by side, and all records are read in one go.
    """

    def find(asked: Lookup) -> _Finding:
        return _find(store, asked, expired_before)

    distinct = list(dict.fromkeys(map(_essence, lookups)))
    findings = dict(zip(distinct, together(find, distinct), strict=True))
    known = store.get_many({key for finding in findings.values() for key in finding.keys})
    return [findings[_essence(lookup)].holders(lookup, known) for lookup in lookups]


def _essence(lookup: Lookup) -> Lookup:
    """Leave out what makes no difference to what is read."""
    if lookup.network_interface_id is None:
        return lookup
    return Lookup(network_interface_id=lookup.network_interface_id)


def _find(store: Store, asked: Lookup, expired_before: Instant) -> _Finding:
    if asked.network_interface_id is not None:
        return _on_interface(store, asked.network_interface_id, expired_before)
    if asked.address is None:
        raise ValueError("a lookup needs an address or a network interface")
    if asked.window is not None:
        return _within(store, asked.address, asked.window, asked.subnet_id, expired_before)
    if asked.at is None:
        raise ValueError("a lookup of an address needs a time")
    return _at(store, asked.address, asked.at, asked.subnet_id, expired_before)


def _on_interface(store: Store, interface: str, expired_before: Instant) -> _Finding:
    keys = store.on_interface(interface)

    def holders(lookup: Lookup, known: _Known) -> list[Record]:
        record = newest_of({key: known[key] for key in keys if key in known}, expired_before)
        return [record] if record is not None and _fits(record, lookup) else []

    return _Finding(keys, holders)


def _fits(record: Record, lookup: Lookup) -> bool:
    window = lookup.window
    if lookup.at is not None:
        window = Window(lookup.at, lookup.at + 1)
    return lookup.subnet_id in (None, record.facts.subnet_id) and (
        window is None or _lived_within(record, window)
    )


def _lived_within(record: Record, window: Window) -> bool:
    created, ended = record.facts.created_at or 0, record.ended_at
    return created < window.end and (ended is None or ended > window.start)


def _at(
    store: Store, address: str, at: Instant, subnet_id: str | None, expired_before: Instant
) -> _Finding:
    newest = newest_at(store, address, at, subnet_id)
    keys = [entry.key for pair in newest for entry in pair]
    return _Finding(keys, lambda _, known: judge(newest, known, at, expired_before).holders)


def _within(
    store: Store, address: str, window: Window, subnet_id: str | None, expired_before: Instant
) -> _Finding:
    asked = AddressPast(
        address=address, window=window, subnet_id=subnet_id, expired_before=expired_before
    )
    claims, more = claims_on(store, asked, after=AddressPosition(), limit=MOST_HOLDERS)
    if more is not None:
        return _Finding((), lambda _lookup, _known: None)
    return _Finding(
        [claim.key for claim in claims], lambda _, known: records_of(claims, known, asked)
    )

"""Lists of addresses, each once: held now, just released, or held at an instant."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from copy import replace
from ipaddress import ip_address
from itertools import batched
from typing import NamedTuple

from core.answers.candidates import NEIGHBOURS
from core.answers.current import TaskFilter
from core.answers.holders import Chain, Judge, Span, Window, proven_in, restricted_to
from core.answers.service_history import all_service_entries
from core.table import index_keys
from core.table.store import (
    LIVE_READ_AT_ONCE,
    AddressEntry,
    SideBySide,
    Store,
    Stored,
)
from core.task.fields import EARLIEST, STORED
from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.address import Network, in_network
from core.text.instant import Instant, to_text

HELD = "held"

LISTED = (
    *("last_status", "task_arn", "group", "created_at", "launch_type", "vpc_id"),
    *("subnet_id", "private_ipv4_address", "ipv6_address"),
    *("observed_at", "missing_at", "unattached_at"),
    *(field.name for field in STORED if field.kind == EARLIEST),
)
"""The fields read to list the address of a live task; none of the proofs that it still had it."""


class AddressFilter(NamedTuple):
    """What a listed address must match; None matches everything."""

    tasks: TaskFilter
    family: str | None = None
    cidr: Network | None = None

    def admits(self, held: "ListedAddress") -> bool:
        """Return whether the address itself matches."""
        return self.family in (None, family_of(held.address)) and (
            self.cidr is None or in_network(held.address, self.cidr)
        )


class ListedAddress(NamedTuple):
    """One address of one record, in a list."""

    address: str
    record: Record
    certain: bool = True

    @property
    def place(self) -> tuple[str, str]:
        """An address in a subnet, which has one holder at a time."""
        return index_keys.subnet_key(self.record), self.address

    @property
    def rank(self) -> tuple[Instant, str]:
        """Of two with the same place, the greater is the holder."""
        return self.record.attached_at or 0, self.record.key.task_id


def current_records(store: Store, wanted: TaskFilter, only: Collection[str]) -> Iterator[Record]:
    """Read every live task that matches; for one service, only tasks with an address.

    `only` is as in `StoredRecords.all_live`.
    """
    if wanted.cluster is None or wanted.service is None:
        records = store.all_live(wanted.cluster, only)
        return records if wanted.takes_all_of_cluster else filter(wanted.admits, records)
    held = _service_records(store, wanted, index_keys.still_held())
    return (record for record in held if record.live)


def _service_records(
    store: Store, wanted: TaskFilter, between: tuple[str, str]
) -> Iterator[Record]:
    partition = index_keys.service_partition(wanted.cluster or "", f"service:{wanted.service}")
    entries = all_service_entries(store, partition, between)
    for some in batched(entries, LIVE_READ_AT_ONCE, strict=False):
        known = store.peek_many([entry.key for entry in some])
        yield from (item.record for item in known.values() if wanted.admits(item.record))


def current_addresses(store: Store, wanted: AddressFilter) -> list[ListedAddress]:
    """List each address that a live task holds once, for its newest holder, in order."""
    records = current_records(store, wanted.tasks, LISTED)
    held = addresses_of(record for record in records if record.address_state == HELD)
    return in_order(filter(wanted.admits, held))


def newest_holders(candidates: Iterable[ListedAddress]) -> dict[tuple[str, str], ListedAddress]:
    """Return the newest holder of each place."""
    newest: dict[tuple[str, str], ListedAddress] = {}
    for held in candidates:
        known = newest.get(held.place)
        if known is None or known.rank < held.rank:
            newest[held.place] = held
    return newest


def addresses_of(records: Iterable[Record]) -> Iterator[ListedAddress]:
    """List the addresses of records."""
    return (ListedAddress(address, record) for record in records for address in record.addresses)


def in_order(candidates: Iterable[ListedAddress]) -> list[ListedAddress]:
    """List each place once, for its newest holder, in the order of the addresses."""
    return sorted(newest_holders(candidates).values(), key=_order)


def held_or_released(
    store: Store, wanted: AddressFilter, *, since: Instant, now: Instant, together: SideBySide
) -> list[ListedAddress]:
    """List what tasks of a service hold, and what they released since an instant, in order.

    An address that another task holds now is listed only for that task. Everything is read in one
    walk that begins with the holders, so a task that stops in the meantime is not missed.
    """
    between = index_keys.released_between(since - 1, None)
    records = list(_service_records(store, wanted.tasks, between))
    held = addresses_of(record for record in records if record.address_state == HELD)
    ended = (record for record in records if (record.released_at or 0) >= since)
    released = newest_holders(addresses_of(ended))
    taken = together(lambda one: _is_taken(store, one, now), released.values())
    kept = (old for old, is_taken in zip(released.values(), taken, strict=True) if not is_taken)
    return in_order(filter(wanted.admits, [*held, *kept]))


def _is_taken(store: Store, released: ListedAddress, now: Instant) -> bool:
    between = index_keys.attached_by(index_keys.subnet_key(released.record), now)
    entries = store.address_entries(released.address, between, 1)
    newer = store.peek_many([entry.key for entry in entries if entry.key != released.record.key])
    return any(stored.record.address_state == HELD for stored in newer.values())


class AddressesAt(NamedTuple):
    """Lists who certainly or possibly had which address at an instant."""

    store: Store
    judge: Judge
    at: Instant
    together: SideBySide

    def among(self, existing: Iterable[Stored], wanted: AddressFilter) -> list[ListedAddress]:
        """List them in order; `existing` are all tasks that existed then."""
        places: dict[tuple[str, str], list[Stored]] = {}
        for stored in existing:
            for address in stored.record.addresses:
                places.setdefault(ListedAddress(address, stored.record).place, []).append(stored)
        subnet_id, vpc_id = wanted.tasks.subnet_id, wanted.tasks.vpc_id
        tasks = replace(wanted.tasks, subnet_id=None, vpc_id=None)
        spans = self.together(lambda place: self._spans(place, places[place]), places)
        found = (
            ListedAddress(address, span.record, span.certain)
            for (_, address), some in zip(places, spans, strict=True)
            for span in restricted_to(some, subnet_id=subnet_id, vpc_id=vpc_id)
        )
        kept = (one for one in found if tasks.admits(one.record) and wanted.admits(one))
        return sorted(kept, key=lambda one: (_order(one), one.rank))

    def _spans(self, place: tuple[str, str], found: Iterable[Stored]) -> list[Span]:
        known = {one.record.key: one for one in found}
        spans = self._judged(place, known)
        if spans and _all_certain(spans):
            known |= self._next_newer(place, spans[0].record, known)
            spans = self._judged(place, known)
        if _all_certain(spans):
            return spans
        known |= self._neighbours(place, known)
        return self._judged(place, known)

    def _judged(self, place: tuple[str, str], known: Mapping[TaskKey, Stored]) -> list[Span]:
        subnet, address = place
        proven = [one for one in known.values() if proven_in(one, address) == subnet]
        had = (one for one in known.values() if address in one.record.addresses)
        unproven = [one for one in had if proven_in(one, address) is None]
        chain = Chain(sorted(proven, key=lambda one: ListedAddress("", one.record).rank))
        return self.judge.spans([chain], unproven, Window(self.at, self.at + 1))

    def _next_newer(
        self, place: tuple[str, str], record: Record, known: Container[TaskKey]
    ) -> Mapping[TaskKey, Stored]:
        """Read the next newer record of the subnet: no other can have ended a certain holder."""
        if record.interface.subnet_id is None:
            return {}  # it is in a subnet of its own
        _, address = place
        newer = index_keys.attached_after_record(record)
        entries = self.store.address_entries(address, newer, 1, ascending=True)
        return self._read(entries, known)

    def _neighbours(
        self, place: tuple[str, str], known: Container[TaskKey]
    ) -> Mapping[TaskKey, Stored]:
        """Read the last records attached by then and the first ones after, in any cluster.

        None of them need have existed then: some may have ended before, others begun later.
        """
        subnet, address = place
        by_then = index_keys.attached_by(subnet, self.at)
        last = self.store.address_entries(address, by_then, NEIGHBOURS)
        after = index_keys.attached_after(subnet, self.at)
        first = self.store.address_entries(address, after, NEIGHBOURS, ascending=True)
        return self._read([*last, *first], known)

    def _read(
        self, entries: Iterable[AddressEntry], known: Container[TaskKey]
    ) -> Mapping[TaskKey, Stored]:
        unread = [entry.key for entry in entries if entry.key not in known]
        return self.store.peek_many(unread) if unread else {}


def _all_certain(spans: Iterable[Span]) -> bool:
    return all(span.certain for span in spans)


def family_of(address: str) -> str:
    """Return the address family: `ipv4` or `ipv6`."""
    return "ipv6" if ":" in address else "ipv4"


def prefix_of(address: str) -> str:
    """Return the prefix that contains only this address."""
    return f"{address}/{128 if ':' in address else 32}"


ADDRESS_COLUMNS = (
    *("address", "family", "taskArn", "cluster", "service"),
    *("subnetId", "vpcId", "attachedAt", "releasedAt"),
)


def address_row(held: ListedAddress) -> dict[str, str | None]:
    """Return an address as a row of a table."""
    record = held.record
    return {
        "address": held.address,
        "family": family_of(held.address),
        "taskArn": record.facts.task_arn,
        "cluster": record.key.cluster_arn.name,
        "service": record.service,
        "subnetId": record.interface.subnet_id,
        "vpcId": record.facts.vpc_id,
        "attachedAt": None if record.attached_at is None else to_text(record.attached_at),
        "releasedAt": None if record.released_at is None else to_text(record.released_at),
    }


def _order(held: ListedAddress) -> tuple[int, bytes, str]:
    address = ip_address(held.address)
    return address.version, address.packed, index_keys.subnet_key(held.record)

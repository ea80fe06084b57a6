"""Which VPC a subnet is in: noted when first seen, looked up by the sweep, then known for ever."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from core.instant import SECOND, Duration, Instant
from core.queries import live_records
from core.record import Record, in_vpc
from core.recording import record_observations
from core.store import Store

_READ_AGAIN_AFTER: Duration = 10 * SECOND
_RECORDED_AT_ONCE = 500


def located(record: Record, vpcs: Mapping[str, str]) -> Record:
    """Fill in the record's VPC, where its subnet's is known and its own is not."""
    vpc_id = vpcs.get(record.facts.subnet_id or "")
    if vpc_id is None or record.facts.vpc_id is not None:
        return record
    return replace(record, facts=replace(record.facts, vpc_id=vpc_id))


def judged_by_vpc(records: Iterable[Record], vpc_id: str | None) -> tuple[list[Record], int]:
    """Keep the records of a VPC, and count those that may be of it or not; None keeps all."""
    listed = list(records)
    if vpc_id is None:
        return listed, 0
    kept = [record for record in listed if record.facts.vpc_id == vpc_id]
    return kept, sum(record.vpc_undetermined for record in listed)


class KnownVpcs:
    """The VPCs of subnets, kept in memory: a subnet never moves.

    Read from the store anew when one is asked for that is not known, every ten seconds at most.
    """

    def __init__(self) -> None:
        self._store: Store | None = None
        self._vpcs: dict[str, str] = {}
        self._noted: set[str] = set()
        self._read_at: Instant = 0

    def among(self, records: Iterable[Record], store: Store, now: Instant) -> Mapping[str, str]:
        """Tell what is known of the subnets of records; raises what the store raises."""
        self._begin(store)
        if now - self._read_at >= _READ_AGAIN_AFTER and unknown_subnets(records, self._vpcs):
            self._read_at = now
            self._vpcs = {subnet: vpc for subnet, vpc in store.subnets().items() if vpc}
        return self._vpcs

    def note(self, records: Iterable[Record], store: Store) -> None:
        """Have the subnets of records looked up, if their VPCs are not known; raises likewise."""
        self._begin(store)
        unknown = unknown_subnets(records, self._vpcs) - self._noted
        store.note_subnets(unknown)
        self._noted |= unknown

    def _begin(self, store: Store) -> None:
        if store is not self._store:
            self._store, self._vpcs, self._noted, self._read_at = store, {}, set(), 0


def unknown_subnets(records: Iterable[Record], vpcs: Mapping[str, str]) -> set[str]:
    """Name the subnets of records whose VPC is not known."""
    return {
        record.facts.subnet_id
        for record in records
        if record.facts.subnet_id is not None
        and record.facts.vpc_id is None
        and record.facts.subnet_id not in vpcs
    }


def look_up_vpcs(
    store: Store,
    look_up: Callable[[Collection[str]], Mapping[str, str]],
    *,
    now: Instant,
    retention: Duration,
) -> int:
    """Look up the VPCs of subnets that were noted and are not known; answers of how many it is.

    Live tasks are told theirs. Records of ended tasks are not written again: whoever reads them
    goes by the subnet. A run that dies half-way is made good by the next.
    """
    wanted = [subnet for subnet, vpc in store.subnets().items() if vpc is None]
    found = look_up(wanted) if wanted else {}
    if found:
        _tell_live_tasks(store, found, now, retention)
        store.put_subnets(found)
    return len(found)


def _tell_live_tasks(
    store: Store, vpcs: Mapping[str, str], now: Instant, retention: Duration
) -> None:
    waiting = [
        in_vpc(record.key, vpc_id)
        for record in live_records(store, None)
        if record.facts.vpc_id is None
        and (vpc_id := vpcs.get(record.facts.subnet_id or "")) is not None
    ]
    for start in range(0, len(waiting), _RECORDED_AT_ONCE):
        some = waiting[start : start + _RECORDED_AT_ONCE]
        recorded = record_observations(store, some, now=now, retention=retention)
        for failure in recorded.failures.values():
            raise failure

"""Lists for programs: the addresses that tasks hold, each once, and Prometheus' targets."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from itertools import batched
from typing import Any, NamedTuple

from core import index
from core.history import all_tenures
from core.instant import Instant, to_text
from core.queries import LIVE_READ_AT_ONCE, TaskFilter, live_records
from core.record import Record
from core.store import SideBySide, Store

RUNNING = "RUNNING"

LISTED = (
    *("last_status", "desired_status", "version", "source"),
    *("task_arn", "group", "task_definition_arn", "container_instance_arn"),
    *("launch_type", "platform_version", "availability_zone", "network_mode"),
    *("subnet_id", "vpc_id", "private_ipv4_address", "ipv6_address"),
    *("stopped_at", "held_at", "observed_at", "missing_at"),
)
"""What is read of a task to list its address."""


def current_records(store: Store, wanted: TaskFilter) -> Iterator[Record]:
    """Read every live task that has what is asked for; of one service, those with an address."""
    if wanted.cluster is None or wanted.service is None:
        return filter(wanted.admits, live_records(store, wanted.cluster, LISTED))
    held = _service_records(store, wanted, index.still_held())
    return (record for record in held if record.live)


def _service_records(
    store: Store, wanted: TaskFilter, between: tuple[str, str]
) -> Iterator[Record]:
    partition = index.service_partition(wanted.cluster or "", f"service:{wanted.service}")
    for some in batched(all_tenures(store, partition, between), LIVE_READ_AT_ONCE, strict=False):
        known = store.get_many([entry.key for entry in some])
        yield from (item.record for item in known.values() if wanted.admits(item.record))


class Held(NamedTuple):
    """One address of one record."""

    address: str
    record: Record

    @property
    def place(self) -> tuple[str, str]:
        """What has one holder at a time: an address of a subnet."""
        return index.subnet_key(self.record), self.address

    @property
    def rank(self) -> tuple[Instant, str]:
        """Of two for one place, the greater holds it."""
        return self.record.attached_at or 0, self.record.key.task_id


def newest_holders(candidates: Iterable[Held]) -> dict[tuple[str, str], Held]:
    """Keep for each place its newest holder."""
    newest: dict[tuple[str, str], Held] = {}
    for held in candidates:
        known = newest.get(held.place)
        if known is None or known.rank < held.rank:
            newest[held.place] = held
    return newest


def addresses_of(records: Iterable[Record]) -> Iterator[Held]:
    """Tell the addresses of records one by one."""
    return (Held(address, record) for record in records for address in record.addresses)


def in_order(candidates: Iterable[Held], family: str | None) -> list[Held]:
    """List each place once, for its newest holder, in the order of the addresses."""
    wanted = (held for held in candidates if family in (None, family_of(held.address)))
    return sorted(newest_holders(wanted).values(), key=_order)


def held_or_released(
    store: Store, wanted: TaskFilter, *, since: Instant, now: Instant, together: SideBySide
) -> list[Held]:
    """Find what tasks of a service hold, and what they let go of since an instant.

    What another task holds now counts as its own alone. All is read in one walk, from those that
    hold downwards, so that a task which stops meanwhile is in it, one way or the other.
    """
    records = list(_service_records(store, wanted, index.released_between(since - 1, None)))
    held = addresses_of(record for record in records if record.live)
    ended = (record for record in records if (record.released_at or 0) >= since)
    let_go = newest_holders(addresses_of(ended))
    taken = together(lambda held: _is_taken(store, held, now), let_go.values())
    kept = (old for old, is_taken in zip(let_go.values(), taken, strict=True) if not is_taken)
    return [*held, *kept]


def _is_taken(store: Store, held: Held, now: Instant) -> bool:
    bounds = index.within_subnet(index.subnet_key(held.record), until=now)
    return any(
        entry.released_at is None and entry.key != held.record.key
        for entry in store.holdings(held.address, bounds, 1)
    )


def family_of(address: str) -> str:
    """Name the address family: `ipv4` or `ipv6`."""
    return "ipv6" if ":" in address else "ipv4"


def prefix_of(address: str) -> str:
    """Write the prefix that holds the address alone."""
    return f"{address}/{128 if ':' in address else 32}"


def address_row(held: Held) -> dict[str, str | None]:
    """Write an address as a row of a table."""
    record = held.record
    return {
        "address": held.address,
        "family": family_of(held.address),
        "taskArn": record.facts.task_arn,
        "cluster": record.key.cluster_arn.name,
        "service": record.service,
        "subnetId": record.facts.subnet_id,
        "vpcId": record.facts.vpc_id,
        "attachedAt": None if record.attached_at is None else to_text(record.attached_at),
        "releasedAt": None if record.released_at is None else to_text(record.released_at),
    }


ADDRESS_COLUMNS = (
    *("address", "family", "taskArn", "cluster", "service"),
    *("subnetId", "vpcId", "attachedAt", "releasedAt"),
)


def targets(records: Iterable[Record], port: int) -> Iterator[dict[str, Any]]:
    """List what Prometheus is to scrape: tasks that run and were not asked to stop."""
    running = (
        Held(record.addresses[0], record)
        for record in records
        if record.addresses
        and record.status is not None
        and record.status.last_status == record.status.desired_status == RUNNING
    )
    for held in newest_holders(running).values():
        yield _target_group(held, port)


def _target_group(held: Held, port: int) -> dict[str, Any]:
    """Label a target as Prometheus' own ECS discovery does, in `discovery/aws/ecs.go`."""
    record, facts, cluster = held.record, held.record.facts, held.record.key.cluster_arn
    labels = {
        "cluster": cluster.name,
        "cluster_arn": cluster,
        "service": record.service,
        "task_group": facts.group,
        "task_definition": facts.task_definition_arn,
        "region": cluster.region,
        "availability_zone": facts.availability_zone,
        "subnet_id": facts.subnet_id,
        "launch_type": facts.launch_type,
        "last_status": RUNNING,
        "desired_status": RUNNING,
        "platform_version": facts.platform_version,
        "network_mode": facts.network_mode,
        "container_instance_arn": facts.container_instance_arn,
        "task_arn": facts.task_arn,
        "ip_address": held.address,
    }
    host = f"[{held.address}]" if ":" in held.address else held.address
    known = {f"__meta_ecs_{name}": value for name, value in labels.items() if value is not None}
    return {"targets": [f"{host}:{port}"], "labels": known}


def _order(held: Held) -> tuple[int, bytes, str]:
    address = ip_address(held.address)
    return address.version, address.packed, index.subnet_key(held.record)

"""Looks up new subnets: at the end of each sweep and of each survey.

The VPC is recorded for live tasks, so that the change is published.
"""

from collections.abc import Callable, Collection, Mapping
from itertools import batched

from core.table.recording import record_observations
from core.table.store import Store, Subnet
from core.task.record import in_vpc
from core.text.instant import Duration, Instant

_RECORDED_AT_ONCE = 500


def look_up_subnets(
    store: Store,
    look_up: Callable[[Collection[str]], Mapping[str, Subnet]],
    *,
    now: Instant,
    retention: Duration,
) -> int:
    """Look up the noted subnets whose VPC is not known; return how many were found.

    The VPC is recorded for live tasks. Records of ended tasks are not rewritten; their VPC is
    filled in when they are read. If a run dies half-way, the next one completes it.
    """
    wanted = [name for name, subnet in store.subnets().items() if subnet is None]
    found = look_up(wanted) if wanted else {}
    if found:
        _record_vpcs_of_live_tasks(store, found, now, retention)
        store.put_subnets(found)
    return len(found)


def _record_vpcs_of_live_tasks(
    store: Store, found: Mapping[str, Subnet], now: Instant, retention: Duration
) -> None:
    waiting = (
        in_vpc(record.key, subnet.vpc_id)
        for record in store.all_live(None)
        if record.facts.vpc_id is None
        and (subnet := found.get(record.interface.subnet_id or "")) is not None
    )
    for some in batched(waiting, _RECORDED_AT_ONCE, strict=False):
        recorded = record_observations(store, some, now=now, retention=retention)
        for failure in recorded.failures.values():
            raise failure

"""The subnets that tasks were seen in: their prefixes, and how full they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from core.answers.lists import HELD
from core.table.store import Subnet
from core.task.record import Record
from core.text.instant import HOUR, Duration, Instant

RESERVED_BY_AWS = 5
"""In each subnet: its first four addresses and its last.
https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""

JUST_RELEASED: Duration = HOUR


@dataclass(slots=True)
class _Use:
    held: set[str] = field(default_factory=set)
    released: set[str] = field(default_factory=set)


def subnets_in_use(
    subnets: Mapping[str, Subnet | None], records: Iterable[Record], *, now: Instant
) -> list[dict[str, Any]]:
    """Return a row for each subnet; `records` are all tasks that existed within the last hour."""
    uses: dict[str, _Use] = {}
    for record in records:
        address = record.interface.private_ipv4_address
        use = uses.setdefault(record.interface.subnet_id or "", _Use())
        if address is None:
            continue
        if record.address_state == HELD:
            use.held.add(address)
        elif (record.released_at or 0) > now - JUST_RELEASED:
            use.released.add(address)
    return [_row(name, subnets[name], uses.get(name, _Use())) for name in sorted(subnets)]


def _row(subnet_id: str, subnet: Subnet | None, use: _Use) -> dict[str, Any]:
    cidr = subnet.ipv4_cidr if subnet else None
    return {
        "subnetId": subnet_id,
        "vpcId": subnet.vpc_id if subnet else None,
        "availabilityZone": subnet.availability_zone if subnet else None,
        "ipv4Cidr": cidr,
        "ipv6Cidrs": list(subnet.ipv6_cidrs) if subnet else None,
        "usable": None if cidr is None else IPv4Network(cidr).num_addresses - RESERVED_BY_AWS,
        "held": len(use.held),
        "released": len(use.released - use.held),
    }

"""The keys under which a record is found, each present only while it applies.

Text that sorts: `#` separates the parts and is smaller than any character in them, instants are
thirteen digits, and a key that ends in `~` is greater than all that begin with what precedes it.
"""

from core.arn import ClusterArn
from core.instant import FAR_FUTURE, Instant
from core.record import Record

LOWEST = " "
HIGHEST = "~"

_NO_SUBNET = "|"
"""Greater than any subnet's id: walks go downwards, and a record may learn its subnet meanwhile."""


def live_cluster(record: Record) -> str | None:
    """Index `live`: the cluster's short name, while the task lives."""
    return ClusterArn(record.key.cluster_arn).name if record.live else None


def service_key(record: Record) -> str | None:
    """Index `service`, partition: cluster name and group, once the task has an address."""
    if not record.addresses or record.facts.group is None:
        return None
    return service_partition(ClusterArn(record.key.cluster_arn).name, record.facts.group)


def service_partition(cluster: str, group: str) -> str:
    """Name the partition of index `service` for a cluster's short name and a group."""
    return f"{cluster}#{group}"


def service_sort(record: Record) -> str | None:
    """Index `service`, sort: the release, in the far future while the address is held."""
    if not record.addresses:
        return None
    return tenure_sort(record.released_at, record.key.task_id)


def tenure_sort(released_at: Instant | None, task_id: str) -> str:
    """Name the place of a task among those of its service."""
    return f"{FAR_FUTURE if released_at is None else released_at:013}#{task_id}"


def released_between(after: Instant, until: Instant | None) -> tuple[str, str]:
    """Bound the sort keys of a service's tasks released after an instant, up to another.

    Without the other, those that hold their address are among them.
    """
    return f"{after + 1:013}#", f"{FAR_FUTURE if until is None else until:013}#~"


def still_held() -> tuple[str, str]:
    """Bound the sort keys of a service's tasks that hold their address."""
    return released_between(FAR_FUTURE - 1, None)


def address_sort(record: Record) -> str | None:
    """Indexes `ipv4` and `ipv6`, sort: subnet, attachment, task. Held by whoever is newest."""
    if record.attached_at is None:
        return None
    return holding_sort(subnet_key(record), record.attached_at, record.key.task_id)


def holding_sort(subnet: str, attached_at: Instant, task_id: str) -> str:
    """Name the place of a task among those that had its address."""
    return f"{subnet}#{attached_at:013}#{task_id}"


def subnet_key(record: Record) -> str:
    """Name the subnet; a record that does not know its own counts as a subnet of its own."""
    return record.facts.subnet_id or f"{_NO_SUBNET}{record.key.task_id}"


def subnet_id(sort: str) -> str | None:
    """Read the subnet's id from a sort key of an address; None where it is not known."""
    subnet = sort.partition("#")[0]
    return None if subnet.startswith(_NO_SUBNET) else subnet


def within_subnet(subnet: str, *, until: Instant) -> tuple[str, str]:
    """Bound the sort keys of a subnet's records that were attached at or before an instant."""
    return f"{subnet}#", f"{subnet}#{until:013}#~"


def below_subnet(subnet: str) -> tuple[str, str]:
    """Bound the sort keys of all subnets that sort before this one."""
    return LOWEST, f"{subnet}!"


def just_below(sort: str) -> str:
    """Bound the sort keys smaller than one that ends in a task's id."""
    return f"{sort[:-1]}{chr(ord(sort[-1]) - 1)}~"

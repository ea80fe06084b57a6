"""The keys under which a record is found, each present only while it applies.

Text that sorts: `#` separates the parts and is smaller than any character in them, instants are
thirteen digits, and a key that ends in `~` is greater than all that begin with what precedes it.
"""

from core.arn import ClusterArn
from core.instant import FAR_FUTURE, Instant
from core.record import Record

LOWEST = " "


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
    released = FAR_FUTURE if record.released_at is None else record.released_at
    return f"{released:013}#{record.key.task_id}"


def address_sort(record: Record) -> str | None:
    """Indexes `ipv4` and `ipv6`, sort: subnet, attachment, task. Held by whoever is newest."""
    if record.attached_at is None:
        return None
    return f"{subnet_key(record)}#{record.attached_at:013}#{record.key.task_id}"


def subnet_key(record: Record) -> str:
    """Name the subnet; a record that does not know its own counts as a subnet of its own."""
    return record.facts.subnet_id or f"?{record.key.task_id}"


def subnet_id(sort: str) -> str | None:
    """Read the subnet's id from a sort key of an address; None where it is not known."""
    subnet = sort.partition("#")[0]
    return None if subnet.startswith("?") else subnet


def within_subnet(subnet: str, *, until: Instant) -> tuple[str, str]:
    """Bound the sort keys of a subnet's records that were attached at or before an instant."""
    return f"{subnet}#", f"{subnet}#{until:013}#~"


def below_subnet(subnet: str) -> tuple[str, str]:
    """Bound the sort keys of all subnets that sort before this one."""
    return LOWEST, f"{subnet}!"

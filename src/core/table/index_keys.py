"""The sort keys and composite keys of the indexes.

A record has a key only while its index applies. Keys are text that sorts: `#` separates the parts
and is smaller than any character in them, instants have thirteen digits, and a key that ends in `~`
is greater than all keys with the same beginning. No index key contains a value that changes on
every sighting; otherwise each sighting would move the entry.

The other keys of the table:

- the table's own key, task id and cluster ARN: `adapters.dynamodb.items.key_item`
- `ipv4`, `ipv6` and `eni`, plain values of the record: `core.task.fields`
- keys that begin with `#`, of items that are not records: `core.table.seen_names` and
  `adapters.dynamodb.seen_names`, `adapters.dynamodb.sweeps`
- which indexes there are, and what they project: `template.yaml`
"""

from typing import NamedTuple
from zlib import crc32

from core.task.kinds import TaskKey
from core.task.record import Record
from core.text.instant import FAR_FUTURE, Duration, Instant

LOWEST = " "
HIGHEST = "~"

_UNPROVEN = "|"
"""Greater than any subnet id: begins the range of records without proof or without a subnet."""

SHORTEST_CLASS, LONGEST_CLASS = 14, 38
"""Length classes of ended tasks: below 2^14 ms (16 s), and everything above 2^37 ms (4 years)."""


def _task(key: TaskKey) -> str:
    """Tell a task apart where clusters of one name share a partition.

    An id is unique in an account and Region. Two of them may have a cluster of the same name, and a
    task of the same id in it; a page must be able to end between the two.
    """
    return f"{key.task_id}#{crc32(key.cluster_arn.home.encode()) & 0xFFFF:04x}"


# Index `live`, and index `past`: a task's place among those of its cluster never changes.


def created_sort(created_at: Instant, key: TaskKey) -> str:
    """Return the position of a task among those of its cluster, by creation."""
    return f"{created_at:013}#{_task(key)}"


def live_cluster(record: Record) -> str | None:
    """Index `live`, partition: the cluster's short name, while the task lives."""
    return record.key.cluster_arn.name if record.live else None


def past_partition(record: Record) -> str | None:
    """Index `past`, partition: cluster and length class, once the task has ended."""
    ended_at = record.ended_at
    if ended_at is None:
        return None
    return past_class(record.key.cluster_arn.name, length_class(ended_at - record.created_at))


def length_class(length: Duration) -> int:
    """Return the class of a life: the exponent of the power of two that it is shorter than."""
    return min(max(max(length, 0).bit_length(), SHORTEST_CLASS), LONGEST_CLASS)


def past_class(cluster: str, number: int) -> str:
    """Return the partition of index `past` for a cluster's short name and a length class."""
    return f"{cluster}#{number}"


def past_classes(cluster: str) -> list[tuple[str, Duration | None]]:
    """Return the partitions of a cluster's past, each with the bound on the length of its lives."""
    return [
        (past_class(cluster, number), None if number == LONGEST_CLASS else 1 << number)
        for number in range(SHORTEST_CLASS, LONGEST_CLASS + 1)
    ]


# Index `service`


def service_key(record: Record) -> str | None:
    """Index `service`, partition: cluster name and group, once the task has an address."""
    if not record.addresses or record.facts.group is None:
        return None
    return service_partition(record.key.cluster_arn.name, record.facts.group)


def service_partition(cluster: str, group: str) -> str:
    """Return the partition of index `service` for a cluster's short name and a group."""
    return f"{cluster}#{group}"


def service_sort(record: Record) -> str | None:
    """Index `service`, sort: the release, in the far future while the address is held."""
    if service_key(record) is None:
        return None
    return release_sort(record.released_at, record.key)


def release_sort(released_at: Instant | None, key: TaskKey) -> str:
    """Return the position of a task among those of its service."""
    return f"{FAR_FUTURE if released_at is None else released_at:013}#{_task(key)}"


def released_between(after: Instant, until: Instant | None) -> tuple[str, str]:
    """Return the bounds of a service's tasks released after an instant, up to another.

    Without an upper instant, tasks that hold their address are included.
    """
    return f"{after + 1:013}#", f"{FAR_FUTURE if until is None else until:013}#~"


def still_held() -> tuple[str, str]:
    """Return the bounds of a service's tasks that hold their address."""
    return released_between(FAR_FUTURE - 1, None)


# Indexes `ipv4` and `ipv6`


class Place(NamedTuple):
    """Where an address index finds a record with proof: its subnet, then its attachment."""

    subnet: str
    attached_at: Instant
    task_id: str

    @property
    def sort(self) -> str:
        """The sort key."""
        return f"{self.subnet}#{self.attached_at:013}#{self.task_id}"


def address_sort(record: Record) -> str | None:
    """Indexes `ipv4` and `ipv6`, sort: among the proven of a subnet, or among the unproven."""
    tenure = record.tenure
    if tenure is None:
        return None
    subnet, task_id = record.interface.subnet_id, record.key.task_id
    if subnet is None or tenure.estimated:
        end = FAR_FUTURE if tenure.released_at is None else tenure.released_at
        return f"{_UNPROVEN}#{end:013}#{task_id}"
    return Place(subnet, tenure.attached_at, task_id).sort


def place_of(sort: str) -> Place | None:
    """Parse the place from a sort key; None for a record among the unproven."""
    subnet, attached_at, task_id = sort.split("#", 2)
    return None if subnet == _UNPROVEN else Place(subnet, int(attached_at), task_id)


def subnet_key(record: Record) -> str:
    """Return the subnet; a record without a known subnet counts as a subnet of its own."""
    return record.interface.subnet_id or f"{_UNPROVEN}{record.key.task_id}"


def all_proven() -> tuple[str, str]:
    """Return the bounds of all records with proof and a subnet."""
    return LOWEST, f"{_UNPROVEN}!"


def attached_by(subnet: str, until: Instant) -> tuple[str, str]:
    """Return the bounds of a subnet's records that were attached at or before an instant."""
    return f"{subnet}#", f"{subnet}#{until:013}#~"


def attached_after(subnet: str, instant: Instant) -> tuple[str, str]:
    """Return the bounds of a subnet's records that were attached after an instant."""
    return f"{subnet}#{instant + 1:013}#", f"{subnet}#~"


def attached_after_record(record: Record) -> tuple[str, str]:
    """Return the bounds of a subnet's records that follow one of them."""
    return f"{address_sort(record)} ", f"{record.interface.subnet_id}#~"


def below_subnet(subnet: str) -> str:
    """Return the upper bound of all subnets that sort before this one."""
    return f"{subnet}!"


def unproven_after(instant: Instant) -> tuple[str, str]:
    """Return the bounds of the unproven records that had not ended at an instant."""
    return f"{_UNPROVEN}#{instant + 1:013}#", f"{_UNPROVEN}#~"


def just_below(sort: str) -> str:
    """Return the upper bound of the keys smaller than one that ends in what tells a task apart."""
    return f"{sort[:-1]}{chr(ord(sort[-1]) - 1)}~"

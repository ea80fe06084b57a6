"""What the service has ever seen: subnets, clusters and groups, each noted once.

A name that was never noted is a typo, and is answered as one. Notes are written before the first
record that needs them, so a record in the table always has its notes.
"""

from collections.abc import Iterable
from typing import NamedTuple

from core.task.record import Record
from core.text.arn import ClusterArn


class Note(NamedTuple):
    """One thing that was seen. `name` sorts by what people ask for first."""

    kind: str
    name: str


SUBNET, CLUSTER, GROUP = "#subnet", "#cluster", "#group"


def subnet_note(subnet_id: str) -> Note:
    """Note a subnet that tasks are in."""
    return Note(SUBNET, subnet_id)


def cluster_note(cluster: ClusterArn) -> Note:
    """Note a cluster."""
    return Note(CLUSTER, f"{cluster.name}#{cluster.home}")


def group_note(cluster: ClusterArn, group: str) -> Note:
    """Note a group of a cluster, such as `service:web`."""
    return Note(GROUP, f"{cluster.name}#{group}#{cluster.home}")


def begins(kind: str, *parts: str) -> Note:
    """Name what notes begin with that are of these parts, whatever follows."""
    return Note(kind, "".join(f"{part}#" for part in parts))


def notes_of(record: Record) -> list[Note]:
    """List what a record gives to note."""
    cluster, group, subnet = record.key.cluster_arn, record.facts.group, record.interface.subnet_id
    notes = [cluster_note(cluster)] if record.status is not None else []
    notes += [] if group is None else [group_note(cluster, group)]
    notes += [] if subnet is None else [subnet_note(subnet)]
    return notes


class Noted:
    """The notes that are known to be in the table, kept in memory: a note is never taken back."""

    def __init__(self) -> None:
        self._known: set[Note] = set()

    def unknown(self, records: Iterable[Record]) -> set[Note]:
        """List the notes of records that may not be in the table yet."""
        return {note for record in records for note in notes_of(record)} - self._known

    def add(self, notes: Iterable[Note]) -> None:
        """Remember notes that are in the table."""
        self._known.update(notes)

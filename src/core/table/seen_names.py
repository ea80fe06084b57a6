"""The names that were ever seen: of subnets, clusters and task groups, each noted once.

A name that was never noted is treated as a typo (404). Notes are written before the first record
that needs them, so a record in the table always has its notes.
"""

from collections.abc import Iterable
from typing import NamedTuple

from core.task.record import Record
from core.text.arn import ClusterArn


class Note(NamedTuple):
    """One name that was seen. `name` begins with what people ask for."""

    kind: str
    name: str


SUBNET, CLUSTER, GROUP = "#subnet", "#cluster", "#group"


def subnet_note(subnet_id: str) -> Note:
    """Return the note of a subnet that tasks are in."""
    return Note(SUBNET, subnet_id)


def cluster_note(cluster: ClusterArn) -> Note:
    """Return the note of a cluster."""
    return Note(CLUSTER, f"{cluster.name}#{cluster.home}")


def group_note(cluster: ClusterArn, group: str) -> Note:
    """Return the note of a group of a cluster, such as `service:web`."""
    return Note(GROUP, f"{cluster.name}#{group}#{cluster.home}")


def begins(kind: str, *parts: str) -> Note:
    """Build the key prefix of notes with these parts."""
    return Note(kind, "".join(f"{part}#" for part in parts))


def notes_of(record: Record) -> list[Note]:
    """Return the notes of the names in a record."""
    cluster, group, subnet = record.key.cluster_arn, record.facts.group, record.interface.subnet_id
    notes = [cluster_note(cluster)] if record.status is not None else []
    notes += [] if group is None else [group_note(cluster, group)]
    notes += [] if subnet is None else [subnet_note(subnet)]
    return notes


class Noted:
    """The notes known to be in the table, kept in memory: notes are never deleted."""

    def __init__(self) -> None:
        self._known: set[Note] = set()

    def unknown(self, records: Iterable[Record]) -> set[Note]:
        """Return the notes of records that may not be in the table yet."""
        return {note for record in records for note in notes_of(record)} - self._known

    def add(self, notes: Iterable[Note]) -> None:
        """Remember notes that are in the table."""
        self._known.update(notes)

"""What a completed sweep proves of the records that it did not write, since nothing was new."""

from core.table.coverage import ClusterCoverage
from core.table.store import Stored
from core.task.kinds import VIEW_STALE_BY
from core.text.instant import MINUTE, Duration, Instant

VISIBLE_AFTER: Duration = MINUTE
"""An index shows a write well before this time has passed."""


def last_proof_of_life(stored: Stored, cluster: ClusterCoverage | None) -> Instant | None:
    """Return until when a completed sweep knew the task of a live record to be alive.

    The record must have been in the table, unchanged, before that sweep read the live records.
    Then its task was listed, or asked for and not MISSING, or the sweep says since when it is
    unsure. A sweep that could not read everything proves nothing: the rest can have been stopped.
    """
    last = cluster.last if cluster else None
    if cluster is None or last is None or last.tally.unreadable or not stored.record.live:
        return None
    return None if stored.written_at > last.started_at - VISIBLE_AFTER else cluster.covered_until


def last_unwritten_view(stored: Stored, cluster: ClusterCoverage | None) -> Instant | None:
    """Return when a completed sweep viewed a record without writing it, since nothing was new.

    That view proves that the task still had its address, unless ECS had lost the connection to it.
    """
    seen_at, status = last_proof_of_life(stored, cluster), stored.record.status
    if seen_at is None or status is None or status.disconnected:
        return None
    if stored.record.address_state != "held":
        return None
    return seen_at - VIEW_STALE_BY

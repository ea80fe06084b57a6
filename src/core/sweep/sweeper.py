"""The sweep itself: compares what ECS shows with what the table holds, one page at a time.

A page may be repeated at any time: it writes only observations, which join like any others.
Until a sweep has completed, nothing relies on it having finished.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from core.sweep.ecs import Described, Ecs
from core.sweep.state import (
    AFTER_LAST_PAGE,
    AFTER_NO_SUCH_CLUSTER,
    DESIRED_STATUS,
    Phase,
    Sweep,
    drifted,
    dropped_early,
    known_for_good,
    may_be_gone,
)
from core.table.coverage import ClusterCoverage, CompletedSweep, Tally
from core.table.recording import (
    Recorded,
    record_observations,
)
from core.table.seen_names import Noted
from core.table.store import Store, Stored, live_position
from core.table.sweep_proofs import last_proof_of_life, last_unwritten_view
from core.task.ecs import MalformedObservationError, parse_task
from core.task.kinds import TaskKey
from core.task.record import Record, join, missing
from core.text.arn import ClusterArn, TaskArn
from core.text.instant import MINUTE, Duration, Instant

CLAIMED_FOR: Duration = 10 * MINUTE
"""Longer than the wait before a failed message returns, shorter than the schedule's interval."""

_TASKS_A_CALL = 100


class OvertakenError(Exception):
    """Another sweep has claimed the cluster in the meantime."""


class Fault(NamedTuple):
    """Something in ECS's answer that could not be used."""

    task: str | None
    reason: str


@dataclass(slots=True)
class SweepPage:
    """The result of one page of a sweep."""

    cluster_arn: str
    following: Sweep | None
    """Where to continue; None at the end."""
    completed: CompletedSweep | None = None
    """The whole sweep, once it has ended and no other sweep overtook it."""
    recorded: list[Recorded] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    other_interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By task: further interfaces, which a record cannot hold."""


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Sweeps clusters. Errors of the store or of ECS propagate, so that the page is retried."""

    store: Store
    ecs: Ecs
    retention: Duration
    noted: Noted = field(default_factory=Noted)

    def run(
        self,
        sweep: Sweep,
        *,
        clock: Callable[[], Instant],
        has_time: Callable[[], bool],
        on_page: Callable[["SweepPage"], None],
    ) -> Sweep | None:
        """Sweep while there is time; return where to continue, None at the end.

        Do nothing if the cluster is already swept or being swept. Pass each page to `on_page`.
        """
        cluster = self.claim(sweep, now=clock())
        following = sweep if cluster else None
        while cluster and following:
            page = self.turn(following, cluster, now=clock())
            on_page(page)
            following = page.following
            if following is not None and not has_time():
                break
        return following

    def claim(self, sweep: Sweep, *, now: Instant) -> ClusterCoverage | None:
        """Claim the cluster for a while; return None if there is nothing to sweep."""
        return self.store.claim_sweep(
            sweep.cluster_arn, sweep.generation, now=now, until=now + CLAIMED_FOR
        )

    def turn(self, sweep: Sweep, cluster: ClusterCoverage, *, now: Instant) -> SweepPage:
        """Run the next page of a sweep; `cluster` is the coverage that the claim returned."""
        match sweep.phase:
            case Phase.LIST_RUNNING | Phase.LIST_STOPPED:
                return self._list(sweep, now)
            case Phase.CONFIRM:
                return self._confirm(sweep, cluster, now)
            case Phase.COMPLETE:
                return self._complete(sweep, cluster, now)

    def _list(self, sweep: Sweep, now: Instant) -> SweepPage:
        """List a page of tasks, and describe those that are not known for good."""
        listing = self.ecs.tasks(sweep.cluster_arn, DESIRED_STATUS[sweep.phase], sweep.token)
        if listing is None:
            return _of_no_cluster(sweep)
        keys = {arn: _key(sweep.cluster_arn, arn) for arn in listing.arns}
        known = self.store.get_many(keys.values())
        unsure = [
            arn
            for arn, key in keys.items()
            if key not in known or not known_for_good(known[key].record)
        ]
        described = self._describe(sweep, unsure, now)
        if described.cluster_gone:
            return _of_no_cluster(sweep)
        page = SweepPage(sweep.cluster_arn, sweep)
        tally = self._record_sightings(page, described, known, now)
        listed = {key.task_id for key in keys.values()}.difference(described.missing)
        page.following = replace(
            sweep,
            phase=sweep.phase if listing.next_token else AFTER_LAST_PAGE[sweep.phase],
            token=listing.next_token,
            listed=None if sweep.listed is None else sweep.listed | listed,
            tally=sweep.tally + tally + Tally(seen=len(keys)),
        )
        return page

    def _confirm(self, sweep: Sweep, cluster: ClusterCoverage, now: Instant) -> SweepPage:
        """Ask ECS for a page of the live records that it did not list, and close the missing."""
        live = self.store.live_page(
            ClusterArn(cluster.cluster_arn).name, sweep.after, _TASKS_A_CALL
        )
        ours = {
            record.key: record
            for record in live.items
            if record.key.cluster_arn == sweep.cluster_arn
        }
        unlisted = [
            record for record in ours.values() if record.key.task_id not in (sweep.listed or ())
        ]
        unsure = [record for record in unlisted if may_be_gone(record, now=now)]
        young = [record for record in unlisted if record not in unsure]
        page = SweepPage(sweep.cluster_arn, sweep)
        described = self._describe(sweep, [_arn(record) for record in unsure], now)
        known = self.store.get_many([record.key for record in unsure])
        tally = self._record_sightings(page, described, known, now)
        if sweep.cluster_gone:
            described = described._replace(cluster_gone=True)
        gone = _gone(described, known, cluster)
        dropped = [
            key
            for key, seen in gone.items()
            if dropped_early(join(known[key].record, seen), missing_at=described.answered_at)
        ]
        if dropped:
            self._keep_gap(sweep, cluster, now)
        closed = self._record(page, gone.values(), described.answered_at)
        tally += Tally(
            closed=len(closed),
            drift=len(closed),
            dropped_early=len({*dropped}.intersection(closed)),
        )
        page.following = replace(
            sweep,
            phase=sweep.phase if live.more else AFTER_LAST_PAGE[sweep.phase],
            after=live_position(live.items[-1]) if live.items else sweep.after,
            left_alive=sweep.left_alive + len(ours) - tally.closed,
            unsure_since=_earlier(sweep.unsure_since, young),
            tally=sweep.tally + tally,
        )
        return page

    def _complete(self, sweep: Sweep, cluster: ClusterCoverage, now: Instant) -> SweepPage:
        whole = CompletedSweep(started_at=sweep.started_at, finished_at=now, tally=sweep.tally)
        after = cluster.after(
            whole,
            horizon=now - self.retention,
            unsure_since=sweep.unsure_since,
            deleted=sweep.cluster_gone,
            gone=sweep.cluster_gone and not sweep.left_alive,
        )
        ours = self.store.replace_coverage(after, sweep.generation)
        return SweepPage(sweep.cluster_arn, None, completed=whole if ours else None)

    def _describe(self, sweep: Sweep, task_arns: Sequence[str], now: Instant) -> Described:
        return self.ecs.describe(sweep.cluster_arn, task_arns) if task_arns else Described(now, now)

    def _record_sightings(
        self, page: SweepPage, described: Described, known: Mapping[TaskKey, Stored], now: Instant
    ) -> Tally:
        seen, unreadable = {}, 0
        for task in described.tasks:
            try:
                observation = parse_task(
                    task, asked_at=described.asked_at, answered_at=described.answered_at
                )
            except MalformedObservationError as error:
                page.faults.append(Fault(error.task, str(error)))
                unreadable += 1
            else:
                seen[observation.record.key] = observation.record
                arn = observation.record.facts.task_arn
                page.faults += [Fault(arn, reason) for reason in observation.invalid_addresses]
                page.other_interfaces |= (
                    {arn or "": observation.other_interfaces}
                    if observation.other_interfaces
                    else {}
                )
        changed = self._record(page, seen.values(), now)
        before = {key: known[key].record if key in known else None for key in changed}
        return Tally(
            missed=sum(record is None for record in before.values()),
            repaired=len(changed),
            drift=sum(drifted(before[key], seen[key], now=now) for key in changed),
            unreadable=unreadable,
        )

    def _keep_gap(self, sweep: Sweep, cluster: ClusterCoverage, now: Instant) -> None:
        """Store the gap that a task dropped early leaves, before its record is closed.

        Nobody asks for a closed record again: if this sweep dies, the next one would not know.
        """
        marked = cluster.with_gap(sweep.started_at)
        kept = self.store.replace_coverage(marked, sweep.generation)
        if not kept or self.claim(sweep, now=now) is None:
            raise OvertakenError(sweep.cluster_arn)

    def _record(
        self, page: SweepPage, observations: Iterable[Record], now: Instant
    ) -> list[TaskKey]:
        """Record observations; return the keys of the records that changed."""
        recorded = record_observations(
            self.store, list(observations), now=now, retention=self.retention, noted=self.noted
        )
        page.recorded.append(recorded)
        if recorded.failures:
            raise next(iter(recorded.failures.values()))
        return recorded.changed


def _gone(
    described: Described, known: Mapping[TaskKey, Stored], cluster: ClusterCoverage
) -> dict[TaskKey, Record]:
    """Return an observation of each task that was asked for and that ECS does not know."""
    return {
        key: missing(
            key,
            at=described.answered_at,
            seen_at=last_proof_of_life(stored, cluster),
            still_shown_at=last_unwritten_view(stored, cluster),
            cluster_gone=described.cluster_gone,
        )
        for key, stored in known.items()
        if key.task_id in described.missing and may_be_gone(stored.record, now=described.asked_at)
    }


def _of_no_cluster(sweep: Sweep) -> SweepPage:
    """Continue with the live records of a cluster that ECS does not know."""
    return SweepPage(
        sweep.cluster_arn,
        replace(
            sweep,
            phase=AFTER_NO_SUCH_CLUSTER,
            cluster_gone=True,
            listed=frozenset(),
            token=None,
        ),
    )


def _key(cluster_arn: str, task_arn: str) -> TaskKey:
    return TaskKey(TaskArn(task_arn).name, ClusterArn(cluster_arn))


def _arn(record: Record) -> str:
    return record.facts.task_arn or ClusterArn(record.key.cluster_arn).task_arn(record.key.task_id)


def _earlier(since: Instant | None, young: Iterable[Record]) -> Instant | None:
    """Return the earliest last sign of life among records that could not be confirmed."""
    signs = [record.last_sign_of_life for record in young]
    return min(signs if since is None else [since, *signs], default=None)

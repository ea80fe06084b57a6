"""The sweep at work: what ECS shows set against what the table holds, a page at a time.

A page may be repeated at any time: all it writes are observations, which join like any others.
Nothing counts on a sweep being whole before it has completed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from core.arn import ClusterArn, TaskArn
from core.coverage import ClusterCoverage, CompletedSweep, Tally
from core.ecs import MalformedObservationError, parse_task
from core.instant import MINUTE, Duration, Instant
from core.record import Record, TaskKey, missing
from core.recording import Outcome, Recorded, record_observations
from core.store import LivePosition, Store, Stored
from core.sweep import (
    Phase,
    Sweep,
    drifted,
    known_for_good,
    last_proof_of_life,
    may_be_gone,
)

CLAIMED_FOR: Duration = 10 * MINUTE
"""Longer than until a message that failed comes again, shorter than until the next schedule."""

_TASKS_A_CALL = 100
_AFTER = {Phase.RUNNING: Phase.STOPPED, Phase.STOPPED: Phase.CONFIRM}


class Listing(NamedTuple):
    """A page of ARNs, and the token of the next one."""

    arns: Sequence[str]
    next_token: str | None = None


class Described(NamedTuple):
    """What DescribeTasks answered, true of some instant between the two."""

    asked_at: Instant
    answered_at: Instant
    tasks: Sequence[Mapping[str, Any]] = ()
    missing: Collection[str] = ()
    """The ids of tasks that ECS does not know."""
    cluster_gone: bool = False
    """There is no such cluster; all its tasks are missing."""


class Ecs(Protocol):
    """What a sweep asks Amazon ECS."""

    def clusters(self, token: str | None) -> Listing:
        """List the clusters of this account and region."""
        ...

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        """List at most 100 tasks of a cluster; None where there is no such cluster."""
        ...

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        """Describe at most 100 tasks of a cluster."""
        ...


class Fault(NamedTuple):
    """Something in ECS's answer that could not be used."""

    task: str | None
    reason: str


@dataclass(slots=True)
class Page:
    """What came of a page of a sweep."""

    following: Sweep | None
    """Where it goes on; None at its end."""
    completed: CompletedSweep | None = None
    """The whole sweep, when it has come to its end and was not overtaken by another."""
    recorded: list[Recorded] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    seen: list[Record] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Sweeps clusters. Whatever the store or ECS raises is raised: then the page comes again."""

    store: Store
    ecs: Ecs
    retention: Duration

    def claim(self, sweep: Sweep, *, now: Instant) -> ClusterCoverage | None:
        """Claim the cluster for a while; None where there is nothing to sweep, or no longer."""
        return self.store.claim_sweep(
            sweep.cluster_arn, sweep.generation, now=now, until=now + CLAIMED_FOR
        )

    def turn(self, sweep: Sweep, cluster: ClusterCoverage, *, now: Instant) -> Page:
        """Do the next page of a sweep; `cluster` is the coverage that the claim answered."""
        match sweep.phase:
            case Phase.RUNNING | Phase.STOPPED:
                return self._list(sweep, now)
            case Phase.CONFIRM:
                return self._confirm(sweep, cluster, now)
            case Phase.COMPLETE:
                return self._complete(sweep, cluster, now)

    def _list(self, sweep: Sweep, now: Instant) -> Page:
        """List a page of tasks, and describe those that are not known for good."""
        listing = self.ecs.tasks(sweep.cluster_arn, sweep.phase, sweep.token)
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
        page = Page(sweep)
        tally = self._record_sights(page, described, known, now)
        listed = {key.task_id for key in keys.values()}.difference(described.missing)
        page.following = replace(
            sweep,
            phase=sweep.phase if listing.next_token else _AFTER[sweep.phase],
            token=listing.next_token,
            listed=None if sweep.listed is None else sweep.listed | listed,
            tally=sweep.tally + tally + Tally(seen=len(keys)),
        )
        return page

    def _confirm(self, sweep: Sweep, cluster: ClusterCoverage, now: Instant) -> Page:
        """Ask for a page of the live records that were not listed, and believe a MISSING."""
        live = self.store.live_page(
            ClusterArn(cluster.cluster_arn).name, sweep.after, _TASKS_A_CALL
        )
        ours = {
            record.key: record
            for record in live.items
            if record.key.cluster_arn == sweep.cluster_arn
        }
        unsure = [
            record
            for record in ours.values()
            if record.key.task_id not in (sweep.listed or ()) and may_be_gone(record, now=now)
        ]
        page = Page(sweep)
        described = self._describe(sweep, [_arn(record) for record in unsure], now)
        known = self.store.get_many([record.key for record in unsure])
        tally = self._record_sights(page, described, known, now)
        if sweep.cluster_gone:
            described = described._replace(cluster_gone=True)
        tally += self._record_missing(page, described, known, cluster)
        page.following = replace(
            sweep,
            phase=Phase.CONFIRM if live.more else Phase.COMPLETE,
            after=_position(live.items[-1]) if live.items else sweep.after,
            left_alive=sweep.left_alive + len(ours) - tally.closed,
            tally=sweep.tally + tally,
        )
        return page

    def _complete(self, sweep: Sweep, cluster: ClusterCoverage, now: Instant) -> Page:
        whole = CompletedSweep(started_at=sweep.started_at, finished_at=now, tally=sweep.tally)
        after = cluster.after(
            whole,
            horizon=now - self.retention,
            deleted=sweep.cluster_gone,
            gone=sweep.cluster_gone and not sweep.left_alive,
        )
        ours = self.store.complete_sweep(after, sweep.generation)
        return Page(None, completed=whole if ours else None)

    def _describe(self, sweep: Sweep, task_arns: Sequence[str], now: Instant) -> Described:
        return self.ecs.describe(sweep.cluster_arn, task_arns) if task_arns else Described(now, now)

    def _record_sights(
        self, page: Page, described: Described, known: Mapping[TaskKey, Stored], now: Instant
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
        page.seen += seen.values()
        changed = self._record(page, seen.values(), now)
        before = {key: known[key].record if key in known else None for key in changed}
        return Tally(
            missed=sum(record is None for record in before.values()),
            repaired=len(changed),
            drift=sum(drifted(before[key], seen[key], now=now) for key in changed),
            unreadable=unreadable,
        )

    def _record_missing(
        self,
        page: Page,
        described: Described,
        known: Mapping[TaskKey, Stored],
        cluster: ClusterCoverage,
    ) -> Tally:
        gone = [
            missing(
                key,
                at=described.answered_at,
                seen_at=last_proof_of_life(stored, cluster),
                cluster_gone=described.cluster_gone,
            )
            for key, stored in known.items()
            if key.task_id in described.missing
            and may_be_gone(stored.record, now=described.asked_at)
        ]
        closed = len(self._record(page, gone, described.answered_at))
        return Tally(closed=closed, drift=closed)

    def _record(self, page: Page, observations: Iterable[Record], now: Instant) -> list[TaskKey]:
        """Record observations; answers the keys of the records that changed."""
        recorded = record_observations(
            self.store, list(observations), now=now, retention=self.retention
        )
        page.recorded.append(recorded)
        if recorded.failures:
            raise next(iter(recorded.failures.values()))
        return [key for key, outcome in recorded.outcomes.items() if outcome == Outcome.STORED]


def _of_no_cluster(sweep: Sweep) -> Page:
    """Go on to ask for what the table knows of a cluster that ECS does not."""
    return Page(
        replace(sweep, phase=Phase.CONFIRM, cluster_gone=True, listed=frozenset(), token=None)
    )


def _key(cluster_arn: str, task_arn: str) -> TaskKey:
    return TaskKey(TaskArn(task_arn).name, ClusterArn(cluster_arn))


def _arn(record: Record) -> str:
    return record.facts.task_arn or ClusterArn(record.key.cluster_arn).task_arn(record.key.task_id)


def _position(record: Record) -> LivePosition:
    cluster = ClusterArn(record.key.cluster_arn)
    return LivePosition(cluster.name, record.key.task_id, cluster)

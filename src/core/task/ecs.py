"""Parses what Amazon ECS really sends, task events and DescribeTasks views, into observations.

All parsing quirks of ECS live here and, for the network interface, in `core.task.network`. What is
not read goes no further, above all the environments in `overrides`. Unknown fields, statuses and
attachment types are ignored. A field that is read must have its documented type; otherwise the
observation is refused, and the error names the field.
"""

from typing import NamedTuple

from core.task.json_reader import JsonObject, MalformedObservationError
from core.task.kinds import VIEW_STALE_BY, Earliest, Facts, Newest, Status, TaskKey
from core.task.network import ShownInterface, shown_interface
from core.task.record import Record
from core.text.arn import ClusterArn, TaskArn
from core.text.instant import SECOND, Instant

TASK_STATE_CHANGE = "ECS Task State Change"

_LONGEST_REASON = 120

__all__ = ["MalformedObservationError", "ParsedObservation", "parse_event", "parse_task"]


class ParsedObservation(NamedTuple):
    """The observation in one sighting of a task, and what had to be left out of it."""

    record: Record
    invalid_addresses: tuple[str, ...] = ()
    """Sentences that name the fields whose text is not an address."""
    other_interfaces: tuple[str, ...] = ()
    """Further attached interfaces that show an address; a record holds only one."""


class _Sighted(NamedTuple):
    """When a sighting was true. No date is exact, so each use takes the safe side."""

    observed_at: Instant
    """Its source time."""
    by: Instant
    """By this instant, what it shows had happened."""
    since: Instant
    """At this instant, what it shows was still true."""


def parse_event(event: object) -> ParsedObservation:
    """Read an EventBridge event of type *ECS Task State Change*.

    Its source time is `updatedAt`, which most events carry, else the envelope's `time`.
    Raise MalformedObservationError if it cannot be read.
    """
    envelope = JsonObject(event, "")
    envelope.require("source", "aws.ecs")
    envelope.require("detail-type", TASK_STATE_CHANGE)
    detail = envelope.child("detail")
    detail.task = envelope.task = _readable_task_arn(detail)
    region, account = envelope.required_text("region"), envelope.required_text("account")
    for name, kind in (("taskArn", TaskArn), ("clusterArn", ClusterArn)):
        arn = detail.arn(name, kind)
        if arn.account != account:
            detail.refuse(name, "is not of the envelope's account")
        if arn.region != region:
            detail.refuse(name, "is not of the envelope's region")
    sent_at = envelope.required_instant("time")
    return _parse_task(detail, _sighted(detail.instant("updatedAt"), sent_at), "event")


def parse_task(task: object, *, asked_at: Instant, answered_at: Instant) -> ParsedObservation:
    """Read one task of a DescribeTasks answer, in the form of boto3, the wire or the CLI.

    What it shows had happened by the time of the answer. A view can be stale, so it proves
    what was still true only up to a minute before the request. Raise MalformedObservationError if
    it cannot be read.
    """
    fields = JsonObject(task, "")
    fields.task = _readable_task_arn(fields)
    sighted = _Sighted(asked_at, by=answered_at, since=asked_at - VIEW_STALE_BY)
    return _parse_task(fields, sighted, "reconcile")


def _sighted(updated_at: Instant | None, sent_at: Instant) -> _Sighted:
    """Return the times of an event; the envelope's time is cut to whole seconds."""
    if updated_at is not None:
        return _Sighted(updated_at, by=updated_at, since=updated_at)
    second = sent_at - sent_at % SECOND
    return _Sighted(sent_at, by=second + SECOND - 1, since=second)


def _parse_task(task: JsonObject, sighted: _Sighted, source: str) -> ParsedObservation:
    task_arn = task.arn("taskArn", TaskArn)
    cluster_arn = task.arn("clusterArn", ClusterArn)
    if task_arn.home != cluster_arn.home:
        task.refuse("taskArn", "is not of the cluster's partition, account and region")
    shown = shown_interface(task)
    status = _status(task, shown, source)
    record = Record(
        key=TaskKey(task_arn.name, cluster_arn),
        status=status,
        facts=_facts(task, task_arn, shown),
        interface=shown.interface,
        earliest=_earliest(task, status, shown, sighted.by),
        newest=_newest(task, status, shown, sighted),
    )
    return ParsedObservation(record, shown.invalid_addresses, shown.others)


def _status(task: JsonObject, shown: ShownInterface, source: str) -> Status:
    reason = task.text("stoppedReason", longest=None)
    return Status(
        last_status=task.required_text("lastStatus"),
        desired_status=task.required_text("desiredStatus"),
        version=task.version(),
        attachment_status=shown.status,
        connectivity=task.text("connectivity"),
        stop_code=task.text("stopCode"),
        stopped_reason=None if reason is None else _cut(reason),
        source=source,
    )


def _facts(task: JsonObject, task_arn: TaskArn, shown: ShownInterface) -> Facts:
    return Facts(
        task_arn=task_arn,
        group=task.text("group"),
        started_by=task.text("startedBy"),
        task_definition_arn=task.text("taskDefinitionArn"),
        launch_type=task.text("launchType"),
        capacity_provider_name=task.text("capacityProviderName"),
        platform_version=task.text("platformVersion"),
        availability_zone=task.text("availabilityZone"),
        container_instance_arn=task.text("containerInstanceArn"),
        network_mode="awsvpc" if shown.exists else None,
        created_at=task.required_instant("createdAt"),
    )


def _earliest(task: JsonObject, status: Status, shown: ShownInterface, by: Instant) -> Earliest:
    """Return the instants whose smallest value counts."""
    shows = shown.shows_address and not status.stopped
    stopped_at = task.instant("stoppedAt")
    return Earliest(
        connectivity_at=task.instant("connectivityAt"),
        started_at=task.instant("startedAt"),
        stopping_at=task.instant("stoppingAt"),
        execution_stopped_at=task.instant("executionStoppedAt"),
        stopped_at=stopped_at,
        # Images are pulled through the task's own interface, on instances too.
        pull_started_at=task.instant("pullStartedAt"),
        shown_by_event=by if shows and status.source == "event" else None,
        shown_by_view=by if shows and status.source == "reconcile" else None,
        gone_at=by if shown.gone else None,
        seen_stopped_at=by if status.stopped and stopped_at is None else None,
    )


def _newest(task: JsonObject, status: Status, shown: ShownInterface, sighted: _Sighted) -> Newest:
    """Return the instants whose greatest value counts."""
    shows = shown.shows_address and not status.stopped and not status.disconnected
    return Newest(
        observed_at=sighted.observed_at,
        unattached_at=sighted.since if shown.unattached else None,
        connected_at=task.instant("connectivityAt"),
        still_shown_by_event=sighted.since if shows and status.source == "event" else None,
        still_shown_by_view=sighted.since if shows and status.source == "reconcile" else None,
    )


def _readable_task_arn(fields: JsonObject) -> str | None:
    try:
        return fields.arn("taskArn", TaskArn)
    except MalformedObservationError:
        return None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"

"""Function `reconcile`: what ECS itself shows, swept cluster by cluster into the table."""

import json
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from core.instant import SECOND
from core.survey import Survey
from core.sweep import Sweep
from core.sweeping import Page
from core.vpc import KnownVpcs, look_up_vpcs
from handlers import wiring

logger = Logger()
metrics = Metrics()
_known_vpcs = KnownVpcs()

_RESERVE = 30_000
"""Milliseconds: enough for a page that ECS throttles, and for handing on to the next message."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Ask for a sweep of everything, or work on the messages of one.

    A message is a survey, a sweep that was asked for, or either of them from a page on: whatever
    fails is raised, so that its message comes again.
    """
    messages = event.get("Records", [])
    metrics.add_dimension("FunctionName", context.function_name)
    _count("Messages", len(messages))
    if "Records" not in event:
        wiring.reconcile_queue().send([{}])
    for record in messages:
        message = json.loads(record["body"])
        if "sweep" in message:
            _sweep(Sweep.from_message(message["sweep"], now=wiring.now()), context)
        else:
            asked_at = int(record["attributes"]["SentTimestamp"])
            survey = Survey.from_message(message.get("survey", {}), asked_at=asked_at)
            _survey(survey, context)


def _survey(survey: Survey, context: Any) -> None:
    """Find out which clusters there are, and ask for a sweep of each."""
    surveyor = wiring.surveyor(_home(context))
    following: Survey | None = survey
    while following is not None:
        page = surveyor.turn(following, now=wiring.now())
        asked = [{"cluster_arn": arn, "generation": survey.asked_at} for arn in page.asked_for]
        wiring.reconcile_queue().send({"sweep": sweep} for sweep in asked)
        following = page.following
        if following is not None and not _has_time(context):
            wiring.reconcile_queue().send([{"survey": following.as_message()}])
            return
    _look_up_vpcs()
    oldest = surveyor.oldest(wiring.now()) // SECOND
    metrics.add_metric("OldestSweep", MetricUnit.Seconds, oldest)
    logger.info("surveyed", clusters=len(surveyor.clusters), oldest_sweep=oldest)


def _sweep(sweep: Sweep, context: Any) -> None:
    """Sweep a cluster, as far as the time goes."""
    sweeper = wiring.sweeper()
    cluster = sweeper.claim(sweep, now=wiring.now())
    if cluster is None:
        logger.info("already swept or being swept", cluster=sweep.cluster_arn)
        return
    following: Sweep | None = sweep
    while following is not None:
        page = sweeper.turn(following, cluster, now=wiring.now())
        _log(page)
        _note_subnets(page)
        if page.completed is not None:
            logger.info("swept", cluster=sweep.cluster_arn, **asdict(page.completed.tally))
            _look_up_vpcs()
        following = page.following
        if following is not None and not _has_time(context):
            wiring.reconcile_queue().send([{"sweep": following.as_message()}])
            return


def _note_subnets(page: Page) -> None:
    """Have the subnets of what was seen looked up; the sweep goes on if that fails."""
    try:
        _known_vpcs.among(page.seen, wiring.store(), wiring.now())
        _known_vpcs.note(page.seen, wiring.store())
    except Exception:
        logger.exception("subnets were not noted")


def _look_up_vpcs() -> None:
    """Look up the VPCs of the subnets that were noted; what fails is tried by the next sweep."""
    try:
        found = look_up_vpcs(
            wiring.store(),
            lambda subnets: wiring.subnets().vpcs_of(subnets),
            now=wiring.now(),
            retention=wiring.settings().retention,
        )
    except Exception:
        logger.exception("VPCs were not looked up")
        _count("VpcLookupFailed", 1)
    else:
        _count("VpcsFound", found)


def _log(page: Page) -> None:
    for fault in page.faults:
        logger.warning("rejected", task=fault.task, reason=fault.reason)
        _count("Rejected", 1)
    for recorded in page.recorded:
        for key, names in recorded.contradictions.items():
            logger.warning("fact conflict", task=key.task_id, fields=names)
            _count("FactConflict", 1)
    if page.completed is not None:
        _count("Swept", 1)
        for name, value in asdict(page.completed.tally).items():
            _count(name.capitalize(), value)


def _count(name: str, value: int) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def _has_time(context: Any) -> bool:
    return bool(context.get_remaining_time_in_millis() > _RESERVE)


def _home(context: Any) -> str:
    """Name the account and region as ECS's ARNs begin, by the ARN of this function."""
    partition, _, region, account = context.invoked_function_arn.split(":")[1:5]
    return f"arn:{partition}:ecs:{region}:{account}:"

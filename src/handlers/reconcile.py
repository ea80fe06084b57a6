"""Function `reconcile`: sweeps what ECS shows into the table, cluster by cluster."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from core.sweep.state import Sweep
from core.sweep.subnet_lookup import look_up_subnets
from core.sweep.survey import Survey
from core.sweep.sweeper import SweepPage
from core.table.coverage import coverage
from core.text.instant import SECOND
from handlers import wiring

logger = Logger()
metrics = Metrics()
wiring.prepare(wiring.store, wiring.ecs, wiring.reconcile_queue)

_RESERVE = 30_000
"""Milliseconds: enough for a page that ECS throttles, and for sending the next message."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> None:
    """Start a sweep of everything, or process the messages of one.

    A message is a survey, a sweep, either of them to be continued at a page, or the heartbeat.
    Errors propagate, so that SQS delivers the message again.
    """
    messages = event.get("Records", [])
    metrics.add_dimension("FunctionName", context.function_name)
    _count("Messages", len(messages))
    if "Records" not in event:
        wiring.reconcile_queue().send([{}])
    for record in messages:
        message = json.loads(record["body"])
        if message.get("heartbeat"):
            _heartbeat()
        elif "sweep" in message:
            _sweep(Sweep.from_message(message["sweep"], now=wiring.now()), context)
        else:
            asked_at = int(record["attributes"]["SentTimestamp"])
            survey = Survey.from_message(message.get("survey", {}), asked_at=asked_at)
            _survey(survey, context)


def _survey(survey: Survey, context: Any) -> None:
    """Find the clusters, and request a sweep of each."""
    surveyor = wiring.surveyor(_home(context))

    def ask(clusters: Sequence[str]) -> None:
        asked = [{"cluster_arn": arn, "generation": survey.asked_at} for arn in clusters]
        wiring.reconcile_queue().send({"sweep": sweep} for sweep in asked)

    following = surveyor.run(survey, clock=wiring.now, has_time=_time_left(context), ask=ask)
    if following is not None:
        wiring.reconcile_queue().send([{"survey": following.as_message()}])
        return
    _look_up_subnets()
    logger.info("surveyed", clusters=len(surveyor.clusters))


def _heartbeat() -> None:
    """Report the age of the oldest last sweep, and the number of gaps that still last."""
    now, sweeps = wiring.now(), wiring.store().sweeps()
    covered = coverage(sweeps, now=now, retention=wiring.settings().retention)
    metrics.add_metric("SweepAge", MetricUnit.Seconds, sweeps.age(now) // SECOND)
    _count("OpenGaps", sum(gap.end is None for gap in covered.gaps))


def _sweep(sweep: Sweep, context: Any) -> None:
    """Sweep a cluster while there is time."""
    following = wiring.sweeper().run(
        sweep, clock=wiring.now, has_time=_time_left(context), on_page=_on_page
    )
    if following is not None:
        wiring.reconcile_queue().send([{"sweep": following.as_message()}])


def _look_up_subnets() -> None:
    """Look up the VPCs of new subnets; the next sweep retries what fails."""
    try:
        found = look_up_subnets(
            wiring.store(),
            lambda subnets: wiring.subnets().look_up(subnets),
            now=wiring.now(),
            retention=wiring.settings().retention,
        )
    except Exception:
        logger.exception("subnets were not looked up")
        _count("VpcLookupFailed", 1)
    else:
        _count("VpcsFound", found)


def _on_page(page: SweepPage) -> None:
    """Report a page; after the last one of a sweep, look up the subnets that it noted."""
    _report(page)
    if page.completed is not None:
        _look_up_subnets()


def _report(page: SweepPage) -> None:
    """Log and count the results of a page."""
    for fault in page.faults:
        logger.warning("rejected", task=fault.task, reason=fault.reason)
        _count("Rejected", 1)
    for recorded in page.recorded:
        for key, names in recorded.contradictions.items():
            logger.warning("fact conflict", task=key.task_id, fields=names)
            _count("FactConflict", 1)
    for task, interfaces in page.other_interfaces.items():
        logger.warning("fact conflict", task=task, interfaces=interfaces)
        _count("FactConflict", 1)
    if page.completed is not None:
        tally = asdict(page.completed.tally)
        logger.info("swept", cluster=page.cluster_arn, **tally)
        _count("Swept", 1)
        for name, value in tally.items():
            _count(name.title().replace("_", ""), value)


def _count(name: str, value: int) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def _time_left(context: Any) -> Callable[[], bool]:
    return lambda: bool(context.get_remaining_time_in_millis() > _RESERVE)


def _home(context: Any) -> str:
    """Return what ECS ARNs of this account and Region begin with, from this function's own ARN."""
    partition, _, region, account = context.invoked_function_arn.split(":")[1:5]
    return f"arn:{partition}:ecs:{region}:{account}:"

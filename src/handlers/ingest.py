"""Function `ingest`: ECS task events from the queue, joined into the table."""

import json
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from core.ecs import MalformedObservationError, Observation, parse_event
from core.record import Record
from core.recording import Outcome, Recorded, record_observations
from core.vpc import KnownVpcs, located
from handlers import wiring

logger = Logger()
metrics = Metrics()
_known_vpcs = KnownVpcs()

type Message = dict[str, Any]

_ADDRESSES_NAMED = 4  # of the reasons that a dead letter carries; a person reads the rest in it


@metrics.log_metrics
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Store a batch of SQS messages; answers the ids of those that are to come again."""
    seen: list[tuple[Message, Observation]] = []
    again: set[str] = set()
    for message in event["Records"]:
        try:
            seen.append((message, parse_event(_json(message["body"]))))
        except MalformedObservationError as error:
            _count("Rejected")
            again |= _bury(message, str(error), error.task)
    recorded = record_observations(
        wiring.store(),
        _with_vpcs([observation.record for _, observation in seen]),
        now=wiring.now(),
        retention=wiring.settings().retention,
    )
    for message, observation in seen:
        if observation.record.key in recorded.failures:
            again.add(message["messageId"])
        elif observation.invalid_addresses:
            _count("InvalidAddress")
            reason = "; ".join(observation.invalid_addresses[:_ADDRESSES_NAMED])
            again |= _bury(message, reason, observation.record.facts.task_arn)
    _log(recorded)
    if seen:
        _note([observation.record for _, observation in seen])
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(again)]}


def _with_vpcs(records: list[Record]) -> list[Record]:
    """Fill in the VPCs that are known; no message waits for one that is not."""
    try:
        vpcs = _known_vpcs.among(records, wiring.store(), wiring.now())
    except Exception:
        logger.exception("the known VPCs were not read")
        return records
    return [located(record, vpcs) for record in records]


def _json(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedObservationError("the message", "is not JSON") from None


def _bury(message: Message, reason: str, task: str | None) -> set[str]:
    """Put a message into the dead-letter queue; answers its id if that failed."""
    logger.warning("rejected", reason=reason, task=task, message_id=message["messageId"])
    try:
        wiring.dead_letters().put(message["body"], reason)
    except Exception:
        logger.exception("could not be put into the dead-letter queue")
        return {message["messageId"]}
    return set()


def _log(recorded: Recorded) -> None:
    for outcome in recorded.outcomes.values():
        if outcome is not Outcome.TOO_OLD:
            _count(outcome.title().replace("_", ""))
    if recorded.too_old:
        _count("TooOld", recorded.too_old)
    for key, names in recorded.contradictions.items():
        logger.warning("fact conflict", task=key.task_id, fields=names)
        _count("FactConflict")
    for key, error in recorded.failures.items():
        logger.error("not stored", task=key.task_id, error=type(error).__name__, reason=str(error))
        _count("Failed")


def _note(records: list[Record]) -> None:
    """Remember when the last event came, and what is to be looked up; no message waits for that."""
    store = wiring.store()
    try:
        store.note_event(max(seen.newest.observed_at or 0 for seen in records))
        _known_vpcs.note(records, store)
    except Exception:
        logger.exception("the time of the last event, or its subnet, was not stored")


def _count(name: str, number: int = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)

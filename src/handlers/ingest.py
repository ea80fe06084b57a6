"""Function `ingest`: ECS task events from the queue, joined into the table."""

import json
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from core.ecs import MalformedObservationError, Observation, parse_event
from core.record import Record
from core.recording import Recorded, record_observations
from handlers import wiring

logger = Logger()
metrics = Metrics()


@metrics.log_metrics
def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Store a batch of SQS messages; answers the ids of those that are to come again."""
    readable: dict[str, Observation] = {}
    again: list[str] = []
    for message in event["Records"]:
        try:
            observation = parse_event(_json(message["body"]))
        except MalformedObservationError as error:
            again += _bury(message, str(error), field=error.field, task=error.task)
            _count("Rejected")
        else:
            for reason in observation.invalid_addresses:
                again += _bury(message, reason, field=reason, task=observation.record.key.task_id)
                _count("InvalidAddress")
            readable[message["messageId"]] = observation
    records = {message_id: observation.record for message_id, observation in readable.items()}
    recorded = record_observations(
        wiring.store(),
        list(records.values()),
        now=wiring.now(),
        retention=wiring.settings().retention,
    )
    again += [message_id for message_id, seen in records.items() if seen.key in recorded.failures]
    _log(recorded)
    if records:
        _note(list(records.values()))
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in set(again)]}


def _json(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedObservationError("the message", "is not JSON") from None


def _bury(message: dict[str, Any], reason: str, *, field: str, task: str | None) -> list[str]:
    """Put a message into the dead-letter queue; answers its id if that failed."""
    logger.warning(
        "rejected", field=field, reason=reason, task=task, message_id=message["messageId"]
    )
    try:
        wiring.dead_letters().put(message["body"], reason)
    except Exception:
        logger.exception("could not be put into the dead-letter queue")
        return [message["messageId"]]
    return []


def _log(recorded: Recorded) -> None:
    for outcome in recorded.outcomes.values():
        _count("".join(word.capitalize() for word in outcome.split("_")))
    for key, names in recorded.contradictions.items():
        logger.warning("fact conflict", task=key.task_id, fields=names)
        _count("FactConflict")
    for key, error in recorded.failures.items():
        logger.error("not stored", task=key.task_id, error=type(error).__name__, reason=str(error))
        _count("Failed")


def _note(records: list[Record]) -> None:
    """Remember when the last event came, for `GET /status`; no message waits for that."""
    try:
        wiring.store().note_event(max(seen.newest.observed_at or 0 for seen in records))
    except Exception:
        logger.exception("the time of the last event was not stored")


def _count(name: str) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=1)

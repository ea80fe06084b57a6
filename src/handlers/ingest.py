"""Function `ingest`: joins ECS task events from the queue into the table."""

import json
import re
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from core.table.recording import Outcome, Recorded
from core.task.ecs import MalformedObservationError, ParsedObservation, parse_event
from handlers import wiring

logger = Logger()
metrics = Metrics()
wiring.prepare(wiring.intake)

type Message = dict[str, Any]

_ADDRESSES_NAMED = 4  # reasons in a dead letter; the letter itself shows the rest


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Store a batch of SQS messages; return the ids of those to be delivered again."""
    metrics.add_dimension("FunctionName", context.function_name)
    seen: list[tuple[Message, ParsedObservation]] = []
    again: set[str] = set()
    for message in event["Records"]:
        try:
            seen.append((message, parse_event(_json(message["body"]))))
        except MalformedObservationError as error:
            again |= _bury(message, str(error), error.task, counted="Rejected")
    records = [observation.record for _, observation in seen]
    recorded, failed = wiring.intake().take(records, now=wiring.now())
    for message, observation in seen:
        if observation.record.key in recorded.failures:
            again.add(message["messageId"])
        else:
            again |= _report(message, observation)
    _log(recorded, failed)
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in sorted(again)]}


def _report(message: Message, observation: ParsedObservation) -> set[str]:
    """Report what was left out of a stored observation; return the message id if that failed."""
    task = observation.record.facts.task_arn
    if observation.other_interfaces:
        logger.warning("fact conflict", task=task, interfaces=observation.other_interfaces)
        _count("FactConflict")
    if not observation.invalid_addresses:
        return set()
    reason = "; ".join(observation.invalid_addresses[:_ADDRESSES_NAMED])
    return _bury(message, reason, task, counted="InvalidAddress")


def _json(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedObservationError("the message", "is not JSON") from None


def _bury(message: Message, reason: str, task: str | None, *, counted: str) -> set[str]:
    """Put a message into the dead-letter queue, and count it; return its id if that failed."""
    logger.warning("dead-lettered", reason=reason, task=task, message_id=message["messageId"])
    try:
        wiring.dead_letters().put(_without_secrets(message["body"]), reason)
    except Exception:
        logger.exception("could not be put into the dead-letter queue")
        _count("Failed")
        return {message["messageId"]}
    _count(counted)
    return set()


def _without_secrets(body: str) -> str:
    """Return a message without task overrides, whose environments can hold secrets."""
    if "overrides" not in body and "\\u" not in body:
        return body
    try:
        return json.dumps(_without_overrides(json.loads(body)), separators=(",", ":"))
    except (ValueError, RecursionError):
        return _before_overrides(body)


def _without_overrides(value: Any) -> Any:
    match value:
        case dict():
            kept = {name: inner for name, inner in value.items() if name != "overrides"}
            return {name: _without_overrides(inner) for name, inner in kept.items()}
        case list():
            return [_without_overrides(inner) for inner in value]
        case str():
            return _before_overrides(value)
        case _:
            return value


def _before_overrides(text: str) -> str:
    """Return text that is not JSON, cut where overrides begin."""
    found = re.search(r'\\*"overrides', text)
    return text if found is None else f"{text[: found.start()]}[cut: overrides can hold secrets]"


def _log(recorded: Recorded, failed: list[Exception]) -> None:
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
    for error in failed:
        logger.error(
            "could not note the last event or request a sweep",
            error=type(error).__name__,
            reason=str(error),
        )


def _count(name: str, number: int = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=number)

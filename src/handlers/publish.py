"""Function `publish`: sends changes of the table's records to the change bus."""

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from adapters.stream import states
from core.task.changes import change_event, is_change_of
from core.task.record import Record
from core.text.arn import TaskArn
from handlers import wiring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

    from core.table.store import Stored

logger = Logger()
metrics = Metrics()
wiring.prepare(wiring.store, wiring.change_bus)


class ForgedLetterError(Exception):
    """A dead letter that was sent back does not match any stored record."""


_RESERVE = 20_000
"""Milliseconds: enough for one call that hangs, and for storing what was refused."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publish the changes in a batch of stream records, or dead letters that were sent back.

    What cannot be published is kept whole as a dead letter. Return the ids of those that could not
    even be kept, and of dead letters that failed again: their queue counts the attempts.
    """
    metrics.add_dimension("FunctionName", context.function_name)
    entries: list[tuple[dict[str, Any], PutEventsRequestEntryTypeDef]] = []
    again: list[str] = []
    for record in event["Records"]:
        try:
            entries += [(record, entry) for entry in _entries(record)]
        except Exception as error:
            logger.exception("unreadable", record=_id(record))
            again += _bury(record, record, f"{type(error).__name__}: {error}")
    refused = wiring.change_bus().put(
        [entry for _, entry in entries],
        has_time=lambda: context.get_remaining_time_in_millis() > _RESERVE,
    )
    for index, reason in refused.items():
        record, entry = entries[index]
        logger.error("refused", record=_id(record), task=entry["Resources"], reason=reason)
        again += _bury(record, entry, reason)
    _count("Published", len(entries) - len(refused))
    _count("Refused", len(refused))
    return {"batchItemFailures": [{"itemIdentifier": name} for name in dict.fromkeys(again)]}


def _entries(record: dict[str, Any]) -> "list[PutEventsRequestEntryTypeDef]":
    """Return the entries of a stream record or a dead letter (an entry, a record, or a pointer)."""
    if "body" not in record:
        return _entries_from(record)
    letter = json.loads(record["body"])
    if "DDBStreamBatchInfo" in letter:
        fetched = wiring.stream().fetch(letter["DDBStreamBatchInfo"])
        return [entry for pointed_to in fetched for entry in _entries_from(pointed_to)]
    entries = [letter] if "Detail" in letter else _entries_from(letter)
    for entry in entries:
        _check(entry)
    return [wiring.change_bus().again(entry, wiring.now()) for entry in entries]


def _check(entry: Any) -> None:
    """Raise ForgedLetterError for an entry that is no change of a record and may be forged."""
    bus, detail = wiring.change_bus(), json.loads(entry["Detail"])
    known = {stored.record.facts.task_arn: stored for stored in _records_of(detail)}
    stored = known.get(detail["data"]["taskArn"])
    if (
        stored is None
        or entry["Resources"] != [detail["data"]["taskArn"]]
        or not bus.is_of(entry)
        or not is_change_of(stored.record, stored.sequence, entry["DetailType"], detail)
    ):
        raise ForgedLetterError("the dead letter does not match any stored record")


def _records_of(detail: Any) -> "Sequence[Stored]":
    return wiring.store().find(TaskArn(detail["data"]["taskArn"]).name)


def _entries_from(record: Any) -> "list[PutEventsRequestEntryTypeDef]":
    read = states(record)
    if read is None:
        return []
    before, after = read
    event = change_event(
        before.record if before else None,
        after.record,
        sequence=after.sequence,
        news_at=after.news_at,
        published_at=wiring.now(),
        complete=_located,
    )
    return [wiring.change_bus().entry(event)] if event else []


def _located(record: Record) -> Record:
    """Return the record with its VPC; a change does not wait for one that cannot be read."""
    try:
        [located] = wiring.known_vpcs().locate([record], wiring.store(), wiring.now())
    except Exception:
        logger.exception("the known VPCs were not read")
        return record
    return located


def _bury(record: dict[str, Any], letter: Any, reason: str) -> list[str]:
    """Store a dead letter; return the record's id if it must be delivered again instead."""
    if "body" in record:
        return [_id(record)]
    try:
        wiring.dead_letters().put(json.dumps(letter, ensure_ascii=False), reason)
    except Exception:
        logger.exception("could not be put into the dead-letter queue", record=_id(record))
        return [_id(record)]
    return []


def _id(record: dict[str, Any]) -> str:
    return str(record["messageId"] if "body" in record else record["dynamodb"]["SequenceNumber"])


def _count(name: str, value: int) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)

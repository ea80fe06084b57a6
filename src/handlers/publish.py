"""Function `publish`: changes of the table's records, out to the change bus."""

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
    """A letter that was sent back tells something that the table does not know."""


_RESERVE = 20_000
"""Milliseconds: enough for one call that hangs, and for keeping what was refused."""


@metrics.log_metrics
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Publish what a batch of stream records tells, or dead letters that were sent back.

    What cannot be published is kept whole as a dead letter. Return the ids of those that could
    not even be kept, and of dead letters that failed again: their queue counts how often.
    """
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
    """Read a stream record, or what a dead letter holds: an entry, a record, or a pointer."""
    if "body" not in record:
        return _told_by(record)
    letter = json.loads(record["body"])
    if "DDBStreamBatchInfo" in letter:
        told = wiring.stream().fetch(letter["DDBStreamBatchInfo"])
        return [entry for pointed_to in told for entry in _told_by(pointed_to)]
    entries = [letter] if "Detail" in letter else _told_by(letter)
    for entry in entries:
        _check(entry)
    return [wiring.change_bus().again(entry, wiring.now()) for entry in entries]


def _check(entry: Any) -> None:
    """Raise ForgedLetterError for what is no change of a record: anybody may have written it."""
    bus, detail = wiring.change_bus(), json.loads(entry["Detail"])
    known = {stored.record.facts.task_arn: stored for stored in _records_of(detail)}
    stored = known.get(detail["data"]["taskArn"])
    if (
        stored is None
        or entry["Resources"] != [detail["data"]["taskArn"]]
        or not bus.is_of(entry)
        or not is_change_of(stored.record, stored.sequence, entry["DetailType"], detail)
    ):
        raise ForgedLetterError("the letter is no change of a record of the table")


def _records_of(detail: Any) -> "Sequence[Stored]":
    return wiring.store().find(TaskArn(detail["data"]["taskArn"]).name)


def _told_by(record: Any) -> "list[PutEventsRequestEntryTypeDef]":
    read = states(record)
    if read is None:
        return []
    before, after = read
    told = change_event(
        before.record if before else None,
        after.record,
        sequence=after.sequence,
        news_at=after.news_at,
        published_at=wiring.now(),
        complete=_located,
    )
    return [wiring.change_bus().entry(told)] if told else []


def _located(record: Record) -> Record:
    """Fill in the VPC; a change does not wait for one that cannot be read."""
    try:
        [located] = wiring.known_vpcs().locate([record], wiring.store(), wiring.now())
    except Exception:
        logger.exception("the known VPCs were not read")
        return record
    return located


def _bury(record: dict[str, Any], letter: Any, reason: str) -> list[str]:
    """Keep a letter; return the record's id if it is to come again instead."""
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

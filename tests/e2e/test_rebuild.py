"""The past, rebuilt on the deployed stack: recorded events into an empty table, in any order."""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from adapters.dynamodb.items import REVISION, decode
from core.task.ecs import MalformedObservationError, parse_event
from core.task.record import Record, join
from local.stack import Stack, deployed_stack
from tests.e2e.command import ecs_ip, of_stack
from tests.e2e.subscription import Event, subscribed
from tests.support.changes import life
from tests.support.samples import CASES, EVENTS, SHAPES

type Json = dict[str, Any]

pytestmark = pytest.mark.timeout(600)

LIVES = "rebuilt"
"""The cluster of some lives that are told in full."""

HISTORY: list[Json] = [
    *EVENTS.values(),
    *SHAPES.values(),
    *(sent for case in CASES.values() for sent in case),
    *(sent for n in range(40) for sent in life(f"life-{n:02}", f"10.9.0.{n}", LIVES)),
]


def joined() -> dict[str, Record]:
    """Add up what can be read of the history, task by task."""
    records: dict[str, Record] = {}
    for sent in HISTORY:
        try:
            seen = parse_event(sent).record
        except MalformedObservationError:
            continue
        arn = str(seen.facts.task_arn)
        records[arn] = join(records[arn], seen) if arn in records else seen
    return records


@dataclass
class Rebuilt:
    """What became of one replay: its summary, the records, and what the API exports."""

    summary: Json
    stored: Mapping[str, Record]
    exported: list[Json]
    told: list[Event] = field(default_factory=list)


def replay(stack: Stack, *recordings: Path) -> Rebuilt:
    """Replay recordings as a person does, and read all that the table then knows."""
    of_person = of_stack(stack)
    files = map(str, recordings)
    done = ecs_ip(of_person, "replay", *files, "--rate", "1000", "-o", "json")
    assert done.out, done.err
    exported = ecs_ip(of_person, "export", "--format", "jsonl")
    assert exported.code == 0, exported.err
    records = {str(one.facts.task_arn): one for one in records_in(stack)}
    return Rebuilt(done.json(), records, sorted(exported.lines(), key=lambda one: one["taskArn"]))


def items_in(stack: Stack) -> Iterator[Json]:
    pages = stack.aws.dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs["TableName"], ConsistentRead=True
    )
    return (item for page in pages for item in page["Items"])


def records_in(stack: Stack) -> list[Record]:
    return [decode(item).record for item in items_in(stack) if REVISION in item]


def forget(stack: Stack) -> None:
    """Empty the table, and start the functions anew: they remember which names they noted."""
    for item in list(items_in(stack)):
        key = {name: item[name] for name in ("taskId", "clusterArn")}
        stack.aws.dynamodb.delete_item(TableName=stack.outputs["TableName"], Key=key)
    assert list(items_in(stack)) == []
    for name in stack.functions():
        given = stack.aws.functions.get_function_configuration(FunctionName=name)["Environment"]
        stack.aws.functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**given["Variables"], "ANEW": "true"}}
        )


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rebuilt, Rebuilt]]:
    """Replay a history as it happened, forget it, and replay it shuffled, some of it twice."""
    folder = tmp_path_factory.mktemp("recordings")
    as_sent, shuffled = folder / "as-sent.json", folder / "shuffled.log.gz"
    as_sent.write_text("\n".join(json.dumps(sent) for sent in HISTORY), encoding="utf-8")
    random = Random(20261126)  # noqa: S311 - to be the same each time
    again = [*HISTORY, *random.sample(HISTORY, 60)]
    random.shuffle(again)
    lines = [f"2026-11-26T00:00:00.000Z {json.dumps(sent)}" for sent in again]
    shuffled.write_bytes(gzip.compress("\n".join(lines).encode()))
    with deployed_stack() as stack, subscribed(stack, cluster=[LIVES]) as heard:
        first = replay(stack, as_sent)
        heard.until(40, quiet=3)
        forget(stack)
        heard.events.clear()
        second = replay(stack, shuffled)
        second.told = heard.until(40, quiet=3)
        yield first, second


def test_the_records_are_the_same_field_by_field(twice: tuple[Rebuilt, Rebuilt]) -> None:
    """Those in the table, with all proofs that nobody is shown; and as the API exports them."""
    first, second = twice
    assert first.stored == second.stored == joined()
    assert [record["taskArn"] for record in first.exported] == sorted(first.stored)
    for before, after in zip(first.exported, second.exported, strict=True):
        assert before == after


def test_what_cannot_be_stored_is_counted_each_time(twice: tuple[Rebuilt, Rebuilt]) -> None:
    first, second = twice
    assert first.summary["sent"] == len(HISTORY)
    assert second.summary["sent"] == len(HISTORY) + 60
    for summary in (first.summary, second.summary):
        assert summary["deadLetters"] > 0
        assert (summary["unreadable"], summary["stillQueued"]) == (0, 0)


def test_the_changes_are_published_again_and_said_to_be_late(
    twice: tuple[Rebuilt, Rebuilt],
) -> None:
    told = twice[1].told
    assert {event["detail"]["data"]["taskId"] for event in told} == {
        f"life-{n:02}" for n in range(40)
    }
    assert all(event["detail"]["metadata"]["late"] for event in told)

"""Cold starts: each function beside a bare handler, from the start of init to the first answer.

The bare handler makes one boto3 DynamoDB client and asks once. All take turns, so that whatever
else the machine does meets them alike, and the median counts.
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from adapters.dynamodb.items import encode, key_item
from benchmarks.runtime import Start, built, cold_start, runtime_folder
from benchmarks.stand_in import stand_in
from core.table.seen_names import notes_of
from core.table.store import Stored
from core.task.ecs import parse_event
from core.task.record import Record
from core.text.instant import DAY, SECOND, from_text, to_text

PROJECT = Path(__file__).parents[1]
SAMPLE = PROJECT / "events" / "fargate-service-3-running.json"
TABLE = "tasks"
ACCOUNT = "https://sqs.eu-west-1.amazonaws.com/111122223333"


class Figure(NamedTuple):
    """What a cold start of a function takes, in seconds of processor time, and beside bare."""

    function: str
    total: float
    ratio: float
    left_to_first: float
    """Seconds that the first invocation takes beyond bare's."""
    modules: int
    """How many modules were imported beyond those of the bare handler."""


def first_events() -> dict[str, Any]:
    """Make the first event of each function: the commonest there is."""
    body = _of_now(SAMPLE.read_text(encoding="utf-8"))
    record = _record(body)
    item = encode(Stored(record, 1, 1, written_at=1, news_at=1), 90 * DAY)
    keys = {name: item[name] for name in ("taskId", "clusterArn")}
    change = {"Keys": keys, "NewImage": item, "SequenceNumber": "1"}
    return {
        "bare": {},
        "query": {
            "httpMethod": "GET",
            "path": "/ips/10.0.4.128",
            "multiValueHeaders": {"Accept": ["application/json"]},
            "multiValueQueryStringParameters": {"subnetId": ["subnet-0a1b2c3d4e5f60718"]},
            "requestContext": {"requestId": "1"},
        },
        "ingest": {"Records": [{"messageId": "1", "body": body}]},
        "publish": {"Records": [{"eventID": "1", "eventName": "INSERT", "dynamodb": change}]},
        "reconcile": {},
    }


def _of_now(body: str) -> str:
    """Date a recorded event anew: old news that leaves a task alive is rare, and takes longer."""
    later = time.time_ns() // 1_000_000 - SECOND - (_record(body).newest.observed_at or 0)
    instant = re.compile(r"[0-9-]{10}T[0-9:.]+Z")
    return instant.sub(lambda found: to_text(from_text(found[0]) + later), body)


def _record(body: str) -> Record:
    return parse_event(json.loads(body)).record


def answers(function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return what DynamoDB holds for a first event: the names in it were seen before."""
    if function != "ingest":
        return {}
    notes = notes_of(_record(event["Records"][0]["body"]))
    items = [key_item(*note) for note in notes]
    return {"BatchGetItem": {"Responses": {TABLE: items}, "UnprocessedKeys": {}}}


def settings(url: str) -> dict[str, str]:
    """Write the settings that the template gives, for a stand-in."""
    return {
        "AWS_ENDPOINT_URL": url,
        "TABLE_NAME": TABLE,
        "RETENTION_DAYS": "36500",
        "LOG_LEVEL": "INFO",
        "POWERTOOLS_METRICS_NAMESPACE": "EcsIpInventory",
        "POWERTOOLS_SERVICE_NAME": "measured",
        "DEAD_LETTER_QUEUE_URL": f"{ACCOUNT}/dead",
        "RECONCILE_QUEUE_URL": f"{ACCOUNT}/reconcile",
        "CHANGE_BUS_NAME": "changes",
        "SWEEP_REQUESTS_PER_SECOND": "10",
    }


def measured(repetitions: int, said: Callable[[str], None]) -> dict[str, list[Start]]:
    """Start each function and the bare handler that often, in turns."""
    runtime, events = runtime_folder(), first_events()
    folders = {"bare": Path(__file__).with_name("bare")}
    folders |= {name: built(name) for name in events if name != "bare"}
    starts: dict[str, list[Start]] = {name: [] for name in events}
    for number in range(repetitions):
        said(f"cold starts, round {number + 1} of {repetitions}")
        for name, event in events.items():
            handler = "bare.handler" if name == "bare" else f"handlers.{name}.handler"
            with stand_in(answers=answers(name, event)) as server:
                start = cold_start(folders[name], runtime, handler, event, settings(server.url))
            starts[name].append(start)
    return starts


def figures(starts: Mapping[str, list[Start]]) -> Iterator[Figure]:
    """Sum up: medians, and ratios round by round."""
    bare = starts["bare"]
    for name, own in starts.items():
        pairs = list(zip(own, bare, strict=True))
        yield Figure(
            name,
            median(start.cpu for start in own),
            median(start.cpu / beside.cpu for start, beside in pairs),
            median(start.first_cpu - beside.first_cpu for start, beside in pairs),
            len({*own[0].modules} - {*bare[0].modules}),
        )

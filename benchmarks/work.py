"""Processor time for each event and each query, and the round trips of a batch.

The functions are asked in this process, and DynamoDB is a stand-in that answers at once, or after
a delay. Beside them stands the least that boto3 needs for the same requests.
"""

import json
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from statistics import median
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest.mock import patch

import boto3

from benchmarks.cold_start import first_events, settings
from benchmarks.lives import bodies
from benchmarks.stand_in import StandIn, stand_in
from core.task.ecs import parse_event
from handlers import wiring

BATCH = 100
_DELAY = 0.25
_CONTEXT = SimpleNamespace(function_name="measured")


class Work(NamedTuple):
    """Seconds of processor time, and how often what boto3 alone takes for the same requests."""

    each: float
    ratio: float


def event(rounds: int = 7) -> Work:
    """Measure one event of a batch of a hundred tasks that began to run."""
    batches = [_batch(number) for number in range(rounds)]

    def bare(client: Any, at: int) -> None:
        for message in batches[at]["Records"]:
            item = {"taskId": {"S": message["messageId"]}, "body": {"S": message["body"][:700]}}
            condition = "attribute_not_exists(taskId)"
            client.put_item(TableName="tasks", Item=item, ConditionExpression=condition)

    work = _measured("ingest", batches, bare)
    return Work(work.each / BATCH, work.ratio)


def query(rounds: int = 60) -> Work:
    """Measure one question about an address in a subnet, with the coverage in mind."""
    asked = first_events()["query"]

    def bare(client: Any, at: int) -> None:
        for _ in range(3):
            client.query(
                TableName="tasks",
                KeyConditionExpression="ipv4 = :a",
                ExpressionAttributeValues={":a": {"S": str(at)}},
            )

    return _measured("query", [asked] * rounds, bare)


def round_trips() -> float:
    """Count how many answers a batch of a hundred events waits for, one after the other."""
    with stand_in() as server, _functions(server) as handler:
        ingest = handler("ingest")
        ingest(_batch(0), _CONTEXT)
        at_once = min(_seconds(partial(ingest, _batch(at), _CONTEXT)) for at in (1, 2, 3))
        server.delay = _DELAY
        delayed = min(_seconds(partial(ingest, _batch(at), _CONTEXT)) for at in (4, 5))
    return (delayed - at_once) / _DELAY


def _measured(function: str, events: list[Any], bare: Callable[[Any, int], None]) -> Work:
    with stand_in() as server, _functions(server) as handler:
        client, own = boto3.client("dynamodb"), handler(function)
        own(events[0], _CONTEXT)
        bare(client, 0)
        pairs = [
            (_cpu(partial(own, events[at], _CONTEXT)), _cpu(partial(bare, client, at)))
            for at in range(1, len(events))
        ]
    return Work(median(one for one, _ in pairs), median(one / other for one, other in pairs))


def _batch(number: int) -> dict[str, Any]:
    numbers = range(number * BATCH, (number + 1) * BATCH)
    return {"Records": [{"messageId": str(at), "body": bodies(at)[2]} for at in numbers]}


@contextmanager
def _functions(server: StandIn) -> Any:
    """Give the functions, as they are with a stand-in's settings."""
    given = {**settings(server.url), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    given["AWS_DEFAULT_REGION"] = "eu-west-1"
    # As if the recorded events came now: old news that leaves a task alive asks for a sweep.
    now = parse_event(json.loads(bodies(0)[2])).record.newest.observed_at or 0
    with (
        patch.dict(os.environ, given),
        patch("sys.stdout"),
        patch.object(wiring, "now", lambda: now + 1_000),
    ):
        yield _handler


def _handler(name: str) -> Callable[[Any, Any], Any]:
    for built in vars(wiring).values():
        getattr(built, "cache_clear", lambda: None)()
    handler: Callable[[Any, Any], Any] = import_module(f"handlers.{name}").handler
    return handler


def _cpu(do: Callable[[], object]) -> float:
    started = time.process_time()
    do()
    return time.process_time() - started


def _seconds(do: Callable[[], object]) -> float:
    started = time.monotonic()
    do()
    return time.monotonic() - started


if __name__ == "__main__":
    print(json.dumps({"event": event(), "query": query(), "round trips": round_trips()}))

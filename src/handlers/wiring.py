"""Settings from the environment, and the clients built from them, each only once.

What only some functions need is imported where it is built: imports are most of a cold start.
"""

import gc
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.config import Config

from adapters.dynamodb import MAX_CONCURRENT_REQUESTS, DynamoStore
from core.text.instant import DAY, Duration, Instant

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_events import EventBridgeClient

    from adapters.bus import ChangeBus
    from adapters.dead_letters import DeadLetterQueue
    from adapters.ec2 import Subnets
    from adapters.ecs import EcsReader
    from adapters.queue import Queue
    from adapters.stream import Stream
    from core.sweep.survey import Surveyor
    from core.sweep.sweeper import Sweeper
    from core.table.intake import Intake
    from core.table.seen_names import Noted
    from core.table.vpc import KnownVpcs
    from core.text.arn import ClusterArn

VERSION = (Path(__file__).parents[1] / "VERSION").read_text("utf-8").strip()

# Requests time out well before the function does: DynamoDB and SQS answer within milliseconds, and
# what failed is retried.
_CLIENT = Config(
    connect_timeout=2,
    read_timeout=5,
    max_pool_connections=MAX_CONCURRENT_REQUESTS,
    retries={"mode": "standard", "total_max_attempts": 4},
)

# `ChangeBus` itself retries what was refused, and only that.
_ONE_ATTEMPT = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1})


class MissingSettingError(Exception):
    """An environment variable is missing or invalid."""


class Settings(NamedTuple):
    """The settings of every function."""

    table_name: str
    retention: Duration


def prepare(*builders: Callable[[], object]) -> None:
    """Build in init what the function needs: Lambda gives init more CPU than invocations.

    Outside Lambda, or if a setting is missing, everything is built when it is needed.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        with suppress(MissingSettingError):
            for build in builders:
                build()
        gc.enable()
        gc.freeze()  # these objects stay for good: no collection need look at them


@cache
def settings() -> Settings:
    """Read the settings; raise MissingSettingError that names the variable."""
    days = setting("RETENTION_DAYS")
    if not days.isdecimal():
        raise MissingSettingError("RETENTION_DAYS is not a number of days")
    return Settings(table_name=setting("TABLE_NAME"), retention=int(days) * DAY)


def setting(name: str) -> str:
    """Read one environment variable; raise MissingSettingError that names it."""
    value = os.environ.get(name)
    if not value:
        raise MissingSettingError(f"{name} is not set")
    return value


@cache
def store() -> DynamoStore:
    """Build the store on the table of the stack."""
    table_name, retention = settings().table_name, settings().retention
    client: DynamoDBClient = boto3.client("dynamodb", config=_CLIENT)
    return DynamoStore(client, table_name, retention)


@cache
def dead_letters() -> "DeadLetterQueue":
    """Build the sender to the dead-letter queue of the stack."""
    from adapters.dead_letters import DeadLetterQueue

    return DeadLetterQueue(boto3.client("sqs", config=_CLIENT), setting("DEAD_LETTER_QUEUE_URL"))


@cache
def change_bus() -> "ChangeBus":
    """Build the sender to the change bus of the stack."""
    from adapters.bus import ChangeBus

    client: EventBridgeClient = boto3.client("events", config=_ONE_ATTEMPT)
    return ChangeBus(client, setting("CHANGE_BUS_NAME"))


@cache
def stream() -> "Stream":
    """Build the reader of the table's stream."""
    from adapters.stream import Stream

    return Stream(boto3.client("dynamodbstreams", config=_CLIENT))


@cache
def reconcile_queue() -> "Queue":
    """Build the sender of the sweep's messages."""
    from adapters.queue import Queue

    return Queue(boto3.client("sqs", config=_CLIENT), setting("RECONCILE_QUEUE_URL"))


@cache
def ecs() -> "EcsReader":
    """Build the reader of ECS, at half the agreed rate because two functions run at a time."""
    from adapters.ecs import EcsReader, Pace

    a_second = setting("SWEEP_REQUESTS_PER_SECOND")
    if not a_second.isdecimal() or int(a_second) < 1:
        raise MissingSettingError("SWEEP_REQUESTS_PER_SECOND is not a number of requests")
    return EcsReader(boto3.client("ecs", config=_CLIENT), Pace(int(a_second) / 2), now)


@cache
def intake() -> "Intake":
    """Build the intake of events."""
    from core.table.intake import Intake

    def ask(cluster: "ClusterArn", at: Instant) -> None:
        reconcile_queue().send([{"sweep": {"cluster_arn": cluster, "generation": at}}])

    return Intake(store(), settings().retention, ask)


@cache
def noted() -> "Noted":
    """Return the memory of the names that are in the table."""
    from core.table.seen_names import Noted

    return Noted()


@cache
def known_vpcs() -> "KnownVpcs":
    """Return the memory of the VPCs of subnets."""
    from core.table.vpc import KnownVpcs

    return KnownVpcs()


def sweeper() -> "Sweeper":
    """Build the sweeper of clusters."""
    from core.sweep.sweeper import Sweeper

    return Sweeper(store(), ecs(), settings().retention, noted())


def surveyor(home: str) -> "Surveyor":
    """Build the surveyor, with the clusters that were found before."""
    from core.sweep.survey import Surveyor

    sweeps = store().sweeps()
    found = {cluster.cluster_arn: cluster for cluster in sweeps.clusters}
    return Surveyor(store(), ecs(), home, found, sweeps.surveyed_at)


@cache
def subnets() -> "Subnets":
    """Build the reader of subnets."""
    from adapters.ec2 import Subnets

    client: EC2Client = boto3.client("ec2", config=_CLIENT)
    return Subnets(client)


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MAX_CONCURRENT_REQUESTS)


def side_by_side[Thing, Result](
    do: Callable[[Thing], Result], things: Iterable[Thing], /
) -> Iterable[Result]:
    """Apply a function to each thing, several at a time."""
    return _threads().map(do, things)


def now() -> Instant:
    """Read the clock."""
    milliseconds: int = time.time_ns() // 1_000_000
    return milliseconds

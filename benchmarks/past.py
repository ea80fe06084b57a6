"""The map at a past instant: what reading it costs, however many tasks have ended since.

    python -m benchmarks.past [ENDED ...] [--million]

Writes that many ended tasks of one cluster (10,000 and 100,000 unless told otherwise; `--million`
adds 1,000,000, which takes more than an hour) into Amazon's DynamoDB Local, and 200 that live. The
ended ones ran from ten seconds to four days, in the 89 days up to now. The table has those of its
indexes that the map is read from: each of the others makes writing slower. Then it reads the map at
an instant an hour, a day and 60 days ago to its end, a thousand tasks a page, and prints the read
units that DynamoDB bills, as the rows of a table.

The answer's own units are what its records alone would cost, read in one go: half a unit for each
four kilobytes. The bound is three times these, and 60 for the cluster.
"""

import argparse
import os
import random
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple
from uuid import UUID, uuid4

import boto3
from botocore.config import Config
from mypy_boto3_dynamodb import DynamoDBClient

from adapters.dynamodb import DynamoStore
from adapters.dynamodb.items import encode
from core.answers.current import TaskFilter
from core.answers.past import Past, past_tasks
from core.answers.questions import instant_window
from core.table.seen_names import notes_of
from core.task.kinds import Earliest, Facts, Interface, Newest, Status, TaskKey
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import DAY, HOUR, MINUTE, SECOND, Duration, Instant
from tests.support.capacity import item_size
from tests.support.consumption import Consumption
from tests.support.dynamodb_local import running
from tests.support.tables import Table, write_records
from tests.support.tasks import NOON
from tests.support.template import create_table_request

CLUSTER = ClusterArn("arn:aws:ecs:eu-west-1:111122223333:cluster/production-services-and-jobs")
RETENTION: Duration = 90 * DAY
LIVING = 200
MILLION = 1_000_000
AGES = (("1 hour", HOUR), ("1 day", DAY), ("60 days", 60 * DAY))
LENGTHS = (10 * SECOND, 45 * SECOND, 2 * MINUTE, 11 * MINUTE, 50 * MINUTE, 5 * HOUR, DAY, 4 * DAY)
"""About as many tasks are as long as each: jobs of seconds, and services deployed daily."""


class Cost(NamedTuple):
    """What the map at an instant took."""

    tasks: int
    own_units: float
    units: float
    queries: int
    pages: int

    @property
    def bound(self) -> float:
        """The most that it may take."""
        return 3 * self.own_units + 60


def lives(ended: int) -> Iterator[Record]:
    """Make up the tasks of a cluster, the same ones each time."""
    chance = random.Random(ended)  # noqa: S311 - made-up lives
    for number in range(ended):
        length = int(chance.choice(LENGTHS) * chance.uniform(0.7, 1.3))
        created = NOON - int(chance.uniform(length / DAY, 89) * DAY)
        yield _life(chance, number, created, created + length)
    for number in range(ended, ended + LIVING):
        yield _life(chance, number, NOON - int(chance.uniform(0, 89) * DAY), None)


def _life(chance: random.Random, number: int, created: Instant, ended: Instant | None) -> Record:
    key = TaskKey(UUID(int=chance.getrandbits(128)).hex, CLUSTER)
    shown = created + 4 * SECOND
    return Record(
        key=key,
        status=Status(
            last_status="RUNNING" if ended is None else "STOPPED",
            desired_status="RUNNING" if ended is None else "STOPPED",
            version=6,
            attachment_status="DELETED",
            stop_code=None if ended is None else "EssentialContainerExited",
            source="event",
        ),
        facts=Facts(
            task_arn=CLUSTER.task_arn(key.task_id),
            group=f"service:team-{number % 70}-backend",
            started_by=f"ecs-svc/{number % 70:019}",
            task_definition_arn=f"{CLUSTER.home}task-definition/team-{number % 70}:{number % 9}",
            launch_type="FARGATE",
            platform_version="1.4.0",
            availability_zone=f"eu-west-1{'abc'[number % 3]}",
            network_mode="awsvpc",
            created_at=created,
        ),
        interface=Interface(
            attachment_id=str(UUID(key.task_id)),
            network_interface_id=f"eni-{key.task_id[:17]}",
            subnet_id=f"subnet-{number % 12:017x}",
            mac_address="0a:58:a9:fe:ac:01",
            private_ipv4_address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        ),
        earliest=Earliest(
            connectivity_at=shown,
            pull_started_at=shown,
            started_at=shown + SECOND,
            shown_by_event=shown,
            stopped_at=ended,
        ),
        newest=Newest(observed_at=ended or NOON, still_shown_by_event=ended or NOON),
    )


def map_at(table: Table, instant: Instant) -> Cost:
    """Read the map at an instant to its end."""
    reads = Consumption(table.client)
    store = DynamoStore(table.client, table.name, RETENTION)
    past = Past(wanted=TaskFilter(cluster=CLUSTER.name), window=instant_window(instant))
    pages = [past_tasks(store, past, after=None, limit=1_000)]
    while (after := pages[-1].following) is not None:
        pages.append(past_tasks(store, past, after=after, limit=1_000))
    found = [stored for page in pages for stored in page.found]
    size = sum(item_size(encode(stored, RETENTION)) for stored in found)
    own = ceil(size / 4_096) / 2
    return Cost(len(found), own, reads.billed_reads, reads.requests["Query"], len(pages))


@contextmanager
def new_table(
    client: DynamoDBClient, wanted: Collection[str] = ("live", "past")
) -> Iterator[Table]:
    """Make a table with the indexes that are read, and without a stream: it is soon filled."""
    whole = create_table_request(f"tasks-{uuid4()}")
    indexes = [one for one in whole["GlobalSecondaryIndexes"] if one["IndexName"] in wanted]
    keys = {part["AttributeName"] for one in [whole, *indexes] for part in one["KeySchema"]}
    definitions = [one for one in whole["AttributeDefinitions"] if one["AttributeName"] in keys]
    client.create_table(
        TableName=whole["TableName"],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=definitions,
        KeySchema=whole["KeySchema"],
        GlobalSecondaryIndexes=indexes,
    )
    try:
        yield Table(client, whole["TableName"])
    finally:
        client.delete_table(TableName=whole["TableName"])


def rows(ended: int, table: Table) -> Iterator[str]:
    """Fill the table, ask, and write a row for each instant."""
    some = next(lives(ended))
    DynamoStore(table.client, table.name, RETENTION).put_notes(notes_of(some))
    write_records(table, lives(ended))
    for name, age in AGES:
        cost = map_at(table, NOON - age)
        yield (
            f"| {ended:,} | {name} ago | {cost.tasks:,} | {cost.own_units:,.1f} |"
            f" {cost.units:,.1f} | {cost.bound:,.1f} | {cost.queries} | {cost.pages} |"
        )


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.past", description=__doc__)
    parser.add_argument("ended", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--million", action="store_true", help="with 1,000,000 ended tasks, too")
    asked = parser.parse_args(arguments)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    print(
        "| ended tasks | instant | tasks in the map | their own units | units read | bound |",
        end="",
    )
    print(" queries | pages |\n" + "|---|---|---|---|---|---|---|---|")
    with running() as url:
        client = boto3.client("dynamodb", endpoint_url=url, config=Config(max_pool_connections=16))
        for ended in [*asked.ended, *([MILLION] if asked.million else [])]:
            with new_table(client) as table:
                for row in rows(ended, table):
                    print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

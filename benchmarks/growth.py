"""What an answer costs while the table grows: read units, counted on Amazon's DynamoDB Local."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import boto3
from botocore.config import Config

from adapters.dynamodb import DynamoStore
from benchmarks import past
from benchmarks.history import WINDOWS
from benchmarks.units import ADDRESS, SUBNET, asked_of
from core.text.instant import DAY, HOUR, MINUTE, to_text
from tests.contract.test_requests import read_units_of_history, write_past
from tests.support.asking import Inventory
from tests.support.consumption import Consumption
from tests.support.dynamodb_local import running
from tests.support.tables import Table, write_records
from tests.support.tasks import NOON

SIZES = (1_000, 10_000, 100_000)


class Growth(NamedTuple):
    """Read units by the number of records."""

    records: int
    holder_at_an_instant: float
    """Who had an address, of which every record is."""
    history_of_five: float
    """Five holders of an address, of which every record is."""
    map_of_then: float
    """All tasks of a cluster, of which every record is, an hour ago."""
    bound: float
    """What that may take at most: three times what its answer takes alone, and 60."""


def measured(said: Callable[[str], None], sizes: tuple[int, ...] = SIZES) -> Iterator[Growth]:
    """Measure each size on tables of its own."""
    with running() as url:
        config = Config(max_pool_connections=50)
        client = boto3.client("dynamodb", endpoint_url=url, config=config)
        for size in sizes:
            said(f"growth: {size:,} records")
            with past.new_table(client, ["ipv4"]) as table:
                write_past(table, size)
                _, history = read_units_of_history(table, WINDOWS[0])
                holder = _holder(table)
            with past.new_table(client) as table:
                write_records(table, past.lives(size))
                then = past.map_at(table, NOON - HOUR)
            yield Growth(size, holder, history, then.units, then.bound)


def _holder(table: Table) -> float:
    inventory = Inventory(store=DynamoStore(table.client, table.name, 90 * DAY))
    at = to_text(NOON - 8 * MINUTE)
    with asked_of(inventory):
        inventory.get("/ips/10.255.255.255")
        consumption = Consumption(table.client)
        inventory.get(f"/ips/{ADDRESS}?subnetId={SUBNET}&at={at}")
    return consumption.billed_reads

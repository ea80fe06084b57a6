"""The history of an address: what reading it costs, however long its past is.

    python -m benchmarks.history [HOLDERS ...]

Writes that many past holders of one address (10, 1,000 and 100,000 unless told otherwise) into
Amazon's DynamoDB Local, a minute each, and prints the read units that it counts for the last five
minutes and for two minutes before them.
"""

import os
import sys

import boto3
from botocore.config import Config

from core.answers.holders import Window
from core.text.instant import MINUTE
from tests.contract.test_requests import read_units_of_history, write_past
from tests.support.dynamodb_local import running
from tests.support.tables import new_table
from tests.support.tasks import NOON

WINDOWS = (
    Window(NOON - 5 * MINUTE, NOON),
    Window(NOON - 10 * MINUTE, NOON - 8 * MINUTE),
)


def main(arguments: list[str]) -> None:
    """Print a line for each number of holders."""
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    with running() as url:
        client = boto3.client("dynamodb", endpoint_url=url, config=Config(max_pool_connections=16))
        for holders in [int(text) for text in arguments] or [10, 1_000, 100_000]:
            with new_table(client) as table:
                write_past(table, holders)
                found = [read_units_of_history(table, window) for window in WINDOWS]
            said = ", ".join(f"{held} holders in {units} read units" for held, units in found)
            print(f"{holders:>7,} past holders: {said}")


if __name__ == "__main__":
    main(sys.argv[1:])

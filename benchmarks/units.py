"""What DynamoDB is asked for, and bills: exact counts, the same on every machine.

Counted on Amazon's DynamoDB Local. It bills nothing for a query that finds nothing, and DynamoDB
half a unit, so that these queries are counted and added.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple
from unittest.mock import patch

from adapters.dynamodb import DynamoStore
from benchmarks.lives import LONG, sightings
from core.table.intake import Intake
from core.task.record import Record
from core.text.instant import DAY, MINUTE, to_text
from handlers import wiring
from tests.support.asking import Inventory
from tests.support.consumption import Consumption
from tests.support.tables import Table
from tests.support.tasks import NOON, task

SUBNET = "subnet-a"
ADDRESS = "10.0.4.128"
HOLDERS = 50


class Counted(NamedTuple):
    """What a piece of work took."""

    requests: int
    write_units: float
    read_units: float


def life(table: Table, *, batches: int | None, known_estate: bool = False) -> Counted:
    """Take in the life of a task, event by event, or in some batches of equal size.

    In a new estate its subnet, cluster and group are noted, too.
    """
    seen = list(sightings(range(1)))
    store = DynamoStore(table.client, table.name, LONG)
    intake = Intake(store, LONG, lambda *_: None)
    if known_estate:
        _take(intake, list(sightings(range(1, 2))))
    consumption = Consumption(table.client)
    size = 1 if batches is None else len(seen) // batches
    for start in range(0, len(seen), size):
        _take(intake, seen[start : start + size])
    return _counted(consumption)


def batch(table: Table, number: int, *, known_estate: bool) -> Counted:
    """Take in that many events of as many tasks in one batch."""
    store = DynamoStore(table.client, table.name, LONG)
    intake = Intake(store, LONG, lambda *_: None)
    running = list(sightings(range(number + 1)))[2::6]
    if known_estate:
        _take(intake, running[-1:])
    consumption = Consumption(table.client)
    _take(intake, running[:number])
    return _counted(consumption)


def _take(intake: Intake, seen: Sequence[Record]) -> None:
    now = max(one.newest.observed_at or 0 for one in seen) + 1_000
    recorded, failed = intake.take(seen, now=now)
    if failed or recorded.failures:
        raise RuntimeError(f"not recorded: {failed or recorded.failures}")


QUESTIONS: dict[str, tuple[str, Any]] = {
    "an address now, in one subnet": (f"/ips/{ADDRESS}?subnetId={SUBNET}", None),
    "an address then, in one subnet": (
        f"/ips/{ADDRESS}?subnetId={SUBNET}&at={to_text(NOON + 20 * MINUTE + 10_000)}",
        None,
    ),
    "an address then, anywhere": (
        f"/ips/{ADDRESS}?at={to_text(NOON + 20 * MINUTE + 10_000)}",
        None,
    ),
    "a lookup of an address then, in one subnet": (
        "/lookups",
        {"ip": ADDRESS, "subnetId": SUBNET, "at": to_text(NOON + 20 * MINUTE + 10_000)},
    ),
    "one task": ("/tasks/shop/t010", None),
}
"""Each with what is asked, in a past of fifty holders, one a minute."""


def questions(table: Table) -> dict[str, Counted]:
    """Ask each question of a function that has the coverage in mind."""
    past = (
        task(
            f"t{number:03}",
            created=NOON + number * MINUTE - 5_000,
            attached=NOON + number * MINUTE,
            stopped=NOON + number * MINUTE + 50_000 if number < HOLDERS - 1 else None,
        )
        for number in range(HOLDERS)
    )
    inventory = Inventory(store=DynamoStore(table.client, table.name, 90 * DAY))
    inventory.put(*past)
    consumption = Consumption(table.client)

    def counted(ask: Callable[[], object]) -> Counted:
        consumption.clear()
        ask()
        return _counted(consumption)

    with asked_of(inventory):
        inventory.get("/ips/10.255.255.255")
        return {
            name: counted(partial(_ask, inventory, target, body))
            for name, (target, body) in QUESTIONS.items()
        }


def _ask(inventory: Inventory, target: str, body: Any) -> None:
    reply = inventory.get(target) if body is None else inventory.post(target, {"lookups": [body]})
    if reply.status != 200:  # noqa: PLR2004 - the status that says so
        raise RuntimeError(f"{target}: {reply.body}")


def asked_of(inventory: Inventory) -> Any:
    """Have the query function read this inventory."""
    return patch.multiple(
        wiring,
        store=lambda: inventory.store,
        now=lambda: inventory.now,
        settings=lambda: wiring.Settings("tasks", 90 * DAY),
    )


def _counted(consumption: Consumption) -> Counted:
    requests = sum(consumption.requests.values())
    return Counted(requests, consumption.writes, consumption.billed_reads)

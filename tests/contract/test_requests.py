"""How many requests an answer costs, and how much DynamoDB reads for it."""

from typing import Any

import pytest

from adapters.dynamodb import DynamoStore
from core.answers.history import AddressHistory, AddressPast
from core.answers.holders import Judge, Window
from core.table.store import Subnet
from core.task.record import Record, in_vpc, join
from core.text.instant import DAY, MINUTE, to_text
from tests.contract.conftest import OpenTable
from tests.support.asking import Inventory, inventory
from tests.support.consumption import Consumption
from tests.support.tables import Table, write_records
from tests.support.tasks import NOON, observed, task

__all__ = ["inventory"]

IP = "10.0.4.128"


@pytest.fixture
def table(open_table: OpenTable) -> Table:
    """Give a table on the engine that counts as DynamoDB does."""
    return open_table("dynamodb-local")


@pytest.fixture
def reads(table: Table) -> Consumption:
    return Consumption(table.client)


@pytest.fixture
def warm(table: Table, reads: Consumption, inventory: Inventory) -> Inventory:
    """Give the function the table, and let it have in mind what it keeps there for a while."""
    inventory.store = DynamoStore(table.client, table.name, 90 * DAY)
    names = ("subnet-a", *(f"subnet-{n}" for n in range(5)))
    inventory.store.put_subnets(dict.fromkeys(names, Subnet("vpc-1")))
    inventory.put(task("warm", ipv4="10.255.255.255"))
    inventory.get("/ips/10.255.255.255")
    reads.requests.clear()
    return inventory


def placed(record: Record) -> Record:
    return join(record, in_vpc(record.key, "vpc-1"))


def test_a_point_query_with_a_subnet_is_three_queries_and_one_batch_read(
    warm: Inventory, reads: Consumption
) -> None:
    warm.put(*(placed(task(f"t{n}", attached=NOON + n)) for n in range(50)))
    for target in (f"/ips/{IP}?subnetId=subnet-a", f"/ips/{IP}?subnetId=subnet-a&vpcId=vpc-1"):
        reads.requests.clear()
        assert len(warm.get(target).json["holders"]) == 1
        assert reads.requests == {"Query": 3, "BatchGetItem": 1}


def test_an_address_never_seen_is_no_batch_read(warm: Inventory, reads: Consumption) -> None:
    warm.get(f"/ips/{IP}?subnetId=subnet-a")
    assert reads.requests == {"Query": 3}
    reads.requests.clear()
    warm.get(f"/ips/{IP}")
    assert reads.requests == {"Query": 2}


@pytest.mark.parametrize("subnets", [1, 2, 5])
@pytest.mark.parametrize("at", [NOON, NOON + DAY])
def test_a_point_query_without_a_subnet_is_two_queries_a_subnet_and_two_more(
    warm: Inventory, reads: Consumption, subnets: int, at: int
) -> None:
    warm.put(
        *(
            placed(
                task(
                    f"t{n}-{m}",
                    created=NOON + m * MINUTE,
                    attached=NOON + m * MINUTE,
                    last_held=NOON + m * MINUTE + 1,
                    subnet=f"subnet-{n}",
                )
            )
            for n in range(subnets)
            for m in range(6)
        )
    )
    reads.clear()
    assert len(warm.get(f"/ips/{IP}?at={to_text(at)}").json["holders"]) == subnets
    assert reads.requests["Query"] <= 2 * subnets + 2
    assert reads.requests["BatchGetItem"] == 1
    assert set(reads.requests) == {"Query", "BatchGetItem"}


def test_what_the_function_has_in_mind_costs_one_query_in_five_seconds(
    warm: Inventory, reads: Consumption
) -> None:
    warm.put(placed(task()))
    reads.clear()
    warm.now += 5_000
    for _ in range(3):
        warm.get(f"/ips/{IP}?subnetId=subnet-a")
    assert reads.requests == {"Query": 3 * 3 + 1, "BatchGetItem": 3}


def test_lookups_ask_each_distinct_thing_once(warm: Inventory, reads: Consumption) -> None:
    warm.put(placed(observed("a1")))
    reads.clear()
    at = to_text(NOON)
    lookups: list[dict[str, str]] = [
        {"ip": IP, "at": at, "subnetId": "subnet-a"},
        {"ip": IP, "at": at, "subnetId": "subnet-a", "vpcId": "vpc-1"},
        {"ip": f"::ffff:{IP}", "at": str(NOON // 1000), "subnetId": "subnet-a"},
        {"networkInterfaceId": "eni-1"},
        {"networkInterfaceId": "eni-1", "at": at},
    ]
    results = warm.post("/lookups", {"lookups": lookups * 20}).json["results"]
    assert all(len(result["holders"]) == 1 for result in results)
    assert reads.requests == {"Query": 3 + 1, "BatchGetItem": 1}


def test_lookups_ask_side_by_side(
    warm: Inventory, reads: Consumption, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def noting(do: Any, things: Any) -> Any:
        asked.append(len(list(things)))
        return map(do, things)

    monkeypatch.setattr("handlers.wiring.side_by_side", noting)
    warm.post("/lookups", {"lookups": [{"ip": f"10.0.0.{n}"} for n in range(30)] * 2})
    assert asked == [30]
    assert reads.requests["Query"] == 2 * 30


def write_past(table: Table, holders: int) -> None:
    """Write past holders of one address quickly, a minute each, up to noon."""
    tasks = (
        task(
            f"t{n:06}",
            created=NOON - (holders - n) * MINUTE,
            attached=NOON - (holders - n) * MINUTE,
            stopped=NOON - (holders - n - 1) * MINUTE,
        )
        for n in range(holders)
    )
    write_records(table, tasks)


def read_units_of_history(table: Table, window: Window) -> tuple[int, float]:
    """Read a window of the address's past; answer how many held it, and the units it took."""
    reads = Consumption(table.client)
    store = DynamoStore(table.client, table.name, 90 * DAY)
    asked = AddressPast(address=IP, window=window)
    page = AddressHistory(store, asked, Judge()).page(None, 100)
    return len(page.records), reads.billed_reads


def test_the_cost_of_history_is_independent_of_how_long_the_past_is(open_table: OpenTable) -> None:
    costs = {}
    for holders in (10, 1_000, 10_000):
        table = open_table("dynamodb-local")
        write_past(table, holders)
        latest = read_units_of_history(table, Window(NOON - 5 * MINUTE, NOON))
        earlier = read_units_of_history(table, Window(NOON - 10 * MINUTE, NOON - 8 * MINUTE))
        costs[holders] = [latest, earlier]
    assert costs[10] == costs[1_000] == costs[10_000]
    assert [held for held, _ in costs[10]] == [5, 2]

"""Tests that every view that shows a list of things saves it as CSV."""

import csv
import io

from playwright.sync_api import Page

from tests.console import estate
from tests.console.conftest import Visit
from tests.console.estate import LARGE, SIX, SMALL
from tests.console.world import World


def saved(page: Page, button: str = "CSV") -> list[dict[str, str]]:
    """Press a button, and return the rows of the file that it saves."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    return list(csv.DictReader(io.StringIO(download.value.path().read_text())))


def test_a_subnet_saves_each_address_as_it_is_drawn(visit: Visit, world: World) -> None:
    rows = saved(visit(f"#/subnets/{SMALL}"))
    assert len(rows) == 256
    assert [row["state"] for row in rows[:4]] == ["kept by AWS"] * 4
    states = [row["state"] for row in rows]
    assert states.count("held") == 60
    assert states.count("released within the hour") == 7
    [held] = [row for row in rows if row["address"] == "10.0.4.128"]
    [record] = [
        one
        for one in world.records
        if one["live"] and (one["privateIpv4Address"], one["subnetId"]) == ("10.0.4.128", SMALL)
    ]
    assert (held["service"], held["cluster"]) == ("web", "shop")
    assert (held["taskId"], held["since"]) == (record["taskId"], record["attachedAt"])


def test_a_large_subnet_saves_its_24s_and_each_of_them_its_addresses(visit: Visit) -> None:
    rows = saved(visit(f"#/subnets/{LARGE}"))
    assert (len(rows), rows[7]["prefix"], rows[7]["held"]) == (256, "10.2.7.0/24", "1")
    rows = saved(visit(f"#/subnets/{LARGE}?block=10.2.7.0/24"))
    assert [row["address"] for row in rows if row["state"] == "held"] == ["10.2.7.21"]


def test_a_list_of_ipv6_addresses_is_saved(visit: Visit, world: World) -> None:
    estate.add_six(world)
    rows = saved(visit(f"#/subnets/{SIX}"), "CSV of IPv6 addresses")
    assert [row["address"] for row in rows] == [f"2001:db8:66::{last}" for last in range(1, 6)]
    assert rows[3]["released"] == next(
        one["releasedAt"] for one in world.records if one["ipv6Address"] == "2001:db8:66::4"
    )


def test_a_task_is_saved_with_all_its_facts(visit: Visit, world: World) -> None:
    record = next(one for one in world.records if one["stoppedAt"])
    [row] = saved(visit(f"#/tasks/shop/{record['taskId']}"))
    for name in ("taskArn", "privateIpv4Address", "attachedAt", "releasedAt", "stoppedReason"):
        assert row[name] == record[name]
    # Every field that the record has, but those that the view does not show.
    assert set(record) - set(row) == set()


def test_the_status_saves_its_figures_and_its_gaps(visit: Visit, world: World) -> None:
    page = visit("#/status")
    figures = {row["figure"]: row["value"] for row in saved(page)}
    assert figures["coverage begins"] == world.coverage["from"]
    assert figures["tasks seen"] == "71"
    assert 350 < int(figures["lag of sweeps in seconds"]) < 400
    [gap] = saved(page, "CSV of gaps")
    assert gap["from"] == world.coverage["gaps"][0]["from"]
    assert gap["seconds"] == "3600"

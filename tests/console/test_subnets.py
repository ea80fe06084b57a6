"""Tests what a subnet says of IPv6 addresses, and of a block that it does not have."""

import pytest
from playwright.sync_api import Page, expect

from tests.console import estate
from tests.console.conftest import Visit
from tests.console.estate import LARGE, SIX, SMALL
from tests.console.world import HOUR, World, instant


def left_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("one => one.getBoundingClientRect().left"))


def right_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("one => one.getBoundingClientRect().right"))


def test_a_subnet_of_ipv6_alone_lists_its_addresses(visit: Visit, world: World) -> None:
    estate.add_six(world)
    page = visit(f"#/subnets/{SIX}")
    expect(page.locator("main h1")).to_contain_text("2001:db8:66::/64")
    expect(page.locator(".lead")).to_contain_text("Tasks hold 3 IPv6 addresses here")
    expect(page.locator(".lead")).to_contain_text("1 possibly held, 1 released within the hour")
    rows = page.locator("data-table tbody tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("2001:db8:66::1")
    expect(rows.nth(3)).to_contain_text("released within the hour")
    expect(page.locator("main")).not_to_contain_text("looked up")
    expect(page.locator(".changes li")).to_have_count(2)
    page.get_by_role("link", name="2001:db8:66::2").first.click()
    expect(page.locator("main h1")).to_contain_text("2001:db8:66::2")
    expect(page.locator(".verdict")).to_contain_text("Held")


def test_a_subnet_of_ipv6_alone_without_a_task_says_so(visit: Visit, world: World) -> None:
    estate.add_six(world)
    page = visit(f"#/subnets/{SIX}?at={instant(world.now - 20 * HOUR)}")
    expect(page.locator(".lead")).to_contain_text("tasks held 0 IPv6 addresses here")
    expect(page.locator("main")).to_contain_text("No task has an address here")
    expect(page.locator("main")).not_to_contain_text("looked up")


def test_a_subnet_of_both_families_shows_both(visit: Visit, world: World) -> None:
    world.subnets[0]["ipv6Cidrs"] = ["2001:db8:4a:600::/64"]
    page = visit(f"#/subnets/{SMALL}")
    expect(page.locator(".lead")).to_contain_text("60 of 251 usable addresses, 24%")
    expect(page.locator(".lead")).to_contain_text("and 1 IPv6 address")
    expect(page.locator(".grid .cell")).to_have_count(256)
    expect(page.locator("data-table tbody tr")).to_contain_text(["2001:db8:4a:600::d815"])
    assert right_of(page, ".card") <= left_of(page, "aside")
    # A task that came with both its addresses is one change.
    expect(page.locator(".changes li")).to_have_count(3)


def test_the_subnets_list_what_has_ipv6_alone(visit: Visit, world: World) -> None:
    estate.add_six(world)
    page = visit("#/subnets")
    expect(page.locator("main h1")).to_contain_text("Tasks hold 78 IPv4 addresses in 4 subnets")
    row = page.locator(f"tr[data-key='{SIX}']")
    expect(row).to_contain_text("2001:db8:66::/64")
    assert row.locator("td.held, td.usable, td.full").all_inner_texts() == ["\N{EN DASH}"] * 3


def test_the_search_suggests_ipv6_addresses(visit: Visit, world: World) -> None:
    estate.add_six(world)
    page = visit("#/status")
    page.locator("#search").press_sequentially("2001:db8:66::")
    expect(page.get_by_role("option").first).to_contain_text("2001:db8:66::")


@pytest.mark.parametrize("block", ["0.0.0.0/0", "10.2.0.0/16", "10.2.0.0/25", "10.3.1.0/24", "x"])
def test_a_block_that_the_subnet_has_not_is_not_drawn(visit: Visit, block: str) -> None:
    page = visit(f"#/subnets/{LARGE}?block={block}")
    expect(page.locator(".tiles li")).to_have_count(256)
    expect(page.locator(".strip")).to_contain_text(f"There is no /24 {block} here")


def test_an_address_inside_a_block_opens_it(visit: Visit) -> None:
    page = visit(f"#/subnets/{LARGE}?block=10.2.7.9/24")
    expect(page.locator(".grid .cell")).to_have_count(256)
    expect(page.locator(".card")).to_contain_text("10.2.7.0/24")


@pytest.mark.parametrize(
    "times",
    [
        "from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z",
        "from=yesterday&to=now",
        "from=2026-11-20T12:00:00Z&to=2026-11-20T11:00:00Z",
    ],
)
@pytest.mark.parametrize("view", ["#/ips/10.0.4.128", "#/services/shop/web"])
def test_a_range_that_cannot_be_drawn_is_not(visit: Visit, view: str, times: str) -> None:
    page = visit(f"{view}?{times}")
    expect(page.locator("time-line .bar").first).to_be_visible()
    assert page.locator("time-line .tick").count() < 40

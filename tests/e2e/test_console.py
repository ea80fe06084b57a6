"""The console as `make run` serves it: each view against the deployed functions, in a browser."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.console.browser import looking
from tests.e2e.living import Terminal


@pytest.fixture
def page(window: BrowserContext, living: Terminal) -> Iterator[Page]:
    """Open a page that is watched: it asks nobody else, and breaks nothing."""
    with looking(window, living.url) as page:
        page.set_default_timeout(30_000)
        yield page


def visit(page: Page, living: Terminal, route: str) -> None:
    page.goto(f"{living.url}/console/{route}")
    page.wait_for_selector("main h1:not(.quiet)", timeout=30_000)


def held_record(living: Terminal) -> dict[str, str]:
    """Find a task of a service that holds an address now."""
    with urlopen(f"{living.url}/tasks?addressState=held&cluster=shop&limit=1000") as answer:
        records = json.load(answer)["items"]
    return next(record for record in records if record["service"])


def test_a_browser_is_sent_to_the_console_and_sees_the_map(page: Page, living: Terminal) -> None:
    page.goto(living.url)
    expect(page.locator("main h1")).to_contain_text(re.compile(r"\d+ tasks in 2 clusters now"))
    assert page.locator("data-table tbody tr").count() > 10


def test_an_address_a_task_and_a_service_are_told_in_words(page: Page, living: Terminal) -> None:
    record = held_record(living)
    address = record["privateIpv4Address"]
    visit(page, living, f"#/ips/{address}?subnetId={record['subnetId']}")
    expect(page.locator(".answer")).to_contain_text(f"{address} is held by task")
    assert page.locator("time-line .bar.certain").count() >= 1
    visit(page, living, f"#/tasks/shop/{record['taskId']}")
    expect(page.locator(".facts")).to_contain_text(record["networkInterfaceId"])
    visit(page, living, f"#/services/shop/{record['service']}")
    expect(page.locator("main")).to_contain_text(address)


def test_a_subnet_is_a_grid_now_and_then(page: Page, living: Terminal) -> None:
    subnet = held_record(living)["subnetId"]
    visit(page, living, f"#/subnets/{subnet}")
    expect(page.locator(".lead")).to_contain_text("usable addresses")
    assert page.locator(".grid .cell.held").count() >= 1
    expect(page.locator(".grid .cell.aws")).to_have_count(5)
    then = (datetime.now(UTC) - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
    visit(page, living, f"#/subnets/{subnet}?at={then}")
    assert page.locator(".grid .cell.held").count() >= 1
    visit(page, living, f"#/subnets/{subnet}?at=some time ago")
    expect(page.locator("main")).to_contain_text("at=some time ago is not an instant")


def test_the_status_shows_the_gap_of_the_played_day(page: Page, living: Terminal) -> None:
    visit(page, living, "#/status")
    expect(page.locator("main")).to_contain_text(re.compile("gap", re.IGNORECASE))


def test_the_page_s_policy_takes_nothing_inline(living: Terminal) -> None:
    with urlopen(f"{living.url}/console/") as answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "require-trusted-types-for 'script'" in policy

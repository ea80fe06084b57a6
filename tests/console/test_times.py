"""Tests that the time field takes what the command line takes, and refuses what it refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from ecs_ip import times, zones
from ecs_ip.errors import UsageError
from tests.console.conftest import Visit

BERLIN = zones.named("Europe/Berlin")  # as the tests' browser
TAKEN = (
    "10m ago", "-10m", "-1h30m", "1h 30m ago", "1 h 30 min ago", "10 minutes ago", "30 seconds ago",
    "90 secs ago", "2 weeks ago", "1 hr ago", "3 days ago", "-1w2d", "1  Hour  ago",
    "2026-01-22 03:12+01", "2026-01-22 03:12 -0800", "2026-01-22T03:12:45Z", "2026-01-22 03:12 UTC",
    "2026-01-22t03:12:45.1234567z", "2026-01-22T03:12:45+05:30", "2026-01-22 3:12",
    "2026-01-22 03:12:45,5", "1769000000", "1769000000.25", "1769000000123", "03:12", "3:12:45.5",
    "today 00:00", "yesterday 03:12", "Yesterday  23:59",
)  # fmt: skip
REFUSED = (
    "10 parsecs ago", "-10", "ago", "1h 30m", "10m", "2026-01-22 24:12", "2026-01-22 03",
    "2026-01-22 03:12 +25:00", "2026-11-31 03:12", "tomorrow 03:12", "2026-01-22", "25:00",
    "2026-03-29 02:30", "2025-10-26 02:30",
)  # fmt: skip


def ask(page: Page, text: str) -> None:
    """Write a time into the field, in which another one stands."""
    page.evaluate("location.hash = '#/tasks'")
    expect(page.locator("#at")).to_have_value("")
    page.evaluate("location.hash = '#/tasks?at=2025-12-01T00:00:00.000Z'")
    expect(page.locator("#at")).to_have_value("2025-12-01 01:00:00")
    page.locator("#at").fill(text)
    page.keyboard.press("Enter")


def test_every_form_of_the_command_line_is_taken(visit: Visit) -> None:
    page = visit("#/tasks")
    for text in TAKEN:
        ask(page, text)
        page.wait_for_function("!location.hash.includes('at=2025-12-01')")
        asked = page.evaluate("new URLSearchParams(location.hash.split('?')[1]).get('at')")
        expected = times.parse(text, datetime.now(UTC), BERLIN).at
        assert abs(datetime.fromisoformat(asked) - expected) < timedelta(seconds=20), text


def test_what_the_command_line_refuses_is_refused(visit: Visit) -> None:
    page = visit("#/tasks")
    for text in REFUSED:
        with pytest.raises(UsageError):
            times.parse(text, datetime.now(UTC), BERLIN)
        ask(page, text)
        expect(page.locator("#at-help[role=alert]")).to_be_visible()
        assert "at=2025-12-01" in page.url, text


def test_a_time_that_the_clocks_showed_twice_says_which_two(visit: Visit) -> None:
    page = visit("#/tasks")
    ask(page, "2025-10-26 02:30")
    says = page.locator("#at-help")
    expect(says).to_contain_text("2025-10-26T00:30:00Z or 2025-10-26T01:30:00Z")
    ask(page, "1h 30m")
    expect(says).to_contain_text("Say “1h 30m ago”")


def test_sums_work_in_the_search_box(visit: Visit) -> None:
    page = visit("#/tasks")
    page.locator("#search").fill("10.0.4.128 -1h30m")
    page.locator("#search").press("Enter")
    page.wait_for_url("**/#/ips/10.0.4.128?at=*")

"""Tests that the search box knows what has ended, too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.fake_api import FakeApi
from tests.console.world import DAY, HOUR, Record, World


@pytest.fixture(params=[3 * HOUR, 30 * HOUR, 9 * DAY], ids=["hours", "a day", "days"])
def ended(request: pytest.FixtureRequest, world: World) -> Record:
    """Add the only task of a cluster, which ended some time ago."""
    ago: int = request.param
    record = world.add(cluster="night", service="backup", ip="10.0.4.251", ago=ago + HOUR)
    world.stop(record, world.now - ago)
    return record


def search(page: Page, text: str) -> None:
    page.locator("#search").fill(text)
    page.locator("#search").press("Enter")


@pytest.mark.parametrize("view", ["#/status", "#/tasks"])
def test_a_task_is_found_in_a_cluster_where_none_lives(
    visit: Visit, ended: Record, view: str
) -> None:
    page = visit(view)
    search(page, ended["taskId"])
    expect(page).to_have_url(re.compile(f"#/tasks/night/{ended['taskId']}"))
    page = visit(view)
    search(page, ended["taskId"][:8])
    expect(page).to_have_url(re.compile(f"#/tasks/night/{ended['taskId']}"))


@pytest.mark.parametrize("text", ["backup", "night/backup"])
def test_a_service_without_a_task_is_found(visit: Visit, ended: Record, text: str) -> None:
    page = visit("#/status")
    search(page, text)
    expect(page).to_have_url(re.compile("#/services/night/backup"))
    expect(page.locator("data-table tbody tr")).to_contain_text([ended["privateIpv4Address"]])


def test_a_task_that_nobody_knows_is_looked_for_everywhere(visit: Visit, api: FakeApi) -> None:
    page = visit("#/status")
    search(page, "0123456789abcdef0123456789abcdef")
    expect(page.get_by_role("alert")).to_contain_text("No known cluster has a task 0123456789ab")
    past = [one for one in api.requests if one.startswith("/tasks?") and "to=" in one]
    assert len(past) == 3


def test_words_that_tasks_of_now_match_are_not_looked_for_in_the_past(
    visit: Visit, api: FakeApi
) -> None:
    page = visit("#/tasks")
    search(page, "pay")
    expect(page.locator("data-table tbody tr")).to_have_count(5)
    assert not [one for one in api.requests if "to=" in one]


def test_who_went_elsewhere_while_it_was_looked_for_stays_there(
    visit: Visit, api: FakeApi, ended: Record
) -> None:
    page = visit("#/tasks")
    api.refuse = [(429, {"Retry-After": "1"})]
    search(page, ended["taskId"])
    page.get_by_role("link", name="Status").click()
    expect(page.locator(".busy, .below")).to_have_count(0, timeout=15_000)
    assert "#/status" in page.url

"""Tests that a task whose end nobody reported does not seem to hold what a newer one has."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.estate import SMALL
from tests.console.fake_api import FakeApi
from tests.console.world import HOUR, MINUTE, Record, World, instant

IP = "10.0.4.150"


@pytest.fixture
def lost(world: World) -> Record:
    """Add a task whose STOPPED event was lost, and the one that got its address after it."""
    old = world.add(service="cart", ip=IP, ago=4 * HOUR)
    old["lastProof"] = instant(world.now - 90 * MINUTE)
    world.add(service="web", ip=IP, ago=HOUR)
    return old


def newer(world: World) -> Record:
    """Return the task that has the address now."""
    return next(one for one in world.records if one["service"] == "web" and of(one) == IP)


def of(record: Record) -> str:
    return str(record["privateIpv4Address"])


def cells(page: Page, record: Record) -> list[str]:
    """Return the row of a task, as text."""
    row = page.locator(f"data-table tr[data-key='{record['taskArn']}'] td")
    expect(row.first).to_be_visible()
    return row.all_inner_texts()


def titles(page: Page, record: Record) -> list[str]:
    """Return what the bars of a task say."""
    links = page.locator(f"time-line a[href*='{record['taskId']}']")
    expect(links.first).to_be_visible()
    return [str(link.get_attribute("aria-label")) for link in links.all()]


def pattern(words: str) -> re.Pattern[str]:
    """Return what finds words however the lines of the page break."""
    return re.compile(words.replace(" ", r"\s+"), re.DOTALL)


def clock(page: Page, stamp: str) -> str:
    """Return the time of day of an instant, as the page shows it."""
    return str(page.evaluate("stamp => new Date(stamp).toTimeString().slice(0, 8)", stamp))


def test_only_the_newest_holder_holds_an_address(visit: Visit, world: World, lost: Record) -> None:
    page = visit(f"#/ips/{IP}")
    over = clock(page, newer(world)["attachedAt"])
    _, until, to, *_ = cells(page, lost)
    assert until.endswith(clock(page, lost["lastProof"]))
    assert to.endswith(over)
    assert cells(page, newer(world))[2] == "holds it"
    before = page.locator(".neighbours")
    expect(before).to_contain_text(pattern(f"service cart of cluster shop, gone by .*{over}"))


def test_the_bars_of_an_older_holder_end_where_the_newer_one_begins(
    visit: Visit, world: World, lost: Record
) -> None:
    page = visit(f"#/ips/{IP}")
    over = clock(page, newer(world)["attachedAt"])
    assert not [title for title in titles(page, lost) if title.endswith("now")]
    assert any("possibly" in title and title.endswith(over) for title in titles(page, lost))


def test_a_past_holder_is_not_said_to_hold_its_address_since(
    visit: Visit, world: World, lost: Record
) -> None:
    page = visit(f"#/ips/{IP}?at={instant(world.now - 2 * HOUR)}")
    answer = page.locator(".answer")
    expect(answer).to_contain_text("was held by task")
    over = clock(page, newer(world)["attachedAt"])
    expect(answer).to_contain_text(pattern(f"from .* to .*{over} at the latest"))
    assert cells(page, lost)[2].endswith(over)


def test_what_came_after_the_time_shown_counts(visit: Visit, world: World, lost: Record) -> None:
    window = f"from={instant(world.now - 3 * HOUR)}&to={instant(world.now - 2 * HOUR)}"
    for at in ("", f"&at={instant(world.now - 6 * HOUR)}"):
        page = visit(f"#/ips/{IP}?{window}{at}")
        assert "holds it" not in cells(page, lost)
        assert not [title for title in titles(page, lost) if title.endswith("now")]


def test_an_end_that_is_only_estimated_gives_way_to_a_newer_holder(
    visit: Visit, world: World, lost: Record
) -> None:
    lost |= {
        "live": False,
        "addressState": "released",
        "releasedNotBefore": lost["lastProof"],
        "releasedAt": instant(world.now - 30 * MINUTE),
        "releasedAtEstimated": True,
        "missingAt": instant(world.now - 20 * MINUTE),
    }
    page = visit(f"#/ips/{IP}")
    over = clock(page, newer(world)["attachedAt"])
    assert cells(page, lost)[2].endswith(over)
    page = visit(f"#/tasks/shop/{lost['taskId']}")
    expect(page.locator(".lead")).to_contain_text(pattern(f"{over} at the latest"))


def test_a_task_that_another_has_followed_does_not_hold_its_address(
    visit: Visit, world: World, lost: Record
) -> None:
    page = visit(f"#/tasks/shop/{lost['taskId']}")
    over = clock(page, newer(world)["attachedAt"])
    lead = page.locator(".lead")
    expect(lead).to_contain_text(pattern(f"held {IP} in {SMALL}, .*{over} at the latest"))
    expect(lead).to_contain_text("ECS has not said so yet")
    page = visit(f"#/tasks/shop/{newer(world)['taskId']}")
    expect(lead).to_contain_text(f"holds {IP} in {SMALL}, since")


def test_a_task_that_ended_is_asked_about_once(visit: Visit, world: World, api: FakeApi) -> None:
    ended = next(one for one in world.records if one["stoppedAt"])
    visit(f"#/tasks/shop/{ended['taskId']}")
    assert "/lookups" not in api.requests


def test_a_service_that_reuses_an_address_holds_it_once(visit: Visit, world: World) -> None:
    old = world.add(service="solo", ip=IP, ago=4 * HOUR)
    new = world.add(service="solo", ip=IP, ago=HOUR)
    page = visit("#/services/shop/solo")
    expect(page.locator(".lead")).to_contain_text("1 task with an address now")
    assert cells(page, old)[2].endswith(clock(page, new["attachedAt"]))
    assert cells(page, new)[2] == "holds it"
    assert not [
        title for title in titles(page, old) if title.endswith("now") or "certainly" in title
    ]


def test_a_holder_that_is_only_possible_is_not_said_to_hold_it(visit: Visit) -> None:
    page = visit("#/ips/10.0.4.210")
    expect(page.locator("data-table")).to_contain_text("may hold it")
    expect(page.locator("data-table")).not_to_contain_text("holds it")

"""Tests that ten thousand tasks neither stutter nor freeze the page."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console import estate
from tests.console.conftest import Visit
from tests.console.world import World

MANY = 10_000
LONGEST_FRAME = 200  # milliseconds
RUNS = 6
FRAME = "ProxyMain::BeginMainFrame"  # as Chromium's tracing calls it

# Scrolls through the whole table and keeps the longest time between two frames.
SCROLL = """async () => {
  const box = document.querySelector('data-table .scroll');
  const frame = () => new Promise(requestAnimationFrame);
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
  observer.observe({type: 'longtask'});
  let last = await frame();
  let longest = 0;
  let rows = Infinity;
  const height = box.scrollHeight;
  for (let step = 0; step < 120; step += 1) {
    box.scrollTop = (height / 120) * step + (step % 3) * 200;
    const now = await frame();
    longest = Math.max(longest, now - last);
    last = now;
    rows = Math.min(rows, box.querySelectorAll('tbody tr[data-key]').length);
  }
  observer.disconnect();
  return {longest, rows, tasks: Math.max(0, ...tasks.map((task) => task.duration))};
}"""


@pytest.fixture(scope="module")
def many() -> World:
    return estate.crowd(MANY)


@pytest.fixture
def world(many: World) -> World:
    return many


def loaded(page: Page) -> None:
    """Wait until all pages of the list have come."""
    expect(page.locator("main h1")).to_contain_text("tasks in", timeout=60_000)


def test_no_frame_is_longer_than_200_ms_while_scrolling(visit: Visit, world: World) -> None:
    page = visit("#/tasks")
    loaded(page)
    live = sum(record["live"] for record in world.records)
    expect(page.locator("data-table table")).to_have_attribute("aria-rowcount", str(live + 1))
    # Other processes can take the processor away for a while, so one quick run of a few will do.
    runs = []
    for _ in range(RUNS):
        runs.append(page.evaluate(SCROLL))
        if max(runs[-1]["longest"], runs[-1]["tasks"]) < LONGEST_FRAME:
            break
    assert max(runs[-1]["longest"], runs[-1]["tasks"]) < LONGEST_FRAME, runs
    assert all(run["rows"] > 15 for run in runs)  # rows were there at every step


def test_no_frame_takes_the_processor_for_100_ms_while_scrolling(
    visit: Visit, browser: Browser
) -> None:
    page = visit("#/tasks")
    loaded(page)
    browser.start_tracing(page=page, categories=["devtools.timeline", "cc"])
    page.evaluate(SCROLL)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    # Unlike the time on the clock, this is not longer where other processes run.
    frames = [one["tdur"] for one in events if one["name"] == FRAME and "tdur" in one]
    assert len(frames) > 50
    assert max(frames) < 100_000  # microseconds


def test_searching_among_ten_thousand_answers_while_one_types(visit: Visit) -> None:
    page = visit("#/tasks")
    loaded(page)
    page.locator("#search").press_sequentially("service-39", delay=40)
    expect(page.locator("output")).to_contain_text("250 shown")


def test_a_full_16_opens_and_a_24_of_it(visit: Visit) -> None:
    page = visit(f"#/subnets/{estate.LARGE}")
    expect(page.locator(".tiles li")).to_have_count(256)
    page.get_by_role("link", name="10.2.3 200 held").click()
    expect(page.locator(".grid .cell.held")).to_have_count(200)


def test_a_large_service_is_drawn_in_part_and_listed_whole(visit: Visit) -> None:
    page = visit("#/services/shop/service-7")
    expect(page.locator("time-line .lane")).to_contain_text("the 60 addresses used last, of 250")
    expect(page.locator("data-table table")).to_have_attribute("aria-rowcount", "251")

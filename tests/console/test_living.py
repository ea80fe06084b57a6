"""Tests that the page follows the estate, keeps the reader's place, and stays calm when refused."""

from playwright.sync_api import Page, expect

from tests.console.conftest import Visit
from tests.console.estate import SMALL
from tests.console.fake_api import FakeApi
from tests.console.world import HOUR, World, instant

SLOW = 40_000  # milliseconds; the page asks every five seconds, less often on a busy machine


def later(page: Page, seconds: float = 7) -> None:
    """Move the page's clock on; what is due by then is done."""
    page.clock.run_for(round(seconds * 1000))
    page.wait_for_timeout(300)  # for what was asked to be answered


def first_in_sight(page: Page) -> tuple[str, float]:
    """Return the key of the first whole row in sight, and where it stands."""
    found = page.evaluate(
        """() => {
          const box = document.querySelector('data-table .scroll');
          const head = box.querySelector('thead').getBoundingClientRect().bottom;
          const row = [...box.querySelectorAll('tbody tr[data-key]')]
            .find((one) => one.getBoundingClientRect().top >= head - 1);
          return [row.dataset.key, row.getBoundingClientRect().top];
        }"""
    )
    return found[0], found[1]


def test_a_new_task_appears_and_an_ended_one_goes_by_themselves(visit: Visit, world: World) -> None:
    page = visit("#/tasks?service=payments", paced=True)
    expect(page.locator("data-table tbody tr")).to_have_count(5)
    ended = next(one for one in world.records if one["live"] and one["service"] == "payments")
    world.stop(ended)
    for last in (240, 241):
        world.add(service="payments", ip=f"10.0.4.{last}", ago=10_000)
    later(page)
    expect(page.locator("data-table")).to_contain_text("10.0.4.241", timeout=SLOW)
    expect(page.locator("data-table tbody tr")).to_have_count(6)
    expect(page.locator("data-table tr.fresh")).to_have_count(2)
    expect(page.locator("main h1")).to_contain_text("5 appeared and 2 left")


def test_rows_that_come_above_do_not_move_what_is_read(visit: Visit, world: World) -> None:
    page = visit("#/tasks", paced=True)
    page.locator("data-table .scroll").evaluate("box => { box.scrollTop = 1000; }")
    page.wait_for_timeout(200)
    before = first_in_sight(page)
    for last in range(4, 9):  # before all others in the order of addresses
        world.add(service="early", ip=f"10.0.4.{last}", ago=10_000)
    later(page)
    expect(page.locator("main h1")).to_contain_text("8 appeared", timeout=SLOW)
    assert first_in_sight(page) == before


def test_a_row_with_the_focus_keeps_it_and_its_place(visit: Visit, world: World) -> None:
    page = visit("#/tasks", paced=True)
    page.locator("data-table .scroll").focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    before = page.evaluate("document.activeElement.textContent")
    for last in range(4, 9):
        world.add(service="early", ip=f"10.0.4.{last}", ago=10_000)
    later(page)
    expect(page.locator("main h1")).to_contain_text("8 appeared", timeout=SLOW)
    assert page.evaluate("document.activeElement.textContent") == before


def test_a_subnet_shows_what_changed_as_it_happens(visit: Visit, world: World) -> None:
    page = visit(f"#/subnets/{SMALL}", paced=True)
    expect(page.locator(".grid .cell.changed")).to_have_count(3)
    world.add(service="web", ip="10.0.4.222", ago=10_000)
    later(page)
    changed = page.locator(".grid .cell.changed a", has_text="222")
    expect(changed).to_be_visible(timeout=SLOW)
    expect(page.locator(".changes li").first).to_contain_text("10.0.4.222")


def test_stop_keeps_the_page_as_it_is(visit: Visit, world: World, api: FakeApi) -> None:
    page = visit("#/tasks?service=payments", paced=True)
    page.get_by_role("button", name="Stop updating").click()
    expect(page.locator(".light")).to_contain_text("Stopped")
    asked = len(api.requests)
    world.add(service="payments", ip="10.0.4.240", ago=10_000)
    later(page)
    assert len(api.requests) == asked
    page.get_by_role("button", name="Go on updating").click()
    expect(page.locator("data-table tbody tr")).to_have_count(6, timeout=SLOW)


def test_a_hidden_page_does_not_ask(visit: Visit, api: FakeApi) -> None:
    page = visit("#/tasks", paced=True)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away ?? true})")
    asked = len(api.requests)
    later(page)
    assert len(api.requests) == asked
    page.evaluate(
        "() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    for _ in range(SLOW // 500):
        if len(api.requests) > asked:
            break
        page.wait_for_timeout(500)
    assert len(api.requests) > asked


def test_the_past_does_not_ask_again(visit: Visit, world: World, api: FakeApi) -> None:
    page = visit(f"#/tasks?at={instant(world.now - HOUR)}", paced=True)
    page.wait_for_timeout(500)
    asked = len(api.requests)
    later(page)
    assert len(api.requests) == asked


def test_throttled_is_shown_calmly_and_passes(visit: Visit, api: FakeApi) -> None:
    page = visit("#/tasks", paced=True)
    shown = page.locator("main h1").inner_text()
    api.refuse = [(429, {"Retry-After": "3"})] * 2
    later(page, 5.5)  # long enough to ask, not to ask again
    expect(page.locator(".light")).to_contain_text("Slowed down", timeout=SLOW)
    assert page.locator("main h1").inner_text() == shown
    expect(page.locator("[role=alert]")).to_have_count(0)
    later(page)
    expect(page.locator(".light")).to_contain_text("Live", timeout=SLOW)


def test_throttled_to_the_end_keeps_what_was_known(visit: Visit, api: FakeApi) -> None:
    page = visit("#/tasks?service=payments", paced=True)
    api.refuse = [(429, {"Retry-After": "0.05"})] * 8
    later(page)
    strip = page.locator("p.strip")
    expect(strip).to_contain_text("The API asks for a pause", timeout=SLOW)
    expect(strip).to_contain_text("Shown is what was known at")
    expect(page.locator("data-table tbody tr")).to_have_count(5)
    api.refuse = []
    page.get_by_role("button", name="Ask again").click()
    expect(strip).to_have_count(0)


def test_a_refusal_says_what_to_do(visit: Visit, api: FakeApi) -> None:
    api.refuse = [(403, {}), (403, {})]
    page = visit("#/subnets")
    expect(page.locator("main")).to_contain_text("You may not ask this")
    expect(page.locator("main")).to_contain_text("execute-api:Invoke")


def test_what_is_not_known_says_so(visit: Visit) -> None:
    page = visit("#/tasks/shop/0123456789abcdef0123456789abcdef")
    expect(page.locator("main")).to_contain_text("No task 0123456789abcdef")
    page = visit("#/services/shop/wbe")
    expect(page.locator("main")).to_contain_text(
        "Service 'wbe' has never been seen in cluster 'shop'"
    )
    page = visit("#/subnets/subnet-0nowhere")
    expect(page.locator("main")).to_contain_text("No task was ever seen in subnet-0nowhere")
    page = visit("#/nowhere/at/all")
    expect(page.locator("main h1")).to_contain_text("There is no such page")
    page = visit("#/subnets/subnet-0nowhere?at=some time ago")
    expect(page.locator("main h1")).to_contain_text("There is no such page")
    expect(page.locator("main")).to_contain_text("at=some time ago is not an instant")
    page = visit("#/services/../status")
    expect(page.locator("main")).to_contain_text("Not known")


def test_an_estate_without_tasks_has_an_empty_page_that_explains(
    visit: Visit, world: World
) -> None:
    world.records.clear()
    world.subnets.clear()
    page = visit("#/tasks")
    expect(page.locator("main")).to_contain_text("No tasks yet")
    page = visit("#/subnets")
    expect(page.locator("main")).to_contain_text("No subnet yet")

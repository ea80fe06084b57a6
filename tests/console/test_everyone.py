"""Tests that everyone can use the page, and that no text in it can use them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.console import estate
from tests.console.conftest import Visit
from tests.console.estate import HOSTILE, LARGE, SIX, SMALL
from tests.console.world import HOUR, World, instant

# All rules are run; what they pass is left out.
AXE_RUN = """async () =>
  JSON.stringify((await axe.run({resultTypes: ['violations']})).violations)"""
AXE = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"
VIEWS = (
    "#/tasks",
    "#/tasks?show=changes",
    "#/ips/10.0.4.128",
    "#/ips/10.0.4.99",
    "#/tasks/{cluster}/{task}",
    "#/subnets",
    f"#/subnets/{SMALL}",
    f"#/subnets/{LARGE}",
    f"#/subnets/{SIX}",
    "#/services/shop/payments",
    "#/services/shop/none",
    "#/status",
)


@pytest.fixture
def world() -> World:
    world = estate.shop()
    estate.add_six(world)
    return world


def route(view: str, world: World) -> str:
    """Return the address of a view, with the first task in its place."""
    return view.format(cluster=world.records[0]["cluster"], task=world.records[0]["taskId"])


def violations(page: Page) -> list[Any]:
    """Return what axe finds wrong with the page as it is."""
    if not AXE.exists():
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up("axe is not installed (make console)")
    if not page.evaluate("'axe' in window"):
        # The page's own policy lets no test put a script in; the debugger's protocol may.
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    answer = page.evaluate(AXE_RUN)
    return [
        {"rule": one["id"], "where": [node["html"][:160] for node in one["nodes"]][:3]}
        for one in json.loads(answer)
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(visit: Visit, world: World, width: int, dark: bool) -> None:
    for view in VIEWS:
        page = visit(route(view, world), width=width, dark=dark)
        page.wait_for_timeout(100)
        assert violations(page) == [], view


def test_dark_is_dark_and_light_is_light(visit: Visit) -> None:
    page = visit("#/tasks", dark=True)
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.emulate_media(color_scheme="light")
    light = page.evaluate(ground)
    shade = {name: sum(map(int, rgb[4:-1].split(","))) for name, rgb in (("d", dark), ("l", light))}
    assert shade["d"] < 120
    assert shade["l"] > 600


@pytest.mark.parametrize("view", VIEWS)
def test_at_360_pixels_nothing_sticks_out(visit: Visit, world: World, view: str) -> None:
    page = visit(route(view, world), width=360)
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_keyboard_alone_finds_who_had_an_address(visit: Visit) -> None:
    page = visit("#/tasks")
    page.keyboard.press("/")
    page.keyboard.type("10.0.4.205")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("10.0.4.205")
    focus_on(page, "10 min ago")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Held")
    focus_on(page, "Zoom in")
    page.keyboard.press("Enter")
    page.wait_for_url("**from=*")


def test_the_keyboard_alone_walks_tables_and_grids(visit: Visit) -> None:
    page = visit("#/tasks")
    focus_on(page, "Tasks", role="region")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "10.0.4.13"
    page.keyboard.press("End")
    page.wait_for_timeout(100)
    assert page.evaluate("document.querySelector('tr.active').ariaRowIndex ?? ''") != "2"
    page.keyboard.press("Home")
    page.wait_for_timeout(100)
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("10.0.4.11")
    page = visit(f"#/subnets/{SMALL}")
    focus_on(page, "10.0.4.0, kept by AWS")
    for key in ("ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    expect(page.locator(".detail")).to_contain_text("10.0.4.17 is held")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("10.0.4.17")


def test_suggestions_work_by_keyboard(visit: Visit) -> None:
    page = visit("#/status")
    page.keyboard.press("/")
    page.keyboard.type("paym")
    expect(page.get_by_role("option").first).to_contain_text("shop/payments")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_contain_text("payments")


def focus_on(page: Page, name: str, role: str | None = None) -> None:
    """Press the tab key until something of that name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "[document.activeElement.ariaLabel ?? document.activeElement.innerText.trim(),"
            " document.activeElement.getAttribute('role')]"
        )
        if found[0] == name and role in (None, found[1]):
            return
    pytest.fail(f"The tab key does not lead to {name}")


def test_the_focus_goes_to_the_new_page(visit: Visit) -> None:
    page = visit("#/tasks")
    page.get_by_role("link", name="Status").press("Enter")
    expect(page.locator("main h1")).to_contain_text("trusted")
    assert page.evaluate("document.activeElement.id") == "main"
    assert "status" in page.title()


class TestHostile:
    """Every free text wants to act on the page."""

    @pytest.fixture
    def world(self) -> World:
        return estate.hostile()

    def test_every_view_shows_it_as_text(self, visit: Visit, world: World) -> None:
        evil = [record for record in world.records if record["service"] in HOSTILE]
        views = ["#/tasks", f"#/subnets/{SMALL}", "#/status"]
        for record in evil:
            cluster, service, task_id = map(
                quoted, (record["cluster"], record["service"], record["taskId"])
            )
            views += [
                f"#/tasks/{cluster}/{task_id}",
                f"#/services/{cluster}/{service}",
                f"#/ips/{record['privateIpv4Address']}?at={instant(world.now - HOUR // 2)}",
            ]
        for view in views:
            page = visit(view)
            assert page.locator("img").count() == 0
            assert page.locator("a[href^='javascript']").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= 1280, view

    def test_characters_that_turn_or_hide_text_are_written_out(self, visit: Visit) -> None:
        page = visit("#/tasks?q=10.0.4.22")
        body = page.locator("main").inner_text()
        assert "\\u202egnp.exe\\u202c" in body
        assert "line\\u000abreak" in body
        assert not set(body) & set("\u202e\u202c\u200b\u2066\u2028\x1b")

    def test_a_name_of_400_characters_stays_in_its_cell(self, visit: Visit) -> None:
        page = visit("#/tasks?q=10.0.4.223")
        box = page.locator("data-table tbody td.service").first.bounding_box()
        assert box
        assert box["width"] <= 262
        assert box["height"] == pytest.approx(34, abs=1)

    def test_the_csv_holds_no_formula(self, visit: Visit) -> None:
        page = visit("#/tasks?q=10.0.4.224&columns=address,service")
        with page.expect_download() as download:
            page.get_by_role("button", name="CSV").click()
        assert "10.0.4.224,'=cmd|' /C calc'!A0" in download.value.path().read_text()


def quoted(text: str) -> str:
    """Return a text as a link of the page carries it."""
    return "".join(f"%{byte:02X}" for byte in text.encode())

"""What the console's tests share: a browser, a made-up estate, a page that is watched."""

import os
from collections.abc import Callable, Iterator
from typing import Any, Self

import pytest
from playwright.sync_api import Browser, Page

from tests.console import estate
from tests.console.browser import UnavailableError, chromium, looking
from tests.console.fake_api import FakeApi, serving
from tests.console.world import World

type Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run the browser; skip where there is none, but fail in CI."""
    try:
        with chromium() as running:
            yield running
    except UnavailableError as reason:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"No browser can run: {reason}")


@pytest.fixture
def world() -> World:
    """Return the small estate; a test may change it while the page looks."""
    return estate.shop()


@pytest.fixture
def api(world: World) -> FakeApi:
    """Return the API that the page asks."""
    return FakeApi(world)


@pytest.fixture
def base_url(api: FakeApi) -> Iterator[str]:
    """Serve the page and the API; the browser must report no breach of the page's policy."""
    with serving(api) as url:
        yield url
    assert api.reports == []


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Visit]:
    """Return what opens a view; its width and its colours are those of the first one."""
    settings: dict[str, Any] = {}
    with _Pages(browser, base_url, settings) as pages:
        yield pages.visit


class _Pages:
    """Open one watched page, with the settings of the first visit."""

    def __init__(self, browser: Browser, url: str, settings: dict[str, Any]) -> None:
        self.browser, self.url, self.settings = browser, url, settings
        self.looking: Any = None
        self.page: Page | None = None

    def visit(self, route: str, *, width: int = 1280, dark: bool = False) -> Page:
        if self.page is None:
            self.looking = looking(
                self.browser,
                self.url,
                viewport={"width": width, "height": 800},
                color_scheme="dark" if dark else "light",
            )
            self.page = self.looking.__enter__()
            self.page.set_default_timeout(15_000)
        self.page.goto(f"{self.url}/console/{route}")
        # A view is there when its title no longer says that it loads.
        self.page.wait_for_selector("main h1:not(.quiet)")
        return self.page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self.looking is not None:
            self.looking.__exit__(None, None, None)

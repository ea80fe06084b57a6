"""What the console's tests share: a made-up estate, and a page that is watched."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Self

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.console import estate
from tests.console.browser import looking
from tests.console.fake_api import FakeApi, serving
from tests.console.world import World

type Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


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
def visit(window: BrowserContext, base_url: str) -> Iterator[Visit]:
    """Return what opens a view; its width and its colours are those of the first one."""
    with _Page(window, base_url) as page:
        yield page.visit


class _Page:
    """Open one watched page, with the settings of the first visit."""

    def __init__(self, window: BrowserContext, url: str) -> None:
        self.window, self.url = window, url
        self.opened = ExitStack()
        self.page: Page | None = None

    def visit(
        self, route: str, *, width: int = 1280, dark: bool = False, paced: bool = False
    ) -> Page:
        """Go there; `paced` lets a test move the page's clock on."""
        if self.page is None:
            opening = looking(self.window, self.url, width=width, dark=dark)
            self.page = self.opened.enter_context(opening)
            self.page.set_default_timeout(15_000)
            if paced:
                self.page.clock.install()
        self.page.goto(f"{self.url}/console/{route}")
        # A view is there when its title no longer says that it loads.
        self.page.wait_for_selector("main h1:not(.quiet)")
        return self.page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.opened.close()

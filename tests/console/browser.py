"""The real browser: where it is, how it starts, and what no page may do in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PLACES = ("chromium", "chromium-browser", "google-chrome")
# A browser of tests asks nobody but the page's own server.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
)


class UnavailableError(Exception):
    """There is no browser."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the system's Chromium without a window."""
    path = next(filter(None, map(shutil.which, PLACES)), None)
    if path is None:
        raise UnavailableError("no Chromium is installed")
    # Chromium refuses to sandbox what root starts.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS, *sandbox])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(browser: Browser) -> Iterator[BrowserContext]:
    """Open a window for pages that leave nothing behind; each of them is open at once in it."""
    context = browser.new_context(timezone_id="Europe/Berlin")
    try:
        yield context
        assert context.cookies() == []
    finally:
        context.close()


@contextmanager
def looking(
    context: BrowserContext, url: str, *, width: int = 1280, height: int = 800, dark: bool = False
) -> Iterator[Page]:
    """Open a page at the console; at the end, fail if it did what no page of ours may do."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if dark else "light")
    wrongs: list[str] = []
    origin = urlsplit(url).netloc

    def asked(address: str) -> None:
        if urlsplit(address).scheme in ("http", "https") and urlsplit(address).netloc != origin:
            wrongs.append(f"a request to another origin: {address}")

    page.on("request", lambda request: asked(request.url))
    page.on("pageerror", lambda error: wrongs.append(f"an error: {error}"))
    page.on("dialog", lambda dialog: wrongs.append(f"a dialog: {dialog.message}"))
    page.on("console", lambda message: _listen(message.type, message.text, wrongs))
    try:
        yield page
    finally:
        page.close()
    assert not wrongs, wrongs


def _listen(kind: str, text: str, wrongs: list[str]) -> None:
    """Take what the browser complains of; that an answer was an error is the page's to show."""
    if kind == "error" and not text.startswith("Failed to load resource"):
        wrongs.append(f"on the browser's console: {text}")

"""What tests have: layers, made-up credentials, no settings of the developer's, engines."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from local.embedded import EmbeddedAws, embedded_aws
from tests.support import dynamodb_local as local_server
from tests.support.layers import LAYERS, Times, mark_layer
from tests.support.side_by_side import check_group, scheduler

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

# What a shell runs in the background ignores Ctrl-C, and so would what tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine is no failure; what hangs, the timeout of pytest ends.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")

TIMES = Times()


def pytest_configure(config: pytest.Config) -> None:
    """Make the layers known: `-m fast` selects one."""
    for layer, meaning in LAYERS.items():
        config.addinivalue_line("markers", f"{layer}: {meaning}")


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its layer, and see that it runs beside those that share its fixtures."""
    for item in items:
        mark_layer(item, Path(__file__).parent)
        check_group(item)


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run tests side by side that share nothing."""
    return scheduler(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the time of each layer."""
    layer = dict(report.user_properties).get("layer")
    if layer is not None:
        TIMES.add(str(layer), report.when, report.duration)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line how long each layer took."""
    if line := TIMES.line():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session", autouse=True)
def made_up_account() -> Iterator[None]:
    """Let no test find the developer's AWS account."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """Run Amazon's DynamoDB Local and give its URL; skip where it cannot run, but fail in CI."""
    try:
        with local_server.running() as url:
            yield url
    except local_server.UnavailableError as reason:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"DynamoDB Local cannot run: {reason}")


@pytest.fixture(scope="session")
def ministack() -> Iterator[EmbeddedAws]:
    """Run the embedded AWS."""
    with embedded_aws() as aws:
        yield aws


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Run the browser, once for all tests; skip where there is none, but fail in CI."""
    from tests.console.browser import UnavailableError, chromium  # noqa: PLC0415 - slow to import, and few tests need it

    try:
        with chromium() as running:
            yield running
    except UnavailableError as reason:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"No browser can run: {reason}")


@pytest.fixture(scope="session")
def window(browser: "Browser") -> "Iterator[BrowserContext]":
    """Open one window for all tests: a page of it is there in half the time of a new window."""
    from tests.console.browser import window as opened  # noqa: PLC0415 - as above

    with opened(browser) as context:
        yield context

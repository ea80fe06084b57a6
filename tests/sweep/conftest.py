"""The estate that each test of the sweep gets, empty."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.ecs_api import EcsApi, serve
from tests.sweep.estate import NOON, Estate, build, ecs_client


@pytest.fixture(scope="session")
def api() -> Iterator[EcsApi]:
    """Serve the API once for all tests; each starts with `reset`."""
    with serve(EcsApi(NOON)) as api:
        yield api


@pytest.fixture(scope="session")
def client(api: EcsApi, made_up_account: None) -> Any:  # noqa: ARG001 - it must come first
    """Make one client of it."""
    return ecs_client(api.url)


@pytest.fixture
def estate(api: EcsApi, client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Estate]:
    """Give an empty estate."""
    yield build(api, client, monkeypatch)
    client.meta.events.unregister("before-call.ecs", unique_id="estate")

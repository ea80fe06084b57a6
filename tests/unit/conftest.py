"""The rule that unit tests open no socket."""

import pytest


@pytest.fixture(autouse=True)
def _no_sockets(socket_disabled: None) -> None:
    """Fail the test that opens one."""

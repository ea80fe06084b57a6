"""What the tests share: an API of their own on loopback, and the command run against it."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from ecs_ip import patience
from ecs_ip.main import main
from fake_api import FakeApi

_OURS = ("AWS_", "ECS_IP_")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass(frozen=True)
class Result:
    """What one run of the command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's settings, the network, and real pauses out of the tests."""
    import os  # noqa: PLC0415 - for this fixture alone

    for name in os.environ:
        if name.startswith(_OURS) or name.lower().endswith("_proxy") or name == "NO_COLOR":
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(patience, "_FIRST_SECONDS", 0.001)
    monkeypatch.setattr(socket.socket, "connect", _loopback_alone(socket.socket.connect))


def _loopback_alone(connect: Callable[..., None]) -> Callable[..., None]:
    def checked(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in _LOOPBACK:
            raise AssertionError(f"a test asked for {address}")
        connect(self, address)

    return checked


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """Serve an API until the test ends."""
    with FakeApi() as served:
        yield served


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs one command line in this process."""

    def run_(*arguments: str) -> Result:
        code = main(arguments)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run_


@pytest.fixture
def ask(run: Run, api: FakeApi) -> Run:
    """Return a function that runs one command line against the API of the test."""
    return lambda *arguments: run("--url", api.url, *arguments)

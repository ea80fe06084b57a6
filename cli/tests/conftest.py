"""What the tests share: an API of their own on loopback, and the command run against it."""

import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from bulk_api import BulkApi
from ecs_ip import patience, queueing
from ecs_ip.main import main
from fake_api import FakeApi
from flow_lines import AT, OURS, Enrich, rows_of

if TYPE_CHECKING:
    from fake_stack import CloudFormation

# What a shell runs in the background ignores Ctrl-C, and so would what tests start and interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

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


@pytest.fixture
def bulk_api() -> Iterator[BulkApi]:
    """Serve an API for bulk commands, with a holder of one address."""
    with BulkApi() as served:
        served.holds(OURS, AT - 3600, AT + 3600, 1)
        yield served


@pytest.fixture
def enrich(run: Run, bulk_api: BulkApi, tmp_path: Path) -> Enrich:
    """Return a function that enriches text and returns the rows of CSV."""

    def enrich_(content: str | bytes, *options: str) -> list[dict[str, str]]:
        file = tmp_path / "some.log"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        result = run("--url", bulk_api.url, "enrich", str(file), "-o", "csv", *options)
        assert result.code == 0, result.err
        return rows_of(result)

    return enrich_


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> "Iterator[CloudFormation]":
    """Imitate AWS in this process, with a stack and its queues."""
    from moto import mock_aws  # noqa: PLC0415 - slow, and few tests need it

    from fake_stack import CloudFormation  # noqa: PLC0415 - the same

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr(queueing, "_SECONDS_BETWEEN_COUNTS", 0.0)
    monkeypatch.setattr(queueing, "_FIRST_PAUSE", 0.001)
    with mock_aws():
        made = CloudFormation(boto3.client("sqs"))
        client = boto3.Session.client

        def choose(self: boto3.Session, service: Any, **options: Any) -> Any:
            return made if service == "cloudformation" else client(self, service, **options)

        monkeypatch.setattr(boto3.Session, "client", choose)
        yield made


@pytest.fixture
def sqs() -> Any:
    """Return a client of the imitated queues."""
    return boto3.client("sqs")


@pytest.fixture
def consumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the queue look as if the ingest function had taken everything."""
    monkeypatch.setattr(queueing.Backlog, "count", lambda _: 0)

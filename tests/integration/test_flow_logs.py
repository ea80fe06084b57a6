"""The example that names the tasks in a VPC flow log, on AWS's documented formats."""

import csv
import gzip
import json
import re
import runpy
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from core.task.ecs import parse_event
from core.task.record import join
from tests.support.asking import Inventory, inventory
from tests.support.samples import EVENTS

__all__ = ["inventory"]

FOLDER = Path(__file__).parents[2] / "examples" / "flow-logs"
EXAMPLE: dict[str, Any] = runpy.run_path(str(FOLDER / "enrich.py"))


@pytest.fixture
def asked() -> list[int]:
    """Hold how many lookups each request had."""
    return []


@pytest.fixture
def url(inventory: Inventory, asked: list[int]) -> Iterator[str]:
    """Serve the API over HTTP, of all sample events."""
    records: dict[Any, Any] = {}
    for event in EVENTS.values():
        record = parse_event(event).record
        known = records.get(record.key)
        records[record.key] = record if known is None else join(known, record)
    inventory.put(*records.values())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked.append(len(json.loads(body)["lookups"]))
            reply = inventory.post(self.path, body)
            packed = gzip.compress(reply.body.encode())
            self.send_response(reply.status)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(packed)))
            self.end_headers()
            self.wfile.write(packed)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def rows(url: str, log: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, str]]:
    assert EXAMPLE["main"]([url, str(log)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return list(csv.DictReader(StringIO(printed.out, newline="")))


def task_of(name: str) -> str:
    return str(EVENTS[name]["detail"]["taskArn"])


def test_both_sides_of_a_flow_are_named(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, second, third = rows(url, FOLDER / "default-format.log", capsys)
    assert first["src-taskArn"] == task_of("address-reuse-1-first-running")
    assert (first["src-known-by"], first["dst-known-by"]) == ("interface", "")
    assert second["dst-taskArn"] == task_of("address-reuse-2-second-running")
    assert second["src-taskArn"] == task_of("load-balancer-running")
    assert (second["src-known-by"], second["dst-known-by"]) == ("address", "interface")
    assert third["src-known-by"] == "several"
    assert set(third["src-taskArn"].split()) == {
        task_of("ec2-awsvpc-1-running"),
        task_of("govcloud-running"),
    }


def test_a_custom_format_is_read_by_its_header(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = rows(url, FOLDER / "custom-format.log", capsys)
    assert (first["src-known-by"], first["dst-known-by"]) == ("interface", "")
    assert (second["src-known-by"], second["dst-known-by"]) == ("address", "address")
    assert second["dst-taskArn"] == task_of("address-reuse-2-second-running")


def test_a_gzipped_log_is_read_too(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "flow.log.gz"
    packed.write_bytes(gzip.compress((FOLDER / "default-format.log").read_bytes()))
    assert len(rows(url, packed, capsys)) == 3


def test_each_distinct_thing_is_asked_once_and_a_hundred_at_a_time(
    url: str, asked: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flow = "2 1 eni-1 10.0.0.{} 10.1.0.1 1 2 6 1 1 1763636400 1763636459 ACCEPT OK\n"
    log = tmp_path / "flow.log"
    log.write_text("".join(flow.format(n % 120) for n in range(600)))
    assert len(rows(url, log, capsys)) == 600
    assert asked == [100, 22]


def test_no_cell_is_a_formula() -> None:
    assert [EXAMPLE["cell"](text) for text in ("=1", "+1", "-1", "@x", "a=1")] == [
        *("'=1", "'+1", "'-1", "'@x", "a=1")
    ]


def test_a_wrong_call_says_how_to_call_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert EXAMPLE["main"]([]) == 2
    assert "usage" in capsys.readouterr().err


def test_a_log_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert EXAMPLE["main"](["http://127.0.0.1:1", "/nowhere.log"]) == 1
    assert "'/nowhere.log'" in capsys.readouterr().err


def test_an_api_that_does_not_answer_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert EXAMPLE["main"](["http://127.0.0.1:1", str(FOLDER / "default-format.log")]) == 1
    assert "Connection refused" in capsys.readouterr().err


def test_the_default_format_is_the_one_that_aws_documents() -> None:
    line = (FOLDER / "default-format.log").read_text().splitlines()[0]
    assert len(EXAMPLE["DEFAULT_FORMAT"]) == len(line.split()) == 14


def test_the_readme_names_the_files_there_are() -> None:
    named = set(re.findall(r"`([\w-]+\.(?:py|log))`", (FOLDER / "README.md").read_text()))
    assert named == {path.name for path in FOLDER.iterdir() if path.suffix in {".py", ".log"}}

"""The requests that docs/api.md shows of the local API are made, and answered."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecs_ip.proxy import Proxy
from local.events import replay
from local.stack import Stack
from tests.support.samples import EVENTS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
LOCAL = "http://127.0.0.1:8080"


def requests() -> list[str]:
    """Find the requests, each whole."""
    blocks = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    commands = [it for block in blocks for it in re.split(r"^(?=curl )", block, flags=re.MULTILINE)]
    return [it.strip() for it in commands if it.startswith("curl ")]


REQUESTS = requests()


@pytest.fixture(scope="module")
def url(stack: Stack) -> Iterator[str]:
    """Serve the local API as `make run` does, with the sample events, on a free port."""
    replay(stack, list(map(json.dumps, EVENTS.values())))
    with Proxy(stack.upstream, port=0) as proxy:
        yield proxy.url


def test_the_page_shows_requests_of_the_local_api() -> None:
    assert len(REQUESTS) >= 10
    assert f"\nAPI={LOCAL}\n" in PAGE


@pytest.mark.parametrize("command", REQUESTS)
def test_a_request_is_answered(url: str, tmp_path: Path, command: str) -> None:
    asked = command.replace(LOCAL, url)
    assert url in asked.replace("$API", url)
    added = f" --silent --max-time 30 --noproxy '*' -o '{tmp_path}/body' -w '%{{http_code}}'"
    done = subprocess.run(
        ["bash", "-c", asked + added],
        env={**os.environ, "API": url},
        capture_output=True,
        text=True,
        check=True,
    )
    body = (tmp_path / "body").read_text(encoding="utf-8")
    assert done.stdout == "200", body
    assert re.search(
        r'"taskArn"|^taskArn,|^10\.|^address,|:9100"|lastEventAt|"subnetId"|"routes"', body
    ), body

"""The requests that README.md and docs/api.md show of the local API are made, and answered."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecs_ip.proxy import Proxy
from local.events import read_events, replay
from local.stack import Stack

ROOT = Path(__file__).parents[2]
LOCAL = "http://127.0.0.1:8080"


def requests(page: str) -> list[str]:
    """Find the commands of a page that need no signature, each whole."""
    text = (ROOT / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    commands = [it for block in blocks for it in re.split(r"^(?=curl )", block, flags=re.MULTILINE)]
    return [it.strip() for it in commands if it.startswith("curl ") and "--aws-sigv4" not in it]


REQUESTS = [(page, it) for page in ("README.md", "docs/api.md") for it in requests(page)]


@pytest.fixture(scope="module")
def url(stack: Stack) -> Iterator[str]:
    """Serve the local API as `make run` does, with the sample events, on a free port."""
    replay(stack, read_events(ROOT / "events"))
    with Proxy(stack.upstream, port=0) as proxy:
        yield proxy.url


def test_both_pages_show_requests_of_the_local_api() -> None:
    pages = [page for page, _ in REQUESTS]
    assert pages.count("README.md") >= 5
    assert pages.count("docs/api.md") >= 10
    assert f"\nAPI={LOCAL}\n" in (ROOT / "docs/api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page, command", REQUESTS)
def test_a_request_is_answered(url: str, tmp_path: Path, page: str, command: str) -> None:
    asked = command.replace(LOCAL, url)
    assert url in asked.replace("$API", url), page
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
    assert re.search(r'"taskArn"|^10\.|^address,|:9100"|lastEventAt', body), body

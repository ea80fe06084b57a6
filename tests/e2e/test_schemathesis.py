"""Schemathesis makes up requests from docs/openapi.yaml, good and bad, and checks the answers."""

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local import loopback
from local.api import Api
from local.stack import Stack
from tests.support.openapi import PATH, operations

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = "10"
SEED = "1"
SIGN = "to be signed"
SAID_ANEW = {"authorization", "connection", "content-length", "host"}


class Signer(ThreadingHTTPServer):
    """Hands any request on to the API: signed if it asks for it, else as it is.

    The proxy of `ecs-ip` would do for neither: it signs everything, and lets few methods through.
    """

    daemon_threads = True

    def __init__(self, api: Api) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.api = api


class Handler(loopback.Prompt, BaseHTTPRequestHandler):
    server: Signer

    def hand_on(self) -> None:
        api, signed = self.server.api, self.headers.get("Authorization") == SIGN
        dropped = SAID_ANEW if signed else SAID_ANEW - {"authorization"}
        headers = [pair for pair in self.headers.items() if pair[0].lower() not in dropped]
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        answer = (api.send if signed else api.send_unsigned)(self.command, self.path, headers, body)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() not in {"connection", "content-length", "transfer-encoding"}:
                self.send_header(name, value)
        length = answer.header("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = hand_on  # noqa: N815 - http.server's names


@pytest.fixture
def url(stack: Stack) -> Iterator[str]:
    """Serve the deployed API to those who cannot sign themselves."""
    with loopback.serving(Signer(stack.api)) as url:
        yield url


@pytest.mark.timeout(400)
def test_the_api_keeps_to_its_documentation_whatever_it_is_asked(url: str, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "schemathesis.cli", f"--config-file={CONFIGURATION}"),
        *("run", str(PATH), f"--url={url}", "--checks=all"),
        # It wants a 401 where API Gateway says 403; `ignored_auth` checks the same, and takes both.
        "--exclude-checks=missing_required_header",
        *(f"--max-examples={EXAMPLES}", f"--seed={SEED}", "--continue-on-failure"),
        *("--suppress-health-check=all", f"--header=Authorization: {SIGN}"),
    ]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=380
    )
    assert run.returncode == 0, run.stdout[-6_000:] + run.stderr
    tested = len(operations())
    assert f"{tested}/{tested}" in run.stdout

"""Schemathesis makes up requests from docs/openapi.yaml, good and bad, and checks the answers."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from local.proxy import SigningProxy, _Handler
from local.stack import Stack
from tests.support.openapi import PATH

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = "10"
SEED = "1"


SIGN = "to be signed"


class SigningIfAsked(_Handler):
    """Signs the requests that ask for it, and forwards others as they are."""

    def _forward(self) -> None:
        if self.headers.get("Authorization") == SIGN:
            super()._forward()
            return
        body = self._body()
        if body is not None:
            said_anew = {"host", "content-length", "connection"}
            headers = [pair for pair in self.headers.items() if pair[0].lower() not in said_anew]
            self._answer(self.server.api.send_unsigned(self.command, self.path, headers, body))

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _forward  # noqa: N815 - http.server's names


@pytest.fixture
def url(stack: Stack) -> Iterator[str]:
    """Serve the deployed API to those who cannot sign themselves."""
    with SigningProxy(0) as proxy:
        proxy.RequestHandlerClass = SigningIfAsked
        thread = Thread(target=proxy.serve, args=(stack.api,))
        thread.start()
        yield proxy.url
        proxy.shutdown()
        thread.join()


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
    assert "10/10" in run.stdout

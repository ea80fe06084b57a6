"""The promise that DynamoDB Local ends when the tests do, however they end."""

import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.dynamodb_local import is_listening

HOLD_IT_OPEN = """
from tests.support.dynamodb_local import running
with running() as url:
    print(url, flush=True)
    input()
"""


@pytest.mark.usefixtures("dynamodb_local")
def test_it_ends_even_if_the_tests_are_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_IT_OPEN],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as tests:
        assert tests.stdout is not None
        port = urlsplit(tests.stdout.readline().strip()).port
        assert port is not None
        assert is_listening(port)
        tests.kill()
    deadline = time.monotonic() + 20
    while is_listening(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_listening(port)

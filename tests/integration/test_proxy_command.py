"""The signing proxy as it runs beside Prometheus: a command, a systemd unit, a container."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "prometheus"
UNIT = (EXAMPLE / "ecs-ip-inventory-proxy.service").read_text(encoding="utf-8")
CONTAINER = (EXAMPLE / "Containerfile").read_text(encoding="utf-8")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}

# Gives another key each time, which expires so soon that it is to be had anew for each request.
GIVE_A_KEY = """
import json, pathlib, sys
from datetime import UTC, datetime, timedelta
given = pathlib.Path(sys.argv[1])
count = len(given.read_text()) + 1 if given.exists() else 1
if count > 3:
    sys.exit("no more keys")
given.write_text("x" * count)
until = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
print(json.dumps({"Version": 1, "AccessKeyId": f"AKID{count}", "SecretAccessKey": "secret",
                  "SessionToken": "token", "Expiration": until}))
"""


@pytest.fixture(name="signers")
def _signers() -> Iterator[tuple[str, list[str]]]:
    """Serve as the API; answers its URL, and who signs what comes, as it comes."""
    signers: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = re.search("Credential=(.+?)/", self.headers["Authorization"])
            signers.append(found[1] if found else "")
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1", signers
        server.shutdown()
        thread.join()


def without_keys(variables: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in KEYS}
    del kept["AWS_DEFAULT_REGION"]
    return kept | variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def proxy(
    *arguments: str, port: int, variables: dict[str, str], folder: Path = ROOT
) -> Iterator[subprocess.Popen[str]]:
    """Run the command until it says where it listens."""
    command = [sys.executable, "-m", "local.proxy", *arguments, "--port", str(port)]
    with subprocess.Popen(
        command, cwd=folder, env=without_keys(variables), stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline().startswith("Signing what is asked of http://127.0.0.1")
            yield process
        finally:
            process.kill()


def ask(port: int, target: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", target)
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_signs_as_the_unit_starts_it_and_ends_when_told(
    signers: tuple[str, list[str]], number: signal.Signals
) -> None:
    url, seen = signers
    [line] = re.findall(r"^ExecStart=\S+ -m local\.proxy (.*)$", UNIT, re.MULTILINE)
    given = line.replace("${API_URL}", url).replace("${AWS_REGION}", "eu-west-1")
    port = free_port()
    with proxy(*shlex.split(given), port=port, variables=KEYS) as process:
        assert ask(port, "/targets?port=9100") == (200, b"[]")
        assert ask(port, "/-/healthy")[0] == 200
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
    assert seen == ["AKIDEXAMPLE"]


def test_credentials_are_refreshed_and_their_lack_is_told(
    signers: tuple[str, list[str]], tmp_path: Path
) -> None:
    url, seen = signers
    (tmp_path / "give.py").write_text(GIVE_A_KEY)
    command = shlex.join([sys.executable, str(tmp_path / "give.py"), str(tmp_path / "given")])
    config = tmp_path / "config"
    config.write_text(f"[default]\nregion = eu-west-1\ncredential_process = {command}\n")
    port = free_port()
    with proxy("--url", url, port=port, variables={"AWS_CONFIG_FILE": str(config)}):
        assert [ask(port, "/targets")[0] for _ in range(2)] == [200, 200]
        status, problem = ask(port, "/targets")
        assert ask(port, "/-/healthy")[0] == 200
    assert seen == ["AKID2", "AKID3"]
    assert status == 502
    assert "no more keys" in json.loads(problem)["detail"]


URL = "https://a1.execute-api.eu-west-1.amazonaws.com/v1"


@pytest.mark.parametrize(
    "arguments, variables, words",
    [
        ([], KEYS, "--url"),
        (["--url", "a1.execute-api"], KEYS, "'a1.execute-api' is no URL of an API"),
        (["--url", URL, "--port", "0"], KEYS, "'0' is no port"),
        (["--url", URL], KEYS, "signing proxy: say the API's region"),
        (["--url", URL, "--region", "eu-west-1"], {}, "signing proxy: no AWS credentials"),
        (["--url", URL], {"AWS_PROFILE": "nobody"}, "(nobody) could not be found"),
        (["--url", URL, "--region", "eu-west-1", "--port", "{taken}"], KEYS, "cannot be used"),
    ],
)
def test_what_is_wrong_is_told_before_it_starts(
    arguments: list[str], variables: dict[str, str], words: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = str(server.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "local.proxy", *(it.format(taken=taken) for it in arguments)],
            cwd=ROOT,
            env=without_keys(variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr.splitlines()[-1]


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("systemd-analyze is missing: apt-get install systemd")
    unit = tmp_path / "ecs-ip-inventory-proxy.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", UNIT, flags=re.MULTILINE))
    for words in (
        ["verify", "--man=no", str(unit)],
        ["security", "--offline=yes", "--threshold=15", str(unit)],
    ):
        done = subprocess.run([tool, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Unknown" not in done.stderr


def test_the_container_has_all_that_the_proxy_imports(
    signers: tuple[str, list[str]], tmp_path: Path
) -> None:
    [files] = re.findall(r"^COPY (local/.*) local/$", CONTAINER, re.MULTILINE)
    (tmp_path / "local").mkdir()
    for name in files.split():
        shutil.copy(ROOT / name, tmp_path / "local")
    port = free_port()
    arguments = ("--url", signers[0], "--region", "eu-west-1")
    with proxy(*arguments, port=port, folder=tmp_path, variables=KEYS):
        assert ask(port, "/targets") == (200, b"[]")
    imported = "".join((ROOT / name).read_text(encoding="utf-8") for name in files.split())
    foreign = set(re.findall(r"^(?:from|import) (\w+)", imported, re.MULTILINE))
    assert foreign - sys.stdlib_module_names == {"botocore", "local"}


def test_the_container_s_requirements_are_those_that_are_tested() -> None:
    locked = (EXAMPLE / "requirements.txt").read_text(encoding="utf-8")
    tested = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    packages = re.split(r"\n(?=\S)", locked.strip())
    assert [it for it in packages if it.startswith("botocore==")]
    assert [it for it in packages if it not in tested or "--hash=" not in it] == []

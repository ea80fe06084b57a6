"""Lambda's runtime on this machine: its own client and its own emulator, without Docker.

The emulator ships inside aws-sam-cli, the client is awslambdaric, and a function's process has
nothing to import from but its artifact and the packages that Lambda's runtime has besides.
"""

import http.client
import importlib.util
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local import processes

PROJECT = Path(__file__).parents[1]
TOOLS = PROJECT / ".tools"
BENCH = TOOLS / "bench"
"""A virtual environment with benchmarks/requirements.txt."""

PACKAGES = (
    *("awslambdaric", "boto3", "botocore", "dateutil", "jmespath", "s3transfer", "simplejson"),
    *("six.py", "snapshot_restore_py.py", "urllib3"),
)
"""What Lambda's Python 3.13 has besides the standard library."""

FUNCTIONS = {
    "query": "QueryFunction",
    "ingest": "IngestFunction",
    "publish": "PublishFunction",
    "reconcile": "ReconcileFunction",
}
_PATH = "/2015-03-31/functions/function/invocations"
_START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Start:
    """How long a cold start took, in seconds of processor time and of wall time."""

    init_cpu: float
    first_cpu: float
    init_wall: float
    first_wall: float
    modules: tuple[str, ...]
    answer: Any

    @property
    def cpu(self) -> float:
        """From the start of init to the first answer."""
        return self.init_cpu + self.first_cpu


def built(function: str) -> Path:
    """Build a function's artifact, as `sam build` does, and return its folder."""
    folder = TOOLS / "artifacts" / function
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python = Path(getattr(sys, "_base_executable", sys.executable)).parent
    subprocess.run(
        ["make", "--silent", "--makefile", "Makefile", f"build-{FUNCTIONS[function]}"],
        cwd=PROJECT / "src",
        env={**os.environ, "ARTIFACTS_DIR": str(folder), "PATH": f"{python}:{os.environ['PATH']}"},
        check=True,
    )
    return folder


def runtime_folder() -> Path:
    """Gather the packages of Lambda's runtime in a folder, compiled."""
    folder = TOOLS / "runtime"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    [site] = BENCH.glob("lib/python3.*/site-packages")
    for package in (*PACKAGES, *(path.name for path in site.glob("runtime_client*.so"))):
        (folder / package).symlink_to(site / package)
    subprocess.run([_python(), "-m", "compileall", "-q", folder], check=True)
    return folder


def cold_start(
    function: Path, runtime: Path, handler: str, event: object, settings: Mapping[str, str]
) -> Start:
    """Start a function, ask it once, and end it."""
    port, report = _free_port(), TOOLS / "cold-start.json"
    report.unlink(missing_ok=True)
    script = Path(__file__).with_name("bootstrap.py")
    command = [
        *(_emulator(), "--runtime-interface-emulator-address", f"127.0.0.1:{port}"),
        *("--runtime-api-address", f"127.0.0.1:{_free_port()}", "--log-level", "error"),
        *(_python(), "-I", "-S", "-B", script, function, runtime, handler, report),
    ]
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_FUNCTION_NAME": "measured",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        **settings,
    }
    log = TOOLS / "cold-start.log"
    with processes.running([str(part) for part in command], environment=environment, log=log):
        answer = _invoke(port, event)
    if not report.exists():
        raise RuntimeError(f"{handler} did not answer: {processes.last_lines(log)}")
    told = json.loads(report.read_text(encoding="utf-8"))
    (wall, _), (ready, ready_cpu), (asked, asked_cpu), (done, done_cpu) = told["clocks"]
    return Start(
        init_cpu=ready_cpu,
        first_cpu=done_cpu - asked_cpu,
        init_wall=ready - wall,
        first_wall=done - asked,
        modules=tuple(told["modules"]),
        answer=answer,
    )


def _invoke(port: int, event: object) -> Any:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", _PATH, json.dumps(event))
            return json.loads(connection.getresponse().read())
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        finally:
            connection.close()


def _python() -> str:
    """Name the interpreter beneath any virtual environment: it finds no packages of its own."""
    return str(getattr(sys, "_base_executable", sys.executable))


def _emulator() -> str:
    found = importlib.util.find_spec("samcli")
    if found is None or found.origin is None:
        raise RuntimeError("aws-sam-cli is missing: `make setup` installs it")
    machine = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    emulator = Path(found.origin).parent / "local" / "rapid" / f"aws-lambda-rie-{machine}"
    if os.access(emulator, os.X_OK):
        return str(emulator)
    copy = TOOLS / emulator.name
    shutil.copy(emulator, copy)
    copy.chmod(0o755)
    return str(copy)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Amazon's DynamoDB Local: fetching it, starting it, stopping it for certain.

`python -m tests.support.dynamodb_local` fetches it; `make test` does that first.
"""

import base64
import hashlib
import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import processes

# The npm package carries Amazon's jar. It is packed and not installed: its 280 dependencies serve
# a JavaScript wrapper that nothing here uses.
PACKAGE = "amplify-dynamodb-simulator"
VERSION = "2.9.30"
SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="

FOLDER = Path(__file__).parents[2] / ".tools" / f"{PACKAGE}-{VERSION}"
EMULATOR = FOLDER / "package" / "emulator"
OLDEST_JAVA = 17
START_SECONDS = 60


class UnavailableError(Exception):
    """DynamoDB Local cannot run here; the message says what is missing."""


def _check_java() -> None:
    java = shutil.which("java")
    if java is None:
        raise UnavailableError(f"Java {OLDEST_JAVA} or newer is missing")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', answer.stderr)
    if answer.returncode or version is None or int(version[1]) < OLDEST_JAVA:
        raise UnavailableError(f"Java {OLDEST_JAVA} or newer is missing; {java} is not")


def fetch() -> None:
    """Unpack DynamoDB Local into `.tools`, unless it is there.

    Raises UnavailableError where Java or npm is missing, or npm cannot fetch it.
    """
    _check_java()
    if FOLDER.exists():
        return
    npm = shutil.which("npm")
    if npm is None:
        raise UnavailableError("npm is missing")
    FOLDER.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as scratch:
        pack = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", scratch]
        pack += [f"{PACKAGE}@{VERSION}"]
        if subprocess.run(pack, stdout=subprocess.DEVNULL, check=False).returncode:
            raise UnavailableError(f"npm could not fetch {PACKAGE} {VERSION}")
        archive = Path(scratch) / f"{PACKAGE}-{VERSION}.tgz"
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != SHA512:
            raise RuntimeError(f"{PACKAGE} {VERSION} has SHA-512 {digest}, expected {SHA512}")
        with tarfile.open(archive) as tar:
            tar.extractall(Path(scratch) / "unpacked", filter="data")
        (Path(scratch) / "unpacked").rename(FOLDER)


@contextmanager
def running() -> Iterator[str]:
    """Run DynamoDB Local in memory on a free port, and yield its URL.

    It has no option to listen on loopback alone: it is open to the network while tests run, and
    holds nothing but what they make up.

    Raises UnavailableError where it has not been fetched or Java is missing.
    """
    _check_java()
    if not EMULATOR.exists():
        raise UnavailableError("it is not fetched yet; `make test` does that")
    port = _free_port()
    with tempfile.TemporaryDirectory() as scratch:
        log = Path(scratch) / "log"
        with processes.running(_command(port, scratch), environment=os.environ, log=log) as server:
            if not _answers(port, server):
                raise RuntimeError(f"DynamoDB Local did not start: {processes.last_lines(log)}")
            yield f"http://127.0.0.1:{port}"


def _command(port: int, folder: str) -> list[str]:
    """Return the command, which goes to the folder first: it leaves a file where it runs."""
    return [
        *("sh", "-c", 'cd "$0" && exec "$@"', folder),
        *("java", f"-Djava.library.path={EMULATOR / 'DynamoDBLocal_lib'}"),
        *("-jar", str(EMULATOR / "DynamoDBLocal.jar")),
        *("-port", str(port), "-inMemory", "-sharedDb", "-disableTelemetry"),
    ]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_listening(port: int) -> bool:
    """Return whether DynamoDB Local is at the port: whether what is there speaks as it does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return b"com.amazonaws.dynamodb" in connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _answers(port: int, server: subprocess.Popen[bytes]) -> bool:
    """Wait until the server answers; false if it ended or took too long."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if is_listening(port):
            return True
        time.sleep(0.05)
    return False


if __name__ == "__main__":
    try:
        fetch()
    except UnavailableError as reason:
        sys.stderr.write(f"DynamoDB Local is left out of the tests: {reason}\n")
        sys.exit(os.environ.get("CI") == "true")

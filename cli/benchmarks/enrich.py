"""Measures `ecs-ip enrich`: lines a second, and memory, against an API on this machine.

    python benchmarks/enrich.py [--lines 200000] [--addresses 2000] [--pause 0.02]

The API is a process of its own that answers from a list, after a pause that stands for a real
API's latency. The flow log spans three hours, and its addresses repeat.
"""

import argparse
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

BEGIN = 1_795_500_000  # 2026-11-24T06:00:00Z
HOURS = 3
HERE = Path(__file__).parent


def main() -> None:
    """Measure once, and print what was measured."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "flow.log")
        log.write_text(flow_log(options.lines, options.addresses), encoding="ascii")
        with _served(options.addresses, options.pause) as url:
            took, memory = _measured(["--url", url, "enrich", str(log), "-o", "csv"], folder)
    print(  # noqa: T201 - this is how a command talks
        f"{options.lines:,} lines, {options.addresses:,} addresses, {options.pause * 1000:.0f} ms "
        f"a request: {took:.1f} s, {options.lines / took:,.0f} lines a second, {memory:,.0f} MiB"
    )


def _measured(arguments: list[str], folder: str) -> tuple[float, float]:
    """Run the command; return its seconds and the most memory that it had, in MiB."""
    command = [sys.executable, "-m", "ecs_ip", *arguments, "--out", str(Path(folder, "named.csv"))]
    begun = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - a fixed command
        command, env={**os.environ, "PYTHONPATH": str(HERE.parent / "src")}
    )
    _, status, usage = os.wait4(process.pid, 0)
    if process.returncode is None:
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    return time.monotonic() - begun, usage.ru_maxrss / 1024


def flow_log(lines: int, addresses: int) -> str:
    """Make up a flow log of AWS's default format."""
    chance = random.Random(1)  # noqa: S311 - the same log every time
    rows = []
    for number in range(lines):
        source, target = chance.randrange(addresses), chance.randrange(addresses)
        start = BEGIN + number * HOURS * 3600 // lines
        rows.append(
            f"2 111122223333 eni-{source:017x} {address(source)} {address(target)} "
            f"{chance.randrange(1024, 65536)} 8080 6 20 4249 {start} {start + 55} ACCEPT OK\n"
        )
    return "".join(rows)


def address(number: int) -> str:
    """Return the address of a number."""
    return f"10.31.{number // 250}.{number % 250 + 4}"


class _served:  # noqa: N801 - used as a function
    def __init__(self, addresses: int, pause: float) -> None:
        ours, theirs = multiprocessing.Pipe()
        self._ours = ours
        self._process = multiprocessing.Process(target=_serve, args=(theirs, addresses, pause))

    def __enter__(self) -> str:
        self._process.start()
        return str(self._ours.recv())

    def __exit__(self, *_: object) -> None:
        self._ours.send("stop")
        self._process.join()


def _serve(end: Connection, addresses: int, pause: float) -> None:
    sys.path[:0] = [str(HERE.parent / "tests"), str(HERE.parent / "src")]
    from bulk_api import BulkApi  # noqa: PLC0415 - the tests' folder is no package

    with BulkApi() as api:
        api.pause = pause
        for number in range(addresses):
            api.holds(address(number), BEGIN - 3600, BEGIN + HOURS * 3600, number)
        end.send(api.url)
        end.recv()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--addresses", type=int, default=2_000)
    parser.add_argument("--pause", type=float, default=0.02)
    return parser.parse_args()


if __name__ == "__main__":
    main()

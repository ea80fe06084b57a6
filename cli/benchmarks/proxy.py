"""Measures the latency that the signing proxy adds, beside a bare forwarder of bytes.

    python benchmarks/proxy.py [--requests 2000] [--kilobytes 20]

The API answers from memory. Each way is asked over one kept connection, in turn, so that a busy
machine slows all of them alike. The bare forwarder copies bytes and reads no request.
"""

import argparse
import asyncio
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web
from botocore.credentials import Credentials

from ecs_ip.proxy import Proxy
from ecs_ip.signing import AwsSigner
from ecs_ip.upstream import Upstream

ROUND = 100


def main() -> None:
    """Measure, and print the medians."""
    options = _options()
    with _Thread(_api(options.kilobytes * 1024)) as api, _Thread(_forwarder(api.port)) as bare:
        signer = AwsSigner(Credentials("AKIDEXAMPLE", "secret", "token"), "eu-west-1")
        with Proxy(Upstream(f"http://127.0.0.1:{api.port}", signer), port=0) as proxy:
            ways = {
                "the API itself": f"http://127.0.0.1:{api.port}",
                "a bare forwarder": f"http://127.0.0.1:{bare.port}",
                "ecs-ip proxy": proxy.url,
            }
            took = {name: [] for name in ways}  # type: dict[str, list[float]]
            for _ in range(options.requests // ROUND):
                for name, url in ways.items():
                    took[name] += _times(url)
    for name, times in took.items():
        middle, slow = statistics.median(times), statistics.quantiles(times, n=100)[98]
        print(f"{name:18} median {middle * 1000:.2f} ms, 99 % {slow * 1000:.2f} ms")  # noqa: T201
    ratio = statistics.median(took["ecs-ip proxy"]) / statistics.median(took["a bare forwarder"])
    print(f"ecs-ip proxy takes {ratio:.1f} times as long as a bare forwarder")  # noqa: T201


def _times(url: str) -> list[float]:
    times = []
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=10)) as connection:
        for _ in range(ROUND):
            begun = time.perf_counter()
            connection.request("GET", "/targets?port=9100")
            connection.getresponse().read()
            times.append(time.perf_counter() - begun)
    return times


def _api(size: int) -> Callable[[], object]:
    async def answer(request: web.BaseRequest) -> web.Response:  # noqa: ARG001 - aiohttp's form
        return web.Response(body=b"x" * size)

    async def start() -> int:
        runner = web.ServerRunner(web.Server(answer))
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    return start


def _forwarder(port: int) -> Callable[[], object]:
    async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            target.write(data)
            await target.drain()
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))

    async def start() -> int:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        return int(server.sockets[0].getsockname()[1])

    return start


class _Thread:
    """A server in a thread of its own."""

    def __init__(self, start: Callable[[], object]) -> None:
        self.port = 0
        self._start = start
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        future = asyncio.run_coroutine_threadsafe(self._start(), self._loop)  # type: ignore[arg-type]
        self.port = future.result(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--kilobytes", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    main()

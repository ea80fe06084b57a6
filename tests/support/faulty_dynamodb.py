"""A proxy before DynamoDB that throttles, fails, loses answers and refuses at will."""

import json
import random
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from local import loopback


class Fault(StrEnum):
    """What can happen to a call."""

    THROTTLED = "throttled"
    FAILED = "failed"
    CUT_BEFORE = "the connection was cut before DynamoDB heard of it"
    CUT_AFTER = "the connection was cut before the answer came"
    UNPROCESSED = "some keys were left unprocessed"
    REFUSED = "refused, so that trying again at once is no use"


class FaultyDynamoDB(ThreadingHTTPServer):
    """A DynamoDB under its own URL; each call meets a fault with a probability of `rate`.

    While it is `shut`, it refuses every call.
    """

    daemon_threads = True

    def __init__(self, upstream: str, *, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.upstream = urlsplit(upstream).netloc
        self.rate = 0.0
        self.shut = False
        self.faults: Counter[Fault] = Counter()
        self._random = random.Random(seed)  # noqa: S311 - it draws a test
        self._lock = threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers who went away: they may have been killed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def next_fault(self, operation: str) -> Fault | None:
        """Decide what happens to a call."""
        with self._lock:
            fault = self._choose(operation)
            if fault is not None:
                self.faults[fault] += 1
            return fault

    def _choose(self, operation: str) -> Fault | None:
        if self.shut:
            return Fault.REFUSED
        if self._random.random() >= self.rate:
            return None
        kinds = [Fault.THROTTLED, Fault.FAILED, Fault.CUT_BEFORE, Fault.CUT_AFTER]
        return self._random.choice(
            [*kinds, Fault.UNPROCESSED] if operation == "BatchGetItem" else kinds
        )


_ERRORS = {
    Fault.THROTTLED: (400, "ProvisionedThroughputExceededException"),
    Fault.FAILED: (500, "InternalServerError"),
    Fault.REFUSED: (400, "AccessDeniedException"),
}


class _Call(loopback.Prompt, BaseHTTPRequestHandler):
    """A connection; each POST on it is a call."""

    server: FaultyDynamoDB

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.next_fault(self.headers["X-Amz-Target"].rpartition(".")[2])
        if fault in _ERRORS:
            status, name = _ERRORS[fault]
            self._answer(status, json.dumps({"__type": name, "message": "injected"}).encode())
        elif fault is Fault.CUT_BEFORE:
            self._cut()
        else:
            status, answer = self._pass_on(body)
            if fault is Fault.CUT_AFTER:
                self._cut()
            elif fault is Fault.UNPROCESSED:
                self._answer(status, _half_of(body, answer))
            else:
                self._answer(status, answer)

    def _pass_on(self, body: bytes) -> tuple[int, bytes]:
        """Ask DynamoDB, under the name that was signed."""
        upstream = HTTPConnection(self.server.upstream, timeout=20)
        try:
            upstream.putrequest("POST", self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                upstream.putheader(name, value)
            upstream.endheaders(body)
            response = upstream.getresponse()
            return response.status, response.read()
        finally:
            upstream.close()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _half_of(request: bytes, answer: bytes) -> bytes:
    """Leave every other key of a BatchGetItem unprocessed."""
    [(table, asked)] = json.loads(request)["RequestItems"].items()
    left = asked["Keys"][1::2]
    found = json.loads(answer)["Responses"][table]
    kept = [item for item in found if not any(key.items() <= item.items() for key in left)]
    unprocessed = {table: {**asked, "Keys": left}} if left else {}
    return json.dumps({"Responses": {table: kept}, "UnprocessedKeys": unprocessed}).encode()


@contextmanager
def faulty_dynamodb(upstream: str, *, seed: int) -> Iterator[FaultyDynamoDB]:
    """Serve on loopback; when the context ends, nothing is left."""
    faulty = FaultyDynamoDB(upstream, seed=seed)
    with loopback.serving(faulty):
        yield faulty

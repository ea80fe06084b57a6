"""A stand-in for DynamoDB, SQS and EventBridge that says what it is told to, after a delay.

It is for timing: an answer takes it no processor time to speak of. It holds no items: unless told
otherwise, reads find nothing, and writes succeed.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any

EMPTY: dict[str, dict[str, Any]] = {
    "Query": {"Items": [], "Count": 0, "ScannedCount": 0},
    "Scan": {"Items": [], "Count": 0, "ScannedCount": 0},
    "BatchGetItem": {"Responses": {}, "UnprocessedKeys": {}},
    "UpdateItem": {"Attributes": {}},
    "PutEvents": {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]},
}


class StandIn:
    """What listens, and which requests came."""

    def __init__(self, delay: float, answers: Mapping[str, object]) -> None:
        self.delay = delay
        self.answers = {**EMPTY, **answers}
        self.operations: list[tuple[float, str]] = []
        """When each request came, and what it asked for."""
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, suppress(OSError):
            while lines.readline():
                headers = dict(_headers(lines))
                lines.read(int(headers.get("content-length", 0)))
                operation = headers.get("x-amz-target", "").rpartition(".")[2]
                self.operations.append((time.monotonic(), operation))
                if self.delay:
                    time.sleep(self.delay)
                body = json.dumps(self.answers.get(operation, {})).encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n"
                kind = "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: 1\r\n\r\n"
                connection.sendall(f"{head}{kind}".encode() + body)


def _headers(lines: Any) -> Iterator[tuple[str, str]]:
    while line := lines.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        yield name.lower(), value.strip()


@contextmanager
def stand_in(
    delay: float = 0.0, answers: Mapping[str, object] = MappingProxyType({})
) -> Iterator[StandIn]:
    """Listen on loopback as long as the context lasts; `delay` is in seconds.

    `answers` has the answers that differ, by operation.
    """
    made = StandIn(delay, answers)
    try:
        yield made
    finally:
        made.close()

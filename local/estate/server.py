"""The estate's ECS and EC2 over HTTP, on a free port of loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from local import loopback
from local.estate.api import RefusalError, answer_ec2, answer_ecs, ec2_error
from local.estate.clock import EstateClock
from local.estate.world import World
from local.guard import is_loopback

_TARGET = "AmazonEC2ContainerServiceV20141113."
_LONGEST = 1_000_000  # bytes of a request; a hundred ARNs are a fiftieth of it


@dataclass(slots=True)
class Estate:
    """The world, its clock, and the lock under which either is read or changed."""

    world: World
    clock: EstateClock
    url: str = ""
    lock: Lock = field(default_factory=Lock)

    def advance(self) -> list[dict[str, Any]]:
        """Let the world come up to the clock; answers the events that come through."""
        with self.lock:
            return self.world.advance(self.clock.now())


@contextmanager
def serve(estate: Estate) -> Iterator[Estate]:
    """Serve it until the context ends, at `estate.url`."""
    with loopback.serving(
        ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, estate))
    ) as estate.url:
        yield estate


class _Handler(loopback.Prompt, BaseHTTPRequestHandler):
    timeout = 120

    def __init__(self, estate: Estate, *arguments: Any) -> None:
        self._estate = estate
        super().__init__(*arguments)

    def do_POST(self) -> None:
        """Answer a signed call of either service; who asks is not told more than that."""
        scope = self.headers.get("Authorization", "").partition("/aws4_request")[0]
        if not is_loopback(self.headers.get("Host", "")):
            scope = ""  # a web page whose name was rebound to this machine
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and int(length) <= _LONGEST):
            self.close_connection = True
            self._send(HTTPStatus.BAD_REQUEST, "text/plain", "")
            return
        body = self.rfile.read(int(length)).decode(errors="replace")
        match scope.rpartition("/")[2]:
            case "ecs":
                self._ecs(body)
            case "ec2":
                self._ec2(body)
            case _:
                self._send(HTTPStatus.FORBIDDEN, "text/plain", "")

    def _ecs(self, body: str) -> None:
        action = self.headers.get("X-Amz-Target", "").removeprefix(_TARGET)
        status, answer = HTTPStatus.OK, {}
        try:
            with self._estate.lock:
                now = self._estate.clock.now()
                answer = answer_ecs(self._estate.world, action, json.loads(body), now)
        except RefusalError as refusal:
            status = HTTPStatus.BAD_REQUEST
            answer = {"__type": refusal.code, "message": refusal.message}
        self._send(status, "application/x-amz-json-1.1", json.dumps(answer))

    def _ec2(self, body: str) -> None:
        try:
            with self._estate.lock:
                answer = answer_ec2(self._estate.world, dict(parse_qsl(body)))
        except RefusalError as refusal:
            self._send(HTTPStatus.BAD_REQUEST, "text/xml", ec2_error(refusal))
        else:
            self._send(HTTPStatus.OK, "text/xml", answer)

    def _send(self, status: HTTPStatus, media_type: str, answer: str) -> None:
        body = answer.encode()
        self.send_response_only(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

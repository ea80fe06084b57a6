"""A proxy that signs: plain requests in, the same requests signed (SigV4) out to an API."""

import json
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.api import Answer, Api, Headers

# RFC 9110, 7.6.1: these are of one connection only.
_HOP_BY_HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# What the proxy says itself.
_OF_A_REQUEST = frozenset(
    {"authorization", "content-length", "expect", "host", "x-amz-date", "x-amz-security-token"}
)
_IDLE_SECONDS = 60


class SigningProxy(ThreadingHTTPServer):
    """Listens on loopback from the start; serves once it is given the API."""

    daemon_threads = True
    api: Api

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def serve(self, api: Api) -> None:
        """Serve until `shutdown` or an exception, such as Ctrl-C."""
        self.api = api
        self.serve_forever(poll_interval=0.1)


class _Handler(BaseHTTPRequestHandler):
    server: SigningProxy
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def _forward(self) -> None:
        body = self._body()
        if body is None:
            return
        try:
            answer = self.server.api.send(
                self.command, self.path, _kept(self.headers.items(), _OF_A_REQUEST), body
            )
        except (OSError, HTTPException) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, f"The API does not answer: {error}.")
        else:
            self._answer(answer)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _forward  # noqa: N815

    def _body(self) -> bytes | None:
        """Read the body; answers None if the request was refused."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "A body must say its Content-Length.")
        elif not self.path.startswith("/"):
            self._refuse(HTTPStatus.BAD_REQUEST, "This is no path.")
        elif not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.BAD_REQUEST, "The Content-Length is no number.")
        else:
            return self.rfile.read(int(length))
        return None

    def _answer(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in _kept(answer.headers, frozenset({"content-length"})):
            self.send_header(name, value)
        length = answer.header("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        problem = {
            "type": "about:blank",
            "title": status.phrase,
            "status": status,
            "detail": detail,
        }
        self.close_connection = True
        headers = [("Content-Type", "application/problem+json"), ("Connection", "close")]
        self._answer(Answer(status, headers, json.dumps(problem).encode()))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it overrides
        """Say nothing: the terminal shows the map."""


def _kept(headers: Headers, dropped: frozenset[str]) -> Headers:
    named = [value for name, value in headers if name.lower() == "connection"]
    connection = {name.strip().lower() for value in named for name in value.split(",")}
    gone = _HOP_BY_HOP | dropped | connection
    return [(name, value) for name, value in headers if name.lower() not in gone]

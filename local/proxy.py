"""A proxy that signs: plain requests in, the same requests signed (SigV4) out to an API."""

import argparse
import json
import signal
import socket
import sys
from http import HTTPStatus
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError
from botocore.session import get_session

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
_HEALTH = "/-/healthy"
_LOOPBACK = "127.0.0.1"
_PORT = 8080
_LAST_PORT = 65535


class SigningProxy(ThreadingHTTPServer):
    """Listens from the start, on loopback unless told otherwise; serves once it has the API."""

    daemon_threads = True
    api: Api

    def __init__(self, port: int, address: str = _LOOPBACK) -> None:
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, port), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        address = str(self.server_address[0])
        host = f"[{address}]" if ":" in address else address
        return f"http://{host}:{self.server_port}"

    def serve(self, api: Api) -> None:
        """Serve until `shutdown` or an exception, such as Ctrl-C."""
        self.api = api
        self.serve_forever(poll_interval=0.1)


class _Handler(BaseHTTPRequestHandler):
    server: SigningProxy
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    def _forward(self) -> None:
        if self.path == _HEALTH:
            self._answer(Answer(HTTPStatus.OK, [("Content-Type", "text/plain")], b"Healthy.\n"))
            return
        body = self._body()
        if body is None:
            return
        try:
            answer = self.server.api.send(
                self.command, self.path, _kept(self.headers.items(), _OF_A_REQUEST), body
            )
        except (OSError, HTTPException) as error:
            self._refuse(HTTPStatus.BAD_GATEWAY, f"The API does not answer: {error}.")
        except (BotoCoreError, RuntimeError) as error:  # the latter: they were refreshed in vain
            self._refuse(HTTPStatus.BAD_GATEWAY, f"There are no credentials to sign with: {error}")
        else:
            self._answer(answer)

    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _forward  # noqa: N815 - http.server's names

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
        if self.command != "HEAD":
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
        """Say nothing: the terminal of `make run` shows the map, and who asks is told of errors."""


def _kept(headers: Headers, dropped: frozenset[str]) -> Headers:
    named = [value for name, value in headers if name.lower() == "connection"]
    connection = {name.strip().lower() for value in named for name in value.split(",")}
    gone = _HOP_BY_HOP | dropped | connection
    return [(name, value) for name, value in headers if name.lower() not in gone]


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM; answers the exit code."""
    options = _options(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        session = get_session()
        region = options.region or session.get_config_variable("region")
        credentials = session.get_credentials()
    except BotoCoreError as error:
        return _complain(f"the credentials cannot be read: {error}")
    if not region:
        return _complain("say the API's region: --region, or AWS_DEFAULT_REGION")
    if credentials is None:
        return _complain("no AWS credentials: set up a role, a profile, or the variables AWS_…")
    try:
        proxy = SigningProxy(options.port, options.bind)
    except OSError as error:
        return _complain(f"{options.bind} port {options.port} cannot be used: {error.strerror}")
    with proxy:
        print(f"Signing what is asked of {proxy.url} for {options.url}", flush=True)
        try:
            proxy.serve(Api(options.url, credentials, region))
        except KeyboardInterrupt:
            print("Stopped.")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.proxy",
        description="Let those who cannot sign ask the API: sign their requests (SigV4) with the "
        "credentials that the AWS SDK finds, refreshed as they expire. Whoever reaches the port "
        "asks with these credentials.",
        epilog=f"GET {_HEALTH} is answered by the proxy itself.",
    )
    parser.add_argument("--url", required=True, type=_url, help="the stack's output ApiUrl")
    parser.add_argument("--region", help="region of the API (default: the SDK's)")
    parser.add_argument(
        "--port", type=port_number, default=_PORT, help=f"port to listen on (default: {_PORT})"
    )
    parser.add_argument(
        "--bind",
        metavar="ADDRESS",
        default=_LOOPBACK,
        help=f"address to listen on; in a container 0.0.0.0 (default: {_LOOPBACK})",
    )
    return parser.parse_args(arguments)


def _url(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
        raise argparse.ArgumentTypeError(f"{text!r} is no URL of an API")
    return text


def port_number(text: str) -> int:
    """Read a port of the command line."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to {_LAST_PORT})")
    return int(text)


def _complain(text: str) -> int:
    print(f"signing proxy: {text}", file=sys.stderr)
    return 2


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal calls it
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())

"""The signing proxy: what came in goes out, signed, and what came back goes back."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.credentials import Credentials

from local.api import Api
from local.proxy import SigningProxy


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        [value] = [value for key, value in self.headers if key.lower() == name.lower()]
        return value

    def names(self) -> set[str]:
        return {name.lower() for name, _ in self.headers}


@dataclass
class Upstream:
    """What the API behind the proxy was asked, and what it is to answer."""

    url: str
    seen: list[Seen] = field(default_factory=list)
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b"{}"


@pytest.fixture(name="upstream")
def _upstream() -> Iterator[Upstream]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            upstream.seen.append(Seen(self.command, self.path, self.headers.items(), body))
            self.send_response(upstream.status)
            for name, value in upstream.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(upstream.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(upstream.body)

        do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _answer  # noqa: N815 - http.server's names

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        upstream = Upstream(f"http://127.0.0.1:{server.server_port}/v1")
        yield from _served(server, upstream)


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[SigningProxy]:
    with SigningProxy(0) as proxy:
        proxy.api = Api(upstream.url, Credentials("AKIDEXAMPLE", "secret", "token"), "eu-west-1")
        yield from _served(proxy, proxy)


def _served[Given](server: ThreadingHTTPServer, given: Given) -> Iterator[Given]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield given
    server.shutdown()
    thread.join()


def ask(
    proxy: SigningProxy,
    method: str,
    target: str,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[HTTPResponse, bytes]:
    with closing(HTTPConnection("127.0.0.1", proxy.server_port, timeout=5)) as connection:
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return response, response.read()


def test_a_request_arrives_signed(proxy: SigningProxy, upstream: Upstream) -> None:
    ask(proxy, "GET", "/tasks")
    [seen] = upstream.seen
    assert seen.target == "/v1/tasks"
    authorization = seen.header("Authorization")
    assert authorization.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-west-1/execute-api/aws4_request" in authorization
    assert seen.header("X-Amz-Security-Token") == "token"
    assert seen.header("Host") == upstream.url.split("/")[2]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_the_method_and_the_body_pass(proxy: SigningProxy, upstream: Upstream, method: str) -> None:
    body = None if method == "HEAD" else b'{"lookups": []}'
    ask(proxy, method, "/lookups", body=body)
    [seen] = upstream.seen
    assert (seen.method, seen.body) == (method, body or b"")


@pytest.mark.parametrize(
    "asked, sent",
    [
        ("/ips/10.0.0.1?at=2026-01-01T00:00:00Z", "/ips/10.0.0.1?at=2026-01-01T00%3A00%3A00Z"),
        ("/ips/2001%3Adb8%3A%3A1", "/ips/2001%3Adb8%3A%3A1"),
        ("/tasks?cluster=a+b&cluster=&x=%E4%F6", "/tasks?cluster=a%20b&cluster=&x=%E4%F6"),
        ("/a%2Fb%20c?", "/a%2Fb%20c?"),
    ],
)
def test_path_and_query_arrive_as_they_will_be_verified(
    proxy: SigningProxy, upstream: Upstream, asked: str, sent: str
) -> None:
    ask(proxy, "GET", asked)
    assert [seen.target for seen in upstream.seen] == [f"/v1{sent}"]


def test_headers_pass_but_those_of_the_connection(proxy: SigningProxy, upstream: Upstream) -> None:
    dropped = {
        "Connection": "close, X-Mine",
        "X-Mine": "1",
        "Keep-Alive": "timeout=5",
        "Proxy-Authorization": "Basic eA==",
        "TE": "trailers",
        "Upgrade": "h2c",
        "X-Amz-Date": "19700101T000000Z",
    }
    passed = {
        "Accept": "text/csv",
        "If-None-Match": '"abc"',
        "X-Other": "ä".encode().decode("latin-1"),
    }
    ask(proxy, "GET", "/addresses", {**dropped, **passed})
    [seen] = upstream.seen
    assert {name: seen.header(name) for name in passed} == passed
    left = {name.lower() for name in dropped} & seen.names()
    assert left == {"x-amz-date"}
    assert seen.header("X-Amz-Date") != dropped["X-Amz-Date"]


def test_status_headers_and_body_come_back(proxy: SigningProxy, upstream: Upstream) -> None:
    upstream.status = 304
    upstream.headers = [("ETag", '"abc"'), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    upstream.body = b""
    response, _ = ask(proxy, "GET", "/addresses")
    assert response.status == 304
    assert response.getheader("ETag") == '"abc"'
    assert response.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_an_error_comes_back_as_it_is(proxy: SigningProxy, upstream: Upstream) -> None:
    upstream.status = 404
    upstream.headers = [("Content-Type", "application/problem+json"), ("Connection", "close")]
    upstream.body = b'{"status": 404}'
    response, body = ask(proxy, "GET", "/nothing")
    assert (response.status, body) == (404, b'{"status": 404}')
    assert response.getheader("Content-Type") == "application/problem+json"
    assert response.getheader("Connection") is None


def test_head_says_the_length_of_what_get_would_answer(
    proxy: SigningProxy, upstream: Upstream
) -> None:
    upstream.body = b"x" * 123
    response, body = ask(proxy, "HEAD", "/tasks")
    assert (response.getheader("Content-Length"), body) == ("123", b"")


def test_an_api_that_does_not_answer_is_a_502(proxy: SigningProxy) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    proxy.api = Api(url, Credentials("AKIDEXAMPLE", "secret"), "eu-west-1")
    response, body = ask(proxy, "GET", "/tasks")
    assert response.status == 502
    assert response.getheader("Content-Type") == "application/problem+json"
    assert json.loads(body)["status"] == 502


def test_a_body_without_a_length_is_refused(proxy: SigningProxy, upstream: Upstream) -> None:
    response, _ = ask(proxy, "POST", "/lookups", {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n")
    assert response.status == 411
    assert upstream.seen == []


def test_what_is_no_path_is_refused(proxy: SigningProxy, upstream: Upstream) -> None:
    response, _ = ask(proxy, "GET", "http://elsewhere.example/")
    assert response.status == 400
    assert upstream.seen == []


def test_it_listens_on_loopback_only(proxy: SigningProxy) -> None:
    assert proxy.server_address[0] == "127.0.0.1"


def test_its_health_is_not_the_api_s(proxy: SigningProxy, upstream: Upstream) -> None:
    response, body = ask(proxy, "GET", "/-/healthy")
    assert (response.status, body) == (200, b"Healthy.\n")
    assert upstream.seen == []


def test_head_is_answered_without_a_body(proxy: SigningProxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.server_port), timeout=5) as connection:
        connection.sendall(b"HEAD /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\n\r\n")

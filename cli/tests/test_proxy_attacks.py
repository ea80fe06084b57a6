"""Attacks on the signing proxy, byte by byte over raw sockets: refused, and it stays up."""

import json
import socket
from collections.abc import Iterator

import pytest

from ecs_ip.proxy import Proxy
from ecs_ip.upstream import Upstream
from fake_api import FakeApi

HOST = b"Host: 127.0.0.1:8080\r\n"
CHUNKED = b"3\r\nabc\r\n0\r\n\r\n"


@pytest.fixture
def proxy(api: FakeApi) -> Iterator[Proxy]:
    api.canned["/tasks"] = {"items": []}
    with Proxy(Upstream(api.url), port=0, allow_hosts=["proxy.internal"]) as served:
        yield served


def exchange(proxy: Proxy, sent: bytes, wait: float = 0.2) -> bytes:
    """Send bytes, and return all that comes back until silence."""
    address = ("127.0.0.1", int(proxy.url.rpartition(":")[2]))
    received = b""
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(sent)
        connection.settimeout(wait)
        try:
            while part := connection.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
    return received


def statuses(received: bytes) -> list[int]:
    return [
        int(line.split(b" ")[1]) for line in received.split(b"\r\n") if line.startswith(b"HTTP/1.")
    ]


def get(target: bytes, *headers: bytes, host: bytes = HOST) -> bytes:
    return (
        b"GET "
        + target
        + b" HTTP/1.1\r\n"
        + host
        + b"".join(h + b"\r\n" for h in headers)
        + b"\r\n"
    )


def post(*headers: bytes, body: bytes = b"abc", target: bytes = b"/lookups") -> bytes:
    head = b"POST " + target + b" HTTP/1.1\r\n" + HOST
    return head + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


SAME_ORIGIN = b"Origin: http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [SAME_ORIGIN],
        [b"Sec-Fetch-Site: same-origin", SAME_ORIGIN],
        [b"Sec-Fetch-Site: none"],
    ],
)
@pytest.mark.parametrize("host", [b"127.0.0.1:8080", b"localhost", b"127.0.0.7:1"])
def test_our_own_pages_and_tools_are_let_through(
    proxy: Proxy, api: FakeApi, host: bytes, headers: list[bytes]
) -> None:
    own = [header.replace(b"127.0.0.1:8080", host) for header in headers]
    assert statuses(exchange(proxy, get(b"/tasks", *own, host=b"Host: " + host + b"\r\n"))) == [200]
    assert len(api.requests) == 1


@pytest.mark.parametrize("host", [b"proxy.internal", b"PROXY.internal:8080", b"[::1]:9"])
def test_configured_hosts_and_ipv6_are_let_through(proxy: Proxy, host: bytes) -> None:
    assert statuses(exchange(proxy, get(b"/tasks", host=b"Host: " + host + b"\r\n"))) == [200]


@pytest.mark.parametrize(
    "host",
    [
        b"evil.example",
        b"evil.example:8080",
        b"127.0.0.1.evil.example",
        b"localhost.evil.example:8080",
        b"evil.example@127.0.0.1",
        b"127.0.0.1, evil.example",
        b"proxy.internal.evil.example",
        b"0.0.0.0:8080",
        b"10.0.0.1",
        b"[::2]",
        b"",
        b"localhost:8080:evil",
        b"2130706433",
    ],
)
def test_dns_rebinding_fails(proxy: Proxy, api: FakeApi, host: bytes) -> None:
    received = exchange(proxy, get(b"/tasks", host=b"Host: " + host + b"\r\n"))
    assert statuses(received)[0] in {400, 403}
    assert api.requests == []


@pytest.mark.parametrize(
    "header",
    [
        b"Origin: http://evil.example",
        b"Origin: null",
        b"Origin: http://127.0.0.1:3000",
        b"Origin: http://localhost:8080",
        b"Origin: http://127.0.0.1:8080.evil.example",
        b"Origin:",
        b"Sec-Fetch-Site: cross-site",
        b"Sec-Fetch-Site: same-site",
        b"sec-fetch-site: CROSS-SITE",
        b"Sec-Fetch-Site: something-new",
    ],
)
@pytest.mark.parametrize("target", [b"/tasks", b"/console/", b"/-/healthy", b"/"])
def test_pages_of_other_sites_are_refused(
    proxy: Proxy, api: FakeApi, header: bytes, target: bytes
) -> None:
    received = exchange(proxy, get(target, header))
    assert statuses(received) == [403]
    assert b"application/problem+json" in received
    assert b"Access-Control" not in received
    assert api.requests == []


LINK = [b"Sec-Fetch-Mode: navigate", b"Sec-Fetch-Dest: document"]


@pytest.mark.parametrize("site", [b"cross-site", b"same-site"])
@pytest.mark.parametrize("target", [b"/console/", b"/console/index.html", b"/console/?a=b"])
def test_a_link_on_another_site_leads_to_the_console(
    proxy: Proxy, api: FakeApi, target: bytes, site: bytes
) -> None:
    received = exchange(proxy, get(target, b"Sec-Fetch-Site: " + site, *LINK))
    assert statuses(received) == [200]
    assert b"X-Frame-Options: DENY" in received
    assert api.requests == []


def test_a_link_without_the_last_slash_is_moved(proxy: Proxy) -> None:
    received = exchange(proxy, get(b"/console", b"Sec-Fetch-Site: cross-site", *LINK))
    assert statuses(received) == [302]
    assert b"Location: /console/\r\n" in received


@pytest.mark.parametrize(
    "target",
    [
        b"/tasks",
        b"/",
        b"/-/healthy",
        b"/consoles",
        b"/console?/../tasks",
        b"//console/",
        b"/tasks?/console/",
        b"/console%2f",
        b"/CONSOLE/",
    ],
)
def test_no_link_on_another_site_leads_to_anything_else(
    proxy: Proxy, api: FakeApi, target: bytes
) -> None:
    html = b"Accept: text/html"
    received = exchange(proxy, get(target, b"Sec-Fetch-Site: cross-site", html, *LINK))
    expected = 302 if target.startswith(b"/console?") else 403
    assert statuses(received) == [expected]
    assert api.requests == []


@pytest.mark.parametrize("target", [b"/console/../tasks", b"/console/%2e%2e/tasks"])
def test_a_link_cannot_climb_out_of_the_console(proxy: Proxy, api: FakeApi, target: bytes) -> None:
    received = exchange(proxy, get(target, b"Sec-Fetch-Site: cross-site", *LINK))
    assert statuses(received) == [400]
    assert api.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        [b"Sec-Fetch-Mode: navigate"],
        [b"Sec-Fetch-Dest: document"],
        [b"Sec-Fetch-Mode: navigate", b"Sec-Fetch-Dest: iframe"],
        [b"Sec-Fetch-Mode: navigate", b"Sec-Fetch-Dest: embed"],
        [b"Sec-Fetch-Mode: no-cors", b"Sec-Fetch-Dest: script"],
        [b"Sec-Fetch-Mode: cors", b"Sec-Fetch-Dest: document"],
        [*LINK, b"Origin: http://evil.example"],
        [*LINK, b"Origin: null"],
    ],
)
def test_the_console_is_no_part_of_another_page(
    proxy: Proxy, api: FakeApi, headers: list[bytes]
) -> None:
    received = exchange(proxy, get(b"/console/", b"Sec-Fetch-Site: cross-site", *headers))
    assert statuses(received) == [403]
    assert api.requests == []


def test_a_link_of_a_site_that_browsers_do_not_know_is_refused(proxy: Proxy) -> None:
    assert statuses(exchange(proxy, get(b"/console/", b"Sec-Fetch-Site: new", *LINK))) == [403]


def test_a_link_to_a_name_that_was_rebound_is_refused(proxy: Proxy) -> None:
    asked = get(b"/console/", b"Sec-Fetch-Site: cross-site", *LINK, host=b"Host: evil.example\r\n")
    assert statuses(exchange(proxy, asked)) == [403]


@pytest.mark.parametrize("method", [b"POST", b"HEAD", b"PUT"])
def test_a_form_on_another_site_does_not_lead_to_the_console(proxy: Proxy, method: bytes) -> None:
    head = get(b"/console/", b"Sec-Fetch-Site: cross-site", *LINK).removeprefix(b"GET")
    assert statuses(exchange(proxy, method + head)) == [403]


@pytest.mark.parametrize("more", [b"Host: evil.example", b"Host: 127.0.0.1:8080"])
def test_two_hosts_are_refused(proxy: Proxy, api: FakeApi, more: bytes) -> None:
    assert statuses(exchange(proxy, get(b"/tasks", more))) == [400]
    assert api.requests == []


MALFORMED = {
    "two lengths that differ": post(b"Content-Length: 3", b"Content-Length: 5", body=b"abcde"),
    "two lengths that agree": post(b"Content-Length: 3", b"Content-Length: 3"),
    "a list of lengths": post(b"Content-Length: 3, 3"),
    "a length with a sign": post(b"Content-Length: +3"),
    "a negative length": post(b"Content-Length: -1"),
    "a length in hexadecimal": post(b"Content-Length: 0x3"),
    "a length in other digits": post("Content-Length: ٣".encode()),
    "an absurd length": post(b"Content-Length: 1000000000000000"),
    "a length beyond 64 bits": post(b"Content-Length: 99999999999999999999999999"),
    "a blank before a colon": post(b"Transfer-Encoding : chunked", body=CHUNKED),
    "a length and chunks": post(b"Content-Length: 3", b"Transfer-Encoding: chunked", body=CHUNKED),
    "an unknown encoding": post(b"Transfer-Encoding: xchunked", body=CHUNKED),
    "chunks that are packed again": post(b"Transfer-Encoding: chunked, gzip", body=CHUNKED),
    "two encodings": post(b"Transfer-Encoding: chunked", b"Transfer-Encoding: x", body=CHUNKED),
    "a chunk without a length": post(b"Transfer-Encoding: chunked", body=b"zz\r\nabc\r\n0\r\n\r\n"),
    "a chunk of an absurd length": post(
        b"Transfer-Encoding: chunked", body=b"ffffffffffffffffff\r\nabc\r\n"
    ),
    "a line feed in a chunk's extension": post(
        b"Transfer-Encoding: chunked", body=b"3;a\nxx\r\nabc\r\n0\r\n\r\n"
    ),
    "UTF-8 in a path": get("/tasks/ä".encode()),
    "Latin-1 in a path": get(b"/tasks/\xe4"),
    "bytes beyond ASCII in a query": get(b"/tasks?a=\xe4"),
    "a NUL in a path": get(b"/tasks\x00"),
    "a fragment": get(b"/tasks#x"),
    "a backslash": get(b"/tasks\\x"),
    "a broken escape": get(b"/tasks/%zz"),
    "a whole URL": get(b"http://127.0.0.1:8080/tasks"),
    "a whole URL of another host": get(b"http://evil.example/tasks"),
    "no path": get(b"*"),
    "dots": get(b"/../prod/tasks"),
    "encoded dots": get(b"/a/%2e%2E/x"),
    "dots before an encoded slash": get(b"/a/..%2fx"),
    "no host": b"GET /tasks HTTP/1.1\r\n\r\n",
    "a folded header": get(b"/tasks", b"X-A: b\r\n c"),
    "bare line feeds": b"GET /tasks HTTP/1.1\nHost: 127.0.0.1\n\n",
    "a carriage return in a header": get(b"/tasks", b"X-A: b\rContent-Length: 3"),
    "a header that is too long": get(b"/tasks", b"X-A: " + b"b" * 100_000),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 100 + b"\r\n\r\n",
}


@pytest.mark.parametrize("attack", MALFORMED)
def test_what_is_malformed_gets_a_400_and_the_proxy_stays_up(
    proxy: Proxy, api: FakeApi, attack: str
) -> None:
    assert statuses(exchange(proxy, MALFORMED[attack])) == [400]
    assert api.requests == []
    assert statuses(exchange(proxy, get(b"/tasks"))) == [200]


def test_a_length_of_thousands_of_digits_does_no_harm(proxy: Proxy, api: FakeApi) -> None:
    received = exchange(proxy, post(b"Content-Length: " + b"9" * 5000))
    assert statuses(received) in ([400], [])
    assert api.requests == []
    assert statuses(exchange(proxy, get(b"/tasks"))) == [200]


@pytest.mark.parametrize("method", [b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"TRACE", b"CONNECT"])
def test_other_methods_are_refused(proxy: Proxy, api: FakeApi, method: bytes) -> None:
    received = exchange(proxy, method + b" /tasks HTTP/1.1\r\n" + HOST + b"\r\n")
    assert statuses(received)[0] in {400, 405}
    assert api.requests == []


SMUGGLED = b"GET /smuggled HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.mark.parametrize("target", [b"/-/healthy", b"/console/", b"/lookups"])
def test_a_body_is_never_read_as_the_next_request(
    proxy: Proxy, api: FakeApi, target: bytes
) -> None:
    length = b"Content-Length: %d" % len(SMUGGLED)
    exchange(proxy, post(length, body=SMUGGLED, target=target) + get(b"/tasks"))
    assert "/smuggled" not in [request.path for request in api.requests]


def test_the_health_of_the_proxy_needs_no_api(proxy: Proxy, api: FakeApi) -> None:
    assert exchange(proxy, get(b"/-/healthy", b"Connection: close")).endswith(b"Healthy.\n")
    assert statuses(exchange(proxy, post(b"Content-Length: 3", target=b"/-/healthy"))) == [405]
    assert api.requests == []


@pytest.mark.parametrize(
    "body",
    [
        [b"Content-Length: 1048577"],
        [b"Content-Length: 2147483647"],
    ],
)
def test_a_body_that_says_it_is_too_large_is_not_read(
    proxy: Proxy, api: FakeApi, body: list[bytes]
) -> None:
    assert statuses(exchange(proxy, post(*body))) == [413]
    assert api.requests == []


def test_a_body_that_goes_on_and_on_is_cut_off(proxy: Proxy, api: FakeApi) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    received = exchange(proxy, post(b"Transfer-Encoding: chunked", body=chunk * 17))
    assert statuses(received) in ([413], [])  # it can be cut off before the answer is read
    assert api.requests == []
    assert statuses(exchange(proxy, get(b"/tasks"))) == [200]


def test_chunks_are_passed_on_as_one_body(proxy: Proxy, api: FakeApi) -> None:
    body = json.dumps({"lookups": []}).encode()
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    json_type = b"Content-Type: application/json"
    exchange(proxy, post(b"Transfer-Encoding: chunked", json_type, body=chunks))
    assert [request.body for request in api.requests] == [{"lookups": []}]
    assert "transfer-encoding" not in api.requests[0].headers

"""The signing proxy: what came in goes out, signed, and what came back goes back."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.credentials import Credentials, ReadOnlyCredentials

from conftest import Run
from ecs_ip import console
from ecs_ip.errors import UsageError
from ecs_ip.proxy import Proxy, serve
from ecs_ip.signing import AwsSigner
from ecs_ip.upstream import Upstream, with_canonical_query
from fake_api import FakeApi, Reply

SOURCES = str(Path(__file__).parents[1] / "src")
SIGNER = AwsSigner(Credentials("AKIDEXAMPLE", "secret", "token"), "eu-west-1")


@pytest.fixture
def proxy(api: FakeApi) -> Iterator[Proxy]:
    with Proxy(Upstream(f"{api.url}/v1", SIGNER), port=0) as served:
        yield served


def ask(
    proxy: Proxy, method: str, target: str, body: bytes | None = None, **headers: str
) -> tuple[HTTPResponse, bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(HTTPConnection(urlsplit(proxy.url).netloc, timeout=5)) as connection:
        connection.request(method, target, body, named)
        response = connection.getresponse()
        return response, response.read()


def test_a_request_arrives_signed(proxy: Proxy, api: FakeApi) -> None:
    ask(proxy, "GET", "/tasks")
    [seen] = api.requests
    assert seen.path == "/v1/tasks"
    assert seen.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-west-1/execute-api/aws4_request" in seen.headers["authorization"]
    assert seen.headers["x-amz-security-token"] == "token"
    assert seen.headers["host"] == urlsplit(api.url).netloc


def test_credentials_are_read_anew_for_each_request(api: FakeApi) -> None:
    class Rotating(Credentials):
        def get_frozen_credentials(self) -> ReadOnlyCredentials:
            self.access_key += "X"
            return ReadOnlyCredentials(self.access_key, "secret", None)

    signer = AwsSigner(Rotating("AKID", "secret"), "eu-west-1")
    with Proxy(Upstream(api.url, signer), port=0) as proxy:
        ask(proxy, "GET", "/tasks")
        ask(proxy, "GET", "/tasks")
    keys = [seen.headers["authorization"].split("=")[1].split("/")[0] for seen in api.requests]
    assert keys == ["AKIDX", "AKIDXX"]


@pytest.mark.parametrize(
    "target",
    ["/ips/2001%3Adb8%3A%3A1", "/ips/2001:db8::1", "/tasks/a%2Fb%20c", "/tasks/a%2fb", "//x/"],
)
def test_paths_are_passed_and_signed_exactly_as_they_came(
    proxy: Proxy, api: FakeApi, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed: list[str] = []
    original = SIGNER.sign

    def sign(method: str, url: str, headers: dict[str, str], body: bytes) -> dict[str, str]:
        signed.append(url)
        return original(method, url, headers, body)

    monkeypatch.setattr(SIGNER, "sign", sign)
    ask(proxy, "GET", target)
    assert [seen.path for seen in api.requests] == [f"/v1{target}"]
    assert signed == [f"{api.url}/v1{target}"]


@pytest.mark.parametrize(
    "asked, sent",
    [
        ("/a?at=2026-01-01T00:00:00Z", "/a?at=2026-01-01T00%3A00%3A00Z"),
        ("/a?cluster=a+b&cluster=&x=%E4%F6", "/a?cluster=a%20b&cluster=&x=%E4%F6"),
        ("/a%2Fb%20c?", "/a%2Fb%20c?"),
    ],
)
def test_queries_are_encoded_as_the_other_side_does_when_it_verifies(asked: str, sent: str) -> None:
    assert with_canonical_query(asked) == sent


def test_methods_bodies_and_what_the_api_can_use_are_passed(proxy: Proxy, api: FakeApi) -> None:
    body = b'{"lookups": []}'
    ask(
        proxy,
        "POST",
        "/lookups",
        body,
        Accept="text/csv",
        Accept_Encoding="gzip",
        If_None_Match='"abc"',
        Content_Type="application/json",
        Cookie="a=b",
        X_Amz_Date="19700101T000000Z",
        Authorization="Basic eA==",
    )
    [seen] = api.requests
    assert (seen.method, seen.body) == ("POST", {"lookups": []})
    assert seen.headers["accept"] == "text/csv"
    assert seen.headers["accept-encoding"] == "gzip"
    assert seen.headers["if-none-match"] == '"abc"'
    assert "cookie" not in seen.headers
    assert seen.headers["x-amz-date"] != "19700101T000000Z"
    assert seen.headers["authorization"].startswith("AWS4")


def test_answers_come_back_as_they_are(proxy: Proxy, api: FakeApi) -> None:
    packed = gzip.compress(b"10.0.4.128/32\n")
    headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip", "ETag": '"x"'}
    api.replies = [
        Reply(200, packed, {**headers, "Access-Control-Allow-Origin": "*", "Set-Cookie": "a=b"}),
        Reply(304, b"", {"ETag": '"x"'}),
        Reply(429, b"slow", {"Retry-After": "7"}),
        Reply(302, b"", {"Location": "http://elsewhere.example/"}),
    ]
    response, body = ask(proxy, "GET", "/addresses")
    assert (response.status, body) == (200, packed)
    assert response.headers["ETag"] == '"x"'
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Access-Control-Allow-Origin"] is None
    assert response.headers["Set-Cookie"] is None
    assert ask(proxy, "GET", "/addresses")[0].status == 304
    throttled, body = ask(proxy, "GET", "/tasks")
    assert (throttled.status, throttled.headers["Retry-After"], body) == (429, "7", b"slow")
    assert ask(proxy, "GET", "/tasks")[0].status == 302


def test_an_api_that_does_not_answer_is_a_502(api: FakeApi) -> None:
    with Proxy(Upstream("http://127.0.0.1:9", SIGNER), port=0) as proxy:
        response, body = ask(proxy, "GET", "/tasks")
    assert (response.status, json.loads(body)["status"]) == (502, 502)
    assert "does not answer" in json.loads(body)["detail"]
    assert api.requests == []


def test_credentials_that_cannot_be_had_are_a_502_that_says_so(api: FakeApi) -> None:
    class Lost(Credentials):
        def get_frozen_credentials(self) -> ReadOnlyCredentials:
            raise RuntimeError("Credentials were refreshed, but the refreshed ones are expired.")

    signer = AwsSigner(Lost("AKID", "secret"), "eu-west-1")
    with Proxy(Upstream(api.url, signer), port=0) as proxy:
        response, body = ask(proxy, "GET", "/tasks")
    assert response.status == 502
    assert "aws sso login" in json.loads(body)["detail"]


def test_it_answers_503_until_it_has_an_api(api: FakeApi) -> None:
    with Proxy(None, port=0) as proxy:
        assert ask(proxy, "GET", "/tasks")[0].status == 503
        proxy.upstream = Upstream(api.url)
        assert ask(proxy, "GET", "/tasks")[0].status == 200


def test_a_port_in_use_is_told(proxy: Proxy) -> None:
    port = int(proxy.url.rpartition(":")[2])
    with pytest.raises(UsageError, match=f"port {port} cannot be used"):
        Proxy(None, port=port)


def test_it_serves_in_process_until_it_is_interrupted(api: FakeApi) -> None:
    def started(address: str) -> None:
        with urllib.request.urlopen(f"{address}/tasks") as response:  # noqa: S310 - loopback
            assert response.status == 200
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(api.url, 0, started=started)


@pytest.fixture
def with_console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the proxy console files of the test's own."""
    folder = tmp_path / "ecs_ip" / "console_files"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>ä</title>", encoding="utf-8")
    (folder / "assets" / "app.js").write_text("1")
    (folder / ".secret").write_text("x")
    monkeypatch.setattr(console, "files", lambda _: tmp_path / "ecs_ip")


@pytest.mark.usefixtures("with_console")
def test_the_console_is_served_under_a_strict_policy(api: FakeApi) -> None:
    with Proxy(Upstream(api.url), port=0) as proxy:
        response, body = ask(proxy, "GET", "/console/")
        script, _ = ask(proxy, "GET", "/console/assets/app.js?v=1")
        tag = response.headers["ETag"]
        unchanged, _ = ask(proxy, "GET", "/console/index.html", If_None_Match=tag)
        head, nothing = ask(proxy, "HEAD", "/console/")
    assert body.decode() == "<!doctype html><title>ä</title>"
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert script.headers["X-Content-Type-Options"] == "nosniff"
    assert unchanged.status == 304
    assert (head.headers["Content-Length"], nothing) == (str(len(body)), b"")
    assert api.requests == []


@pytest.mark.usefixtures("with_console")
@pytest.mark.parametrize(
    "path",
    [
        "/console/none.js",
        "/console/.secret",
        "/console/assets",
        "/console/assets/",
        "/console/%2e%2e/main.py",
        "/console/../main.py",
        "/console/..%2f..%2fmain.py",
        "/console//etc/passwd",
        "/console/%2fetc/passwd",
    ],
)
def test_nothing_but_the_console_s_own_files_is_served(api: FakeApi, path: str) -> None:
    with Proxy(Upstream(api.url), port=0) as proxy:
        assert ask(proxy, "GET", path)[0].status in {400, 404}
    assert api.requests == []


def test_a_browser_is_sent_to_the_console_and_a_program_is_not(proxy: Proxy, api: FakeApi) -> None:
    browser, _ = ask(proxy, "GET", "/", Accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
    assert (browser.status, browser.headers["Location"]) == (302, "/console/")
    assert ask(proxy, "GET", "/console")[0].headers["Location"] == "/console/"
    ask(proxy, "GET", "/", Accept="*/*")
    assert [seen.path for seen in api.requests] == ["/v1/"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_stopped(api: FakeApi, number: int) -> None:
    arguments = [sys.executable, "-m", "ecs_ip", "--url", api.url, "proxy", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": SOURCES}
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = process.stderr.readline().split()[1]
        with urllib.request.urlopen(f"{address}/tasks") as response:  # noqa: S310 - loopback
            assert response.status == 200
        process.send_signal(number)
        begun = time.monotonic()
        assert process.wait(10) == 0
        assert time.monotonic() - begun < 5
        assert process.stderr.read() == "ecs-ip: stopped\n"


def test_without_its_files_the_console_says_so(
    run: Run, api: FakeApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(console, "files", lambda _: tmp_path)
    result = run("--url", api.url, "console")
    assert (result.code, result.err.count("\n")) == (5, 1)
    assert "has no console" in result.err


@pytest.mark.usefixtures("with_console")
@pytest.mark.parametrize("options, opened", [([], 1), (["--no-open"], 0)])
def test_the_console_opens_in_the_browser_unless_told_otherwise(
    run: Run, api: FakeApi, monkeypatch: pytest.MonkeyPatch, options: list[str], opened: int
) -> None:
    pages: list[str] = []

    def wait() -> None:
        raise KeyboardInterrupt

    def open_(page: str) -> bool:
        pages.append(page)
        return True

    monkeypatch.setattr("webbrowser.open", open_)
    monkeypatch.setattr("ecs_ip.proxy.wait_for_ever", wait)
    result = run("--url", api.url, "console", *options)
    assert (result.code, len(pages)) == (0, opened)
    address = result.err.split()[1]
    assert address.endswith("/console/")
    assert pages in ([], [address])

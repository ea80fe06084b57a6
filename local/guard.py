"""Stands in front of the embedded AWS, and lets nobody in but those who are to run code in it.

Whoever may call an AWS may run code, here as the developer. The embedded one believes whoever names
its account, so this process serves it with a guard around it, on Hypercorn as it comes: a request
gets in if it is addressed to loopback, is of no other web page, and either has the token of this
run or is signed by a key that the embedded AWS made itself, whose signature it verifies. There is
no second port without a guard.
"""

import hmac
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]
type App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEALTH = "/_ministack/health"

_OWN_SITE = {"none", "same-origin"}
_OF_AN_API = re.compile(r"/restapis/[^/]+/[^/]+/_user_request_(/.*)?")
_ADMINISTRATION = re.compile(r"/_|/health(/|$)")
_KEYS_THAT_AWS_MAKES = re.compile(r"A[KS]IA[A-Z0-9]{16}")
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/")


class Guard:
    """An ASGI application in front of another."""

    def __init__(self, app: App, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or pass it on as one that came over TLS, as all do that reach AWS."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif reason := refusal(scope, self._token):
            await _refuse(send, reason)
        else:
            kept = [field for field in scope["headers"] if field[0] != b"x-forwarded-proto"]
            over_tls = [*kept, (b"x-forwarded-proto", b"https")]
            await self._app({**scope, "headers": over_tls}, receive, send)


def refusal(scope: Scope, token: str) -> str | None:
    """Say why a request does not get in; None if it does."""
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    hosts = headers.get("host", [])
    if len(hosts) != 1 or not is_loopback(hosts[0]):
        return "It is not addressed to this machine."
    if any(origin != f"http://{hosts[0]}" for origin in headers.get("origin", [])):
        return "It is of another web page."
    if not _OWN_SITE.issuperset(headers.get("sec-fetch-site", [])):
        return "It is of another site."
    if not _may_enter(scope, headers, token):
        return "It has neither the token of this run, nor a key that was made in it."
    return None


def is_loopback(host: str) -> bool:
    """Return whether the value of a Host header always names this machine, by any resolver."""
    try:
        url = urlsplit(f"//{host}")
        name, _ = url.hostname or "", url.port
    except ValueError:
        return False
    if url.netloc != host or "@" in host or not host.isascii():
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _may_enter(scope: Scope, headers: Mapping[str, list[str]], token: str) -> bool:
    given = headers.get("x-amz-security-token", [])
    if len(given) == 1 and hmac.compare_digest(given[0].encode(), token.encode()):
        return True
    path = scope["path"]
    if path == HEALTH and scope["method"] == "GET":
        return True
    if _ADMINISTRATION.match(path):
        return False
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    signed = headers.get("authorization", [])
    if signed:
        named = [match[1] for match in map(_SIGNED.match, signed) if match]
        in_query = not {"X-Amz-Credential", "AWSAccessKeyId"}.isdisjoint(query)
        return len(signed) == 1 and not in_query and _made_here(named)
    if _OF_AN_API.fullmatch(path) and "x-amz-target" not in headers and "Action" not in query:
        return True  # which answers by itself that it wants a signature
    return _made_here([value.split("/")[0] for value in query.get("X-Amz-Credential", [])])


def _made_here(keys: list[str]) -> bool:
    """Return whether a request names one key, and one of which a signature is verified."""
    return len(keys) == 1 and _KEYS_THAT_AWS_MAKES.fullmatch(keys[0]) is not None


async def _refuse(send: Send, reason: str) -> None:
    body = f"The guard of the embedded AWS refuses this request. {reason}\n".encode()
    fields = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    start = {"type": "http.response.start", "status": HTTPStatus.FORBIDDEN, "headers": fields}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve MiniStack as its own command does, behind the guard."""
    # It reads the environment as it starts, and has no types.
    from ministack import app as ministack  # type: ignore[import-untyped]  # noqa: PLC0415
    from ministack.core.lambda_runtime import (  # type: ignore[import-untyped]  # noqa: PLC0415
        Worker,
    )

    # After each call it waits 50 ms for a first line on stderr, where our functions write none.
    waits = Worker._drain_stderr_bounded  # noqa: SLF001 - there is no option
    waits.__defaults__ = (0.002, *waits.__defaults__[1:])
    token = os.environ["AWS_SESSION_TOKEN"]
    ministack.app = Guard(ministack.app, token)
    ministack.main()


if __name__ == "__main__":
    main()

"""The embedded AWS as a process: MiniStack, told that every request reached it by TLS.

The stack's queues and bus refuse what comes in the clear (`aws:SecureTransport`). MiniStack goes by
`X-Forwarded-Proto` there, which a proxy that ends TLS would set. Here nothing leaves loopback, and
no request goes through a proxy: neither those of people nor those of the functions.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack  # type: ignore[import-untyped]  # it has no types

type Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_BY_TLS = (b"x-forwarded-proto", b"https")


def as_if_by_tls(application: Application) -> Application:
    """Wrap an ASGI application so that it takes each request for one that came by TLS."""

    async def wrapped(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            others = [header for header in scope["headers"] if header[0].lower() != _BY_TLS[0]]
            scope = {**scope, "headers": [*others, _BY_TLS]}
        await application(scope, receive, send)

    return wrapped


if __name__ == "__main__":
    ministack.app = as_if_by_tls(ministack.app)
    ministack.main()

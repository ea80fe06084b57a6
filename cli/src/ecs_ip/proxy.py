"""The signing proxy: takes plain requests on loopback, and sends them signed to an API.

It uses aiohttp, whose parser refused every ambiguous request that we tried: two lengths, a length
with a chunked body, a blank before a colon, folded headers, bare line feeds. uvicorn, hypercorn and
waitress accepted some of them. `Guard` says what else is refused.
"""

import asyncio
import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from ipaddress import ip_address
from typing import Self

from aiohttp import web

from ecs_ip import console
from ecs_ip.errors import UsageError
from ecs_ip.proxy_guard import LONGEST_BODY, LOOPBACK, PORT, Guard, Refusal
from ecs_ip.upstream import UnansweredError, Upstream

HEALTH = "/-/healthy"

_BODY_SECONDS = 30
_EVERYWHERE = {"Cross-Origin-Resource-Policy": "same-origin", "X-Content-Type-Options": "nosniff"}
_QUIET = logging.getLogger("ecs_ip.proxy")
_QUIET.addHandler(logging.NullHandler())
_QUIET.propagate = False


class Proxy:
    """Listens from the start, on loopback by default; runs in its own thread.

    While `upstream` is None, it answers 503. Use it as a context manager.
    """

    def __init__(
        self,
        upstream: Upstream | None = None,
        *,
        port: int = PORT,
        bind: str = LOOPBACK,
        allow_hosts: Iterable[str] = (),
    ) -> None:
        """Listen; raise UsageError if the port cannot be used."""
        self.upstream = upstream
        self._guard = Guard(allow_hosts)
        self._files = console.console_files()
        self._socket = _listening(bind, port)
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens; on every address, that is loopback."""
        address, port = self._socket.getsockname()[:2]
        everywhere = ip_address(address).is_unspecified
        loopback = "::1" if ":" in address else LOOPBACK
        name = loopback if everywhere else address
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
            self._ready.set()

    async def _serve(self) -> None:
        server = web.Server(self._answer, logger=_QUIET, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.SockSite(runner, self._socket).start()
            self._ready.set()
            await self._stopping.wait()
        finally:
            await runner.cleanup()
            if self.upstream:
                await self.upstream.close()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        target = request.raw_path
        refusal = self._guard.refusal(request.method, target, request.headers)
        if refusal:
            return _problem(refusal)
        if target == HEALTH:
            return _health(request)
        path = target.partition("?")[0]
        if path == "/" and "text/html" in request.headers.get("Accept", ""):
            return _moved(console.PATH)
        if path == console.PATH.rstrip("/"):
            return _moved(console.PATH)
        if path.startswith(console.PATH):
            return self._console(request, path)
        return await self._forwarded(request, target)

    def _console(self, request: web.BaseRequest, path: str) -> web.Response:
        file = self._files.get(path)
        if request.method == "POST":
            return _not_allowed()
        if file is None:
            return _problem(Refusal(HTTPStatus.NOT_FOUND, "The console has no such file."))
        headers = {**_EVERYWHERE, **file.headers}
        if request.headers.get("If-None-Match") == file.etag:
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return web.Response(body=file.body, headers=headers)

    async def _forwarded(self, request: web.BaseRequest, target: str) -> web.Response:
        if self.upstream is None:
            return _problem(Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "The API is not ready yet."))
        try:
            body = await _body(request)
            answer = await self.upstream.send(request.method, target, request.headers, body)
        except _RefusedError as error:
            return _problem(error.refusal)
        except UnansweredError as error:
            return _problem(Refusal(error.status, str(error)))
        response = web.Response(status=answer.status, body=answer.body)
        response.headers.clear()
        response.headers.update(_EVERYWHERE)
        for name, value in answer.headers:
            response.headers.add(name, value)
        if answer.length is not None:
            response.headers["Content-Length"] = answer.length
        return response


def serve(
    api: str | Upstream,
    port: int = PORT,
    *,
    bind: str = LOOPBACK,
    allow_hosts: Iterable[str] = (),
    started: Callable[[str], None] | None = None,
) -> None:
    """Serve until an exception such as KeyboardInterrupt; call `started` with the address.

    A URL stands for an API that needs no signature.
    """
    upstream = Upstream(api) if isinstance(api, str) else api
    with Proxy(upstream, port=port, bind=bind, allow_hosts=allow_hosts) as proxy:
        if started:
            started(proxy.url)
        wait_for_ever()


def wait_for_ever() -> None:
    """Wait until an exception is raised, such as by a signal."""
    threading.Event().wait()


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.refusal = Refusal(status, detail)


async def _body(request: web.BaseRequest) -> bytes:
    """Read a body, which can be chunked, up to a bound."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for part in request.content.iter_any():
                body += part
                if len(body) > LONGEST_BODY:
                    raise _RefusedError(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                        f"A body has at most {LONGEST_BODY} bytes.",
                    )
    except TimeoutError:
        raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, "The body did not come.") from None
    except (web.PayloadAccessError, web.RequestPayloadError):
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "The body is damaged.") from None
    return bytes(body)


def _health(request: web.BaseRequest) -> web.Response:
    if request.method == "POST":
        return _not_allowed()
    headers = {**_EVERYWHERE, "Content-Type": "text/plain"}
    return web.Response(body=b"Healthy.\n", headers=headers)


def _not_allowed() -> web.Response:
    return _problem(Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here."))


def _moved(path: str) -> web.Response:
    headers = {**_EVERYWHERE, "Location": path, "Vary": "Accept", "Cache-Control": "no-store"}
    return web.Response(status=HTTPStatus.FOUND, headers=headers)


def _problem(refusal: Refusal) -> web.Response:
    """Answer as in RFC 9457, and close: what follows a refused head is not trusted."""
    body = {
        "type": "about:blank",
        "title": refusal.status.phrase,
        "status": refusal.status,
        "detail": refusal.detail,
    }
    headers = {**_EVERYWHERE, "Content-Type": "application/problem+json"}
    response = web.Response(status=refusal.status, body=json.dumps(body).encode(), headers=headers)
    response.force_close()
    return response


def _listening(bind: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    try:
        return socket.create_server((bind, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        number = getattr(error, "errno", None)  # its own text repeats the address
        reason = os.strerror(number) if number else error
        raise UsageError(f"{bind} port {port} cannot be used: {reason}") from None

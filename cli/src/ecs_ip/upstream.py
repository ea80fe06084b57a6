"""Forwards a request to the API: signed, and otherwise unchanged."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import aiohttp
from yarl import URL

from ecs_ip.errors import ApiError
from ecs_ip.signing import AwsSigner

_SECONDS = 35  # API Gateway gives up after 29
_CONNECTIONS = 64
# Headers that the API uses; cookies and everything else stay here.
_PASSED = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Type",
    "If-Modified-Since",
    "If-None-Match",
    "User-Agent",
)
# RFC 9110, 7.6.1: these are of one connection only. The rest would let other sites read.
_KEPT_BACK = frozenset(
    {
        "connection",
        "content-length",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The API's answer, with its body still compressed; `length` is that of a HEAD's body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    length: str | None = None


class UnansweredError(Exception):
    """The API gave no answer; the text says why, and `status` is for the client."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


class Upstream:
    """An API under its base URL. Without a signer, requests go on as they are."""

    def __init__(self, url: str, signer: AwsSigner | None = None) -> None:
        self.url = url.rstrip("/")
        self._signer = signer
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        """Send a request; `target` is path and query, percent-encoded. Raise UnansweredError."""
        url = f"{self.url}{with_canonical_query(target)}"
        passed = {name: headers[name] for name in _PASSED if name in headers}
        if self._signer:
            # In a thread: credentials may have to be refreshed.
            passed |= await asyncio.to_thread(self._signed, self._signer, method, url, body)
        try:
            return await self._sent(method, url, passed, body)
        except aiohttp.ServerDisconnectedError:  # a kept connection that had ended: once more
            return await self._sent_again(method, url, passed, body)
        except TimeoutError:
            raise UnansweredError(
                HTTPStatus.GATEWAY_TIMEOUT, "The API does not answer in time."
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            raise _unreachable(error) from None

    @staticmethod
    def _signed(signer: AwsSigner, method: str, url: str, body: bytes) -> dict[str, str]:
        try:
            return signer.sign(method, url, {}, body)
        except ApiError as error:
            raise UnansweredError(HTTPStatus.BAD_GATEWAY, str(error)) from error

    async def _sent_again(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        try:
            return await self._sent(method, url, headers, body)
        except (aiohttp.ClientError, OSError) as error:
            raise _unreachable(error) from None

    async def _sent(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        async with self._opened().request(
            method,
            URL(url, encoded=True),
            headers=headers,
            data=body or (b"" if method == "POST" else None),
            allow_redirects=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        ) as response:
            content = await response.read()
            length = response.headers.get("Content-Length") if method == "HEAD" else None
            return Answer(response.status, _kept(response.headers), content, length)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            host = urlsplit(self.url).hostname or ""
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS, ssl=_authorities(self.url)),
                timeout=aiohttp.ClientTimeout(total=_SECONDS),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=host not in {"127.0.0.1", "localhost", "::1"},
            )
        return self._session


def with_canonical_query(target: str) -> str:
    """Encode a query as the server does when it verifies the signature, including `:` and `+`.

    Latin-1 preserves all bytes. The path is unchanged.
    """
    path, separator, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    return path + separator + urlencode(pairs, encoding="latin-1", quote_via=quote, safe="~")


def _kept(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, value in headers.items()
        if name.lower() not in _KEPT_BACK and not name.lower().startswith("access-control-")
    ]


def _authorities(url: str) -> ssl.SSLContext | bool:
    """Return the certificate authorities to trust, as botocore chooses them."""
    if not url.startswith("https:"):
        return True
    from ecs_ip.connections import authorities  # noqa: PLC0415 - slow, and http needs none

    return ssl.create_default_context(cafile=authorities()["ca_certs"])


def _unreachable(error: Exception) -> UnansweredError:
    return UnansweredError(HTTPStatus.BAD_GATEWAY, f"The API does not answer: {error}.")

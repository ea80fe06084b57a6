"""Requests to the HTTP API: kept-alive connections, retries, pages, one-line errors."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import urllib3

from ecs_ip import __version__
from ecs_ip.connections import pool
from ecs_ip.errors import ApiError
from ecs_ip.patience import Patience
from ecs_ip.refusals import refusal

JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"

Parameters = Mapping[str, str | int | None]
"""Query parameters; those that are None are left out."""

PAGE = 1000  # the largest page of the API

_RETRIED = frozenset({429, 502, 503, 504})
_NEXT = re.compile(r'<([^>]*)>\s*;\s*rel="?next"?')


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, decompressed, with lower-case header names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def next_cursor(self) -> str | None:
        """Where the list continues, by the header `Link`."""
        link = _NEXT.search(self.headers.get("link", ""))
        return parse_qs(urlsplit(link[1]).query).get("cursor", [None])[0] if link else None


class Signer(Protocol):
    """Signs requests."""

    def sign(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        """Return all headers of the request; `url` is percent-encoded as it will be sent."""
        ...


class Api:
    """An API under its base URL; one instance serves any number of threads.

    `connections` is the number of concurrent requests. Without a signer, requests are sent
    unsigned.
    """

    def __init__(
        self,
        url: str,
        signer: Signer | None = None,
        *,
        connections: int = 1,
        patience: Callable[[], Patience] = Patience,
    ) -> None:
        self.url = url.rstrip("/")
        self._signer = signer
        self._patience = patience
        self._pool = pool(self.url, connections)

    def get(self, path: str, params: Parameters | None = None) -> Any:
        """Return the JSON of a path, which `path_of` encodes."""
        return _read_json(self.send("GET", path, params), self.url)

    def post(self, path: str, body: Any) -> Any:
        """Send JSON and return the JSON answer; no POST of the API changes anything."""
        return _read_json(self.send("POST", path, body=body), self.url)

    def text(
        self, path: str, params: Parameters | None = None, accept: str = "text/plain"
    ) -> Answer:
        """Return the answer of a path in a format other than JSON."""
        return self.send("GET", path, params, accept=accept)

    def pages(self, path: str, params: Parameters | None = None) -> Iterator[dict[str, Any]]:
        """Return each page of a list, to its end."""
        cursor: str | None = None
        while True:
            page = self.get(path, {"limit": PAGE, **(params or {}), "cursor": cursor})
            yield page
            cursor = page.get("nextCursor")
            if not cursor:
                return

    def items(
        self, path: str, params: Parameters | None = None, key: str = "items"
    ) -> Iterator[Any]:
        """Return each item of a paged list, to its end."""
        for page in self.pages(path, params):
            yield from page[key]

    def send(
        self,
        method: str,
        path: str,
        params: Parameters | None = None,
        *,
        body: Any = None,
        accept: str = JSON,
    ) -> Answer:
        """Send a request until there is an answer to return, or patience ends."""
        url = f"{self.url}{path}{_query(params or {})}"
        data = b"" if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": _USER_AGENT}
        if data:
            headers["Content-Type"] = JSON
        answer = self._persist(method, url, headers, data)
        if answer.status != HTTPStatus.OK:
            raise refusal(answer.status, answer.headers, answer.body, self.url, params or {})
        return answer

    def _persist(self, method: str, url: str, headers: dict[str, str], data: bytes) -> Answer:
        patience = self._patience()
        while True:
            try:
                answer = self._once(method, url, headers, data)
            except urllib3.exceptions.HTTPError as error:
                if not patience.after_failure():
                    raise ApiError(_unreachable(self.url, error)) from error
                continue
            if answer.status not in _RETRIED:
                return answer
            if not patience.after_refusal(answer.headers.get("retry-after")):
                return answer

    def _once(self, method: str, url: str, headers: dict[str, str], data: bytes) -> Answer:
        if self._signer:
            headers = self._signer.sign(method, url, headers, data)
        response = self._pool.request(
            method, url, body=data or None, headers=headers, retries=False, decode_content=False
        )
        received = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, received, _decompressed(received, response.data))


def joined(pages: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Join the pages of a list into one page."""
    items: list[Any] = []
    whole: dict[str, Any] = {}
    for page in pages:
        items += page["items"]
        whole = page
    return {**whole, "items": items}


_USER_AGENT = f"ecs-ip/{__version__}"


def path_of(*segments: str) -> str:
    """Return a path with each segment percent-encoded."""
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def _query(params: Parameters) -> str:
    """Encode a query as the server does when it checks the signature."""
    given = {name: str(value) for name, value in params.items() if value is not None}
    return f"?{urlencode(given, quote_via=quote, safe='~')}" if given else ""


def _decompressed(headers: Mapping[str, str], body: bytes) -> bytes:
    if headers.get("content-encoding", "").lower() != "gzip":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError) as error:  # cut short: the request is worth repeating
        raise urllib3.exceptions.ProtocolError(f"the answer is damaged: {error}") from error


def _read_json(answer: Answer, url: str) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        raise ApiError(
            f"{url} did not answer with JSON: is it the address of an ECS IP Inventory API?",
            answer.status,
        ) from None


def _unreachable(url: str, error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    text = " ".join(str(reason).split())
    _, found, short = text.partition(": ")  # urllib3 begins with the object that failed
    return (
        f"the API at {url} does not answer ({short if found else text}): "
        "check the address (--url, --stack) and the network"
    )

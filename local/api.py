"""Signed requests (SigV4) to a deployed API."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

type Headers = Sequence[tuple[str, str]]

_TIMEOUT_SECONDS = 30  # API Gateway gives up after 29


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it came."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str | None:
        """Read one header."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return next(found, None)

    def json(self) -> Any:
        """Read the body."""
        return json.loads(self.body)


class Api:
    """An API of API Gateway, under its base URL, asked as one caller."""

    def __init__(self, url: str, credentials: Credentials, region: str) -> None:
        self.url = url.rstrip("/")
        self.credentials = credentials
        self.region = region

    def send(self, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Answer:
        """Sign and send a request; `target` is path and query, percent-encoded."""
        target = _canonical(target)
        request = AWSRequest(method, f"{self.url}{target}", data=body)
        SigV4Auth(self.credentials.get_frozen_credentials(), "execute-api", self.region).add_auth(
            request
        )
        return self.send_unsigned(method, target, [*headers, *request.headers.items()], body)

    def send_unsigned(
        self, method: str, target: str, headers: Headers = (), body: bytes = b""
    ) -> Answer:
        """Send a request as it is."""
        url = urlsplit(self.url)
        connect = HTTPSConnection if url.scheme == "https" else HTTPConnection
        connection = connect(url.netloc, timeout=_TIMEOUT_SECONDS)
        try:
            connection.putrequest(method, f"{url.path}{target}", skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            if body or method in {"POST", "PUT", "PATCH"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            response = connection.getresponse()
            return Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()

    def get(self, path: str, **parameters: str | int) -> Answer:
        """Ask for a path, with query parameters."""
        return self.send("GET", f"{path}?{urlencode(parameters)}" if parameters else path)

    def items(self, path: str, **parameters: str | int) -> Iterable[dict[str, Any]]:
        """Walk a paged list to its end."""
        cursor: str | None = None
        while True:
            answer = self.get(path, **parameters, **({"cursor": cursor} if cursor else {}))
            if answer.status != HTTPStatus.OK:
                raise ApiError(f"GET {path} answered {answer.status}: {answer.body.decode()}")
            page = answer.json()
            yield from page["items"]
            cursor = page["nextCursor"]
            if cursor is None:
                return


class ApiError(Exception):
    """The API answered with something else than was asked for."""


def _canonical(target: str) -> str:
    """Encode a query as the other side does when it verifies the signature, `:` and `+` as well.

    Latin-1 stands for any bytes, so that they arrive as they were.
    """
    path, separator, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
    return path + separator + urlencode(pairs, encoding="latin-1", quote_via=quote, safe="~")

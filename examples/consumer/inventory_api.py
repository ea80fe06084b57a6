"""The inventory's API, asked with signed requests (SigV4) as the function's own role."""

import json
import os
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    Request,
)

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

_SECONDS = 30  # the API answers within 29


_web = OpenerDirector()
"""Knows HTTP alone: `urlopen` would read files, too."""
for _handler in (HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
    _web.add_handler(_handler())


class InventoryError(Exception):
    """The API answered with something else than was asked for."""


def get(path: str, **parameters: str | int) -> Any:
    """Ask for a path; answers its JSON."""
    url = f"{os.environ['API_URL']}{path}?{urlencode(parameters)}"
    request = AWSRequest("GET", url, headers={"Accept": "application/json"})
    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None:
        raise InventoryError("there are no credentials to sign with")
    SigV4Auth(credentials, "execute-api", session.region_name).add_auth(request)
    try:
        with _web.open(Request(url, headers=dict(request.headers)), timeout=_SECONDS) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise InventoryError(f"GET {path} answered {error.code}: {error.read()!r}") from error


def addresses(**parameters: str | int) -> list[dict[str, Any]]:
    """Read `GET /addresses`, whole."""
    rows: list[dict[str, Any]] = get("/addresses", **parameters)["items"]
    return rows


def tasks(**parameters: str | int) -> list[dict[str, Any]]:
    """Read `GET /tasks` from its first page to its last."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        page = get("/tasks", limit=1000, **parameters, **more)
        found += page["items"]
        cursor = page["nextCursor"]
    return found

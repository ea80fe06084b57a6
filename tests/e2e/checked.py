"""Asks the deployed API in tests, with each answer held against docs/openapi.yaml."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.api import Answer, Api
from tests.support.openapi import check_answer


@dataclass(frozen=True)
class Checked:
    """The API, whose answers are held against its documentation."""

    api: Api

    def get(self, target: str, **headers: str) -> Answer:
        return self.send("GET", target, b"", **headers)

    def post(self, target: str, body: Any, **headers: str) -> Answer:
        return self.send("POST", target, json.dumps(body).encode(), **headers)

    def send(self, method: str, target: str, body: bytes = b"", **headers: str) -> Answer:
        given = [(name.replace("_", "-"), value) for name, value in headers.items()]
        answer = self.api.send(method, target, given, body)
        text = plain(answer)
        content_type = answer.header("Content-Type") if answer.status != 304 else None
        if method != "HEAD":
            check_answer(method, target, answer.status, content_type, text)
        return answer

    def pages(self, target: str, following: Callable[[Answer], str | None]) -> list[Answer]:
        """Walk a list to its end; `following` reads the cursor of the next page."""
        pages = [self.get(target)]
        while cursor := following(pages[-1]):
            pages.append(self.get(f"{target}&cursor={cursor}"))
        return pages

    def items(self, target: str) -> list[Any]:
        """Read all pages of a list in JSON."""
        pages = self.pages(target, lambda page: page.json()["nextCursor"])
        return [item for page in pages for item in page.json()["items"]]


def plain(answer: Answer) -> str:
    packed = answer.header("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode()


def ids(records: Any) -> list[str]:
    return [record["taskId"] for record in records]


def names(answer: Answer) -> list[str]:
    assert answer.status == 400, answer.body
    return [error["parameter"] for error in answer.json()["errors"]]


def cursor_in_link(page: Answer) -> str | None:
    link = page.header("Link")
    if link is None:
        return None
    assert link.startswith("<?cursor=")
    assert link.endswith('>; rel="next"')
    return link.removeprefix("<?cursor=").removesuffix('>; rel="next"')


def as_cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)

"""Asks the query function as API Gateway does, of a store in memory."""

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from core.table.seen_names import notes_of
from core.table.store import Stored
from core.task.record import Record
from core.text.instant import DAY, Instant
from handlers import query, wiring
from tests.support.memory import MemoryStore
from tests.support.openapi import check_answer
from tests.support.tasks import NOON

type Json = Any

_BYTES = ("utf-8", "surrogateescape")
"""How text stands for bytes: lone surrogates are bytes that are no UTF-8."""


@dataclass(frozen=True)
class Reply:
    """An answer as the caller gets it."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Json:
        """Read the body."""
        return json.loads(self.body)

    @property
    def faults(self) -> dict[str, str]:
        """Tell the reasons of a 400, by the parameter."""
        assert self.status == 400, self.body
        assert self.headers["Content-Type"] == "application/problem+json"
        return {error["parameter"]: error["reason"] for error in self.json["errors"]}


@dataclass
class Inventory:
    """The function on a store of its own, at an instant of its own."""

    store: Any = field(default_factory=MemoryStore)
    now: Instant = NOON + DAY

    def put(self, *records: Record, revision: int = 1) -> None:
        """Store records, and note their names before, as the write path does."""
        self.store.put_notes({note for record in records for note in notes_of(record)})
        results = self.store.put_many([Stored(record, revision) for record in records])
        assert list(results) == [None] * len(records)

    def get(self, target: str, **headers: str) -> Reply:
        """Ask with GET."""
        return self.ask("GET", target, **headers)

    def post(self, target: str, body: Json, **headers: str) -> Reply:
        """Ask with POST; what is not text is written as JSON."""
        text = body if isinstance(body, str) else json.dumps(body)
        return self.ask("POST", target, text, **headers)

    def ask(self, method: str, target: str, body: str | None = None, **headers: str) -> Reply:
        """Ask as API Gateway does, which leaves the path as it is and decodes the query.

        Every answer must be one that docs/openapi.yaml has.
        """
        split = urlsplit(target)
        parameters = parse_qs(split.query, keep_blank_values=True)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        response = query.handler(
            {
                "httpMethod": method,
                "path": split.path,
                "headers": given or None,
                "multiValueHeaders": {name: [value] for name, value in given.items()} or None,
                "queryStringParameters": None,
                "multiValueQueryStringParameters": parameters or None,
                "body": None if body is None else b64encode(body.encode(*_BYTES)).decode(),
                "isBase64Encoded": body is not None,
                "requestContext": {"requestId": "1", "path": f"/v1{split.path}", "stage": "v1"},
            },
            None,
        )
        reply = _reply(response)
        content_type = reply.headers.get("Content-Type")
        check_answer(method, target, reply.status, content_type, reply.body)
        return reply

    def pages(self, target: str) -> Iterable[Json]:
        """Walk a paged list."""
        cursor = None
        while True:
            joint = "&" if "?" in target else "?"
            page = self.get(target if cursor is None else f"{target}{joint}cursor={cursor}").json
            yield page
            cursor = page["nextCursor"]
            if cursor is None:
                return


def _reply(response: dict[str, Any]) -> Reply:
    headers = {name: ", ".join(values) for name, values in response["multiValueHeaders"].items()}
    body = response["body"]
    if response["isBase64Encoded"]:
        raw = b64decode(body)
        body = (gzip.decompress(raw) if headers.get("Content-Encoding") == "gzip" else raw).decode()
    return Reply(response["statusCode"], headers, body)


@pytest.fixture
def inventory(monkeypatch: pytest.MonkeyPatch) -> Inventory:
    """Give the function an empty store."""
    made = Inventory()
    monkeypatch.setattr(wiring, "store", lambda: made.store)
    monkeypatch.setattr(wiring, "now", lambda: made.now)
    monkeypatch.setattr(wiring, "settings", lambda: wiring.Settings("tasks", 90 * DAY))
    return made


def check_problem(reply: Reply, status: int) -> Json:
    """Hold an answer against RFC 9457, and against giving anything of ours away."""
    assert reply.status == status
    assert reply.headers["Content-Type"] == "application/problem+json"
    body: Json = reply.json
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    for ours in ("tasks-", "dynamodb", "Traceback", "boto", "arn:aws:iam"):
        assert ours not in reply.body
    return body

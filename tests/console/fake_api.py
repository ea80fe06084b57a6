"""A server that answers as the query API does, from a made-up world, and serves the page."""

import json
import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from local import loopback
from tests.console.world import HOUR, Record, World, at_instant, instant, millis, spans

FILES = Path(__file__).parents[2] / "cli/src/ecs_ip/console_files"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types lit-html; report-uri /csp-reports"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
FILTERS = [
    "cluster",
    "service",
    "group",
    "subnetId",
    "vpcId",
    "launchType",
    "lastStatus",
    "addressState",
]

type Query = dict[str, str]


class ProblemError(Exception):
    """Say what the API answers instead of an answer."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        self.body |= more
        self.status = status


class FakeApi:
    """Answer the routes that the console asks; `refuse` holds how the next requests fail."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.requests: list[str] = []
        self.reports: list[Any] = []
        self.refuse: list[tuple[int, Query]] = []
        self.conflict: list[Record] = []

    def answer(self, path: str, query: Query, body: Any) -> Any:
        """Return the JSON of a route."""
        segments = [unquote(part) for part in path.strip("/").split("/")]
        route = self._routes().get((segments[0], len(segments)))
        if route is None:
            raise ProblemError(404, "Not Found", f"There is no {path}")
        return route(segments, query, body)

    def _routes(self) -> dict[tuple[str, int], Callable[[list[str], Query, Any], Any]]:
        return {
            ("tasks", 1): self._tasks,
            ("tasks", 3): self._task,
            ("ips", 2): self._address,
            ("enis", 2): self._interface,
            ("services", 4): self._history,
            ("lookups", 1): self._lookups,
            ("addresses", 1): self._addresses,
            ("subnets", 1): self._subnets,
            ("status", 1): self._status,
        }

    def _window(self, query: Query) -> tuple[int, int]:
        if "at" in query:
            at = millis(query["at"])
            return at, at + 1
        start = 0 if "to" in query else self.world.now
        start = millis(query["from"]) if "from" in query else start
        return start, millis(query["to"]) if "to" in query else self.world.now + 1000

    def _tasks(self, _: list[str], query: Query, __: Any) -> Any:
        found = [one for one in self.world.existing(*self._window(query)) if _matches(one, query)]
        if not {"at", "from", "to"} & set(query):
            found = [one for one in found if one["live"]]
        extra = {"coverage": self.world.coverage} if "at" in query else {}
        return page(found, query) | extra

    def _task(self, segments: list[str], _: Query, __: Any) -> Any:
        cluster, task_id = segments[1:3]
        if self.conflict:
            choices = {"choices": self.conflict}
            raise ProblemError(409, "Conflict", "Two accounts have this task", **choices)
        for record in self.world.records:
            if (record["cluster"], record["taskId"]) == (cluster, task_id):
                return shown(record)
        raise ProblemError(404, "Not Found", f"No task {task_id} is known in cluster {cluster}")

    def _interface(self, segments: list[str], _: Query, __: Any) -> Any:
        for record in self.world.records:
            if record["networkInterfaceId"] == segments[1]:
                return shown(record)
        raise ProblemError(404, "Not Found", f"{segments[1]} is not known")

    def _address(self, segments: list[str], query: Query, _: Any) -> Any:
        at = millis(query["at"]) if "at" in query else self.world.now
        return address_answer(self.world, segments[1], at, query.get("subnetId"))

    def _history(self, segments: list[str], query: Query, _: Any) -> Any:
        cluster, service = segments[1:3]
        start, end = self._window(query)
        mine = {"cluster": cluster, "service": service}
        if not any(_matches(one, mine) for one in self.world.records):
            detail = f"Service {service!r} has never been seen in cluster {cluster!r}."
            raise ProblemError(404, "Not Found", detail)
        found = [one for one in self.world.existing(start, end) if _matches(one, mine)]
        found = [one for one in found if one["attachedAt"]]
        return page(found, query) | {"coverage": self.world.coverage}

    def _lookups(self, _: list[str], __: Query, body: Any) -> Any:
        results = [self._lookup(lookup) for lookup in body["lookups"]]
        return {"results": results, "coverage": self.world.coverage}

    def _lookup(self, lookup: Query) -> Any:
        if "from" not in lookup:
            answer = address_answer(
                self.world, lookup["ip"], self.world.now, lookup.get("subnetId")
            )
            return {"lookup": lookup} | {
                name: answer[name] for name in ("verdict", "holders", "possible")
            }
        start, end = millis(lookup["from"]), millis(lookup["to"])
        parts: list[Record] = []
        records: dict[str, Record] = {}
        for of_subnet in self.world.of_address(lookup["ip"], lookup.get("subnetId")).values():
            parts += spans(of_subnet, start, end)
            records |= {one["taskArn"]: one for one in of_subnet}
        sure = {part["taskArn"] for part in parts if part["certain"]}
        maybe = {part["taskArn"] for part in parts} - sure
        return {
            "lookup": lookup,
            "verdict": "held" if sure else "possible" if maybe else "none",
            "holders": [shown(records[arn]) for arn in records if arn in sure],
            "possible": [shown(records[arn]) for arn in records if arn in maybe],
            "spans": parts,
        }

    def _addresses(self, _: list[str], query: Query, __: Any) -> Any:
        rows = []
        at = millis(query["at"]) if "at" in query else self.world.now
        mine = [one for one in self.world.records if _matches(one, query)]
        ips = {one[name] for one in mine for name in ("privateIpv4Address", "ipv6Address")}
        for ip in sorted(filter(None, ips)):
            for records in self.world.of_address(ip, query.get("subnetId")).values():
                rows += [
                    _row(ip, *holder, dated="at" in query) for holder in at_instant(records, at)
                ]
        return {"items": rows}

    def _subnets(self, _: list[str], query: Query, __: Any) -> Any:
        return page([one | self._numbers(one["subnetId"]) for one in self.world.subnets], query)

    def _numbers(self, subnet_id: str) -> Record:
        mine = [one for one in self.world.records if one["subnetId"] == subnet_id]
        held = {one["privateIpv4Address"] for one in mine if one["addressState"] == "held"}
        hour_ago = instant(self.world.now - HOUR)
        released = {
            one["privateIpv4Address"] for one in mine if (one["releasedAt"] or "") > hour_ago
        }
        return {"held": len(held - {None}), "released": len(released - held - {None})}

    def _status(self, *_: Any) -> Any:
        return {"coverage": self.world.coverage, **self.world.status}


def page(items: list[Record], query: Query) -> Record:
    """Return one page of a list, as all paged routes do."""
    start = int(query.get("cursor", 0))
    limit = int(query.get("limit", 100))
    rest = start + limit < len(items)
    return {
        "items": [shown(one) for one in items[start : start + limit]],
        "nextCursor": str(start + limit) if rest else None,
    }


def shown(record: Record) -> Record:
    """Return a record without what only this world knows."""
    return {name: value for name, value in record.items() if name != "lastProof"}


def address_answer(world: World, ip: str, at: int, subnet_id: str | None) -> Record:
    """Return what GET /ips/{ip} does."""
    answer: Record = {"ip": ip, "at": instant(at), "verdict": "", "coverage": world.coverage}
    lists: dict[str, list[Record]] = {"holders": [], "possible": [], "previous": [], "next": []}
    for records in world.of_address(ip, subnet_id).values():
        there = at_instant(records, at)
        for record, certain in there:
            lists["holders" if certain else "possible"].append(shown(record))
        others = [one for one in records if one not in [record for record, _ in there]]
        before = [one for one in others if millis(one["attachedAt"]) <= at]
        after = [one for one in others if millis(one["attachedAt"]) > at]
        lists["previous"] += [shown(one) for one in before[-1:]]
        lists["next"] += [shown(one) for one in after[:1]]
    return answer | lists | {"verdict": verdict(world, lists, at)}


def verdict(world: World, lists: dict[str, list[Record]], at: int) -> str:
    """Return the first verdict that applies."""
    if lists["holders"]:
        return "held"
    if lists["possible"]:
        return "possible"
    coverage = world.coverage
    gaps = [(millis(gap["from"]), gap["to"]) for gap in coverage["gaps"]]
    in_gap = any(start <= at and (end is None or at < millis(end)) for start, end in gaps)
    if coverage["from"] is None or at < millis(coverage["from"]) or in_gap:
        return "unknown"
    return "unconfirmed" if at >= millis(coverage["to"]) else "none"


def _matches(record: Record, query: Query) -> bool:
    return all(record[name] == query[name] for name in FILTERS if name in query)


def _row(ip: str, record: Record, certain: bool, *, dated: bool) -> Record:
    names = ["taskArn", "cluster", "service", "subnetId", "vpcId", "attachedAt", "releasedAt"]
    family = "ipv6" if ":" in ip else "ipv4"
    row = {"address": ip, "family": family, **{name: record[name] for name in names}}
    return row | {"certain": certain} if dated else row


class Handler(loopback.Prompt, BaseHTTPRequestHandler):
    """Serve the page below /console/, and the fake API beside it."""

    api: ClassVar[FakeApi]

    def do_GET(self) -> None:
        """Answer a page's file or a route."""
        path = urlsplit(self.path).path
        if path == "/":
            self._send(302, b"", "text/plain", {"Location": "/console/"})
        elif path.startswith("/console/"):
            self._file(path.removeprefix("/console/") or "index.html")
        else:
            self._route(None)

    def do_POST(self) -> None:
        """Answer a route that takes a body, or take a report of the browser's."""
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        if self.path == "/csp-reports":
            self.api.reports.append(json.loads(body))
            self._send(204, b"", "text/plain")
        else:
            self._route(json.loads(body))

    def _file(self, name: str) -> None:
        path = FILES / name
        if path.parent != FILES or not path.is_file():
            self._send(404, b"", "text/plain")
            return
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self._send(200, path.read_bytes(), kind)

    def _route(self, body: Any) -> None:
        url = urlsplit(self.path)
        self.api.requests.append(self.path)
        try:
            if self.api.refuse:
                status, headers = self.api.refuse.pop(0)
                problem = ProblemError(status, "Refused", "Rate exceeded")
                self._json(problem.body, status, headers)
                return
            self._json(self.api.answer(url.path, dict(parse_qsl(url.query)), body))
        except ProblemError as problem:
            self._json(problem.body, problem.status)

    def _json(self, answer: Any, status: int = 200, headers: Query | None = None) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: Query | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **HEADERS, **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(api: FakeApi, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; give the base URL."""
    handler = type("ApiHandler", (Handler,), {"api": api})
    with loopback.serving(ThreadingHTTPServer(("127.0.0.1", port), handler)) as url:
        yield url

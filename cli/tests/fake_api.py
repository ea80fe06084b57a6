"""An API on loopback that answers as the contract says, from records that a test gives it."""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from ecs_ip.records import FIELDS

Record = dict[str, Any]

COVERAGE = {"from": "2026-11-01T00:00:00.000Z", "to": "2026-11-26T00:00:00.000Z", "gaps": []}
_NOW = "9999"  # later than any instant, as text
_FILTERS = {"cluster", "service", "group", "subnetId", "vpcId", "launchType", "lastStatus"}


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Reply:
    """An answer that a test wants to be given."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def problem(status: int, detail: str, **more: Any) -> Reply:
    """Return an RFC 9457 answer."""
    body = {"type": "about:blank", "title": "No", "status": status, "detail": detail, **more}
    return Reply(status, json.dumps(body).encode(), {"Content-Type": "application/problem+json"})


class FakeApi:
    """The API; `replies` are given before anything else, `canned` by path before the routes."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.requests: list[Request] = []
        self.replies: list[Reply] = []
        self.canned: dict[str, Any] = {}
        self.coverage: dict[str, Any] = dict(COVERAGE)
        self.page = 1000
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, request: Request) -> Reply:
        """Return the answer to a request."""
        self.requests.append(request)
        if self.replies:
            return self.replies.pop(0)
        if request.path in self.canned:
            return _json(self.canned[request.path])
        for pattern, route in _ROUTES.items():
            if match := re.fullmatch(pattern, request.path):
                reply: Reply = route(self, request, *map(unquote, match.groups()))
                return reply
        return problem(404, f"There is no {request.path}.")


def _tasks(api: FakeApi, request: Request) -> Reply:
    query = request.query
    chosen = [record for record in api.records if _matches(record, query)]
    if "at" in query:
        chosen = [record for record in chosen if _lived(record, query["at"], query["at"])]
    elif "from" in query or "to" in query:
        window = (query.get("from", ""), query.get("to", _NOW))
        chosen = [record for record in chosen if _lived(record, *window)]
    else:
        chosen = [record for record in chosen if record["live"]]
    return _page(api, request, chosen)


def _matches(record: Record, query: dict[str, str]) -> bool:
    return all(record[name] == value for name, value in query.items() if name in _FILTERS)


def _lived(record: Record, first: str, last: str) -> bool:
    return record["createdAt"] <= last and first < (record["stoppedAt"] or _NOW)


def _page(api: FakeApi, request: Request, found: list[Record]) -> Reply:
    begin = int(request.query.get("cursor", "0"))
    size = min(api.page, int(request.query.get("limit", "100")))
    items, rest = found[begin : begin + size], found[begin + size :]
    cursor = str(begin + size) if rest else None
    if request.headers.get("accept") == "application/x-ndjson":
        return _lines(items, cursor)
    more = {"coverage": api.coverage} if {"at", "from", "to"} & request.query.keys() else {}
    return _json({"items": items, "nextCursor": cursor, **more})


def _lines(items: list[Record], cursor: str | None) -> Reply:
    body = "".join(f"{json.dumps({name: item[name] for name in FIELDS})}\n" for item in items)
    link = {"Link": f'<?cursor={cursor}>; rel="next"'} if cursor else {}
    return Reply(200, body.encode(), {"Content-Type": "application/x-ndjson", **link})


def _ip(api: FakeApi, request: Request, ip: str) -> Reply:
    at = request.query.get("at", _NOW)
    answer = {"ip": ip, "at": request.query.get("at", "2026-11-26T00:00:00.000Z")}
    return _json(answer | _held(api, ip, at, at) | {"coverage": api.coverage})


def _held(api: FakeApi, ip: str, first: str, last: str) -> dict[str, Any]:
    """Judge an address by the bounds of its records alone, which suffices here."""
    answer: dict[str, Any] = {"holders": [], "possible": [], "previous": [], "next": []}
    for record in sorted(api.records, key=lambda each: each["attachedAt"] or ""):
        if ip in {record["privateIpv4Address"], record["ipv6Address"]}:
            answer[_place(record, first, last)].append(record)
    answer["previous"], answer["next"] = answer["previous"][-1:], answer["next"][:1]
    holders, possible = answer["holders"], answer["possible"]
    return {"verdict": "held" if holders else "possible" if possible else "none"} | answer


def _place(record: Record, first: str, last: str) -> str:
    certain_until = record["releasedNotBefore"] or "99999"
    if record["attachedAt"] <= last and first < certain_until:
        return "holders"
    if record["attachedNotBefore"] <= last and first < (record["releasedAt"] or "99999"):
        return "possible"
    return "previous" if record["attachedAt"] <= first else "next"


def _ip_history(api: FakeApi, request: Request, ip: str) -> Reply:
    found = [
        each for each in api.records if ip in {each["privateIpv4Address"], each["ipv6Address"]}
    ]
    return _page(api, request, sorted(found, key=lambda each: each["attachedAt"], reverse=True))


def _service_history(api: FakeApi, request: Request, cluster: str, service: str) -> Reply:
    found = [
        each for each in api.records if (each["cluster"], each["service"]) == (cluster, service)
    ]
    return _page(api, request, found) if found else problem(404, f"No service {cluster}/{service}.")


def _eni(api: FakeApi, request: Request, eni: str) -> Reply:  # noqa: ARG001 - as routes are called
    found = [record for record in api.records if record["networkInterfaceId"] == eni]
    return _json(found[0]) if found else problem(404, f"No task of {eni} is known.")


def _lookups(api: FakeApi, request: Request) -> Reply:
    results = [_lookup(api, lookup) for lookup in request.body["lookups"]]
    return _json({"results": results, "coverage": api.coverage})


def _lookup(api: FakeApi, lookup: dict[str, Any]) -> dict[str, Any]:
    if eni := lookup.get("networkInterfaceId"):
        found = [record for record in api.records if record["networkInterfaceId"] == eni]
        verdict = "held" if found else "unknown"
        return {"lookup": lookup, "verdict": verdict, "holders": found, "possible": []}
    first = lookup.get("at") or lookup.get("from") or _NOW
    found_ = _held(api, lookup["ip"], first, lookup.get("to") or first)
    kept = {name: found_[name] for name in ("verdict", "holders", "possible")}
    return {"lookup": lookup, **kept, **_spans(lookup, found_)}


def _spans(lookup: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    if "from" not in lookup:
        return {}
    bounds = [
        (record, max(record["attachedAt"], lookup["from"]), record["releasedNotBefore"])
        for record in found["holders"]
    ]
    spans = [
        {
            "taskArn": record["taskArn"],
            "from": begin,
            "to": min(end or lookup["to"], lookup["to"]),
            "certain": True,
        }
        for record, begin, end in bounds
    ]
    return {"spans": spans}


def _task(api: FakeApi, request: Request, cluster: str, task: str) -> Reply:  # noqa: ARG001 - as routes are called
    found = [each for each in api.records if (each["cluster"], each["taskId"]) == (cluster, task)]
    return _json(found[0]) if found else problem(404, f"No task {task} is known.")


_ROUTES: dict[str, Any] = {
    r"/tasks/([^/]+)/([^/]+)": _task,
    r"/tasks": _tasks,
    r"/ips/([^/]+)": _ip,
    r"/ips/([^/]+)/history": _ip_history,
    r"/services/([^/]+)/([^/]+)/history": _service_history,
    r"/enis/([^/]+)": _eni,
    r"/lookups": _lookups,
}


def _json(value: Any) -> Reply:
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _handler(api: FakeApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._give(api.answer(self._asked()))

        do_POST = do_GET  # noqa: N815 - as http.server calls it

        def _asked(self) -> Request:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            return Request(
                self.command, url.path, query, headers, json.loads(body) if body else None
            )

        def _give(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler

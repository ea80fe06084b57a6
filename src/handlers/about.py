"""The routes about the service itself: its state and the OpenAPI document."""

from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from core.table.coverage import coverage, last_reconcile
from core.text.instant import to_text
from handlers import wiring
from handlers.inventory import Inventory
from handlers.requests import Request
from handlers.responses import JSON, Response, success

_OPENAPI = Path(__file__).with_name("openapi.json")


def status(request: Request) -> Response:
    """`GET /status`: the state of the service, never from memory."""
    request.parameters.check()
    inventory = Inventory()
    reads: Any = (inventory.store.last_event_at, inventory.store.sweeps)
    last_event_at, sweeps = wiring.side_by_side(lambda read: read(), reads)
    covered = coverage(sweeps, now=inventory.now, retention=inventory.retention)
    return success(
        {
            "coverage": covered.as_json(),
            "lastEventAt": None if last_event_at is None else to_text(last_event_at),
            "lastReconcile": last_reconcile(sweeps.clusters),
            "version": wiring.VERSION,
        }
    )


def openapi(request: Request) -> Response:
    """`GET /openapi.json`: the full contract."""
    request.parameters.check()
    return Response(HTTPStatus.OK, JSON, [_document()])


@cache
def _document() -> str:
    return _OPENAPI.read_text("utf-8")

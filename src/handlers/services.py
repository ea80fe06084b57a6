"""The route of a service: its tasks over time."""

from collections.abc import Sequence

from core.answers.current import TaskFilter
from core.answers.cursor import part_instant, part_of_key
from core.answers.holders import Window
from core.answers.service_history import ServicePast, ServicePosition, service_history
from handlers.inventory import Inventory, as_json
from handlers.never_seen import require_seen
from handlers.requests import Request
from handlers.responses import Response, success


def history_of_service(request: Request) -> Response:
    """`GET /services/{cluster}/{service}/history`: its tasks that had an address in a window."""
    inventory, given = Inventory(), request.parameters
    window = given.window(now=inventory.now, earliest=inventory.horizon)
    cluster, service = given.path("cluster"), given.path("service")
    path, limit = f"/services/{cluster}/{service}/history", given.limit()
    position = given.cursor(path, _position)
    given.check()
    covered = inventory.coverage
    window, after = position or (window, None)
    asked = ServicePast(
        cluster=cluster,
        service=service,
        window=window,
        now=inventory.now,
        expired_before=inventory.horizon,
    )
    found, following = service_history(inventory.store, asked, after=after, limit=limit)
    if not found:
        require_seen(inventory.store, TaskFilter(cluster=cluster, service=service))
    return success(
        {
            "items": as_json(found),
            "nextCursor": given.next_cursor(path, following, *window),
            "coverage": covered.as_json(),
        }
    )


def _position(parts: Sequence[str]) -> tuple[Window, ServicePosition]:
    start, end, settled, task, highest = parts
    position = ServicePosition(
        part_instant(settled),
        part_of_key(task) if task else "",
        part_of_key(highest) if highest else None,
    )
    return Window(part_instant(start), part_instant(end)), position

"""Function `query`: the HTTP API."""

from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from botocore.exceptions import BotoCoreError, ClientError

from core import queries
from core.address import canonical_ip, parse_cidr
from core.arn import ClusterArn
from core.coverage import coverage, last_reconcile
from core.cursor import from_cursor, to_cursor
from core.instant import Instant, to_text
from core.store import LivePosition
from core.view import record_as_json
from handlers import wiring
from handlers.http import Parameters, ProblemError, answer, problem

logger = Logger()
app = APIGatewayRestResolver()

ADDRESS_STATES = ("held", "pending", "released", "none")


@app.get("/tasks")
def current_tasks() -> Response[str]:
    """`GET /tasks`: the current map."""
    given = _parameters()
    cluster = given.text("cluster")
    is_arn = cluster is not None and cluster.startswith("arn:")
    arn = given.parsed("cluster", ClusterArn) if is_arn else None
    wanted = queries.TaskFilter(
        cluster=arn.name if arn else cluster,
        cluster_arn=arn,
        service=given.text("service"),
        group=given.text("group"),
        subnet_id=given.text("subnetId"),
        availability_zone=given.text("availabilityZone"),
        launch_type=given.text("launchType"),
        last_status=given.text("lastStatus"),
        address_state=given.choice("addressState", ADDRESS_STATES),
        cidr=given.parsed("cidr", parse_cidr),
    )
    limit = given.integer("limit", default=100, least=1, most=1000)
    scope = given.scope("/tasks")
    after = given.parsed("cursor", lambda text: LivePosition(*from_cursor(text, scope, length=3)))
    given.check()
    found, next_position = queries.current_tasks(wiring.store(), wanted, after=after, limit=limit)
    return answer(
        {
            "items": [record_as_json(record) for record in found],
            "nextCursor": None if next_position is None else to_cursor(next_position, scope),
        }
    )


@app.get("/tasks/<cluster>/<task_id>")
def one_task(cluster: str, task_id: str) -> Response[str]:
    """`GET /tasks/{cluster}/{taskId}`: one record, of a stopped task too."""
    _parameters().check()
    found = queries.tasks_by_id(
        wiring.store(), unquote(task_id), unquote(cluster), expired_before=_horizon(wiring.now())
    )
    if not found:
        raise ProblemError(HTTPStatus.NOT_FOUND, "No record of this task in this cluster.")
    if len(found) > 1:
        raise ProblemError(
            HTTPStatus.CONFLICT,
            "More than one account or region has this task.",
            choices=[record_as_json(record) for record in found],
        )
    return answer(record_as_json(found[0]))


@app.get("/ips/<ip>")
def holders_of_address(ip: str) -> Response[str]:
    """`GET /ips/{ip}`: who held an address at an instant."""
    now = wiring.now()
    given = _parameters()
    at = given.instant("at", now=now)
    subnet_id = given.text("subnetId")
    address = given.path("ip", ip, canonical_ip)
    given.check()
    found = queries.holders_at(
        wiring.store(),
        address,
        now if at is None else at,
        subnet_id=subnet_id,
        expired_before=_horizon(now),
    )
    return answer(
        {
            "ip": address,
            "at": to_text(now if at is None else at),
            "holders": [record_as_json(record) for record in found.holders],
            "previous": [record_as_json(record) for record in found.previous],
            "coverage": _coverage(now),
        }
    )


@app.get("/status")
def status() -> Response[str]:
    """`GET /status`: what the service knows of itself."""
    _parameters().check()
    last_event_at = wiring.store().last_event_at()
    clusters = wiring.store().coverages()
    return answer(
        {
            "coverage": coverage(
                clusters, now=wiring.now(), retention=wiring.settings().retention
            ).as_json(),
            "lastEventAt": None if last_event_at is None else to_text(last_event_at),
            "lastReconcile": last_reconcile(clusters),
            "version": wiring.VERSION,
        }
    )


_ROUTES = ("/tasks", "/tasks/<cluster>/<task_id>", "/ips/<ip>", "/status")
_OTHER_METHODS = ["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def _method_not_allowed(**_: str) -> Response[str]:
    detail = f"{app.current_event.http_method} is not a method of this path; GET is."
    refused = ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, detail)
    return problem(refused, {"Allow": "GET"})


for _path in _ROUTES:
    app.route(_path, method=_OTHER_METHODS)(_method_not_allowed)


@app.not_found
def _no_such_path(_: Exception) -> Response[str]:
    return problem(ProblemError(HTTPStatus.NOT_FOUND, "There is no such path."))


@app.exception_handler(ProblemError)  # type: ignore[untyped-decorator]
def _known_problem(error: ProblemError) -> Response[str]:
    return problem(error)


@app.exception_handler([BotoCoreError, ClientError])  # type: ignore[untyped-decorator]
def _table_unavailable(error: Exception) -> Response[str]:
    logger.error("the table did not answer", error=type(error).__name__, reason=str(error))
    detail = "The inventory cannot be read at the moment."
    unavailable = ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail)
    return problem(unavailable, {"Retry-After": "1"})


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def _unexpected(_: Exception) -> Response[str]:
    logger.exception("unexpected")  # noqa: LOG004 - the resolver calls this as it handles one
    detail = "An unexpected error; the service's log has it."
    return problem(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one API Gateway request."""
    return app.resolve(event, context)


def _parameters() -> Parameters:
    return Parameters(app.current_event.raw_event.get("multiValueQueryStringParameters") or {})


def _horizon(now: Instant) -> Instant:
    return now - wiring.settings().retention


def _coverage(now: Instant) -> dict[str, Any]:
    known = wiring.store().coverages()
    return coverage(known, now=now, retention=wiring.settings().retention).as_json()

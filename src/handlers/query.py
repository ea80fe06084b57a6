"""Function `query`: the HTTP API."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from botocore.exceptions import BotoCoreError, ClientError

from adapters.dynamodb import ThrottledError
from core.coverage import coverage, last_reconcile
from core.instant import to_text
from handlers import current, lookups, past, wiring
from handlers.asked import parameters
from handlers.http import ProblemError, answer, finished, problem

logger = Logger()
app = APIGatewayRestResolver()
for _part in (current, past, lookups):
    app.include_router(_part.router)


@app.get("/status")
def status() -> Response[str]:
    """`GET /status`: what the service knows of itself."""
    parameters(app).check()
    store = wiring.store()
    last_event_at, clusters = store.last_event_at(), store.coverages()
    covered = coverage(clusters, now=wiring.now(), retention=wiring.settings().retention)
    return answer(
        {
            "coverage": covered.as_json(),
            "lastEventAt": None if last_event_at is None else to_text(last_event_at),
            "lastReconcile": last_reconcile(clusters),
            "version": wiring.VERSION,
        }
    )


ALLOWED = {
    "/tasks": "GET",
    "/tasks/<cluster>/<task_id>": "GET",
    "/ips/<ip>": "GET",
    "/ips/<ip>/history": "GET",
    "/enis/<network_interface_id>": "GET",
    "/services/<cluster>/<service>/history": "GET",
    "/lookups": "POST",
    "/targets": "GET",
    "/addresses": "GET",
    "/status": "GET",
}
"""Each path, and the one method that it has."""

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


def _refuse_other_methods(path: str, allowed: str) -> None:
    def refused(**_: str) -> Response[str]:
        detail = f"{app.current_event.http_method} is not a method of this path; {allowed} is."
        raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers={"Allow": allowed})

    app.route(path, method=[method for method in _METHODS if method != allowed])(refused)


for _path, _allowed in ALLOWED.items():
    _refuse_other_methods(_path, _allowed)


@app.not_found
def _no_such_path(_: Exception) -> Response[str]:
    return problem(ProblemError(HTTPStatus.NOT_FOUND, "There is no such path."))


@app.exception_handler(ProblemError)  # type: ignore[untyped-decorator]
def _known_problem(error: ProblemError) -> Response[str]:
    return problem(error)


@app.exception_handler([BotoCoreError, ClientError, ThrottledError])  # type: ignore[untyped-decorator]
def _table_unavailable(error: Exception) -> Response[str]:
    logger.error("the table did not answer", error=type(error).__name__, reason=str(error))
    detail = "The inventory cannot be read at the moment."
    headers = {"Retry-After": "1"}
    return problem(ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers))


@app.exception_handler(Exception)  # type: ignore[untyped-decorator]
def _unexpected(_: Exception) -> Response[str]:
    logger.exception("unexpected")  # noqa: LOG004 - the resolver calls this as it handles one
    detail = "An unexpected error; the service's log has it."
    return problem(ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one API Gateway request."""
    return finished(app.resolve(event, context), event)

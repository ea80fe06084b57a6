"""Function `query`: the HTTP API."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from adapters.dynamodb import ThrottledError
from handlers import about, addresses, ips, lookups, services, tasks, wiring
from handlers.requests import Request
from handlers.responses import ProblemError, Response, success, to_gateway
from handlers.routing import Route, dispatch

logger = Logger()
wiring.prepare(wiring.store)


_LINKS = {"openapi": "openapi.json", "status": "status"}


def links(request: Request) -> Response:
    """`GET /`: links, and a list of the routes."""
    request.parameters.check()
    routes = [{"method": route.method, "path": route.path} for route in ROUTES]
    links = {name: f"{request.base}/{path}" for name, path in _LINKS.items()}
    return success({"version": wiring.VERSION, "links": links, "routes": routes})


ROUTES = (
    Route("GET", "/", links),
    Route("GET", "/openapi.json", about.openapi),
    Route("GET", "/status", about.status),
    Route("GET", "/tasks", tasks.tasks),
    Route("GET", "/tasks/{cluster}/{taskId}", tasks.task),
    Route("GET", "/ips/{ip}", ips.holders_of_address),
    Route("GET", "/ips/{ip}/history", ips.history_of_address),
    Route("GET", "/enis/{networkInterfaceId}", ips.interface),
    Route("GET", "/services/{cluster}/{service}/history", services.history_of_service),
    Route("POST", "/lookups", lookups.lookups),
    Route("GET", "/targets", addresses.targets),
    Route("GET", "/addresses", addresses.addresses),
    Route("GET", "/subnets", addresses.subnets),
)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one API Gateway request."""
    headers = Request(event, {}).headers
    try:
        return to_gateway(dispatch(ROUTES, event), headers)
    except ProblemError as problem:
        return to_gateway(problem.response, headers)
    except (BotoCoreError, ClientError, ThrottledError) as error:
        return to_gateway(_unavailable(error, context).response, headers)
    except Exception:
        logger.exception("unexpected", request_id=_request_id(context))
        detail = "An unexpected error; the service's log has it."
        unexpected = ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, detail)
        return to_gateway(unexpected.response, headers)


def _unavailable(error: Exception, context: object) -> ProblemError:
    logger.error(
        "the table did not answer",
        error=type(error).__name__,
        reason=str(error),
        request_id=_request_id(context),
    )
    detail = "The inventory cannot be read at the moment."
    headers = {"Retry-After": "1"}
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=headers)


def _request_id(context: object) -> str | None:
    return getattr(context, "aws_request_id", None)

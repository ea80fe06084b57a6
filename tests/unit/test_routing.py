"""Paths and methods: which route answers, to the letter, and what the others are told."""

from http import HTTPStatus
from typing import Any

import pytest

from handlers import query
from handlers.query import ROUTES
from handlers.responses import ProblemError, Response
from handlers.routing import Route, dispatch
from tests.support.asking import Inventory, check_problem, inventory
from tests.support.tasks import NOON, task

__all__ = ["inventory"]

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_method_is_a_405_that_names_the_right_one(
    inventory: Inventory, method: str, route: Route
) -> None:
    if method == route.method:
        return
    path = route.path.replace("{ip}", "10.0.0.1").replace("{", "").replace("}", "")
    answer = inventory.ask(method, path)
    check_problem(answer, 405)
    assert answer.headers["Allow"] == route.method


def test_of_a_path_with_several_methods_all_are_named() -> None:
    def answer(_: object) -> Response:
        return Response(HTTPStatus.OK, None)

    routes = [Route("PUT", "/a", answer), Route("GET", "/a", answer), Route("POST", "/b", answer)]
    assert dispatch(routes, {"httpMethod": "PUT", "path": "/a"}).status == HTTPStatus.OK
    with pytest.raises(ProblemError) as refusal:
        dispatch(routes, {"httpMethod": "DELETE", "path": "/a"})
    assert refusal.value.headers == {"Allow": "GET, PUT"}


@pytest.mark.parametrize(
    "path",
    [
        *("/task", "/tasks/c", "/ips", "/ips/1/2", "/v1/tasks", "/x", "/Tasks", ""),
        *("/tasks/", "//tasks", "/tasks//", "/tasks/c/t/", "/tasks//t", "/tasks/c/", "//"),
        *("/ips/10.0.4.128/", "/ips//", "/ips/", "/ips/10.0.4.128/history/", "/ips//history"),
        *("/ips/10.0.4.128//history", "/enis/", "/status/", "/lookups/", "/openapi.json/"),
        *("/tasks%2F", "/%74asks", "/ips/%2F", "/ips/%2f/history", "/tasks/%2F/a1"),
    ],
)
def test_a_path_fits_to_the_letter_or_is_a_404(inventory: Inventory, path: str) -> None:
    """Otherwise a policy that denies one path could be evaded by another."""
    inventory.put(task("a1"))
    check_problem(inventory.get(path), 404)


def test_segments_of_a_path_are_percent_decoded(inventory: Inventory) -> None:
    inventory.put(task("a1", ipv4=None, ipv6="2001:db8::1"))
    assert inventory.get("/tasks/%73hop/a%31").json["taskId"] == "a1"
    answer = inventory.get("/ips/2001%3Adb8%3A%3A1").json
    assert [record["taskId"] for record in answer["holders"]] == ["a1"]


@pytest.mark.parametrize("escaped", ["%2F", "%2f"])
@pytest.mark.parametrize("route", ["/ips/{}", "/ips/{}/history"])
def test_a_prefix_where_an_address_is_wanted_is_a_400(
    inventory: Inventory, escaped: str, route: str
) -> None:
    answer = inventory.get(route.format(f"10.0.4.0{escaped}24"))
    assert answer.faults == {"ip": "is not an IP address"}


def decoded(path: str, resource: str, **parameters: str) -> dict[str, Any]:
    """Make the request of a gateway that decodes an escaped slash before it passes a path on."""
    return {
        "httpMethod": "GET",
        "path": path,
        "resource": resource,
        "pathParameters": parameters or None,
        "multiValueHeaders": None,
        "multiValueQueryStringParameters": None,
    }


@pytest.mark.parametrize("given", ["10.0.4.0%2F24", "10.0.4.0/24"])
def test_a_prefix_that_the_gateway_decoded_is_a_400_too(inventory: Inventory, given: str) -> None:
    assert inventory.now
    event = decoded("/ips/10.0.4.0/24", "/ips/{ip}", ip=given)
    answer = query.handler(event, None)
    assert answer["statusCode"] == 400
    assert '"parameter":"ip"' in answer["body"]


@pytest.mark.parametrize(
    "event",
    [
        decoded("/tasks/", "/tasks"),
        decoded("/ips/10.0.4.128/", "/ips/{ip}", ip="10.0.4.128"),
        decoded("/ips/10.0.4.128/", "/ips/{ip}", ip="10.0.4.128/"),
        decoded("/tasks/a/b/", "/{proxy+}", proxy="tasks/a/b"),
        decoded("/ips//", "/ips/{ip}", ip="/"),
    ],
)
def test_no_gateway_makes_a_trailing_slash_fit(inventory: Inventory, event: dict[str, Any]) -> None:
    assert inventory.now
    assert query.handler(event, None)["statusCode"] == 404


def test_the_page_of_links_names_every_route(inventory: Inventory) -> None:
    answer = inventory.get("/").json
    assert answer["version"] == inventory.get("/status").json["version"]
    routes = [(route["method"], route["path"]) for route in answer["routes"]]
    assert routes == [(route.method, route.path) for route in ROUTES]
    assert answer["links"] == {"openapi": "/v1/openapi.json", "status": "/v1/status"}


@pytest.mark.parametrize(
    "path, stage, base",
    [("/", "/v1/", "/v1"), ("/", "/v1", "/v1"), ("/", "/", ""), ("/", "/inventory/", "/inventory")],
)
def test_links_can_be_followed_whatever_the_api_is_mapped_to(
    inventory: Inventory, path: str, stage: str, base: str
) -> None:
    assert inventory.now == NOON + 86_400_000
    event = decoded(path, "/") | {"requestContext": {"path": stage}}
    assert f'"openapi":"{base}/openapi.json"' in query.handler(event, None)["body"]

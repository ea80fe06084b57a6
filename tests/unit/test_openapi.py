"""docs/openapi.yaml against the template, the function and itself, in both directions."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from core.task.record_json import record_as_json
from handlers import query
from handlers.parameters import Parameters
from operations.openapi import SERVED, SOURCE, as_served, with_record
from tests.support import openapi
from tests.support.asking import Inventory, inventory
from tests.support.tasks import task
from tests.support.template import resource

__all__ = ["inventory"]

SAMPLES = {
    "cluster": "shop",
    "taskId": "a1",
    "ip": "10.0.4.128",
    "networkInterfaceId": "eni-1",
    "service": "web",
}


def target_of(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: SAMPLES[match[1]], path)


def test_the_template_s_routes_are_the_documented_ones() -> None:
    events = [event["Properties"] for event in resource("QueryFunction")["Events"].values()]
    routes = {(event["Method"].upper(), event["Path"]) for event in events}
    refused = {(method, "/") for method, path in routes if path == "/" and method != "GET"}
    refused |= {(method, path) for method, path in routes if path == "/{proxy+}"}
    assert routes - refused == set(openapi.operations())


def test_the_function_s_routes_are_the_documented_ones() -> None:
    routes = [(route.method, route.path) for route in query.ROUTES]
    assert len(routes) == len(set(routes))
    assert set(routes) == set(openapi.operations())


def test_what_is_served_is_the_document() -> None:
    """`make openapi` makes it so."""
    served = SERVED.read_text("utf-8")
    assert served == as_served(SOURCE.read_text("utf-8"))
    assert json.loads(served) == openapi.document()


def test_the_document_has_the_record_of_the_events() -> None:
    """`make openapi` makes it so."""
    document = SOURCE.read_text("utf-8")
    assert with_record(document) == document


def test_the_document_is_served(inventory: Inventory) -> None:
    answer = inventory.get("/openapi.json", Accept="*/*", Accept_Encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json == openapi.document()


@pytest.mark.parametrize("operation", openapi.operations())
def test_the_function_reads_the_documented_parameters(
    inventory: Inventory, monkeypatch: pytest.MonkeyPatch, operation: tuple[str, str]
) -> None:
    method, path = operation
    read: set[str] = set()
    check = Parameters.check

    def noting(given: Parameters) -> None:
        read.update(given._read)
        check(given)

    monkeypatch.setattr(Parameters, "check", noting)
    inventory.ask(method, target_of(path), '{"lookups": []}')
    if path == "/tasks":  # two maps: that of the present has filters of its own
        inventory.get("/tasks?from=0")
    assert read == set(openapi.parameters(openapi.operations()[operation], "query"))


@pytest.mark.parametrize("operation", openapi.operations())
def test_the_path_s_parameters_are_documented(operation: tuple[str, str]) -> None:
    _, path = operation
    found = openapi.parameters(openapi.operations()[operation], "path")
    assert set(found) == set(re.findall(r"\{(\w+)\}", path))
    assert all(parameter["required"] for parameter in found.values())


def test_a_record_has_the_documented_fields_in_their_order() -> None:
    schema = openapi.document()["components"]["schemas"]["Record"]
    assert list(record_as_json(task())) == list(schema["properties"]) == schema["required"]


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)


def test_every_reference_leads_somewhere_and_every_component_is_used() -> None:
    document = openapi.document()
    references = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    for reference in references:
        assert openapi.resolved({"$ref": reference})
    components = {
        f"#/components/{kind}/{name}"
        for kind, named in document["components"].items()
        if kind != "securitySchemes"
        for name in named
    }
    assert components == references


def test_the_schemas_are_json_schema() -> None:
    for schema in openapi.document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_an_id_a_summary_and_answers_for_errors() -> None:
    found = openapi.operations().values()
    assert len({operation["operationId"] for operation in found}) == len(found)
    for operation in found:
        assert operation["summary"]
        assert {"200", "400", "403", "429", "default"} <= set(operation["responses"])


def test_the_documented_version_is_the_function_s(inventory: Inventory) -> None:
    assert openapi.document()["info"]["version"] == inventory.get("/status").json["version"]


def test_the_examples_of_lookups_are_answered(inventory: Inventory) -> None:
    content = openapi.operations()["POST", "/lookups"]["requestBody"]["content"]
    for example in content["application/json"]["examples"].values():
        openapi.check_schema(example["value"], content["application/json"]["schema"])
        results = inventory.post("/lookups", example["value"]).json["results"]
        found = ["lookup", "verdict", "holders", "possible"]
        assert [list(result) for result in results] == [found, [*found, "spans"]]


def test_answers_that_are_not_as_documented_are_noticed() -> None:
    good = json.dumps({"items": [record_as_json(task())], "nextCursor": None})
    openapi.check_answer("GET", "/tasks", 200, "application/json", good)
    for status, content_type, body in (
        (200, "text/plain", good),
        (201, "application/json", good),
        (200, "application/json", good.replace("nextCursor", "next")),
        (200, "application/json", good.replace('"live": true', '"live": "yes"')),
        (400, "application/problem+json", good),
        (304, "", ""),
    ):
        with pytest.raises((AssertionError, ValidationError)):
            openapi.check_answer("GET", "/tasks", status, content_type, body)

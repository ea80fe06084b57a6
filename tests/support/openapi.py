"""Docs/openapi.yaml as the tests read it: what is documented of a request and its answer."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

import yaml
from jsonschema import Draft202012Validator, FormatChecker

type Json = dict[str, Any]

PATH = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@cache
def document() -> Json:
    """Read the document."""
    return cast("Json", yaml.safe_load(PATH.read_text(encoding="utf-8")))


def operations() -> dict[tuple[str, str], Json]:
    """List the operations by method and path."""
    return {
        (method.upper(), path): operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def operation_of(method: str, target: str) -> Json | None:
    """Find the operation of a request; None where there is none."""
    path = unquote(re.sub("%2f", "%252F", urlsplit(target).path, flags=re.IGNORECASE))
    for (known, template), operation in operations().items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if known == method and re.fullmatch(pattern, path):
            return operation
    return None


def parameters(operation: Json, place: str) -> dict[str, Json]:
    """List an operation's parameters in the path, the query or the header."""
    found = [resolved(parameter) for parameter in operation.get("parameters", ())]
    return {parameter["name"]: parameter for parameter in found if parameter["in"] == place}


def resolved(node: Json) -> Json:
    """Follow a reference."""
    if "$ref" not in node:
        return node
    found: Any = document()
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found)


def check_answer(
    method: str, target: str, status: int, content_type: str | None, body: str
) -> None:
    """Assert that an answer is one that is documented for its request."""
    operation = operation_of(method, target)
    if operation is None:
        assert status in {403, 404, 405}, f"{method} {target} is not documented"
        response = document()["components"]["responses"]["Problem"]
    else:
        responses = operation["responses"]
        response = resolved(responses.get(str(status), responses["default"]))
        assert status >= 400 or str(status) in responses
    media_type = (content_type or "").split(";")[0]
    if "content" not in response:
        assert body == ""
        return
    assert media_type in response["content"], f"{media_type} is not documented"
    if media_type in {"application/json", "application/problem+json"}:
        check_schema(json.loads(body), response["content"][media_type]["schema"])


def check_schema(value: object, schema: Json) -> None:
    """Assert that a value is of a schema of the document."""
    whole = {**schema, "components": document()["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(value)

"""Reads template.yaml, so that the tests use what is deployed and not a copy of it."""

from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from mypy_boto3_dynamodb.type_defs import CreateTableInputTypeDef

PATH = Path(__file__).parents[2] / "template.yaml"


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as its long ones: `!Ref X` as `{"Ref": "X"}`."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    match node:
        case yaml.ScalarNode():
            value = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def template(path: Path = PATH) -> dict[str, Any]:
    """Return the whole template."""
    with path.open(encoding="utf-8") as file:
        return cast("dict[str, Any]", yaml.load(file, _Loader))  # noqa: S506 - a SafeLoader


def resource(logical_id: str) -> dict[str, Any]:
    """Return the properties of one resource."""
    return cast("dict[str, Any]", template()["Resources"][logical_id]["Properties"])


def create_table_request(name: str) -> CreateTableInputTypeDef:
    """Return the CreateTable request for a table like the template's.

    Without its TTL: DynamoDB Local deletes what has expired, and tests look at it.
    """
    table = resource("Table")
    return {
        "TableName": name,
        "BillingMode": table["BillingMode"],
        "AttributeDefinitions": table["AttributeDefinitions"],
        "KeySchema": table["KeySchema"],
        "GlobalSecondaryIndexes": table["GlobalSecondaryIndexes"],
        "StreamSpecification": {
            "StreamEnabled": True,
            "StreamViewType": table["StreamSpecification"]["StreamViewType"],
        },
    }

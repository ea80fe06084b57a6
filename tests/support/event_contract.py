"""Holds published events against docs/events, the contract that consumers read."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parents[2] / "docs" / "events"
COMMON = "change.schema.json"
KINDS = {
    "Task Address Assigned": "task-address-assigned.schema.json",
    "Task Address Updated": "task-address-updated.schema.json",
    "Task Address Released": "task-address-released.schema.json",
}

type Event = dict[str, Any]


def schema(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read one file of the contract."""
    read: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return read


def delivered(entry: Mapping[str, Any]) -> Event:
    """Wrap a PutEvents entry as EventBridge delivers it."""
    detail = json.loads(entry["Detail"])
    return {
        "version": "0",
        "id": "6f8a0c55-2a39-4b6f-a9f5-0d1d5a3a6f10",
        "detail-type": entry["DetailType"],
        "source": entry["Source"],
        "account": "111122223333",
        "time": detail["metadata"]["publishedAt"][:19] + "Z",
        "region": "eu-west-1",
        "resources": entry["Resources"],
        "detail": detail,
    }


def check(event: Event) -> None:
    """Raise unless an event is what its schema says, and has no field that it does not describe."""
    _validator(event["detail-type"]).validate(event)
    described = schema(COMMON)["$defs"]
    assert event["detail"].keys() == {"metadata", "data"}
    assert list(event["detail"]["data"]) == list(described["record"]["properties"])
    assert list(event["detail"]["metadata"]) == list(described["metadata"]["properties"])
    assert event["resources"] == [event["detail"]["data"]["taskArn"]]


@cache
def _validator(detail_type: str) -> Draft202012Validator:
    return Draft202012Validator(schema(KINDS[detail_type]), format_checker=FormatChecker())

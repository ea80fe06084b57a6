"""`make emit`: a sample change on a bus of your own, to try a consumer's rule with.

The stack's own bus takes events from its function alone, so a test bus stands in for it: make one,
point the rule to it, and see what the consumer does.
"""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SAMPLES = Path(__file__).parents[1] / "docs/events/examples"


class NotEmittedError(Exception):
    """The bus did not take the event."""


def kinds() -> list[str]:
    """Name the samples: assigned, updated and released."""
    return sorted(path.stem.removeprefix("task-address-") for path in SAMPLES.glob("*.json"))


def sample(kind: str, **facts: str) -> dict[str, Any]:
    """Return a sample event as if it were published now, with some facts of its record replaced."""
    text = (SAMPLES / f"task-address-{kind}.json").read_text(encoding="utf-8")
    event: dict[str, Any] = json.loads(text)
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    event["detail"]["metadata"] |= {"id": str(uuid4()), "publishedAt": now}
    event["detail"]["data"] |= facts
    return event


def emit(events: "EventBridgeClient", bus: str, event: dict[str, Any]) -> str:
    """Put an event on a bus; return its id. Raises NotEmittedError."""
    answer = events.put_events(
        Entries=[
            {
                "EventBusName": bus,
                "Source": event["source"],
                "DetailType": event["detail-type"],
                "Resources": event["resources"],
                "Detail": json.dumps(event["detail"]),
            }
        ]
    )
    [entry] = answer["Entries"]
    if "EventId" not in entry:
        raise NotEmittedError(f"{entry['ErrorCode']}: {entry['ErrorMessage']}")
    return entry["EventId"]


def rules_that_take(events: "EventBridgeClient", bus: str, event: dict[str, Any]) -> list[str]:
    """Name the rules of a bus whose pattern takes an event, and that are enabled."""
    pages = events.get_paginator("list_rules").paginate(EventBusName=bus)
    return [
        rule["Name"]
        for page in pages
        for rule in page["Rules"]
        if rule.get("State") == "ENABLED" and "EventPattern" in rule
        if events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))[
            "Result"
        ]
    ]


def main(arguments: list[str] | None = None) -> int:
    """Emit a sample, and name the rules that take it; return the exit code."""
    options = _options(arguments)
    facts = {"cluster": options.cluster, "service": options.service}
    event = sample(options.kind, **{name: it for name, it in facts.items() if it})
    try:
        client = boto3.client("events")
        taken_by = rules_that_take(client, options.bus, event)
        print(f"{event['detail-type']} is on {options.bus}, as {emit(client, options.bus, event)}")
    except (BotoCoreError, ClientError, NotEmittedError) as error:
        print(f"make emit: {error}", file=sys.stderr)
        return 1
    print(f"rules that take it: {', '.join(taken_by) or 'none'}")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m operations.emit",
        description="Put a sample change on a test bus, and name the rules that take it.",
    )
    parser.add_argument("--bus", required=True, help="name of the test bus")
    parser.add_argument("--kind", choices=kinds(), default="assigned", help="default: assigned")
    parser.add_argument("--cluster", help="short name of a cluster, in place of the sample's")
    parser.add_argument("--service", help="name of a service, in place of the sample's")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

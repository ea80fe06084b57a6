"""Made-up lives: the recorded life of a Fargate task, again and again under other names."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import UUID

from core.task.ecs import parse_event
from core.task.record import Record
from core.text.instant import Duration

EVENTS = Path(__file__).parents[1] / "events"
LONG: Duration = 36_500 * 24 * 3_600_000
"""A retention in which no recorded event is too old."""

_TASK = "67b54c42f9e8ed5b1ea1db56ea680ec0"
_INTERFACE = "eni-03d2d67cc5dfe45c8"
_ADDRESS, _HOST = "10.0.4.71", "ip-10-0-4-71"


@cache
def samples() -> list[str]:
    """Read the six events of the recorded life, in order."""
    paths = sorted(EVENTS.glob("fargate-service-?-*.json"))
    return [path.read_text(encoding="utf-8") for path in paths]


def bodies(number: int) -> list[str]:
    """Write the events of the life of that number, as they come in messages."""
    task, interface = UUID(int=number + 1).hex, f"eni-{number + 1:017x}"
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    renamed = {
        _TASK: task,
        _INTERFACE: interface,
        _ADDRESS: address,
        _HOST: f"ip-{address.replace('.', '-')}",
    }
    return [_replaced(body, renamed) for body in samples()]


def _replaced(body: str, renamed: dict[str, str]) -> str:
    for old, new in renamed.items():
        body = body.replace(old, new)
    return body


def sightings(numbers: range) -> Iterator[Record]:
    """Read the events of lives as observations, life by life."""
    for number in numbers:
        for body in bodies(number):
            yield parse_event(json.loads(body)).record

"""Owns the sample input: our own events, and recorded ones where they lie beside the project."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.ecs import Observation, parse_event, parse_task
from core.instant import from_text

type Json = dict[str, Any]

OWN = Path(__file__).parents[1] / "events"
RECORDED = Path(__file__).parents[2] / "shared" / "samples"
SECRET = "example-secret-never-stored"
"""Stands in the environment overrides of some of our own events."""

EVENTS: dict[str, Json] = {path.stem: json.loads(path.read_text()) for path in OWN.glob("*.json")}
DESCRIBED_AT = from_text("2026-11-20T00:00:00Z")
"""When ECS is taken to have given the recorded DescribeTasks answers."""

# It really lacks time, region and version; the documentation abridged it.
ABRIDGED = "aws-docs-spot-interruption-snippet"


def _tasks_in(document: Any) -> list[Json]:
    if isinstance(document, list):
        return document
    return document.get("tasks", [document]) if "detail" not in document else []


def _recorded() -> Iterator[tuple[str, Json]]:
    for path in sorted(RECORDED.glob("*.json")):
        yield path.stem, json.loads(path.read_text())


RECORDED_EVENTS: dict[str, Json] = {
    name: document for name, document in _recorded() if "detail" in document
}
RECORDED_TASKS: dict[str, Json] = {
    f"{name}-{number}": task
    for name, document in _recorded()
    for number, task in enumerate(_tasks_in(document))
}
"""One task each, as DescribeTasks and RunTask answer."""

with_recorded = pytest.mark.skipif(
    not RECORDED_EVENTS, reason="the recorded samples do not lie beside the project"
)


def read_event(name: str) -> Observation:
    """Parse one of our own events, or a recorded one."""
    return parse_event(EVENTS[name] if name in EVENTS else RECORDED_EVENTS[name])


def read_task(name: str) -> Observation:
    """Parse one recorded task of DescribeTasks."""
    return parse_task(RECORDED_TASKS[name], asked_at=DESCRIBED_AT, answered_at=DESCRIBED_AT)


def readable() -> dict[str, Observation]:
    """Parse every sample that can be parsed, our own and the recorded, by name."""
    return {
        **{name: read_event(name) for name in EVENTS},
        **{name: read_event(name) for name in RECORDED_EVENTS if name != ABRIDGED},
        **{name: read_task(name) for name in RECORDED_TASKS},
    }

"""The sample input of `events/`: our own events, the less common shapes, and the cases."""

import json
from pathlib import Path
from typing import Any

from core.task.ecs import ParsedObservation, parse_event, parse_task
from core.text.instant import from_text

type Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "events"
SECRET = "example-secret-never-stored"
"""Stands in the environment overrides of some of our own events."""

DESCRIBED_AT = from_text("2026-11-20T00:00:00Z")
"""When ECS is taken to have given the DescribeTasks answers among the shapes."""

# Documentation abridged it: it lacks time, region and version.
ABRIDGED = "spot-warning-abridged"


def read_json(folder: Path) -> dict[str, Any]:
    """Read each `*.json` of a folder, by name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def tasks_in(document: Any) -> list[Json]:
    """List the tasks of a DescribeTasks answer, of its list alone, or of one task alone."""
    tasks: list[Json] = (
        document if isinstance(document, list) else document.get("tasks", [document])
    )
    return tasks


EVENTS: dict[str, Json] = read_json(FOLDER)
"""Our own sample events, which `make run` replays."""

_SHAPES: dict[str, Any] = read_json(FOLDER / "shapes")
SHAPES: dict[str, Json] = {name: shape for name, shape in _SHAPES.items() if "detail" in shape}
"""Events of the less common shapes."""

DESCRIBED: dict[str, Json] = {
    f"{name}-{number}": task
    for name, shape in _SHAPES.items()
    if name not in SHAPES
    for number, task in enumerate(tasks_in(shape))
}
"""One task each, in the shapes of DescribeTasks, RunTask and StartTask."""

_CASES: dict[str, Any] = read_json(FOLDER / "cases")
CASES: dict[str, list[Json]] = {
    name: case for name, case in _CASES.items() if isinstance(case, list)
}
"""The events of each case, in the order in which they were sent."""

DESCRIBED_CASES: dict[str, list[Json]] = {
    name: tasks_in(case) for name, case in _CASES.items() if name not in CASES
}
"""The cases that DescribeTasks answered."""


def read_event(name: str) -> ParsedObservation:
    """Parse one of our own events, or one of the shapes."""
    return parse_event(EVENTS[name] if name in EVENTS else SHAPES[name])


def read_task(name: str) -> ParsedObservation:
    """Parse one task of DescribeTasks."""
    return parse_task(DESCRIBED[name], asked_at=DESCRIBED_AT, answered_at=DESCRIBED_AT)


def readable() -> dict[str, ParsedObservation]:
    """Parse every sample that can be parsed, our own events and the shapes, by name."""
    return {
        **{name: read_event(name) for name in EVENTS},
        **{name: read_event(name) for name in SHAPES if name != ABRIDGED},
        **{name: read_task(name) for name in DESCRIBED},
    }

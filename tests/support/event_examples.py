"""Owns the examples in docs/events: what is really published of a sample life.

Run as a command, it writes them anew: `PYTHONPATH=src .venv/bin/python -m
tests.support.event_examples`.
"""

import json
from pathlib import Path
from typing import Any

from adapters.bus import ChangeBus
from core.task.changes import ChangeEvent
from tests.support.changes import published
from tests.support.event_contract import FOLDER, KINDS, delivered
from tests.support.samples import EVENTS, read_event

LIFE = sorted(name for name in EVENTS if name.startswith("fargate-service-"))


def as_delivered(event: ChangeEvent) -> dict[str, Any]:
    """Wrap an event as its consumers get it."""
    # Only the entry's form is wanted, for which the bus asks no client.
    return delivered(ChangeBus(None, "bus").entry(event))  # type: ignore[arg-type]  # no client is asked


def examples() -> dict[Path, dict[str, Any]]:
    """Take the first event of each kind, by the file that shows it."""
    events = [as_delivered(event) for event in published([read_event(n).record for n in LIFE])]
    first = {event["detail-type"]: event for event in reversed(events)}
    return {
        FOLDER / "examples" / name.replace(".schema", ""): first[kind]
        for kind, name in KINDS.items()
    }


if __name__ == "__main__":
    for path, example in examples().items():
        path.write_text(json.dumps(example, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")

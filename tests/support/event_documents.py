"""What is derived in docs/events: examples of a sample life, and schemas that stand alone.

`make event-docs` writes them anew.
"""

import json
import re
from pathlib import Path
from typing import Any

from adapters.bus import ChangeBus
from core.task.changes import ChangeEvent
from tests.support.changes import published
from tests.support.event_contract import COMMON, FOLDER, KINDS, delivered, schema
from tests.support.samples import EVENTS, read_event

PAGE = FOLDER.parent / "events.md"
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


def schemas() -> dict[Path, dict[str, Any]]:
    """Bundle what all kinds have into the schema of each, which then needs no other file."""
    common = schema(COMMON)
    return {FOLDER / name: schema(name) | {"$defs": {"change": common}} for name in KINDS.values()}


def page() -> str:
    """Return the page of the events, with a whole event in it."""
    shown = next(example for path, example in examples().items() if "assigned" in path.name)
    block = f"```json\n{_text(shown)}```"
    return re.sub(
        r'```json\n\{\n  "version".*?```', lambda _: block, PAGE.read_text("utf-8"), flags=re.DOTALL
    )


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, document in (examples() | schemas()).items():
        path.write_text(_text(document), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")

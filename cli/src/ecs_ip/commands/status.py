"""`ecs-ip status`: what is covered, where the gaps are, and what the last sweep found."""

import re
from collections.abc import Iterator
from typing import Any

from ecs_ip.invocation import Invocation
from ecs_ip.records import shown

EXAMPLES = (
    ("Can I trust an empty answer?", "ecs-ip status"),
    ("Only the gaps", "ecs-ip status -o json | jq .coverage.gaps"),
)

_WIDTH = 16


def status(invocation: Invocation) -> None:
    """Show which part of the past is covered, its gaps, and the last sweep."""
    output = invocation.output
    found = invocation.api.get("/status")
    if output.format == "json":
        output.json(found)
    elif output.format == "csv":
        output.csv(
            ("name", "value"), ({"name": name, "value": value} for name, value in _told(found))
        )
    else:
        lines = (f"{name:<{_WIDTH}}{value}" for name, value in _told(found))
        output.print(*map(output.safe, lines))


def _told(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Return the lines of the answer, as pairs of a name and a value."""
    coverage, sweep = found["coverage"], found.get("lastReconcile")
    yield "version", shown(found, "version")
    yield "covered from", shown(coverage, "from")
    yield "covered to", shown(coverage, "to")
    for gap in coverage.get("gaps") or [{}]:
        yield "gap", _gap(gap) if gap else "none"
    yield "last event", shown(found, "lastEventAt")
    if sweep is None:
        yield "last sweep", "none has completed yet"
        return
    yield "last sweep", f"{shown(sweep, 'startedAt')} to {shown(sweep, 'finishedAt')}"
    for name in [name for name in sweep if not name.endswith("edAt")]:
        yield f"  {_words(name)}", shown(sweep, name)


def _gap(gap: dict[str, Any]) -> str:
    until = gap.get("to") or "now, it lasts"
    cluster = shown(gap, "clusterArn").rpartition("/")[2]
    return f"{shown(gap, 'from')} to {until} (cluster {cluster})"


def _words(name: str) -> str:
    return re.sub(r"(?=[A-Z])", " ", name).lower()

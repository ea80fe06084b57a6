"""`make costs`: what the service costs a month by the size of a fleet, from measured units.

The units are what the project's tests measure of the table (docs/architecture.md), and estimates
where nothing here can be measured. The prices are AWS's list prices for US East (N. Virginia),
without a free tier; name your own with a file.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

_MILLION = 1_000_000
_DAYS = 30
_MINUTES = _DAYS * 24 * 60
_FLEETS = (100, 1_000, 10_000, 50_000)


class UnreadableFileError(Exception):
    """A file of units or prices is none."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A set of numbers, each of which a file can replace."""

    def replaced_by(self, path: Path | None) -> Self:
        """Return these with what a JSON object in a file says; raises UnreadableFileError."""
        if path is None:
            return self
        try:
            read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            numbers = {name: float(value) for name, value in read.items()}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise UnreadableFileError(f"{path} is no JSON object of numbers: {error}") from None
        if unknown := numbers.keys() - {field.name for field in fields(self)}:
            raise UnreadableFileError(f"{path} names {', '.join(sorted(unknown))}: unknown")
        return replace(self, **numbers)


@dataclass(frozen=True, slots=True)
class Units(Numbers):
    """What each piece of work takes."""

    write_units_a_task: float = 18
    """Measured: the six events of a Fargate task, arriving one by one."""
    read_units_a_task: float = 6
    """Counted: each event reads its record once, strongly consistent."""
    read_units_a_live_task_and_sweep: float = 1.25
    """Counted: a described task's record (1), and the walk over live records under 1 KB (0.25)."""
    read_units_a_request: float = 4.5
    """Measured: who held an address, in any subnet, with who had it before and after."""
    events_a_task: float = 6
    changes_a_task: float = 4
    """Events that are published: assigned, ready, stopping, released."""
    kilobytes_a_record: float = 3
    """With its copies in the indexes."""
    milliseconds_an_event: float = 8
    """Estimated for 512 MB, in batches."""
    milliseconds_a_request: float = 60
    """Estimated for 1,024 MB."""
    milliseconds_a_described_page: float = 120
    """Estimated: DescribeTasks of a hundred tasks, and what follows."""
    kilobytes_of_logs_an_event: float = 0.3
    kilobytes_of_logs_a_request: float = 1.5
    metrics: float = 28
    alarms: float = 19


@dataclass(frozen=True, slots=True)
class Prices(Numbers):
    """Dollars: list prices of US East (N. Virginia), November 2026."""

    million_write_units: float = 0.625
    million_read_units: float = 0.125
    gigabyte_stored: float = 0.25
    gigabyte_recoverable: float = 0.20
    gigabyte_second: float = 0.0000133334
    million_invocations: float = 0.20
    million_queue_requests: float = 0.40
    million_published_events: float = 1.00
    million_api_requests: float = 3.50
    gigabyte_of_logs: float = 0.50
    metric: float = 0.30
    alarm: float = 0.10
    dashboard: float = 3.00


@dataclass(frozen=True, slots=True)
class Fleet:
    """What there is to keep account of."""

    tasks: int
    """Running at a time."""
    starts_a_day: float
    """Tasks that start, in a day."""
    requests_a_day: float
    retention_days: float = 90
    sweep_minutes: float = 15

    @classmethod
    def of(cls, tasks: int) -> Self:
        """Return a fleet whose tasks live a day, and that is asked once a day for each."""
        return cls(tasks, starts_a_day=tasks, requests_a_day=max(1_000, tasks))


def monthly(fleet: Fleet, units: Units, prices: Prices) -> dict[str, float]:
    """Return the dollars of a month, by what they are paid for."""
    starts = fleet.starts_a_day * _DAYS
    requests = fleet.requests_a_day * _DAYS
    events = starts * units.events_a_task
    sweeps = _MINUTES / fleet.sweep_minutes
    pages = sweeps * (fleet.tasks / 100 + 1)
    reads = (
        starts * units.read_units_a_task
        + sweeps * fleet.tasks * units.read_units_a_live_task_and_sweep
        + requests * units.read_units_a_request
    )
    records = fleet.tasks + fleet.starts_a_day * fleet.retention_days
    gigabytes = records * units.kilobytes_a_record / _MILLION
    seconds = (
        events * units.milliseconds_an_event * 0.5
        + requests * units.milliseconds_a_request
        + pages * units.milliseconds_a_described_page * 0.5
    ) / 1000
    invocations = events + requests + pages + starts * units.changes_a_task
    logs = (
        events * units.kilobytes_of_logs_an_event + requests * units.kilobytes_of_logs_a_request
    ) / _MILLION
    polls = 3 * 5 * _MINUTES * 60 / 20  # Lambda polls a quiet queue with five readers of 20 s
    return {
        "writes": starts * units.write_units_a_task / _MILLION * prices.million_write_units,
        "reads": reads / _MILLION * prices.million_read_units,
        "storage": gigabytes * (prices.gigabyte_stored + prices.gigabyte_recoverable),
        "functions": seconds * prices.gigabyte_second
        + invocations / _MILLION * prices.million_invocations,
        "queues": (events * 2 + pages * 3 + polls) / _MILLION * prices.million_queue_requests,
        "bus": starts * units.changes_a_task / _MILLION * prices.million_published_events,
        "API": requests / _MILLION * prices.million_api_requests,
        "logs": logs * prices.gigabyte_of_logs,
        "watching": units.metrics * prices.metric + units.alarms * prices.alarm + prices.dashboard,
    }


def table(fleets: list[Fleet], units: Units, prices: Prices) -> str:
    """Return a Markdown table of what fleets cost."""
    bills = [monthly(fleet, units, prices) for fleet in fleets]
    heads = [f"{fleet.tasks:,} tasks" for fleet in fleets]
    lines = [f"| dollars a month | {' | '.join(heads)} |", "|---|" + "---:|" * len(fleets)]
    lines += [_row(name, [bill[name] for bill in bills]) for name in bills[0]]
    return "\n".join([*lines, _row("**together**", [sum(bill.values()) for bill in bills])])


def main(arguments: list[str] | None = None) -> int:
    """Print the table; return the exit code."""
    options = _options(arguments)
    try:
        units = Units().replaced_by(options.units)
        prices = Prices().replaced_by(options.prices)
    except UnreadableFileError as error:
        print(f"make costs: {error}", file=sys.stderr)
        return 1
    print(table([_fleet(tasks, vars(options)) for tasks in options.tasks], units, prices))
    return 0


def _row(name: str, dollars: list[float]) -> str:
    return f"| {name} | {' | '.join(f'{it:,.2f}' for it in dollars)} |"


def _fleet(tasks: int, options: Mapping[str, Any]) -> Fleet:
    given = {
        field.name: options[field.name]
        for field in fields(Fleet)
        if options.get(field.name) is not None and field.name != "tasks"
    }
    return replace(Fleet.of(tasks), **given)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m operations.costs",
        description="Compute what the service costs a month, by the size of a fleet.",
    )
    parser.add_argument(
        "--tasks", type=int, nargs="+", default=_FLEETS, help="tasks that run at a time"
    )
    parser.add_argument(
        "--starts-a-day", type=float, help="tasks that start a day (default: as many as run)"
    )
    parser.add_argument(
        "--requests-a-day",
        type=float,
        help="requests of the API a day (default: one for each task, 1,000 at least)",
    )
    parser.add_argument("--retention-days", type=float, help="RetentionDays (default: 90)")
    parser.add_argument("--sweep-minutes", type=float, help="SweepMinutes (default: 15)")
    parser.add_argument("--units", type=Path, help="JSON file with other units than the measured")
    parser.add_argument("--prices", type=Path, help="JSON file with other prices than the listed")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

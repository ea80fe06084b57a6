"""`make bench`: every figure of docs/performance.md, measured anew and written into the page.

    python -m benchmarks [--rounds N] [--sizes N ...] [--million] [--only PART ...]

All figures are ratios of one run, or exact counts. With `--only`, the page is left as it is.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from benchmarks import backlog, cold_start, growth, sustained, targets, throughput, units, work
from benchmarks.runtime import BENCH, TOOLS
from tests.support.dynamodb_local import running
from tests.support.tables import new_table

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN, _END = "<!-- measured by make bench -->\n", "<!-- end -->\n"


@dataclass
class Bench:
    """One run of the benchmark."""

    rounds: int
    sizes: tuple[int, ...]
    figures: dict[str, Any] = field(default_factory=dict)
    sections: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Show progress, with the time."""
        print(f"{time.strftime('%H:%M:%S')}  {text}", file=sys.stderr, flush=True)

    def table(self, title: str, heads: list[str], rows: list[list[str]]) -> None:
        """Add a table to the page."""
        lines = [f"| {' | '.join(row)} |" for row in rows]
        rule = "|---" + "|---:" * (len(heads) - 1) + "|"
        self.sections.append(
            "\n".join([f"### {title}\n", f"| {' | '.join(heads)} |", rule, *lines])
        )

    def cold_start(self) -> None:
        """Measure cold starts."""
        starts = cold_start.measured(self.rounds, self.say)
        found = list(cold_start.figures(starts))
        self.figures["cold_start"] = [one._asdict() for one in found]
        self.table(
            "Cold starts",
            ["function", "times bare", "left to the first invocation", "modules more than bare's"],
            [
                [one.function, f"{one.ratio:.2f}", _ms(one.left_to_first), str(one.modules)]
                for one in found
            ],
        )

    def work(self) -> None:
        """Measure processor time and round trips."""
        event, query, trips = work.event(), work.query(), work.round_trips()
        self.figures["work"] = {"event": event.each, "query": query.each, "round trips": trips}
        self.table(
            "Processor time and round trips",
            ["of", "milliseconds here", "times boto3 alone, for the same requests"],
            [
                ["an event, in a batch of 100", f"{event.each * 1000:.2f}", f"{event.ratio:.2f}"],
                ["a query", f"{query.each * 1000:.2f}", f"{query.ratio:.2f}"],
            ],
        )
        self.sections.append(f"A batch of 100 events waits for {trips:.1f} round trips.")

    def units(self) -> None:
        """Count what DynamoDB bills."""
        lives: dict[str, dict[str, Any]] = {
            "a life, event by event, in a new estate": {"batches": None},
            "a life, in two batches, in a new estate": {"batches": 2},
            "a life, event by event": {"batches": None, "known_estate": True},
            "a life, in two batches": {"batches": 2, "known_estate": True},
        }
        with running() as url:
            config = Config(max_pool_connections=50)

            def counted(count: Callable[[Any], Any]) -> Any:
                client = boto3.client("dynamodb", endpoint_url=url, config=config)
                with new_table(client) as table:
                    return count(table)

            found = {name: counted(partial(units.life, **asked)) for name, asked in lives.items()}
            found |= counted(units.questions)
        self.figures["units"] = {name: one._asdict() for name, one in found.items()}
        self.table(
            "Requests and units",
            ["what", "requests", "write units", "read units"],
            [
                [name, str(one.requests), f"{one.write_units:g}", f"{one.read_units:g}"]
                for name, one in found.items()
            ],
        )

    def growth(self) -> None:
        """Count while the table grows."""
        found = list(growth.measured(self.say, self.sizes))
        self.figures["growth"] = [one._asdict() for one in found]
        self.table(
            "Growth",
            ["records", "holder then", "history of five", "map an hour ago", "its bound"],
            [[f"{one[0]:,}", *(f"{units:,.1f}" for units in one[1:])] for one in found],
        )

    def throughput(self) -> None:
        """Measure events a second and core."""
        found = throughput.measured()
        least = {
            into: next(one for one in found if one.name.endswith(into)).a_core_second
            for into in ("memory", "DynamoDB Local")
        }
        self.figures["throughput"] = [one._asdict() for one in found]
        self.table(
            "Events a second and core",
            ["into", "events", "times the service"],
            [
                [one.name, f"{one.a_core_second:,.0f}", f"{one.a_core_second / base:.2f}"]
                for one in found
                for into, base in least.items()
                if one.name.endswith(into)
            ],
        )

    def targets(self) -> None:
        """Ask for the targets of a large estate."""
        self.sections.append(f"### `/targets`\n\n{targets.measured(50_000)}")

    def sustained(self) -> None:
        """Send a sustained load through the deployed stack."""
        load = sustained.measured(self.say)
        self.figures["sustained"] = {**load._asdict(), "lost": load.lost}
        self.sections.append(
            f"### A sustained load\n\n{load.events:,} events of {load.tasks:,} tasks in"
            f" {load.seconds:.0f} s through the deployed stack: {load.lost} lost."
        )

    def backlog(self) -> None:
        """Simulate a storm."""
        each = self.figures.get("work", {}).get("event", 0.001)
        deployments = {
            "as deployed: 512 MB, 10 batches at a time": backlog.Deployment(
                processor_an_event=each
            ),
            "1,769 MB, 50 batches at a time, a new table": backlog.Deployment(
                processor_an_event=each, memory=1_769, concurrency=50
            ),
            "the same, the table warmed to 40,000 write units": backlog.Deployment(
                processor_an_event=each, memory=1_769, concurrency=50, write_units=40_000
            ),
        }
        found = {name: backlog.simulated(one) for name, one in deployments.items()}
        self.figures["backlog"] = [{"name": name, **one._asdict()} for name, one in found.items()]
        self.table(
            "10,000 events a second for five minutes (simulated)",
            ["deployed", "a batch takes", "the longest wait", "the queue is empty after"],
            [
                [name, _ms(batch), *map(_minutes, (one.longest_wait, one.empty_after))]
                for name, one in found.items()
                for batch in [deployments[name].seconds_a_batch]
            ],
        )


PARTS = ("units", "work", "cold_start", "throughput", "targets", "growth", "sustained", "backlog")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.1f} min"


def main(arguments: list[str]) -> int:
    """Measure, print, and write the page and the plots."""
    options = _options(arguments)
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }
    sizes = (*options.sizes, *([1_000_000] if options.million else []))
    bench = Bench(options.rounds, sizes)
    bench.sections.append(
        f"Taken on {os.cpu_count()} processors, with a load of {os.getloadavg()[0]:.0f} at first."
    )
    started = time.monotonic()
    for number, part in enumerate(options.only or PARTS, start=1):
        bench.say(f"part {number} of {len(options.only or PARTS)}: {part.replace('_', ' ')}")
        getattr(bench, part)()
        print(f"\n{bench.sections[-1]}\n", flush=True)
    bench.say(f"measured in {(time.monotonic() - started) / 60:.1f} minutes")
    if not options.only:
        _write(bench)
    return 0


def _write(bench: Bench) -> None:
    figures = TOOLS / "figures.json"
    figures.write_text(json.dumps(bench.figures), encoding="utf-8")
    plots = Path(__file__).with_name("plots.py")
    subprocess.run([BENCH / "bin" / "python", plots, figures, PAGE.parent], check=True)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    measured = "\n\n".join(bench.sections)
    PAGE.write_text(f"{before}{_BEGIN}\n{measured}\n\n{_END}{after}", encoding="utf-8")
    bench.say(f"wrote {PAGE} and its plots")


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30, help="cold starts of each function")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=growth.SIZES, help="how far the table grows"
    )
    parser.add_argument("--million", action="store_true", help="grow to 1,000,000 records, too")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="measure some parts alone")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

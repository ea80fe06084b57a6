"""Names the tasks on both sides of each flow of a VPC flow log, by `POST /lookups`.

Reads AWS's default format, or a custom one whose first line names its fields, and writes CSV; no
cell of it is a spreadsheet formula. Each address is looked up between the record's start and end.
The side that the flow was recorded on is known by its network interface, beyond doubt.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from pathlib import Path
from typing import Any, TextIO
from urllib.request import Request, urlopen

# https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
DEFAULT_FORMAT = [
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
]

SIDES = ("src", "dst")
LOOKUPS_A_REQUEST = 100
FLOWS_AT_ONCE = 1_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

type Flow = Mapping[str, str]
type Record = Mapping[str, Any]
type Question = tuple[tuple[str, str | int], ...]
"""A lookup that can be a key: its members, by name."""


def main(arguments: list[str]) -> int:
    """Read the log that the arguments name, and print it with the tasks."""
    try:
        url, path = arguments
    except ValueError:
        print("usage: enrich.py URL FLOW-LOG", file=sys.stderr)
        return 2
    try:
        opened: TextIO = gzip.open(path, "rt") if path.endswith(".gz") else Path(path).open()  # noqa: SIM115 - the next line closes it
        with opened as lines:
            write_flows(read_flows(lines), url, sys.stdout)
    except OSError as error:
        print(f"enrich.py: {error}", file=sys.stderr)
        return 1
    return 0


def read_flows(lines: Iterable[str]) -> Iterator[Flow]:
    """Read the records of a log; those without data (NODATA, SKIPDATA) are left out."""
    names = DEFAULT_FORMAT
    for line in lines:
        values = line.split()
        if "srcaddr" in values or "pkt-srcaddr" in values:
            names = values
        elif len(values) == len(names):
            flow = {name: value for name, value in zip(names, values, strict=True) if value != "-"}
            if {"start", "end"} <= flow.keys() and all(address_of(flow, side) for side in SIDES):
                yield flow


def write_flows(flows: Iterable[Flow], url: str, output: TextIO) -> None:
    """Write a row a flow: its own fields, and for each side the task that had the address."""
    table: Any = None
    for some in batched(flows, FLOWS_AT_ONCE, strict=False):
        answers = ask(url, {question for flow in some for question in questions(flow)})
        for flow in some:
            row = {**flow, **told(flow, answers)}
            if table is None:
                table = csv.DictWriter(output, list(row), restval="", extrasaction="ignore")
                table.writeheader()
            table.writerow({name: cell(value) for name, value in row.items()})


def questions(flow: Flow) -> Iterator[Question]:
    """Ask who had each address meanwhile, and whose the interface is."""
    for side in SIDES:
        yield at_address(flow, side)
    if "interface-id" in flow:
        yield on_interface(flow)


def at_address(flow: Flow, side: str) -> Question:
    """Ask who had an address; the second in which the flow ended belongs to it."""
    start, end = int(flow["start"]), int(flow["end"])
    return (("ip", address_of(flow, side)), ("from", start), ("to", max(start, end) + 1))


def on_interface(flow: Flow) -> Question:
    """Ask whose the interface is, which needs no time."""
    return (("networkInterfaceId", flow["interface-id"]),)


def address_of(flow: Flow, side: str) -> str:
    """Take the packet's own address where the log has it, and not that of a NAT gateway before."""
    return flow.get(f"pkt-{side}addr") or flow.get(f"{side}addr", "")


def ask(url: str, asked: set[Question]) -> dict[Question, list[Record]]:
    """Look everything up, a hundred at a time."""
    answers: dict[Question, list[Record]] = {}
    for some in batched(sorted(asked, key=repr), LOOKUPS_A_REQUEST, strict=False):
        body = json.dumps({"lookups": [dict(question) for question in some]}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        headers["Accept-Encoding"] = "gzip"
        request = Request(f"{url}/lookups", body, headers)  # noqa: S310 - the URL is the user's own
        with urlopen(request) as response:  # noqa: S310 - as above
            packed = response.headers["Content-Encoding"] == "gzip"
            content = response.read()
        results = json.loads(gzip.decompress(content) if packed else content)["results"]
        for question, result in zip(some, results, strict=True):
            if "error" in result:
                print(f"{dict(question)}: {result['error']['detail']}", file=sys.stderr)
            answers[question] = result.get("holders", [])
    return answers


def told(flow: Flow, answers: Mapping[Question, list[Record]]) -> dict[str, str]:
    """Name the task of each side, and what that rests on: `interface`, `address` or `several`."""
    owner = answers.get(on_interface(flow), []) if "interface-id" in flow else []
    row = {}
    for side in SIDES:
        own = [task for task in owner if address_of(flow, side) in addresses_of(task)]
        tasks = own or answers.get(at_address(flow, side), [])
        known_by = "interface" if own else ("", "address", "several")[min(len(tasks), 2)]
        for name in ("cluster", "service", "taskArn"):
            row[f"{side}-{name}"] = " ".join(task[name] or "" for task in tasks)
        row[f"{side}-known-by"] = known_by
    return row


def addresses_of(task: Record) -> tuple[str | None, ...]:
    """Tell the addresses of a task."""
    return task["privateIpv4Address"], task["ipv6Address"]


def cell(value: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The task-to-IP map as a table for the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_HEADINGS = ("TASK", "CLUSTER", "SERVICE", "ADDRESS", "STATE", "ATTACHED SINCE")


def table(records: Iterable[Mapping[str, Any]]) -> str:
    """Lay out records of `GET /tasks`, a line each."""
    rows = [_HEADINGS, *(_row(record) for record in records)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _row(record: Mapping[str, Any]) -> Sequence[str]:
    addresses = (record["privateIpv4Address"], record["ipv6Address"])
    return (
        record["taskId"],
        record["cluster"],
        record["service"] or "-",
        " ".join(filter(None, addresses)) or "-",
        record["addressState"],
        record["attachedAt"] or "-",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()

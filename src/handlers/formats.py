"""Lists as text: CSV as in RFC 4180, and JSON lines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from csv import writer
from io import StringIO
from itertools import chain
from typing import Any

from core.table.coverage import Coverage
from core.text.instant import to_text
from handlers.responses import JSON, compact

CSV = "text/csv"
LINES = "application/x-ndjson"
PLAIN = "text/plain"

CONTENT_TYPES = {
    JSON: JSON,
    CSV: "text/csv; charset=utf-8",
    LINES: LINES,
    PLAIN: "text/plain; charset=utf-8",
}

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - full-width ones, which spreadsheets treat as the plain ones


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a table with a header; no cell is a spreadsheet formula."""
    line = StringIO()
    table = writer(line)
    for row in chain([columns], ([row[name] for name in columns] for row in rows)):
        table.writerow(map(_cell, row))
        yield line.getvalue()
        line.seek(0)
        line.truncate()


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Return one JSON object per line."""
    return (f"{compact(row)}\n" for row in rows)


def coverage_header(covered: Coverage | None) -> dict[str, str]:
    """Return the header `Coverage` of a list about the past that is not JSON (RFC 9651)."""
    if covered is None:
        return {}
    bounds = {"from": covered.start, "to": covered.end}
    members = [f'{name}="{to_text(at)}"' for name, at in bounds.items() if at is not None]
    return {"Coverage": ", ".join([*members, f"gaps={len(covered.gaps)}"])}


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text

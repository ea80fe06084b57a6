"""Writes records as a Parquet file with pyarrow, an extra, in bounded memory."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from ecs_ip.errors import UsageError
from ecs_ip.records import FIELDS

_ROWS_OF_A_GROUP = 10_000

_BOOLEANS = frozenset({"live", "attachedAtEstimated", "releasedAtEstimated"})
_INTEGERS = frozenset({"version"})
_INSTANTS = frozenset(
    name for name in FIELDS if name.endswith(("At", "NotBefore")) and name not in _BOOLEANS
)


def require() -> Any:
    """Return pyarrow, or raise UsageError that says how to get it."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to import
        import pyarrow.parquet  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            "Parquet needs pyarrow: install it with pip install './cli[parquet]' "
            "(or pipx inject ecs-ip pyarrow)"
        ) from None
    return pa


def convert(lines: Path, output: Path) -> None:
    """Write a file of JSON lines as Parquet."""
    pa = require()
    schema = _schema(pa)
    with (
        lines.open(encoding="utf-8") as source,
        pa.parquet.ParquetWriter(output, schema, compression="zstd") as writer,
    ):
        for rows in _groups(source):
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))


def _groups(lines: Any) -> Iterator[list[dict[str, Any]]]:
    rows = (_typed(json.loads(line)) for line in lines)
    while group := list(islice(rows, _ROWS_OF_A_GROUP)):
        yield group


def _typed(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if value and name in _INSTANTS else value
        for name, value in record.items()
    }


def _schema(pa: Any) -> Any:
    kinds = {name: pa.string() for name in FIELDS}
    kinds |= {name: pa.bool_() for name in _BOOLEANS}
    kinds |= {name: pa.int64() for name in _INTEGERS}
    kinds |= {name: pa.timestamp("ms", tz="UTC") for name in _INSTANTS}
    return pa.schema([(name, kinds[name]) for name in FIELDS])

"""Tables of any kind: CSV and JSON lines in which a person names the fields to use."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ecs_ip.errors import UsageError
from ecs_ip.rows import BadRow, Lines, Records, Row, UnknownFormError, shown

ReadTime = Callable[[str], int]
"""Reads a time as epoch milliseconds; raises UsageError."""

_DELIMITERS = ",\t;|"
_MOST_TIMES = 2


class _Table:
    """What CSV and JSON lines share: the fields that the person named."""

    has_next_hop = False

    def __init__(
        self, ip_fields: Sequence[str], time_fields: Sequence[str], read_time: ReadTime
    ) -> None:
        if len(time_fields) > _MOST_TIMES:
            raise UsageError("--time-field can be given twice at most: the beginning and the end")
        self.sides = tuple(ip_fields)
        self._times = tuple(time_fields)
        self._read_time = read_time

    def _row(self, cells: list[str], addresses: Sequence[str], times: Sequence[str]) -> Row:
        """Build a row; raise UsageError if a time cannot be read."""
        addresses = tuple(address.strip() for address in addresses)
        instants = [self._read_time(time) for time in times if time]
        if not instants:
            return Row(cells, None, None, addresses)
        return Row(cells, min(instants), max(instants) + 1, addresses)


class CsvTable(_Table):
    """CSV with a header line."""

    kind = "CSV"

    def __init__(
        self,
        columns: Sequence[str],
        ip_fields: Sequence[str],
        time_fields: Sequence[str],
        read_time: ReadTime,
        delimiter: str = ",",
    ) -> None:
        super().__init__(ip_fields, time_fields, read_time)
        self._delimiter = delimiter
        self.columns = tuple(columns)
        self._ip_at = [self._position(name) for name in ip_fields]
        self._time_at = [self._position(name) for name in time_fields]

    def rows(self, lines: Lines) -> Iterator[tuple[int, Row | BadRow]]:
        """Read the records; one can have several lines."""
        reader = csv.reader((f"{line}\n" for _, line in lines), delimiter=self._delimiter)
        for cells in reader:
            if cells and tuple(cells) != self.columns:
                yield reader.line_num, self._read(cells)

    def records(self, records: Records) -> Iterator[tuple[int, Row | BadRow]]:
        """Read records whose cells are known."""
        for number, cells in records:
            yield number, self._read(cells)

    def _read(self, cells: list[str]) -> Row | BadRow:
        if len(cells) != len(self.columns):
            return BadRow(f"it has {len(cells)} cells instead of {len(self.columns)}")
        try:
            return self._row(
                cells,
                [cells[at] for at in self._ip_at],
                [cells[at] for at in self._time_at],
            )
        except UsageError as error:
            return BadRow(str(error))

    def _position(self, name: str) -> int:
        if name not in self.columns:
            raise UnknownFormError(
                f"there is no column {name!r}; the first line has {shown(', '.join(self.columns))}"
            )
        return self.columns.index(name)


def columns_of(header: str) -> tuple[list[str], str]:
    """Split a header line; return the names, and what separates them."""
    delimiter = max(_DELIMITERS, key=header.count)
    return next(csv.reader([header], delimiter=delimiter)), delimiter


class JsonLines(_Table):
    """One JSON object a line; a field within another is named with a dot (`source.ip`)."""

    kind = "JSON lines"
    columns = ("line",)

    def require_fields(self, head: Sequence[str]) -> None:
        """Raise UnknownFormError if none of the first lines has a field that was named."""
        objects = [data for line in head if isinstance(data := _json_or_none(line), dict)]
        for name in (*self.sides, *self._times):
            if objects and not any(has_field(data, name) for data in objects):
                raise UnknownFormError(
                    f"none of the first {len(head)} lines has a field {name!r}; the first has "
                    f"{shown(', '.join(objects[0]))}"
                )

    def rows(self, lines: Lines) -> Iterator[tuple[int, Row | BadRow]]:
        """Read the objects; the one cell of a row is its text."""
        for number, line in lines:
            if line.strip():
                yield number, self._read(line)

    def _read(self, line: str) -> Row | BadRow:
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                return BadRow("it is no JSON object")
            return self._row(
                [line],
                [field_of(data, name) for name in self.sides],
                [field_of(data, name) for name in self._times],
            )
        except (ValueError, RecursionError):
            return BadRow("it is not JSON")
        except UsageError as error:
            return BadRow(str(error))


def _json_or_none(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def has_field(data: dict[str, Any], name: str) -> bool:
    """Tell whether an object has a field, whatever its value is."""
    if name in data:
        return True
    value: Any = data
    for part in name.split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def field_of(data: dict[str, Any], name: str) -> str:
    """Return a field as text, "" if it is missing."""
    if name in data:
        value: Any = data[name]
    else:
        value = data
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None or isinstance(value, dict | list) else str(value)

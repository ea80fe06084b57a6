"""Reads a file of questions: lines, CSV with a header, or JSON lines.

A line is `address[,time[,time]]`. CSV and JSON name their fields: `ip` (or `address`, or
`networkInterfaceId`), `at`, or `from` and `to`, `subnetId`, `vpcId`; other fields are left alone.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecs_ip.asking import Question
from ecs_ip.errors import UsageError
from ecs_ip.rows import BadRow, Lines, UnknownFormError, shown
from ecs_ip.scope import address_of

ReadTime = Callable[[str], str | None]
"""Returns a time in the API's form, None for `now`; raises UsageError."""

_INTERFACE = re.compile(r"eni-[0-9a-f]+", re.ASCII)
_ADDRESS = re.compile(r"[0-9a-fA-F]*[:.][0-9a-fA-F:.]+", re.ASCII)
_MOST_TIMES = 2
# The API's own names first, then common alternatives.
_NAMES = {
    "ip": ("ip", "address", "ipaddress", "networkinterfaceid", "eni"),
    "at": ("at", "time", "timestamp"),
    "from": ("from", "start"),
    "to": ("to", "end"),
    "subnetId": ("subnetid", "subnet"),
    "vpcId": ("vpcid", "vpc"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the text it was read from."""

    question: Question


class QuestionFile:
    """A form of file of questions."""

    def __init__(self, head: Sequence[str], read_time: ReadTime) -> None:
        """Recognise the form by the first lines; raise UnknownFormError if it is unknown."""
        first = next((line for line in head if not _is_left_out(line)), "")
        if not first:
            raise UnknownFormError("it is empty")
        self._read_time = read_time
        self._header = _header(first)
        if first.lstrip().startswith("{"):
            self._read: Callable[[str], Mapping[str, Any]] = _of_json
        elif self._header:
            self._read = self._of_table
        elif _looks_like_question(first):
            self._read = _of_line
        else:
            raise UnknownFormError(
                f"the first line is {shown(first)}: expected address[,time[,time]], a header with "
                "a column ip, or JSON lines with ip"
            )

    def rows(self, lines: Lines) -> Iterator[tuple[int, Asked | BadRow]]:
        """Read the questions; blank lines, and those that begin with #, are left out."""
        for number, line in lines:
            if not _is_left_out(line) and _header(line) is None:
                yield number, self._row(line)

    def _row(self, line: str) -> Asked | BadRow:
        try:
            return Asked(tuple(self._members(self._read(line))))
        except (ValueError, RecursionError) as error:
            return BadRow(f"{error}" if type(error) is ValueError else "it is not JSON")
        except UsageError as error:
            return BadRow(str(error))

    def _members(self, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        named = {name: _said(said, aliases) for name, aliases in _NAMES.items()}
        ip = named.pop("ip")
        if _INTERFACE.fullmatch(ip):
            yield "networkInterfaceId", ip
        else:
            yield "ip", _canonical(ip)
        times = {name: named.pop(name) for name in ("at", "from", "to")}
        if times["at"] and (times["from"] or times["to"]):
            raise ValueError("it has both an instant (at) and a window (from, to)")
        yield from self._times(times)
        yield from ((name, value) for name, value in named.items() if value)

    def _times(self, times: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for name, text in times.items():
            at = self._read_time(text) if text else None
            if at is not None:
                yield name, at

    def _of_table(self, line: str) -> Mapping[str, Any]:
        cells = next(csv.reader([line]))
        if self._header is None or len(cells) != len(self._header):
            raise ValueError(f"it has {len(cells)} cells instead of {len(self._header or ())}")
        return dict(zip(self._header, cells, strict=True))


def _is_left_out(line: str) -> bool:
    plain = line.strip()
    return not plain or plain.startswith("#")


def _header(line: str) -> list[str] | None:
    """Return the names of a header of CSV, None for any other line."""
    cells = [_plain(cell) for cell in next(csv.reader([line]), [])]
    return cells if any(cell in _NAMES["ip"] for cell in cells) else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).lower()


def _looks_like_question(line: str) -> bool:
    first = line.split(",", maxsplit=1)[0].strip()
    return bool(_ADDRESS.fullmatch(first) or _INTERFACE.fullmatch(first))


def _of_line(line: str) -> Mapping[str, Any]:
    address, *times = [cell.strip() for cell in next(csv.reader([line]))]
    if len(times) > _MOST_TIMES:
        raise ValueError("it has more than an address and two times")
    names = ("from", "to") if len(times) == _MOST_TIMES else ("at",)
    return {"ip": address, **dict(zip(names, times, strict=False))}


def _of_json(line: str) -> Mapping[str, Any]:
    data = json.loads(line)
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")  # noqa: TRY004 - the line is at fault, not a type
    return {_plain(name): value for name, value in data.items()}


def _said(said: Mapping[str, Any], names: Sequence[str]) -> str:
    value = next((said[name] for name in names if said.get(name) not in {None, ""}), "")
    return str(value).strip()


def _canonical(text: str) -> str:
    try:
        return str(address_of(text))
    except ValueError:
        raise ValueError(f"{text[:60]!r} is not an IP address or eni-…") from None

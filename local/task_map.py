"""The task-to-IP map as a table for the terminal."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

_COLUMNS = {
    "CLUSTER": 5,
    "SERVICE": 12,
    "ADDRESS": 13,
    "STATE": 7,
    "SUBNET": 24,
    "SINCE": 12,
    "TASK": 8,
}
"""How many characters of each are shown in any case."""
_NARROW = {"CLUSTER", "SERVICE", "ADDRESS", "STATE", "SINCE", "TASK"}
_WIDE = 165
_STATES = {"held": "green", "pending": "yellow", "released": "red", "none": "dim"}


def table(records: Sequence[Mapping[str, Any]], title: str, width: int) -> Table:
    """Lay out records of `GET /tasks`, service by service, with what a terminal has room for."""
    wide = width >= _WIDE
    laid_out = Table(title=plain(title), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for name, shown in _COLUMNS.items():
        if wide or name in _NARROW:
            laid_out.add_column(name, no_wrap=True, min_width=shown)
    for record in sorted(records, key=_place):
        laid_out.add_row(*(_wide_row(record) if wide else _narrow_row(record)))
    return laid_out


def plain(text: str) -> str:
    """Write text so that it cannot steer a terminal, nor turn round the direction of a line."""
    return "".join(_plain(character) for character in text)


def _plain(character: str) -> str:
    harmless = unicodedata.category(character)[0] != "C" and character not in "\u2028\u2029"
    return character if harmless else character.encode("unicode_escape").decode("ascii")


def _place(record: Mapping[str, Any]) -> tuple[str, str, str]:
    return record["cluster"], record["group"] or "", record["taskId"]


def _wide_row(record: Mapping[str, Any]) -> Iterator[Text]:
    service, state = _facts(record)
    addresses = filter(None, (record["privateIpv4Address"], record["ipv6Address"]))
    since = record["attachedAt"]
    yield _cell(record["cluster"])
    yield service
    yield Text("\n").join(map(_cell, addresses)) or _cell(None)
    yield state
    yield _cell(record["subnetId"])
    yield _cell(since and f"{since[:10]} {since[11:19]}Z")
    yield _cell(record["taskId"])


def _narrow_row(record: Mapping[str, Any]) -> Iterator[Text]:
    service, state = _facts(record)
    since = record["attachedAt"]
    yield _cell(record["cluster"])
    yield service
    yield _cell(record["privateIpv4Address"] or record["ipv6Address"])
    yield state
    yield _cell(since and f"{since[5:10]} {since[11:16]}Z")
    yield _cell(record["taskId"][:8])


def _facts(record: Mapping[str, Any]) -> tuple[Text, Text]:
    state = record["addressState"]
    named = record["service"] or record["group"]
    return _cell(named), Text(plain(state), style=_STATES.get(state, ""))


def _cell(text: str | None) -> Text:
    return Text(plain(text)) if text else Text("-", style="dim")

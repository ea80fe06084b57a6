"""What a line of a log says, whatever the form of the log: its cells, a time, and addresses."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

Lines = Iterable[tuple[int, str]]
"""Lines with their numbers, without their ends."""

Records = Iterable[tuple[int, list[str]]]
"""Cells that need no splitting, as those of Parquet, with their numbers."""


class UnknownFormError(Exception):
    """A file is in no form that is known, or changes its form; the text says what was seen."""


@dataclass(slots=True)
class Row:
    """A line: its cells, its time, and the addresses to name.

    `start` and `end` are epoch milliseconds, half-open; None if the line has no time. `addresses`
    are the texts of the sides, in the order of the form's `sides`, "" if missing. `interface` is
    the network interface that recorded the line. It belongs to the side with index `local`, or if
    that is None, to the side with its address. `next_hop` is the interface that a packet went to
    next. `subnet` and `vpc` are those of `interface`.
    """

    cells: list[str]
    start: int | None
    end: int | None
    addresses: tuple[str, ...]
    interface: str = ""
    local: int | None = None
    next_hop: str = ""
    subnet: str = ""
    vpc: str = ""
    # What the interface itself was called, where the packet's own address is another.
    interface_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """A line that cannot be read, and why."""

    reason: str


class Form(Protocol):
    """A form of log: how its lines are read."""

    @property
    def kind(self) -> str:
        """What it is called in messages."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a row's cells."""
        ...

    @property
    def sides(self) -> tuple[str, ...]:
        """The names of a row's addresses."""
        ...

    @property
    def has_next_hop(self) -> bool:
        """Whether rows can have a next hop."""
        ...

    def rows(self, lines: Lines) -> Iterator[tuple[int, Row | BadRow]]:
        """Read lines; what holds no data, such as a header, is left out."""
        ...


def shown(line: str, longest: int = 120) -> str:
    """Return a line as a message can show it."""
    return repr(line if len(line) <= longest else f"{line[:longest]}…")

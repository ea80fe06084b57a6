"""Names the tasks of a row: what to ask for it, and which columns to add.

An address is asked for by the hour, so that one answer serves every line of that hour; for a line
of more than a day, once for its whole time. A network interface is asked for once, because it only
ever belongs to one task.
"""

import time
from collections.abc import Iterator, Sequence
from functools import lru_cache

from ecs_ip.asking import Question
from ecs_ip.rows import Form, Row
from ecs_ip.scope import Scope
from ecs_ip.spans import HELD, Holder, Told, Verdict, held_between

HOUR = 3_600_000
_LONG = 24 * HOUR
EXTERNAL = "external"

_OF_A_SIDE = ("task-arn", "cluster", "service", "verdict", "known-by")
_OF_NEXT_HOP = ("next-hop-task-arn", "next-hop-cluster", "next-hop-service")
# The API's clock and this machine's can differ; a window that ends later is asked for only if a
# line needs it.
_SECURELY_PAST = 60_000
_MINUTE = 60_000
_MOST_REMEMBERED = 100_000

Answers = dict[Question, Told]


class UnansweredError(Exception):
    """The API refused a question of a row; the text says why."""


def added_columns(form: Form) -> list[str]:
    """Return the names of the columns to add to a form's rows."""
    columns = [f"{side}-{name}" for side in form.sides for name in _OF_A_SIDE]
    return columns + list(_OF_NEXT_HOP) if form.has_next_hop else columns


class Namer:
    """Asks for the tasks of rows, and names them."""

    def __init__(self, scope: Scope, form: Form, begun: int | None = None) -> None:
        """`begun` is when a run that can be continued began, in epoch milliseconds.

        What is asked of the time before it is the same whenever the run is continued.
        """
        self._scope = scope
        self._has_next_hop = form.has_next_hop
        self._begun = None if begun is None else _securely_past(begun)
        self._window = lru_cache(_MOST_REMEMBERED)(self._question)
        self._ends: dict[tuple[int, int], int] = {}

    def questions(self, row: Row) -> Iterator[Question]:
        """Return the questions whose answers name the tasks of a row."""
        for interface in (row.interface, row.next_hop):
            if interface.startswith("eni-"):
                yield on_interface(interface)
        for text in row.addresses:
            found = self._scope.canonical(text) if text else None
            if found and found[1]:
                yield from self._at_address(found[0], row)

    def added(self, row: Row, answers: Answers) -> list[str]:
        """Return the cells of the added columns; raise UnansweredError."""
        owner = _owner(row.interface, answers)
        next_hop = _owner(row.next_hop, answers)
        local = _local_side(row, owner)
        cells: list[str] = []
        for side, text in enumerate(row.addresses):
            if owner and side == local:
                cells += _cells(Verdict(HELD, (owner,)), "interface")
            elif next_hop and side == 1 and text in next_hop.addresses:
                cells += _cells(Verdict(HELD, (next_hop,)), "interface")
            else:
                cells += self._by_address(row, text, is_local=side == local, answers=answers)
        return cells + self._of_next_hop(next_hop)

    def _of_next_hop(self, next_hop: Holder | None) -> list[str]:
        if not self._has_next_hop:
            return []
        if next_hop is None:
            return [""] * len(_OF_NEXT_HOP)
        return [next_hop.task_arn, next_hop.cluster, next_hop.service]

    def _by_address(self, row: Row, text: str, *, is_local: bool, answers: Answers) -> list[str]:
        found = self._scope.canonical(text) if text else None
        if found is None:
            return [""] * len(_OF_A_SIDE)
        address, asked = found
        if not asked:
            return _cells(Verdict(EXTERNAL, ()), "")
        subnet = row.subnet if is_local else ""
        vpc = row.vpc if row.vpc and self._scope.is_in_vpc(address, row.vpc) else ""
        verdict = self._verdict(address, row, subnet, vpc, answers)
        known_by = ("", "address", "several")[min(len(verdict.holders), 2)]
        return _cells(verdict, known_by)

    def _verdict(self, address: str, row: Row, subnet: str, vpc: str, answers: Answers) -> Verdict:
        told = [_told(question, answers) for question in self._at_address(address, row)]
        if row.start is None or row.end is None:
            return Verdict(told[0].verdict, tuple(span.holder for span in told[0].spans))
        found = [held_between(one, row.start, row.end, subnet, vpc) for one in told]
        return found[0] if len(found) == 1 else _joined(found)

    def _at_address(self, address: str, row: Row) -> Iterator[Question]:
        if row.start is None or row.end is None:
            yield (("ip", address),)
            return
        if row.end - row.start > _LONG:
            yield self._window(address, row.start, row.end)
            return
        for hour in range(row.start - row.start % HOUR, row.end, HOUR):
            yield self._window(address, hour, self._end_of(hour, row.end))

    def _end_of(self, hour: int, needed: int) -> int:
        """Return until when to ask: the whole hour, but nothing in the future.

        The choice is kept, because a row's questions must not change while they are asked.
        """
        kept = self._ends.get((hour, needed))
        if kept is not None:
            return kept
        end, past = hour + HOUR, self._past(needed)
        if end <= past:
            return end
        if len(self._ends) >= _MOST_REMEMBERED:
            del self._ends[next(iter(self._ends))]
        return self._ends.setdefault((hour, needed), max(hour + 1, min(end, max(needed, past))))

    def _past(self, needed: int) -> int:
        """Return what is securely past: as of the beginning of the run, if that suffices."""
        if self._begun is not None and needed <= self._begun:
            return self._begun
        return _securely_past(int(time.time() * 1000))

    @staticmethod
    def _question(address: str, start: int, end: int) -> Question:
        return (("ip", address), ("from", _wire(start)), ("to", _wire(end)))


def _securely_past(now: int) -> int:
    """Return what is securely past, by the minute: rows share their questions for so long."""
    return (now - _SECURELY_PAST) // _MINUTE * _MINUTE


def on_interface(interface: str) -> Question:
    """Return the question of which task an interface belongs to."""
    return (("networkInterfaceId", interface),)


def _wire(at: int) -> str:
    seconds, milliseconds = divmod(at, 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03}Z"


def _told(question: Question, answers: Answers) -> Told:
    told = answers[question]
    if told.error:
        raise UnansweredError(told.error)
    return told


def _owner(interface: str, answers: Answers) -> Holder | None:
    """Return the task that an interface belongs to, None if it is not a task's."""
    if not interface.startswith("eni-"):
        return None
    spans = _told(on_interface(interface), answers).spans
    return spans[0].holder if spans else None


def _local_side(row: Row, owner: Holder | None) -> int | None:
    """Return which side the interface belongs to: by the direction, else by its address."""
    if row.local is not None or owner is None:
        return row.local
    for texts in (row.interface_addresses, row.addresses):
        for side, text in enumerate(texts):
            if text and text in owner.addresses:
                return side
    return None


def _joined(verdicts: Sequence[Verdict]) -> Verdict:
    """Join the verdicts of the hours that a row touches: the most informative one counts."""
    word = min((verdict.word for verdict in verdicts), key=_ORDER.index)
    holders = {
        holder.task_arn: holder
        for verdict in verdicts
        if verdict.word == word
        for holder in verdict.holders
    }
    return Verdict(word, tuple(holders.values()))


_ORDER = ("held", "possible", "unknown", "unconfirmed", "none")


def _cells(verdict: Verdict, known_by: str) -> list[str]:
    if len(verdict.holders) == 1:
        [holder] = verdict.holders
        return [holder.task_arn, holder.cluster, holder.service, verdict.word, known_by]
    columns = [
        " ".join(holder.task_arn for holder in verdict.holders),
        " ".join(holder.cluster or "-" for holder in verdict.holders),
        " ".join(holder.service or "-" for holder in verdict.holders),
    ]
    return [*columns, verdict.word, known_by]

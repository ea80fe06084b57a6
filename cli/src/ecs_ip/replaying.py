"""A replay: recorded events in, messages on the ingest queue out, and their outcomes."""

import hashlib
import json
import os
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ecs_ip.errors import UsageError
from ecs_ip.output import say
from ecs_ip.queueing import LONGEST_MESSAGE, Sender, batches
from ecs_ip.recorded import BadLine, RecordedEvent, without_overrides

Item = RecordedEvent | BadLine

_TASK_EVENT = "ECS Task State Change"
_MOST_NAMED = 1_000


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a replay came, and what it left out."""

    items: int = 0
    sent: int = 0
    older: int = 0
    other: int = 0
    unreadable: int = 0
    refused: int = 0
    begun: float = 0.0


@dataclass(frozen=True, slots=True)
class Message:
    """An event as it is sent, its number among the items of the input, and what was before it."""

    body: str
    item: int
    where: str
    line: int
    before: Counts = Counts()


class Place:
    """Keeps in a small file how far a replay came, so that it can be continued."""

    def __init__(self, path: Path | None, run: dict[str, Any], *, resume: bool) -> None:
        """`run` says what must be the same for a replay to be continued."""
        self._path = path
        self._run = run
        self.counts = Counts(begun=time.time())
        if resume:
            self._read()

    def _read(self) -> None:
        if self._path is None:
            raise UsageError("standard input cannot be resumed: name a file")
        try:
            said = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            say("no interrupted replay is known for this input: it is read from its beginning")
            return
        except (OSError, ValueError) as error:
            raise UsageError(f"{self._path} cannot be read: {error}") from None
        if said["run"] != self._run:
            raise UsageError(
                f"{self._path} belongs to a replay of other files, times or of another stack: "
                "repeat those, or leave --resume out"
            )
        self.counts = Counts(**said["counts"])

    def keep(self, counts: Counts) -> None:
        """Save how far it came, atomically."""
        self.counts = counts
        if self._path is None:
            return
        beside = self._path.with_name(f"{self._path.name}.new")
        said = json.dumps({"run": self._run, "counts": asdict(counts)})
        try:
            beside.write_text(said, encoding="utf-8")
            os.replace(beside, self._path)  # noqa: PTH105 - atomic on every platform
        except OSError as error:
            say(f"{self._path} cannot be written, so this replay cannot be resumed ({error})")
            self._path = None

    @property
    def is_kept(self) -> bool:
        """Whether the replay can be continued, should it be interrupted."""
        return self._path is not None

    def forget(self) -> None:
        """Remove the file of a replay that is done."""
        if self._path:
            self._path.unlink(missing_ok=True)


class Replay:
    """One replay."""

    def __init__(self, place: Place, oldest: float | None, show: Callable[[Counts], None]) -> None:
        """Events before `oldest`, in epoch seconds, are left out."""
        self.named: list[BadLine] = []
        self.sent = Sent()
        self._place = place
        self._oldest = oldest
        self._show = show
        self._counts = place.counts
        self._done = place.counts.items

    def run(self, items: Iterable[Item], sender: Sender[Message]) -> Counts:
        """Send what is to be sent, from where an interrupted replay stopped."""
        for batch in batches(self._messages(items)):
            refused = sender.send(batch)
            for message, why in refused:
                self._name(BadLine(message.where, message.line, f"the queue refuses it: {why}"))
            sent = self._counts.sent + len(batch) - len(refused)
            refused_ = self._counts.refused + len(refused)
            self._counts = replace(self._counts, sent=sent, refused=refused_)
            # What was left out before the last message of this batch is behind us, too, and what
            # was left out after it is not, although it was read already.
            last = batch[-1]
            self._place.keep(replace(last.before, items=last.item + 1, sent=sent, refused=refused_))
            self._show(self._counts)
        return self._counts

    def _messages(self, items: Iterable[Item]) -> Iterator[Message]:
        for number, item in enumerate(items):
            if isinstance(item, BadLine):
                if number >= self._done:
                    self._unreadable(item)
                continue
            event = without_overrides(item.event)
            if number < self._done:
                self.sent.add(event)
            elif message := self._message(event, item, number):
                self.sent.add(event)
                yield message

    def _message(self, event: dict[str, Any], item: RecordedEvent, number: int) -> Message | None:
        if event["detail-type"] != _TASK_EVENT or event.get("source") != "aws.ecs":
            self._counts = replace(self._counts, other=self._counts.other + 1)
            return None
        if self._is_older(event):
            self._counts = replace(self._counts, older=self._counts.older + 1)
            return None
        body = json.dumps(event, separators=(",", ":"))
        if len(body) > LONGEST_MESSAGE:
            self._unreadable(BadLine(item.file, item.line, "it is longer than 1 MiB"))
            return None
        return Message(body, number, item.file, item.line, self._counts)

    def _is_older(self, event: dict[str, Any]) -> bool:
        try:
            at = datetime.fromisoformat(event["time"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return False  # the ingest function judges it
        return self._oldest is not None and at < self._oldest

    def _unreadable(self, line: BadLine) -> None:
        self._counts = replace(self._counts, unreadable=self._counts.unreadable + 1)
        self._name(line)

    def _name(self, line: BadLine) -> None:
        say(str(line))
        if len(self.named) < _MOST_NAMED:
            self.named.append(line)


class Sent:
    """Which events were sent, in eight bytes each."""

    def __init__(self) -> None:
        self._digests = array("Q")
        self._sorted = True

    def add(self, event: dict[str, Any]) -> None:
        """Remember an event."""
        self._digests.append(_digest(event))
        self._sorted = False

    def has(self, body: str) -> bool:
        """Return whether the body of a message is that of an event that was sent."""
        try:
            event = json.loads(body)
        except ValueError:
            return False
        return isinstance(event, dict) and self._has(_digest(event))

    def _has(self, digest: int) -> bool:
        if not self._sorted:
            self._digests = array("Q", sorted(self._digests))
            self._sorted = True
        at = bisect_left(self._digests, digest)
        return at < len(self._digests) and self._digests[at] == digest


def _digest(event: dict[str, Any]) -> int:
    """Return what tells an event from others, whatever happens to its text on the way."""
    detail = event.get("detail")
    said = detail if isinstance(detail, dict) else {}
    told = [event.get("id"), event.get("time"), said.get("taskArn"), said.get("version")]
    packed = json.dumps([*told, said.get("lastStatus")], sort_keys=True).encode()
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "big")

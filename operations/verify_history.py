"""`make verify-history`: checks an exported table for what cannot be true.

It reads a full export to S3 in DynamoDB JSON (its folder, or single files of it, gzipped or not),
or what `aws dynamodb scan` prints. Each item is read once and forgotten but for its intervals,
which are then sorted address by address: the time grows with the table, but for that sort.
"""

import argparse
import gzip
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise, product
from pathlib import Path
from typing import Any, NamedTuple

from adapters.dynamodb.items import decode, encode
from core.table.store import Stored
from core.task.record import Record
from core.text.instant import DAY, SECOND, Duration, Instant, to_text

TOLERATED: Duration = 60 * SECOND
"""For so long two tasks may seem to hold one address for certain: ECS's clocks are several."""
CLOCKS_DIFFER: Duration = 60 * SECOND
LEAST_RETENTION: Duration = 30 * DAY
_FOREVER: Instant = sys.maxsize
_GZIP = b"\x1f\x8b"

type Item = dict[str, Any]
type _Moment = tuple[str, Instant]


class UnreadableError(Exception):
    """The input is no export of a table; the message says where and why."""


class Finding(NamedTuple):
    """Something that cannot be true."""

    kind: str
    task: str
    sentence: str


class Interval(NamedTuple):
    """A time in which a task certainly held an address; sorted by its start."""

    start: Instant
    end: Instant
    task: str


@dataclass
class Verifier:
    """Takes items one by one, then tells what it found between them."""

    now: Instant
    records: int = 0
    others: int = 0
    """Items that are no records: what the service notes for itself."""
    _held: dict[tuple[str, str], list[Interval]] = field(default_factory=lambda: defaultdict(list))
    _interfaces: dict[str, str] = field(default_factory=dict)

    def take(self, item: Item) -> Iterator[Finding]:
        """Check an item by itself."""
        if "rv" not in item:
            self.others += 1
            return
        self.records += 1
        try:
            yield from list(self._faults(item))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            reason = f"cannot be read: {type(error).__name__}: {error}"
            yield Finding("unreadable", str(item.get("taskId", {}).get("S")), reason)

    def _faults(self, item: Item) -> Iterator[Finding]:
        stored = decode(item)
        again = encode(stored, retention=0)
        task = f"{stored.record.key.cluster_arn.name}/{stored.record.key.task_id}"
        for kind, sentence in (
            *_version_faults(stored),
            *_interval_faults(stored.record, self.now),
            *_key_faults(item, again),
            *_expiry_faults(item, stored.record),
            *self._interface_faults(stored.record, task),
        ):
            yield Finding(kind, task, sentence)
        self._note(stored.record, task)

    def finish(self) -> Iterator[Finding]:
        """Check the intervals of each address against each other, once all items were taken."""
        for (subnet, address), intervals in sorted(self._held.items()):
            intervals.sort()
            for kind, one, other in _collisions(intervals):
                until = min(one.end, other.end)
                end = "now" if until == _FOREVER else to_text(until)
                sentence = (
                    f"{address} in {subnet} was held by {other.task} too, "
                    f"from {to_text(other.start)} until {end}"
                )
                yield Finding(kind, one.task, sentence)

    def _note(self, record: Record, task: str) -> None:
        attached, subnet = record.attached_at, record.interface.subnet_id
        if attached is None or subnet is None or record.attached_at_estimated:
            return
        end = _FOREVER if record.released_not_before is None else record.released_not_before
        for address in record.addresses:
            self._held[subnet, address].append(Interval(attached, end, task))

    def _interface_faults(self, record: Record, task: str) -> Iterator[tuple[str, str]]:
        interface = record.interface.network_interface_id
        other = task if interface is None else self._interfaces.setdefault(interface, task)
        if other != task:
            yield "interface", f"{interface} is that of {other} too"


def _collisions(intervals: Iterable[Interval]) -> Iterator[tuple[str, Interval, Interval]]:
    """Compare each interval with the longest-lasting of those that began before it.

    If it collides with any of them, it collides with that one, so one pass finds every interval
    that collides. A live one that is shadowed is told of once, and the newer one counts from then.
    """
    longest: Interval | None = None
    for interval in intervals:
        if longest is not None and min(longest.end, interval.end) - interval.start > TOLERATED:
            yield "shadowed" if longest.end == _FOREVER else "overlap", longest, interval
        if longest is None or interval.end > longest.end or longest.end == _FOREVER:
            longest = interval


def _version_faults(stored: Stored) -> Iterator[tuple[str, str]]:
    status = stored.record.status
    if status is None:
        yield "version", "has no status"
    elif status.version < 1:
        yield "version", f"has version {status.version}; ECS counts from 1"
    elif stored.record.stopped and status.desired_status != "STOPPED":
        yield "version", f"is STOPPED, and desired to be {status.desired_status}"
    if stored.revision < 1:
        yield "version", f"has revision {stored.revision}; the first is 1"
    if not 0 <= stored.sequence <= stored.revision:
        yield "version", f"tells of {stored.sequence} changes in {stored.revision} writes"


def _interval_faults(record: Record, now: Instant) -> Iterator[tuple[str, str]]:
    """Name instants that come in an order in which they cannot have happened."""
    bounds = _known(
        ("createdAt", record.facts.created_at),
        ("attachedNotBefore", record.attached_not_before),
        ("attachedAt", record.attached_at),
        ("releasedNotBefore", record.released_not_before),
        ("releasedAt", record.released_at),
    )
    yield from _disorder(pairwise(bounds), 0)
    yield from _disorder(((bound, ("now", now)) for bound in bounds), CLOCKS_DIFFER)
    if record.addresses:
        yield from _disorder(_proofs(record), CLOCKS_DIFFER)


def _proofs(record: Record) -> Iterator[tuple[_Moment, _Moment]]:
    """Pair the proofs of a record, each with one that cannot have come before it.

    The clocks of agents are known to be wrong at times, so that what they date is left out.
    """
    earliest, newest = record.earliest, record.newest
    had = _known(
        ("startedAt", earliest.started_at),
        ("the first event that shows the address", earliest.shown_by_event),
    )
    still_had = _known(
        ("startedAt", earliest.started_at),
        ("the last event that shows the address", newest.still_shown_by_event),
        ("the last view that shows the address", newest.still_shown_by_view),
    )
    bare = _known(
        ("createdAt", record.facts.created_at),
        ("the last sighting without an address", newest.unattached_at),
    )
    gone = _known(
        ("stoppedAt", earliest.stopped_at),
        ("the first sighting of an interface that is gone", earliest.gone_at),
    )
    yield from product(bare, had)
    yield from product(still_had, gone)


def _known(*moments: tuple[str, Instant | None]) -> list[_Moment]:
    return [(name, moment) for name, moment in moments if moment is not None]


def _disorder(
    pairs: Iterable[tuple[_Moment, _Moment]], tolerated: Duration
) -> Iterator[tuple[str, str]]:
    for (before, earlier), (after, later) in pairs:
        if earlier > later + tolerated:
            sentence = f"has {before} {to_text(earlier)} after {after} {to_text(later)}"
            yield "interval", sentence


def _key_faults(item: Item, again: Item) -> Iterator[tuple[str, str]]:
    """Compare what is stored for the indexes with what the facts in the same item give."""
    names = sorted((item.keys() | again.keys()) - {"expiresAt"})
    wrong = [name for name in names if item.get(name) != again.get(name)]
    if wrong:
        yield "keys", f"has attributes that do not follow from the others: {', '.join(wrong)}"


def _expiry_faults(item: Item, record: Record) -> Iterator[tuple[str, str]]:
    expires_at = int(item["expiresAt"]["N"]) * SECOND if "expiresAt" in item else None
    ended_at = record.ended_at
    if ended_at is None:
        if expires_at is not None:
            yield "expiry", "is live, and is to expire"
    elif expires_at is None:
        yield "expiry", "has ended, and never expires"
    elif expires_at + SECOND < ended_at + LEAST_RETENTION:
        yield "expiry", f"ended at {to_text(ended_at)}, and expires at {to_text(expires_at)}"


def read_items(path: Path, progress: Callable[[int], None]) -> Iterator[Item]:
    """Read the items of an export or a scan; `progress` is told how many bytes of files were read.

    Raises UnreadableError.
    """
    for file in _files(path):
        with ExitStack() as stack:
            raw = stack.enter_context(file.open("rb"))
            zipped = raw.read(len(_GZIP)) == _GZIP
            raw.seek(0)
            done = 0
            lines = stack.enter_context(gzip.open(raw)) if zipped else raw
            try:
                for number, line in enumerate(lines, start=1):
                    if number == 1 and _is_document(line):
                        yield from _scanned(file, line + lines.read())
                    elif line.strip():
                        yield _exported(f"{file}:{number}", line)
                    progress(raw.tell() - done)
                    done = raw.tell()
            except (OSError, EOFError, zlib.error) as error:
                raise UnreadableError(f"{file}: {error}") from None


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise UnreadableError(f"{path}: there is no such file or folder")
    if path.is_file():
        return [path]
    names = ("*.json.gz", "*.json")
    found = sorted(file for name in names for file in path.rglob(name))
    files = [file for file in found if not file.name.startswith("manifest")]
    if not files:
        raise UnreadableError(f"{path}: there is no .json.gz or .json file in it")
    return files


def _is_document(line: bytes) -> bool:
    """Tell a scan's answer, one document over many lines or one, from an export's line."""
    try:
        value = json.loads(line)
    except ValueError:
        return line.lstrip().startswith(b"{")
    return isinstance(value, dict) and "Items" in value


def _scanned(file: Path, document: bytes) -> Iterator[Item]:
    try:
        answer = json.loads(document)
    except ValueError as error:
        raise UnreadableError(
            f"{file}: is neither JSON lines nor a JSON document: {error}"
        ) from None
    items = answer.get("Items")
    if not isinstance(items, list):
        raise UnreadableError(f"{file}: has no list named Items, as `aws dynamodb scan` prints")
    for item in items:
        yield _checked(str(file), item)


def _exported(place: str, line: bytes) -> Item:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise UnreadableError(f"{place}: is not JSON: {error}") from None
    if isinstance(value, dict) and {"Keys", "NewImage"} & value.keys():
        raise UnreadableError(f"{place}: is of an incremental export; a full one is needed")
    if not isinstance(value, dict) or "Item" not in value:
        raise UnreadableError(f"{place}: has no Item, as an export in DynamoDB JSON has")
    return _checked(place, value["Item"])


def _checked(place: str, item: object) -> Item:
    if not isinstance(item, dict) or not all(isinstance(value, dict) for value in item.values()):
        raise UnreadableError(f"{place}: holds something that is no item in DynamoDB JSON")
    return item


class _Progress:
    """A line on the terminal that says how far it has come, and nothing elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = max(total, 1)
        self._read = 0
        self._shown_at = time.monotonic()
        self._on = sys.stderr.isatty()

    def add(self, count: int) -> None:
        self._read += count
        if self._on and time.monotonic() - self._shown_at > 1:
            self._shown_at = time.monotonic()
            sys.stderr.write(f"\r{self._read * 100 // self._total:3} % read ")
            sys.stderr.flush()


def main(arguments: list[str] | None = None) -> int:
    """Answer 0 if nothing was found, 1 if something was, 2 if the input cannot be read."""
    parser = argparse.ArgumentParser(prog="verify_history", description=__doc__)
    parser.add_argument(
        "export", type=_path, help="folder or file of an export to S3, or of a scan's output"
    )
    path: Path = parser.parse_args(arguments).export
    verifier = Verifier(now=time.time_ns() // 1_000_000)
    found = 0
    try:
        progress = _Progress(sum(file.stat().st_size for file in _files(path)))
        for finding in _findings(verifier, read_items(path, progress.add)):
            found += 1
            print(f"{finding.kind:10} {finding.task}: {finding.sentence}")
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{verifier.records:,} records, {verifier.others:,} other items: {found:,} findings")
    return 1 if found else 0


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("name a folder or file: make verify-history EXPORT=...")
    return Path(text)


def _findings(verifier: Verifier, items: Iterable[Item]) -> Iterator[Finding]:
    for item in items:
        yield from verifier.take(item)
    yield from verifier.finish()


if __name__ == "__main__":
    sys.exit(main())

"""One run of `ecs-ip replay`: its input, the queue, the position, and the summary."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from ecs_ip import dead_letters, inputs, recorded, times
from ecs_ip.advancing import Advance, advancing
from ecs_ip.clock import Clock
from ecs_ip.errors import DONE, INCOMPLETE, UsageError
from ecs_ip.invocation import Invocation
from ecs_ip.log_groups import read_log_group
from ecs_ip.operator_role import queues_of, stack_of, told
from ecs_ip.output import Output, say
from ecs_ip.queueing import Backlog, Sender
from ecs_ip.recorded import BadLine
from ecs_ip.replaying import Counts, Item, Message, Place, Replay
from ecs_ip.stack import Stack
from ecs_ip.zones import Zone

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Recordings:
    """What a person named: files, or a log group between two times."""

    files: tuple[str, ...]
    group: str | None
    start: str | None
    end: str | None


def run(invocation: Invocation, recordings: Recordings, rate: float, *, resume: bool) -> int:
    """Replay recordings, and return the exit code."""
    stack = stack_of(invocation)
    files = inputs.files_of(recordings.files)
    place = _place(invocation.zone, stack, recordings, files, resume=resume)
    if recordings.group:
        items = _of_group(invocation, stack, recordings, place.counts.begun)
    else:
        items = _of_files(files)
    return _run(invocation, stack, place, items, rate)


def _run(
    invocation: Invocation, stack: Stack, place: Place, items: Iterable[Item], rate: float
) -> int:
    sqs = queues_of(stack)
    url = stack.output("IngestQueueUrl")
    sender: Sender[Message] = Sender(sqs, url, rate)
    backlog = Backlog(sqs, url)
    with advancing("Replaying", None, plain=invocation.options.no_color) as advance:
        one = Replay(place, _oldest(stack), lambda counts: _show(advance, counts))
        try:
            counts = one.run(items, sender)
            left = backlog.wait(lambda count: advance.to(0, f"{count:,} wait on the queue"))
        except BaseException:
            if place.is_kept:
                say("the same command with --resume continues; at most one batch is sent twice")
            raise
    place.forget()
    letters, whole = _dead_letters(stack, sqs, one, counts)
    summary = _summary(counts) | {
        "deadLetters": letters,
        "allDeadLettersRead": whole,
        "stillQueued": left,
    }
    _write(invocation.output, summary, one.named)
    return INCOMPLETE if counts.unreadable + counts.refused + letters + left else DONE


def _of_files(files: list[str]) -> Iterator[Item]:
    for file in files:
        yield from recorded.read_stream(inputs.open_binary(file), file)


def _of_group(
    invocation: Invocation, stack: Stack, recordings: Recordings, begun: float
) -> Iterator[Item]:
    """Read a log group; times mean what they meant when the replay first began."""
    clock = Clock(datetime.fromtimestamp(begun, UTC), invocation.zone)

    def instant(text: str | None, otherwise: float) -> int:
        return clock.milliseconds(text) if text else int(otherwise * 1000)

    first, last = instant(recordings.start, 0), instant(recordings.end, begun)
    if first >= last:
        raise UsageError("--from must be before --to")
    return read_log_group(stack.client("logs"), str(recordings.group), first, last)


def _place(
    zone: Zone, stack: Stack, recordings: Recordings, files: Sequence[str], *, resume: bool
) -> Place:
    """Open the place of this replay: the same queue, the same files or times of a log group."""
    named = "\0".join(files).encode(errors="surrogateescape")
    said = {
        "queue": stack.output("IngestQueueUrl"),
        "group": recordings.group,
        "times": [recordings.start, recordings.end, zone.name] if recordings.group else [],
        # A folder can have a hundred thousand files, and the place is written after each batch.
        "files": [len(files), blake2b(named).hexdigest()],
    }
    if recordings.group:
        path = Path(f".{recordings.group.strip('/').replace('/', '_')}.ecs-ip-replay")
    else:
        first = Path(recordings.files[0]).absolute()
        path = first.with_name(f".{first.name}.ecs-ip-replay")
    kept = None if inputs.STANDARD_INPUT in recordings.files else path
    return Place(kept, said, resume=resume)


def _oldest(stack: Stack) -> float | None:
    """Return before when the stack stores nothing."""
    with told(f"read the parameters of the stack {stack.name}"):
        [described] = stack.client("cloudformation").describe_stacks(StackName=stack.name)["Stacks"]
    given = {one["ParameterKey"]: one["ParameterValue"] for one in described.get("Parameters", ())}
    days = given.get("RetentionDays", "")
    return time.time() - int(days) * _DAY if days.isdecimal() else None


def _dead_letters(stack: Stack, sqs: Any, one: Replay, counts: Counts) -> tuple[int, bool]:
    """Count the dead letters that came of this replay, and tell whether all were looked at."""
    url = stack.output("IngestDeadLetterQueueUrl")
    bodies, whole = dead_letters.letters_since(sqs, url, counts.begun)
    return sum(map(one.sent.has, bodies)), whole


def _show(advance: Advance, counts: Counts) -> None:
    advance.to(counts.sent, f"{counts.sent:,} sent, {counts.unreadable:,} unreadable")


def _summary(counts: Counts) -> dict[str, Any]:
    begun = datetime.fromtimestamp(counts.begun, UTC)
    return {
        "begun": times.wire(begun),
        "sent": counts.sent,
        "olderThanRetention": counts.older,
        "notTaskEvents": counts.other,
        "unreadable": counts.unreadable,
        "refused": counts.refused,
    }


def _write(output: Output, summary: dict[str, Any], named: list[BadLine]) -> None:
    if output.format == "json":
        lines = [{"file": bad.file, "line": bad.line, "reason": bad.reason} for bad in named]
        output.json({**summary, "unreadableLines": lines})
        return
    rows = [{"what": _WORDS[name], "count": value} for name, value in summary.items()]
    if output.format == "csv":
        output.csv(("what", "count"), rows)
    else:
        output.table(("REPLAY", ""), [(str(row["what"]), str(row["count"])) for row in rows])


_WORDS = {
    "begun": "begun",
    "sent": "events sent",
    "olderThanRetention": "older than RetentionDays, left out",
    "notTaskEvents": "not task events, left out",
    "unreadable": "lines that could not be read",
    "refused": "events that the queue refused",
    "deadLetters": "dead letters that resulted",
    "allDeadLettersRead": "all dead letters were looked at",
    "stillQueued": "still waiting on the queue",
}

"""`ecs-ip replay`: puts recorded ECS events on the ingest queue, so that the past is known."""

import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ecs_ip import dead_letters, inputs, recorded
from ecs_ip.advancing import Advance, advancing
from ecs_ip.errors import DONE, INCOMPLETE, UsageError
from ecs_ip.invocation import Invocation
from ecs_ip.log_groups import read_log_group
from ecs_ip.operator_role import queues_of, told
from ecs_ip.output import say
from ecs_ip.queueing import Backlog, Sender
from ecs_ip.replaying import Counts, Item, Message, Place, Replay
from ecs_ip.stack import Stack

_CAPTURED = "/aws/events/ecs/containerinsights/shop/performance"
EXAMPLES = (
    ("A folder of exports of CloudWatch Logs", "ecs-ip replay exported/"),
    (
        "What ECS's own event capture has kept since October",
        f"ecs-ip replay --log-group {_CAPTURED} --from '2026-10-01 00:00'",
    ),
    ("Go on after a break, with more room for live events", "ecs-ip replay x/ --resume --rate 20"),
)

_DAY = 86_400
_RATE = 100.0  # a third of what one account and Region sends by default at its busiest


def replay(
    invocation: Invocation,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE…", help="Files and folders; - is standard input."),
    ] = None,
    log_group: Annotated[
        str | None, typer.Option("--log-group", metavar="NAME", help="Read this log group instead.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Of the log group: since then.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Until then. Default: now.")
    ] = None,
    rate: Annotated[
        float, typer.Option("--rate", min=0.1, help="The most events a second.")
    ] = _RATE,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue where an interrupted replay stopped.")
    ] = False,
) -> int:
    """Put recorded ECS events on the ingest queue, so that the past before the stack is known.

    Task overrides, which can hold secrets, are dropped before an event is sent. Events older than
    the stack's RetentionDays are left out. Needs leave to assume the stack's operator role.
    """
    if bool(files) == bool(log_group):
        raise UsageError("name FILEs, or a --log-group")
    if (start or end) and not log_group:
        raise UsageError("--from and --to are for a --log-group")
    stack = _stack_of(invocation)
    place = _place(stack, files or [], log_group, start, end, resume=resume)
    items = (
        _of_group(invocation, stack, log_group, start, end, place.counts.begun)
        if log_group
        else _of_files(inputs.files_of(files or []))
    )
    return _run(invocation, stack, place, items, rate)


def _stack_of(invocation: Invocation) -> Stack:
    if invocation.options.url and not invocation.options.stack:
        raise UsageError("an API alone has no queue: name the stack with --stack instead of --url")
    return invocation.stack


def _run(
    invocation: Invocation, stack: Stack, place: Place, items: Iterable[Item], rate: float
) -> int:
    sqs = queues_of(stack)
    url = stack.output("IngestQueueUrl")
    sender: Sender[Message] = Sender(sqs, url, rate)
    backlog = Backlog(sqs, url)
    with advancing("Replaying", None) as advance:
        one = Replay(place, _oldest(stack), lambda counts: _show(advance, counts))
        try:
            counts = one.run(items, sender)
        except BaseException:
            say("the same command with --resume continues; at most one batch is sent twice")
            raise
        left = backlog.wait(lambda count: advance.to(0, f"{count:,} wait on the queue"))
    place.forget()
    letters, whole = _dead_letters(stack, sqs, one, counts)
    _summarise(invocation, one, counts, left, letters, whole=whole)
    failed = counts.unreadable + counts.refused + letters + left
    return INCOMPLETE if failed else DONE


def _of_files(files: list[str]) -> Iterator[Item]:
    for file in files:
        yield from recorded.read_stream(inputs.open_binary(file), file)


def _of_group(
    invocation: Invocation,
    stack: Stack,
    group: str,
    start: str | None,
    end: str | None,
    begun: float,
) -> Iterator[Item]:
    """Read a log group; without an end, up to when the replay first began."""
    first = int(invocation.moment(start).at.timestamp() * 1000) if start else 0
    last = int(invocation.moment(end).at.timestamp() * 1000) if end else int(begun * 1000)
    if first >= last:
        raise UsageError("--from must be before --to")
    return read_log_group(stack.client("logs"), group, first, last)


def _place(
    stack: Stack,
    files: list[str],
    group: str | None,
    start: str | None,
    end: str | None,
    *,
    resume: bool,
) -> Place:
    run = {"stack": stack.name, "files": files, "group": group, "from": start, "to": end}
    if group:
        path = Path(f".{group.strip('/').replace('/', '_')}.ecs-ip-replay")
    else:
        first = Path(files[0]).absolute()
        path = first.with_name(f".{first.name}.ecs-ip-replay")
    return Place(None if inputs.STANDARD_INPUT in files else path, run, resume=resume)


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


def _summarise(
    invocation: Invocation, one: Replay, counts: Counts, left: int, letters: int, *, whole: bool
) -> None:
    begun = datetime.fromtimestamp(counts.begun).astimezone().isoformat(timespec="seconds")
    summary = {
        "begun": begun,
        "sent": counts.sent,
        "olderThanRetention": counts.older,
        "notTaskEvents": counts.other,
        "unreadable": counts.unreadable,
        "refused": counts.refused,
        "deadLetters": letters,
        "allDeadLettersRead": whole,
        "stillQueued": left,
        "unreadableLines": [
            {"file": line.file, "line": line.line, "reason": line.reason} for line in one.named
        ],
    }
    output = invocation.output
    if output.format == "json":
        output.json(summary)
        return
    del summary["unreadableLines"]  # they were told as they came
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

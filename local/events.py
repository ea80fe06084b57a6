"""Recorded ECS events: read from a folder, and put on the queue as EventBridge delivers them."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched
from pathlib import Path

from ecs_ip.recorded import BadLine, read_recorded
from local.stack import Stack

_GIVE_UP_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.03


class UnreadableEventsError(Exception):
    """The events cannot be replayed; the text names the file and the reason."""


class UndeliveredError(Exception):
    """The events do not leave the queue."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be processed."""

    body: str
    reason: str | None


def read_events(folder: Path, unreadable: Callable[[BadLine], None] | None = None) -> list[str]:
    """Read a folder of recorded events, at all depths, as `ecs-ip replay` does; return messages.

    Tell what is no event to `unreadable`; without it, and where nothing else is there, raise
    UnreadableEventsError.
    """
    if not folder.is_dir():
        raise UnreadableEventsError(f"{folder} is not a folder")
    bodies: list[str] = []
    bad: list[BadLine] = []
    try:
        for found in read_recorded([folder]):
            if isinstance(found, BadLine):
                bad.append(found)
            else:
                bodies.append(json.dumps(found.event))
    except OSError as error:
        raise UnreadableEventsError(f"{error.filename} cannot be read: {error.strerror}") from None
    if bad and not (bodies and unreadable):
        raise UnreadableEventsError(_told(bad))
    if not bodies:
        raise UnreadableEventsError(f"{folder} holds no events")
    for each in bad:
        if unreadable:
            unreadable(each)
    return bodies


def _told(bad: Sequence[BadLine]) -> str:
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    return f"{bad[0]}{more}"


def replay(stack: Stack, bodies: Sequence[str]) -> None:
    """Put messages on the ingest queue, and wait until it is empty."""
    send(stack, bodies)
    wait_until_empty(stack, stack.outputs["IngestQueueUrl"])


def send(stack: Stack, bodies: Sequence[str]) -> None:
    """Put messages on the ingest queue."""
    for batch in batched(bodies, 10, strict=False):
        stack.operator_sqs.send_message_batch(
            QueueUrl=stack.outputs["IngestQueueUrl"],
            Entries=[{"Id": str(at), "MessageBody": body} for at, body in enumerate(batch)],
        )


def wait_until_empty(stack: Stack, url: str) -> None:
    """Wait until nothing waits on a queue or is being processed.

    Raises UndeliveredError if there is no headway for a minute.
    """
    least, until = None, time.monotonic() + _GIVE_UP_SECONDS
    while left := messages_left(stack, url):
        if least is None or left < least:
            least, until = left, time.monotonic() + _GIVE_UP_SECONDS
        if time.monotonic() > until:
            raise UndeliveredError(f"{left} messages do not leave the queue; see {stack.aws.log}")
        time.sleep(_LOOK_EVERY_SECONDS)


def messages_left(stack: Stack, url: str) -> int:
    """Count what waits on a queue or is being processed."""
    counts = stack.aws.sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    )["Attributes"]
    return sum(map(int, counts.values()))


def take_dead_letters(stack: Stack) -> list[DeadLetter]:
    """Take all messages off the ingest dead-letter queue."""
    url = stack.outputs["IngestDeadLetterQueueUrl"]
    taken: list[DeadLetter] = []
    while messages := stack.aws.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages"):
        for message in messages:
            reason = message.get("MessageAttributes", {}).get("reason")
            taken.append(DeadLetter(message["Body"], reason["StringValue"] if reason else None))
            stack.aws.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return taken

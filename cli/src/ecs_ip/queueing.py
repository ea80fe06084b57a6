"""Puts messages on a queue: ten at a time, at a limited rate, without losing any."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ecs_ip.errors import ApiError
from ecs_ip.operator_role import told

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeFilterType
    from mypy_boto3_sqs.type_defs import (
        BatchResultErrorEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

MOST_IN_A_BATCH = 10
# SQS takes 1 MiB since August 2025. A batch of several stays within the 256 KiB of before, which
# every queue takes; a single message that is larger is left to the queue's own limit.
LONGEST_BATCH = 262_144
LONGEST_MESSAGE = 1_048_576

_TRIES = 8
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0


class HasBody(Protocol):
    """Anything with the text of a message."""

    @property
    def body(self) -> str:
        """The text, in ASCII."""
        ...


MessageT = TypeVar("MessageT", bound=HasBody)
Sleep = Callable[[float], None]


def batches(messages: Iterable[MessageT]) -> Iterator[list[MessageT]]:
    """Group messages, in order, into what one request can carry."""
    batch: list[MessageT] = []
    size = 0
    for message in messages:
        length = len(message.body)
        if batch and (len(batch) == MOST_IN_A_BATCH or size + length > LONGEST_BATCH):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += length
    if batch:
        yield batch


class Sender(Generic[MessageT]):
    """Sends batches to one queue, at most `rate` messages per second."""

    def __init__(self, sqs: "SQSClient", url: str, rate: float, sleep: Sleep = time.sleep) -> None:
        self._sqs = sqs
        self._url = url
        self._rate = rate
        self._sleep = sleep
        self._free_at = time.monotonic()

    def send(self, batch: list[MessageT]) -> list[tuple[MessageT, str]]:
        """Send a batch; return the messages that the queue refuses for good, with the reason.

        Raise ApiError if it does not accept the others after all retries.
        """
        self._wait(len(batch))
        refused: list[tuple[MessageT, str]] = []
        left = batch
        for attempt in range(_TRIES):
            failed = self._sent(left)
            refused += [(left[at], why) for at, (why, final) in failed.items() if final]
            left = [left[at] for at, (_, final) in failed.items() if not final]
            if not left:
                return refused
            self._sleep(min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))
        raise ApiError(f"the queue does not take {len(left)} messages: try again later")

    def _sent(self, batch: list[MessageT]) -> dict[int, tuple[str, bool]]:
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": message.body} for number, message in enumerate(batch)
        ]
        with told("send to the queue"):
            answer = self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries)
        return {int(entry["Id"]): _reason(entry) for entry in answer.get("Failed", ())}

    def _wait(self, messages: int) -> None:
        now = time.monotonic()
        if self._free_at > now:
            self._sleep(self._free_at - now)
        self._free_at = max(self._free_at, now) + messages / self._rate


def _reason(entry: "BatchResultErrorEntryTypeDef") -> tuple[str, bool]:
    return f"{entry['Code']}: {entry.get('Message', '')}", entry["SenderFault"]


class Backlog:
    """The messages that wait on a queue or are being processed; SQS counts only roughly."""

    def __init__(self, sqs: "SQSClient", url: str, sleep: Sleep = time.sleep) -> None:
        self._sqs = sqs
        self._url = url
        self._sleep = sleep

    def count(self) -> int:
        """Count the messages."""
        with told("count what waits on the queue"):
            counts = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=_COUNTS)
        return sum(map(int, counts["Attributes"].values()))

    def wait(self, show: Callable[[int], None], give_up: float = 300.0) -> int:
        """Wait until the queue is empty; return how many messages are left.

        Three counts in a row must agree. Other traffic can keep the queue from ever being empty:
        give up if the count does not fall below its least for `give_up` seconds.
        """
        least, patient_until = None, time.monotonic() + give_up
        calm = 0
        while True:
            left = self.count()
            show(left)
            calm = 0 if left else calm + 1
            if calm == _CALM_COUNTS:
                return 0
            if least is None or left < least:
                least, patient_until = left, time.monotonic() + give_up
            if time.monotonic() > patient_until:
                return left
            self._sleep(_SECONDS_BETWEEN_COUNTS)


_CALM_COUNTS = 3
_SECONDS_BETWEEN_COUNTS = 1.0
_COUNTS: "list[QueueAttributeFilterType]" = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]

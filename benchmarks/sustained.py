"""A sustained load through the deployed stack: every event sent, every task found as it ended.

The stack is the one that ships, deployed to the embedded AWS. That AWS, on this machine, is what
bounds the rate; the figure says that nothing is lost, not how fast AWS would be.
"""

import time
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any, NamedTuple

from benchmarks.lives import bodies
from local.events import wait_until_empty
from local.stack import Stack, deployed_stack


class Load(NamedTuple):
    """What was sent, and what became of it."""

    events: int
    seconds: float
    tasks: int
    ended: int
    """Tasks whose record says that they stopped."""

    @property
    def lost(self) -> int:
        """Tasks whose end did not arrive."""
        return self.tasks - self.ended


def measured(said: Callable[[str], None], *, seconds: int = 60, a_second: int = 30) -> Load:
    """Send events at a steady rate, the events of each task in their order."""
    tasks = seconds * a_second // 6
    lives = [bodies(number) for number in range(tasks)]
    events = [lives[at][step] for step in range(6) for at in range(tasks)]
    said("deploying the stack")
    with deployed_stack() as stack:
        started = time.monotonic()
        for number, some in enumerate(batched(events, 10, strict=False)):
            time.sleep(max(0.0, started + number * 10 / a_second - time.monotonic()))
            _send(stack, some)
            if number % 30 == 0:
                said(f"sent {number * 10:,} of {len(events):,} events")
        wait_until_empty(stack, stack.outputs["IngestQueueUrl"])
        took = time.monotonic() - started
        ended = sum(record["live"] is False for record in _history(stack))
    return Load(len(events), took, tasks, ended)


def _send(stack: Stack, some: tuple[str, ...]) -> None:
    entries: Any = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(some)]
    sent = stack.operator_sqs.send_message_batch(
        QueueUrl=stack.outputs["IngestQueueUrl"], Entries=entries
    )
    if sent.get("Failed"):
        raise RuntimeError(f"not sent: {sent['Failed']}")


def _history(stack: Stack) -> Iterator[dict[str, Any]]:
    """Read every task of the recorded service."""
    asked: dict[str, Any] = {"from": "2026-11-01T00:00:00Z", "limit": 1_000}
    return iter(stack.api.items("/services/shop/web/history", **asked))

"""Listens to the change bus as a consumer does: a rule and a queue of its own."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from local.embedded import ACCOUNT, REGION
from local.stack import Stack
from tests.support.event_contract import check

type Event = dict[str, Any]

_GIVE_UP_SECONDS = 60


class Subscription:
    """The events of a rule, each validated and, unless asked for, without delivered duplicates."""

    def __init__(self, stack: Stack, url: str) -> None:
        self._sqs = stack.aws.sqs
        self._url = url
        self.events: dict[str, Event] = {}
        self.deliveries = 0

    def until(self, count: int, *, quiet: float = 1.0) -> list[Event]:
        """Wait for so many events; then listen for a little longer, for what should not come."""
        give_up = time.monotonic() + _GIVE_UP_SECONDS
        while len(self.events) < count:
            assert time.monotonic() < give_up, f"{len(self.events)} of {count} events came"
            if self._take(wait=1):
                give_up = time.monotonic() + _GIVE_UP_SECONDS
        quiet_until = time.monotonic() + quiet
        while time.monotonic() < quiet_until:
            if self._take(wait=0):
                quiet_until = time.monotonic() + quiet
            time.sleep(0.05)
        return list(self.events.values())

    def _take(self, *, wait: int) -> bool:
        messages = self._sqs.receive_message(
            QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=wait
        ).get("Messages", [])
        for message in messages:
            event = json.loads(message["Body"])
            check(event)
            self.deliveries += 1
            self.events.setdefault(event["detail"]["metadata"]["id"], event)
        if messages:
            self._sqs.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(messages)
                ],
            )
        return bool(messages)


@contextmanager
def subscribed(stack: Stack, **data: list[Any]) -> Iterator[Subscription]:
    """Subscribe to events whose `data` is so; when the context ends, nothing of it is left."""
    name, bus = f"test-{uuid4()}", stack.outputs["ChangeBusName"]
    url = stack.aws.sqs.create_queue(QueueName=name)["QueueUrl"]
    pattern = {"source": ["ecs.ip-inventory"], "detail": {"data": data}}
    stack.aws.events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    stack.aws.events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    try:
        yield Subscription(stack, url)
    finally:
        stack.aws.events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
        stack.aws.events.delete_rule(Name=name, EventBusName=bus)
        stack.aws.sqs.delete_queue(QueueUrl=url)

"""Sends events to EventBridge and reports those it refused."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import SystemRandom
from time import sleep
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from core.task.changes import ChangeEvent, published_again
from core.text.instant import Instant

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "ecs.ip-inventory"

_ENTRIES_A_CALL = 10
_RANDOM = SystemRandom()
# EventBridge has accepted 1 MB per call since 2026, 256 KB before; ten records are about 25 KB.
_BYTES_A_CALL = 256 * 1024
_PAUSES = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Longest pauses between attempts, in seconds; the actual pause is at least half as long."""


class ChangeBus:
    """The EventBridge bus for our own events."""

    def __init__(
        self, client: "EventBridgeClient", name: str, *, sleep: Callable[[float], None] = sleep
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep

    def entry(self, event: ChangeEvent) -> "PutEventsRequestEntryTypeDef":
        """Return an event as an entry of PutEvents."""
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": event.detail_type,
            "Resources": [event.task_arn],
            "Detail": _compact(event.detail),
        }

    def again(
        self, entry: "PutEventsRequestEntryTypeDef", published_at: Instant
    ) -> "PutEventsRequestEntryTypeDef":
        """Return a refused entry, dated for when it is sent again."""
        detail = published_again(json.loads(entry["Detail"]), published_at)
        return {**entry, "Detail": _compact(detail)}

    def is_of(self, entry: "Mapping[str, Any]") -> bool:
        """Return whether an entry is for this bus and from us."""
        return (entry.get("EventBusName"), entry.get("Source")) == (self._name, SOURCE)

    def put(
        self,
        entries: "Sequence[PutEventsRequestEntryTypeDef]",
        *,
        has_time: Callable[[], bool],
    ) -> Mapping[int, str]:
        """Put entries. Return index -> reason for entries still refused after retries.

        Only refused entries are retried, a few times and with growing pauses, while `has_time`
        returns True before each call.
        """
        refused = self._attempt(dict(enumerate(entries)), has_time)
        for pause in _PAUSES:
            if not refused or not has_time():
                break
            self._sleep(_RANDOM.uniform(pause / 2, pause))
            refused = self._attempt({index: entries[index] for index in refused}, has_time)
        return refused

    def _attempt(
        self, entries: "Mapping[int, PutEventsRequestEntryTypeDef]", has_time: Callable[[], bool]
    ) -> dict[int, str]:
        refused: dict[int, str] = {}
        for some in _calls(entries):
            if not has_time():
                refused |= dict.fromkeys(some, "there was no time left to try")
                continue
            try:
                answer = self._client.put_events(Entries=[entries[index] for index in some])
            except (BotoCoreError, ClientError) as error:
                refused |= dict.fromkeys(some, str(error))
                continue
            refused |= {
                index: f"{result['ErrorCode']}: {result.get('ErrorMessage', '')}"
                for index, result in zip(some, answer["Entries"], strict=True)
                if "ErrorCode" in result
            }
        return refused


def _compact(detail: Any) -> str:
    return json.dumps(detail, separators=(",", ":"), ensure_ascii=False)


def _calls(entries: "Mapping[int, PutEventsRequestEntryTypeDef]") -> Iterator[list[int]]:
    """Split entries into calls, in order; one that is too large goes alone."""
    some: list[int] = []
    total = 0
    for index, entry in entries.items():
        size = _size(entry)
        if len(some) == _ENTRIES_A_CALL or (some and total + size > _BYTES_A_CALL):
            yield some
            some, total = [], 0
        some.append(index)
        total += size
    if some:
        yield some


def _size(entry: Any) -> int:
    """Return slightly more than the size in bytes that EventBridge counts."""
    return len(json.dumps(entry, ensure_ascii=False).encode())

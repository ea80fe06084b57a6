"""A stand-in for EventBridge's PutEvents that keeps what it takes and refuses at will."""

from collections.abc import Callable, Sequence
from typing import Any

from botocore.exceptions import ClientError

type Entry = Any
type Refuses = Callable[[Entry], bool]


class FakeEventBridge:
    """Takes entries as EventBridge does: at most ten a call, each accepted or refused alone."""

    def __init__(self, refuses: Refuses = lambda _: False, *, failing_calls: int = 0) -> None:
        self.refuses = refuses
        self.failing_calls = failing_calls
        self.calls: list[Sequence[Entry]] = []
        self.accepted: list[Entry] = []

    def put_events(self, *, Entries: Sequence[Entry]) -> dict[str, Any]:  # noqa: N803 - boto3's
        assert 1 <= len(Entries) <= 10
        self.calls.append(Entries)
        if len(self.calls) <= self.failing_calls:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutEvents")
        results = [self._put(entry) for entry in Entries]
        failed = sum("ErrorCode" in result for result in results)
        return {"FailedEntryCount": failed, "Entries": results}

    def _put(self, entry: Entry) -> dict[str, str]:
        if self.refuses(entry):
            return {"ErrorCode": "InternalFailure", "ErrorMessage": "try again"}
        self.accepted.append(entry)
        return {"EventId": str(len(self.accepted))}


def refuses_every_other() -> Refuses:
    """Refuse the first of two, whatever they are; what is refused once can be taken later."""
    count = 0

    def refuses(_: Entry) -> bool:
        nonlocal count
        count += 1
        return count % 2 == 1

    return refuses

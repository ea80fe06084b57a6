"""The queue of the sweep's own messages."""

import json
from collections.abc import Iterable, Mapping
from itertools import batched
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_MESSAGES_A_CALL = 10


class NotSentError(Exception):
    """SQS did not take some messages of a batch."""


class Queue:
    """An SQS queue that takes JSON messages."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Send messages; raises if one of them was not taken, when others may have been."""
        for some in batched(messages, _MESSAGES_A_CALL, strict=False):
            answer = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "MessageBody": json.dumps(message)}
                    for number, message in enumerate(some)
                ],
            )
            if failed := answer.get("Failed"):
                raise NotSentError(f"{failed[0]['Code']}: {failed[0].get('Message', '')}")

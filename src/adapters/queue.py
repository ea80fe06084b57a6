"""Sends the sweep's own messages to SQS."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class Queue:
    """An SQS queue that takes JSON messages."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Send messages one by one; errors of botocore propagate."""
        for message in messages:
            self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(message))

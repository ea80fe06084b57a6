"""The dead-letter queue: messages that cannot be processed, with the reason."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class DeadLetterQueue:
    """An SQS queue for messages that a later release, or a person, must look at."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def put(self, body: str, reason: str) -> None:
        """Store a message; errors of botocore propagate.

        The body can be sent back to its queue. The reason is the message attribute `reason`.
        """
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
        )

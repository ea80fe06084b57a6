"""Watches what a client asks of AWS, and answers in its stead."""

import json
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

type Json = dict[str, Any]

type Answer = Callable[[Json], Json | Exception | None]
"""Answers a request's body, with an `Error` if so; None lets the request through."""

THROTTLED: Json = {
    "Error": {
        "Code": "ProvisionedThroughputExceededException",
        "Message": "The level of configured provisioned throughput for the table was exceeded.",
    },
}


class Calls:
    """Sees every request of a boto3 client that speaks JSON, and answers those it is told to."""

    def __init__(self, client: Any) -> None:
        self.seen: list[tuple[str, Json]] = []
        self.answers: dict[str, Answer] = {}
        client.meta.events.register("before-call", self._call)

    def of(self, operation: str) -> list[Json]:
        """List the bodies of the requests for one operation."""
        return [body for name, body in self.seen if name == operation]

    def _call(self, model: Any, params: Json, **_: Any) -> tuple[AWSResponse, Json] | None:
        body = json.loads(params["body"])
        self.seen.append((model.name, body))
        answer = self.answers[model.name](body) if model.name in self.answers else None
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return None
        return AWSResponse("", 400 if "Error" in answer else 200, HTTPHeaders(), None), answer

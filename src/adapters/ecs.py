"""Reads Amazon ECS for the sweep: lists and descriptions, at a limited rate."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from core.sweep.ecs import Described, Listing
from core.text.arn import TaskArn
from core.text.instant import Instant

if TYPE_CHECKING:
    from mypy_boto3_ecs import ECSClient

_CLUSTER_NOT_FOUND = "ClusterNotFoundException"
_MISSING = "MISSING"


class UnexplainedFailureError(Exception):
    """ECS could not describe a task for a reason other than not knowing it."""


class Pace:
    """Spaces requests evenly."""

    def __init__(
        self,
        a_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval = 1 / a_second
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def wait(self) -> None:
        """Wait until the next request is due."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._interval


class EcsReader:
    """Implements `core.sweep.ecs.Ecs`. Errors of botocore propagate."""

    def __init__(self, client: "ECSClient", pace: Pace, clock: Callable[[], Instant]) -> None:
        self._client = client
        self._pace = pace
        self._clock = clock

    def clusters(self, token: str | None) -> Listing:
        self._pace.wait()
        answer = self._client.list_clusters(**_page(token))
        return Listing(answer["clusterArns"], answer.get("nextToken"))

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        self._pace.wait()
        request: Any = {"cluster": cluster_arn, "desiredStatus": desired_status, **_page(token)}
        try:
            answer = self._client.list_tasks(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != _CLUSTER_NOT_FOUND:
                raise
            return None
        return Listing(answer["taskArns"], answer.get("nextToken"))

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        self._pace.wait()
        asked_at = self._clock()
        try:
            answer = self._client.describe_tasks(cluster=cluster_arn, tasks=task_arns)
        except ClientError as error:
            if error.response["Error"]["Code"] != _CLUSTER_NOT_FOUND:
                raise
            missing = frozenset(TaskArn(arn).name for arn in task_arns)
            return Described(asked_at, self._clock(), missing=missing, cluster_gone=True)
        failures = answer["failures"]
        for failure in failures:
            if failure.get("reason") != _MISSING:
                raise UnexplainedFailureError(f"{failure.get('arn')}: {failure.get('reason')}")
        missing = frozenset(failure["arn"].rpartition("/")[2] for failure in failures)
        if len(answer["tasks"]) + len(missing) < len(task_arns):
            raise UnexplainedFailureError(f"{cluster_arn}: some tasks are left out of the answer")
        return Described(asked_at, self._clock(), answer["tasks"], missing)


def _page(token: str | None) -> Any:
    return {"maxResults": 100} if token is None else {"maxResults": 100, "nextToken": token}

"""The port to Amazon ECS: what a sweep asks, and the answers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from core.text.instant import Instant


class Listing(NamedTuple):
    """A page of ARNs, and the token of the next one."""

    arns: Sequence[str]
    next_token: str | None = None


class Described(NamedTuple):
    """What DescribeTasks answered.

    It was true at some instant from one minute before `asked_at` to `answered_at`.
    """

    asked_at: Instant
    answered_at: Instant
    tasks: Sequence[Mapping[str, Any]] = ()
    missing: Collection[str] = ()
    """The ids of tasks that ECS does not know."""
    cluster_gone: bool = False
    """The cluster does not exist; all its tasks are missing."""


class Ecs(Protocol):
    """What a sweep asks Amazon ECS."""

    def clusters(self, token: str | None) -> Listing:
        """List the clusters of this account and region."""
        ...

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        """List at most 100 tasks of a cluster; return None if the cluster does not exist."""
        ...

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        """Describe at most 100 tasks of a cluster."""
        ...

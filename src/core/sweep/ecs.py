"""What a sweep asks Amazon ECS, and what it gets back."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from core.text.instant import Instant


class Listing(NamedTuple):
    """A page of ARNs, and the token of the next one."""

    arns: Sequence[str]
    next_token: str | None = None


class Described(NamedTuple):
    """What DescribeTasks answered, true of some instant between the two."""

    asked_at: Instant
    answered_at: Instant
    tasks: Sequence[Mapping[str, Any]] = ()
    missing: Collection[str] = ()
    """The ids of tasks that ECS does not know."""
    cluster_gone: bool = False
    """There is no such cluster; all its tasks are missing."""


class Ecs(Protocol):
    """What a sweep asks Amazon ECS."""

    def clusters(self, token: str | None) -> Listing:
        """List the clusters of this account and region."""
        ...

    def tasks(self, cluster_arn: str, desired_status: str, token: str | None) -> Listing | None:
        """List at most 100 tasks of a cluster; None where there is no such cluster."""
        ...

    def describe(self, cluster_arn: str, task_arns: Sequence[str]) -> Described:
        """Describe at most 100 tasks of a cluster."""
        ...

"""The 404 for names that were never seen: a typo must not empty an allow-list."""

from http import HTTPStatus

from core.answers.current import TaskFilter
from core.table.seen_names import CLUSTER, GROUP, begins
from core.table.store import Store
from core.text.arn import ClusterArn
from handlers.responses import ProblemError


def require_seen(store: Store, wanted: TaskFilter) -> None:
    """Raise a 404 if the cluster or the service of a filter was never seen.

    Call this only if nothing was found, so that it costs nothing otherwise.
    """
    if wanted.cluster is not None and not _is_cluster(store, wanted):
        raise _not_found(f"Cluster {wanted.cluster_arn or wanted.cluster!r} has never been seen.")
    group = wanted.group or ("" if wanted.service is None else f"service:{wanted.service}")
    kind, _, service = group.partition(":")
    if kind == "service" and not _is_group(store, wanted, group):
        where = "" if wanted.cluster is None else f" in cluster {wanted.cluster!r}"
        raise _not_found(f"Service {service!r} has never been seen{where}.")


def _is_cluster(store: Store, wanted: TaskFilter) -> bool:
    return _is_noted(store, wanted, CLUSTER, wanted.cluster or "")


def _is_group(store: Store, wanted: TaskFilter, group: str) -> bool:
    if wanted.cluster is not None:
        return _is_noted(store, wanted, GROUP, wanted.cluster, group)
    return any(f"#{group}#" in note.name for note in store.notes(begins(GROUP)))


def _is_noted(store: Store, wanted: TaskFilter, kind: str, *parts: str) -> bool:
    """Return whether a note exists; for a cluster ARN, one of that account and Region."""
    beginning = begins(kind, *parts)
    home = "" if wanted.cluster_arn is None else ClusterArn(wanted.cluster_arn).home
    return bool(store.notes(beginning._replace(name=beginning.name + home), 1))


def _not_found(detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.NOT_FOUND, detail)

"""What the routes of the API share: the request's parameters, the coverage, the VPCs."""

from collections.abc import Iterable, Sequence
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import BaseRouter

from core.coverage import ClusterCoverage, Coverage, coverage
from core.instant import SECOND, Duration, Instant
from core.record import Record
from core.store import Store
from core.view import record_as_json
from core.vpc import KnownVpcs, located
from handlers import wiring
from handlers.http import Parameters

_COVERAGE_KEPT: Duration = 5 * SECOND
"""What sweeps have covered only grows: a little old, it claims too little, never too much."""

_known_vpcs = KnownVpcs()
_coverage: tuple[Store, Instant, Sequence[ClusterCoverage]] | None = None


def parameters(router: BaseRouter) -> Parameters:
    """Take the query parameters of the request."""
    return Parameters(router.current_event.raw_event.get("multiValueQueryStringParameters") or {})


def horizon(now: Instant) -> Instant:
    """Tell when a task must have ended to be forgotten by now, whether it is deleted or not."""
    return now - wiring.settings().retention


def known_coverage(now: Instant) -> Coverage:
    """Tell what is covered, going by what was read some seconds ago at the most."""
    global _coverage  # noqa: PLW0603 - a Lambda function keeps its memory between requests
    store = wiring.store()
    if _coverage is None or _coverage[0] is not store or now - _coverage[1] >= _COVERAGE_KEPT:
        _coverage = store, now, store.coverages()
    return coverage(_coverage[2], now=now, retention=wiring.settings().retention)


def with_vpcs(records: Iterable[Record]) -> list[Record]:
    """Fill in the VPCs that are known by now."""
    listed = list(records)
    vpcs = _known_vpcs.among(listed, wiring.store(), wiring.now())
    return [located(record, vpcs) for record in listed]


def as_json(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Write records as outsiders see them."""
    return [record_as_json(record) for record in records]

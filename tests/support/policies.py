"""A reading of resource policies, as far as this project's go."""

import re
from collections.abc import Mapping
from typing import Any

type Request = Mapping[str, str]
"""Context keys of a request, in lower case; one that AWS would not set is not there."""


def denies(policy: Mapping[str, Any], action: str, request: Request) -> bool:
    """Whether a statement that names everybody denies an action."""
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and _names(statement["Action"], action)
        and _met(statement.get("Condition", {}), request)
        for statement in policy["Statement"]
    )


def allows_service(policy: Mapping[str, Any], action: str, service: str, request: Request) -> bool:
    """Whether a policy lets a service of AWS do something."""
    return not denies(policy, action, request) and any(
        statement["Effect"] == "Allow"
        and statement["Principal"] == {"Service": service}
        and _names(statement["Action"], action)
        and _met(statement.get("Condition", {}), request)
        for statement in policy["Statement"]
    )


def _names(actions: str | list[str], action: str) -> bool:
    return any(_like(action, it) for it in ([actions] if isinstance(actions, str) else actions))


def _like(value: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), value) is not None


def _met(conditions: Mapping[str, Mapping[str, Any]], request: Request) -> bool:
    return all(
        _holds(operator, request.get(key.lower()), [wanted] if isinstance(wanted, str) else wanted)
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    """Compare as IAM does: a key that is absent satisfies a negated operator, and no other."""
    if operator in {"ArnNotLike", "ArnNotEquals", "StringNotEquals"}:
        return value is None or not any(_like(value, it) for it in wanted)
    if operator in {"ArnEquals", "StringEquals", "Bool"}:
        return value is not None and any(_like(value, it) for it in wanted)
    raise ValueError(f"a policy uses {operator}")

"""What the API says when it does not answer a question, told in one line."""

import json
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from ecs_ip.errors import ApiError

_PROBLEM = "application/problem+json"
_LONGEST = 300


def refusal(
    status: int, headers: Mapping[str, str], body: bytes, url: str, asked: Iterable[str]
) -> ApiError:
    """Return the error for an answer that is not 200; `asked` names the query's parameters."""
    problem = _problem(headers, body)
    said = _said(problem, body, frozenset(asked))
    return ApiError(_told(status, problem, said, url), status, problem)


def _told(status: int, problem: dict[str, Any], said: str, url: str) -> str:
    if status == HTTPStatus.FORBIDDEN:
        return (
            f"not allowed to ask the API (403: {said}): the credentials need execute-api:Invoke "
            "on it, and must not have expired"
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return (
            "the API was throttled to the end (429): ask again later, ask for less at once, "
            "or raise the stack's ApiRateLimit"
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"the API failed ({status}: {said}): try again later"
    if problem:
        return said
    return f"{url} answered {status}: is it the address of an ECS IP Inventory API?"


def _problem(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if not headers.get("content-type", "").startswith(_PROBLEM):
        return {}
    try:
        problem = json.loads(body)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def reason(problem: Mapping[str, Any], asked: frozenset[str] = frozenset()) -> str:
    """Return what an RFC 9457 problem says: its faults by parameter, else its detail."""
    errors = problem.get("errors") or []
    named = [f"{_option(error['parameter'], asked)}: {error['reason']}" for error in errors]
    return "; ".join(named) or problem.get("detail") or problem.get("title") or ""


def _said(problem: dict[str, Any], body: bytes, asked: frozenset[str]) -> str:
    text = reason(problem, asked) or body.decode("utf-8", "replace") or "no reason given"
    return " ".join(text.split())[:_LONGEST]


def _option(parameter: str, asked: frozenset[str]) -> str:
    """Return a parameter as the person typed it: `--launch-type` for `launchType`."""
    if parameter not in asked:
        return parameter
    return "--" + re.sub(r"(?=[A-Z])", "-", parameter).lower()

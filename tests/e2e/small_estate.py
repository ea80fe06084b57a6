"""The tasks that the tests of the API tell the deployed stack of, and how to ask for them."""

import json
from typing import Any

import pytest

from core.text.instant import HOUR, MINUTE, SECOND, to_text
from tests.support.tasks import ACCOUNT, NOON, eni, event

CLUSTER = "api-tests"
HISTORY = f"from={to_text(NOON - HOUR)}&to={to_text(NOON + HOUR)}"
MANY = [f"more-{n}" for n in range(30)]
OTHER_ACCOUNT = "444455556666"

NOW = f"/tasks?cluster={CLUSTER}"
THEN = f"{NOW}&at={to_text(NOON)}"
WINDOW = f"{NOW}&{HISTORY}"
EXPECTED = {
    NOW: ["second", "elsewhere", *MANY],
    THEN: ["first", "elsewhere", "report", *MANY],
    WINDOW: ["first", "second", "elsewhere", "report", *MANY],
}
FORMS = pytest.mark.parametrize("target", EXPECTED, ids=["now", "at", "window"])


def interface(address: str, number: int, subnet: str, status: str) -> list[Any]:
    eni_id = f"eni-api{number}"
    return [
        eni(status=status, privateIPv4Address=address, networkInterfaceId=eni_id, subnetId=subnet)
    ]


def told(task_id: str, address: str, number: int, cluster: str = CLUSTER, **detail: Any) -> Any:
    """Say what ECS says of a task; `number` is that of its interface."""
    subnet, status = detail.pop("subnet", "subnet-api"), detail.pop("status", "ATTACHED")
    attachments = interface(address, number, subnet, status)
    return event(task_id, cluster, attachments=attachments, **detail)


STOPPED: dict[str, Any] = {
    "lastStatus": "STOPPED",
    "desiredStatus": "STOPPED",
    "version": 6,
    "status": "DELETED",
}
ENDED = STOPPED | {"updatedAt": to_text(NOON + MINUTE), "stoppedAt": to_text(NOON + MINUTE)}
# Proof that what holds an address still did so: no sweep ever confirms it, as ECS is empty here.
SEEN_LATE: dict[str, Any] = {"updatedAt": to_text(NOON + 30 * MINUTE)}


def events() -> list[Any]:
    """Give the events of some tasks: an address that changed hands, and one in two subnets."""
    twin = told(
        "twin", "10.77.2.1", 4, f"{CLUSTER}-twins", subnet="subnet-twin", group="service:twin"
    )
    report = {"attachments": None, "group": "family:report", "launchType": "EC2"}
    return [
        told("first", "10.77.0.1", 1, startedAt=to_text(NOON)),
        told("first", "10.77.0.1", 1, **ENDED, executionStoppedAt=to_text(NOON + 50 * SECOND),
             stopCode="EssentialContainerExited", stoppedReason="Essential container exited"),
        told("second", "10.77.0.1", 2, createdAt=to_text(NOON + 30 * SECOND),
             startedAt=to_text(NOON + MINUTE), **SEEN_LATE),
        told("elsewhere", "10.77.0.1", 3, subnet="subnet-api-2", group="service:api",
             startedAt=to_text(NOON), capacityProviderName="FARGATE_SPOT", **SEEN_LATE),
        *(told(name, f"10.77.1.{n}", 10 + n, group="service:many") for n, name in enumerate(MANY)),
        event("report", CLUSTER, **report),
        event("report", CLUSTER, **report, lastStatus="STOPPED", version=6,
              stoppedAt=to_text(NOON + 2 * MINUTE), stopCode="EssentialContainerExited"),
        *in_two_accounts(twin),
    ]  # fmt: skip


def in_two_accounts(body: Any) -> list[Any]:
    """Tell of one task twice, in clusters of one name."""
    text = json.dumps(body)
    return [json.loads(text), json.loads(text.replace(ACCOUNT, OTHER_ACCOUNT))]

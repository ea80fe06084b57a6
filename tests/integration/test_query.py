"""Function `query` on DynamoDB: what it asks of the table, and what it makes of refusals."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from core.text.instant import HOUR, SECOND, to_text
from handlers import wiring
from tests.integration.conftest import NOW, Service
from tests.support.asking import Inventory, check_problem
from tests.support.aws_calls import THROTTLED
from tests.support.tasks import NOON, event, task


@pytest.fixture
def api(service: Service) -> Inventory:
    """Give the API over the service's table."""
    return Inventory(store=service.store, now=NOW)


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_a_walk_lists_every_task_once(api: Inventory, limit: int) -> None:
    names = [f"a{number}" for number in range(8)]
    api.put(*(task(name, ("shop", "bank")[number % 2]) for number, name in enumerate(names)))
    for filters, found in (("", names), ("&cluster=bank", names[1::2])):
        pages = api.pages(f"/tasks?limit={limit}{filters}")
        assert sorted(item["taskId"] for page in pages for item in page["items"]) == found


@pytest.mark.parametrize(
    "subnets, query, queries", [(1, "", 2), (4, "", 2), (4, "subnetId=subnet-2", 3)]
)
def test_a_point_query_asks_the_index_a_few_times_and_the_table_once(
    api: Inventory, service: Service, subnets: int, query: str, queries: int
) -> None:
    api.put(
        *(
            task(
                f"{letter}{number}",
                subnet=f"subnet-{number}",
                created=attached,
                attached=attached,
                last_held=attached + 3 * SECOND,
            )
            for number in range(subnets)
            for letter, attached in (("a", NOON), ("b", NOON + SECOND), ("c", NOON + HOUR))
        )
    )
    calls = service.dynamodb_calls()
    answer = api.get(f"/ips/10.0.4.128?at={to_text(NOON + 2 * SECOND)}&{query}").json
    assert {task_id[0] for task_id in (record["taskId"] for record in answer["holders"])} == {"b"}
    index_reads = [body for body in calls.of("Query") if body.get("IndexName") == "ipv4"]
    assert len(index_reads) == queries
    assert len(calls.of("BatchGetItem")) == 1
    assert calls.of("Scan") == []


def test_the_status_tells_of_the_last_event_and_of_coverage(
    api: Inventory, service: Service
) -> None:
    assert api.get("/status").json == {
        "coverage": {"from": None, "to": None, "gaps": []},
        "lastEventAt": None,
        "lastReconcile": None,
        "version": wiring.VERSION,
    }
    service.ingest(event(updatedAt=to_text(NOON + 30 * SECOND)))
    assert api.get("/status").json["lastEventAt"] == to_text(NOON + 30 * SECOND)


ROUTES = [
    *("/tasks", "/tasks?cluster=shop", f"/tasks?at={NOON}", f"/tasks?cluster=shop&from={NOON}"),
    *("/tasks/shop/a1", "/ips/10.0.4.128", "/ips/10.0.4.128/history", "/enis/eni-1", "/status"),
    *("/services/shop/web/history", "/targets?port=80", "/addresses", f"/addresses?at={NOON}"),
    *("/addresses?cluster=shop&service=web&releasedWithin=60", "/subnets"),
]


@pytest.mark.parametrize("target", ROUTES)
@pytest.mark.parametrize(
    "answer",
    [
        lambda _: THROTTLED,
        lambda _: {"Error": {"Code": "AccessDeniedException", "Message": "arn:aws:iam::1:role/x"}},
        lambda _: EndpointConnectionError(endpoint_url="http://dynamodb"),
    ],
    ids=["throttled", "denied", "unreachable"],
)
def test_a_table_that_does_not_answer_is_a_503_and_never_an_empty_list(
    api: Inventory, service: Service, target: str, answer: Any
) -> None:
    calls = service.dynamodb_calls()
    for operation in ("Query", "Scan", "BatchGetItem", "GetItem"):
        calls.answers[operation] = answer
    reply = api.get(target)
    check_problem(reply, 503)
    assert reply.headers["Retry-After"] == "1"


def test_records_that_dynamodb_leaves_unread_are_a_503(api: Inventory, service: Service) -> None:
    api.put(task("a1"))
    calls = service.dynamodb_calls()
    calls.answers["BatchGetItem"] = lambda body: {
        "Responses": {},
        "UnprocessedKeys": body["RequestItems"],
    }
    check_problem(api.get("/ips/10.0.4.128"), 503)


def test_what_nobody_expected_is_a_500_that_gives_nothing_away(
    api: Inventory, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError("tasks-secret")

    monkeypatch.setattr(type(service.store), "find", broken)
    check_problem(api.get("/tasks/shop/a1"), 500)
    assert "ZeroDivisionError" in service.log.getvalue()

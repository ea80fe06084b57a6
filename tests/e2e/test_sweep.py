"""The deployed sweep, against an ECS that has tasks which no event told of."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.text.instant import HOUR, MINUTE
from local.stack import Stack
from tests.support.ecs_api import EcsApi, serve
from tests.sweep.estate import as_event


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def ecs(stack: Stack) -> Iterator[EcsApi]:
    """Serve an ECS, and have the deployed function ask it."""
    functions, name = stack.aws.functions, stack.outputs["ReconcileFunctionName"]
    given = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    with serve(EcsApi(now())) as api:
        variables = {**given, "AWS_ENDPOINT_URL_ECS": api.url, "SWEEP_REQUESTS_PER_SECOND": "2000"}
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )
        yield api
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": given})


def wait_for[Value](read: Callable[[], Value | None], seconds: float = 30) -> Value:
    """Read until there is something to read."""
    until = time.monotonic() + seconds
    while (value := read()) is None:
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.1)
    return value


def sweep(stack: Stack) -> dict[str, Any]:
    """Invoke the function by hand, as the contract has it, and wait until the sweep is over."""
    before = last_reconcile(stack)
    answer: Any = stack.aws.functions.invoke(
        FunctionName=stack.outputs["ReconcileFunctionName"], Payload=b"{}"
    )
    assert "FunctionError" not in answer, answer["Payload"].read()
    return sweep_after(stack, before)


def last_reconcile(stack: Stack) -> dict[str, Any] | None:
    last: dict[str, Any] | None = stack.api.get("/status").json()["lastReconcile"]
    return last


def sweep_after(stack: Stack, before: dict[str, Any] | None) -> dict[str, Any]:
    """Wait until another sweep is over."""
    return wait_for(lambda: last if (last := last_reconcile(stack)) != before else None)


def shown(stack: Stack, cluster: str) -> dict[str, dict[str, Any]]:
    """Read the current map of a cluster, by address."""
    answer = stack.api.get("/tasks", cluster=cluster).json()
    return {item["privateIpv4Address"]: item for item in answer["items"]}


def test_the_sweep_finds_repairs_and_closes(stack: Stack, ecs: EcsApi) -> None:
    ecs.now = now() - 3 * HOUR
    cluster = ecs.cluster("swept")
    running, vanished = ecs.start(cluster), ecs.start(cluster)
    told_at = ecs.now
    ecs.stop(vanished)
    ecs.now = now() - 20 * MINUTE
    stopped = ecs.start(cluster)
    ecs.stop(stopped)
    ecs.now = now()

    first = sweep(stack)
    assert (first["clusters"], first["tasksSeen"], first["missed"]) == (1, 2, 2)
    assert set(shown(stack, "swept")) == {running.address}
    [found] = stack.api.get(f"/ips/{stopped.address}").json()["previous"]
    assert found["source"] == "reconcile"
    coverage = stack.api.get("/status").json()["coverage"]
    assert coverage["from"] == first["startedAt"]
    assert coverage["gaps"] == []
    assert coverage["to"] is not None

    vanished.stopping_at = vanished.stopped_at = None
    event = as_event(vanished, told_at)  # it comes late, and is the last that comes
    ecs.inconsistent.add(vanished.arn)
    stack.operator_sqs.send_message(
        QueueUrl=stack.outputs["IngestQueueUrl"], MessageBody=json.dumps(event)
    )
    # Old news that leaves a task alive has its cluster swept without being asked.
    second = sweep_after(stack, first)
    assert (second["repaired"], second["closed"], second["drift"]) == (0, 1, 1)
    assert set(shown(stack, "swept")) == {running.address}
    [closed] = stack.api.get(f"/ips/{vanished.address}").json()["previous"]
    assert closed["releasedAtEstimated"]
    assert closed["missingAt"] is not None
    assert closed["lastStatus"] == "RUNNING"
    assert closed["stoppedAt"] is None


def test_the_rules_of_the_stack_ask_for_sweeps(stack: Stack) -> None:
    for rule_name in ("SweepSchedule", "DeploymentRule"):
        [rule] = stack.aws.events.list_rules(NamePrefix=f"ecs-ip-inventory-{rule_name}")["Rules"]
        [target] = stack.aws.events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        assert target["Input"] == "{}"
        assert target["Arn"].endswith(f":{target['Arn'].split(':')[-1]}")


def test_the_rule_takes_the_end_of_this_stacks_deployment(stack: Stack) -> None:
    [rule] = stack.aws.events.list_rules(NamePrefix="ecs-ip-inventory-DeploymentRule")["Rules"]
    [described] = stack.aws.cloudformation.describe_stacks(StackName="ecs-ip-inventory")["Stacks"]

    def takes(stack_id: str, status: str) -> bool:
        event = {
            "version": "0",
            "id": "7bf73129-1428-4cd3-a780-95db273d1602",
            "detail-type": "CloudFormation Stack Status Change",
            "source": "aws.cloudformation",
            "account": "123456789012",
            "time": "2026-11-20T12:00:00Z",
            "region": "eu-west-1",
            "resources": [stack_id],
            "detail": {
                "stack-id": stack_id,
                "status-details": {"status": status, "status-reason": ""},
                "client-request-token": "",
            },
        }
        return stack.aws.events.test_event_pattern(
            EventPattern=rule["EventPattern"], Event=json.dumps(event)
        )["Result"]

    assert takes(described["StackId"], "CREATE_COMPLETE")
    assert takes(described["StackId"], "UPDATE_COMPLETE")
    assert not takes(described["StackId"], "UPDATE_IN_PROGRESS")
    assert not takes(described["StackId"].replace("/", "/x"), "CREATE_COMPLETE")

"""The deployed stack: which events its rule takes, and whom its API answers."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.credentials import Credentials

from local.api import Api
from local.embedded import REGION
from local.stack import Stack
from tests.support.samples import EVENTS

RUNNING = EVENTS["fargate-service-3-running"]
UNSIGNED = [("GET", "/tasks"), ("GET", "/status"), ("POST", "/tasks"), ("GET", "/no/such/path")]


def takes(stack: Stack, event: Mapping[str, Any]) -> bool:
    """Ask EventBridge whether the deployed rule takes an event."""
    [rule] = stack.aws.events.list_rules(NamePrefix="ecs-ip-inventory-TaskStateChangeRule")["Rules"]
    asked = stack.aws.events.test_event_pattern(
        EventPattern=rule["EventPattern"], Event=json.dumps(event)
    )
    return asked["Result"]


def test_the_rule_takes_every_sample_event(stack: Stack) -> None:
    for event in EVENTS.values():
        assert takes(stack, event)


@pytest.mark.parametrize(
    "other",
    [
        {"source": "aws.ec2"},
        {"source": "mine.ecs"},
        {"detail-type": "ECS Service Action"},
        {"detail-type": "ECS Container Instance State Change"},
        {"detail-type": "ECS Deployment State Change"},
    ],
)
def test_the_rule_takes_nothing_else(stack: Stack, other: dict[str, str]) -> None:
    assert not takes(stack, {**RUNNING, **other})


def test_the_rule_delivers_to_the_queue_that_the_outputs_name(stack: Stack) -> None:
    [rule] = stack.aws.events.list_rules(NamePrefix="ecs-ip-inventory-TaskStateChangeRule")["Rules"]
    [target] = stack.aws.events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
    for arn, output in (
        (target["Arn"], "IngestQueueUrl"),
        (target["DeadLetterConfig"]["Arn"], "IngestDeadLetterQueueUrl"),
    ):
        attributes = stack.aws.sqs.get_queue_attributes(
            QueueUrl=stack.outputs[output], AttributeNames=["QueueArn"]
        )["Attributes"]
        assert attributes["QueueArn"] == arn


@pytest.mark.parametrize("method, path", UNSIGNED)
def test_an_unsigned_request_is_refused(stack: Stack, method: str, path: str) -> None:
    assert stack.api.send_unsigned(method, path).status == 403


@pytest.mark.parametrize("method, path", UNSIGNED)
def test_a_wrong_signature_is_refused(stack: Stack, method: str, path: str) -> None:
    key = stack.aws.iam.list_access_keys(UserName="caller")["AccessKeyMetadata"][0]["AccessKeyId"]
    forger = Api(stack.api.url, Credentials(key, "guessed"), REGION)
    assert forger.send(method, path).status == 403


def test_a_user_without_the_right_to_call_is_refused(stack: Stack) -> None:
    stack.aws.iam.create_user(UserName="stranger")
    key = stack.aws.iam.create_access_key(UserName="stranger")["AccessKey"]
    credentials = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    assert Api(stack.api.url, credentials, REGION).get("/tasks").status == 403


def test_a_caller_needs_nothing_but_the_right_to_call(stack: Stack) -> None:
    assert stack.api.get("/tasks").status == 200


@pytest.mark.parametrize(
    "target", ["/ips/2001%3Adb8%3A%3A1", "/ips/10.0.0.1?at=2026-01-01T00:00:00Z"]
)
def test_signatures_hold_whatever_is_in_path_and_query(stack: Stack, target: str) -> None:
    assert stack.api.send("GET", target).status == 200


def test_unknown_paths_and_methods_reach_the_function(stack: Stack) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        assert stack.api.send(method, "/no/such/path").status == 404
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert stack.api.send(method, "/tasks").status == 405
    assert stack.api.get("//").status == 404

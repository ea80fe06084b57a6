"""Who may send to the stack's queues: whoever can, forges history and changes."""

from typing import Any

import pytest

from tests.support.cloudformation import COMBINATIONS, STACK, Deployment
from tests.support.policies import allows_service, denies

ACCOUNT = "111122223333"
EVENTS = "events.amazonaws.com"
BUS = f"arn:aws:events:ap-southeast-2:{ACCOUNT}:event-bus/{STACK}"
SENDERS = {
    "IngestQueue": {"TaskStateChangeRule", "OperatorRole"},
    "IngestDeadLetterQueue": {"TaskStateChangeRule", "IngestRole"},
    "ReconcileQueue": {
        *("SweepSchedule", "DeploymentRule", "HeartbeatSchedule"),
        *("ReconcileRole", "IngestRole", "OperatorRole"),
    },
    "ReconcileDeadLetterQueue": {"SweepSchedule", "DeploymentRule", "HeartbeatSchedule"},
    "ChangeDeadLetterQueue": {"ChangeBus", "PublishRole"},
    "ChangeRedriveQueue": {"OperatorRole"},
}
STRANGERS = {
    "root": {"aws:principalarn": f"arn:aws:iam::{ACCOUNT}:root"},
    "administrator": {"aws:principalarn": f"arn:aws:iam::{ACCOUNT}:role/Administrator"},
    "namesake": {"aws:principalarn": f"arn:aws:iam::{ACCOUNT}:role/x/OperatorRole"},
    "another account": {"aws:principalarn": "arn:aws:iam::444455556666:role/Administrator"},
    "nobody": {},
}


@pytest.fixture(params=COMBINATIONS, scope="module")
def deployment(request: pytest.FixtureRequest) -> Deployment:
    return Deployment(COMBINATIONS[request.param])


def policy(deployment: Deployment, queue: str) -> Any:
    return deployment.resources("SQS::QueuePolicy")[f"{queue}Policy"]["PolicyDocument"]


def arn(deployment: Deployment, logical_id: str) -> str:
    if logical_id == "ChangeBus":
        return BUS
    return str(deployment.resolve({"Fn::GetAtt": [logical_id, "Arn"]}))


def roles(deployment: Deployment) -> list[str]:
    return list(deployment.resources("IAM::Role"))


def sources(deployment: Deployment) -> list[str]:
    return [*deployment.resources("Events::Rule"), "ChangeBus"]


@pytest.mark.parametrize("queue", SENDERS)
@pytest.mark.parametrize("stranger", STRANGERS)
def test_strangers_send_nothing_whatever_their_own_policies_say(
    deployment: Deployment, queue: str, stranger: str
) -> None:
    assert denies(policy(deployment, queue), "sqs:SendMessage", STRANGERS[stranger])


@pytest.mark.parametrize("queue", SENDERS)
def test_of_the_stack_s_roles_those_send_that_need_to(deployment: Deployment, queue: str) -> None:
    sending = {
        role
        for role in roles(deployment)
        if not denies(
            policy(deployment, queue),
            "sqs:SendMessage",
            {"aws:principalarn": arn(deployment, role)},
        )
    }
    assert sending == {it for it in SENDERS[queue] if it.endswith("Role")}


@pytest.mark.parametrize("queue", SENDERS)
def test_of_the_stack_s_rules_those_send_whose_target_it_is(
    deployment: Deployment, queue: str
) -> None:
    sending = {
        source
        for source in sources(deployment)
        if allows_service(
            policy(deployment, queue),
            "sqs:SendMessage",
            EVENTS,
            {"aws:sourcearn": arn(deployment, source), "aws:sourceaccount": ACCOUNT},
        )
    }
    assert sending == {it for it in SENDERS[queue] if not it.endswith("Role")}


@pytest.mark.parametrize("queue", SENDERS)
def test_a_rule_of_somebody_else_sends_nothing(deployment: Deployment, queue: str) -> None:
    of_another = {
        "aws:sourcearn": f"arn:aws:events:ap-southeast-2:{ACCOUNT}:rule/mine",
        "aws:sourceaccount": ACCOUNT,
    }
    assert not allows_service(policy(deployment, queue), "sqs:SendMessage", EVENTS, of_another)
    assert denies(policy(deployment, queue), "sqs:SendMessage", of_another)


@pytest.mark.parametrize("queue", SENDERS)
def test_nothing_is_done_in_the_clear(deployment: Deployment, queue: str) -> None:
    operator = {"aws:principalarn": arn(deployment, "OperatorRole")}
    for action in ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:GetQueueAttributes"):
        assert denies(
            policy(deployment, queue), action, {**operator, "aws:securetransport": "false"}
        )
    by_tls = {**operator, "aws:securetransport": "true"}
    assert not denies(policy(deployment, queue), "sqs:ReceiveMessage", by_tls)


def test_every_target_of_a_rule_and_every_dead_letter_queue_of_one_lets_it_send(
    deployment: Deployment,
) -> None:
    for rule, properties in deployment.resources("Events::Rule").items():
        for target in properties["Targets"]:
            for queue in (target["Arn"], target["DeadLetterConfig"]["Arn"]):
                name = queue.split(":")[-1]
                assert ":sqs:" not in queue or rule in SENDERS[name]

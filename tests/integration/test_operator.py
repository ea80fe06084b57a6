"""Who puts events on the queues of a local stack by hand: its operator role."""

import json

from botocore.credentials import Credentials

from local.api import Api
from local.embedded import ACCOUNT, REGION, EmbeddedAws
from local.events import send
from local.stack import Stack


def stack(aws: EmbeddedAws, **outputs: str) -> Stack:
    return Stack(aws, outputs, Api(aws.endpoint, Credentials("key", "secret"), REGION))


def caller(of: Stack) -> str:
    sts = of.operator.client("sts", endpoint_url=of.aws.endpoint)
    return str(sts.get_caller_identity()["Arn"])


def test_events_are_sent_as_the_operator_role(ministack: EmbeddedAws) -> None:
    trusted = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    role = ministack.iam.create_role(
        RoleName="operator", AssumeRolePolicyDocument=json.dumps({"Statement": [trusted]})
    )["Role"]["Arn"]
    queue = ministack.sqs.create_queue(QueueName="operated")["QueueUrl"]
    # The embedded AWS asks for SendMessageBatch by name, AWS for SendMessage in either case.
    allowed = {"Effect": "Allow", "Action": "sqs:SendMessage*", "Resource": "*"}
    ministack.iam.put_role_policy(
        RoleName="operator",
        PolicyName="sends",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    others = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:SendMessage",
        "Resource": "*",
        # AWS names the role here, the embedded AWS the session of it.
        "Condition": {
            "ArnNotLike": {
                "aws:PrincipalArn": [role, f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/*"]
            }
        },
    }
    policy = {"Version": "2012-10-17", "Statement": [others]}
    ministack.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})

    operated = stack(ministack, OperatorRoleArn=role, IngestQueueUrl=queue)
    assert ":assumed-role/operator/" in caller(operated)
    send(operated, ['{"one": 1}', '{"two": 2}'])
    counts = ministack.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
    assert counts["Attributes"]["ApproximateNumberOfMessages"] == "2"

"""What IAM can keep apart: a role that sees one cluster's tasks, and a queue that nobody forges."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.api import Api
from local.embedded import REGION
from local.stack import Stack

ROUTES = ("GET/tasks/shop/*", "GET/services/shop/*")


@pytest.fixture(scope="module")
def team(stack: Stack) -> Iterator[Api]:
    """Make a user who may see what the page gives to a team, and nothing else."""
    parts = urlsplit(stack.outputs["ApiUrl"])
    prefix = f"arn:aws:execute-api:{REGION}:*:{parts.netloc.split('.')[0]}{parts.path}/"
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": [prefix + route for route in ROUTES],
    }
    iam = stack.aws.iam
    iam.create_user(UserName="team")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName="team", PolicyName="own-cluster", PolicyDocument=document)
    key = iam.create_access_key(UserName="team")["AccessKey"]
    yield Api(stack.api.url, Credentials(key["AccessKeyId"], key["SecretAccessKey"]), REGION)
    iam.delete_access_key(UserName="team", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="team", PolicyName="own-cluster")
    iam.delete_user(UserName="team")


@pytest.mark.parametrize("path", ["/tasks/shop/t1", "/services/shop/web/history"])
def test_a_team_sees_its_own_cluster(team: Api, path: str) -> None:
    assert team.get(path).status in {200, 404}


@pytest.mark.parametrize(
    "path",
    [
        *("/tasks/shopping/t1", "/tasks/other/t1", "/services/other/web/history"),
        *("/tasks", "/ips/10.0.0.1", "/targets", "/addresses", "/subnets", "/status"),
    ],
)
def test_a_team_sees_no_other_cluster_and_no_route_of_all(team: Api, path: str) -> None:
    assert team.get(path).status == 403


@pytest.mark.parametrize("output", ["IngestQueueUrl", "IngestDeadLetterQueueUrl"])
def test_the_root_of_the_account_forges_nothing(stack: Stack, output: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.aws.sqs.send_message(QueueUrl=stack.outputs[output], MessageBody="{}")


def test_the_operator_role_may_replay_and_not_bury(stack: Stack) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        stack.operator_sqs.send_message(
            QueueUrl=stack.outputs["IngestDeadLetterQueueUrl"], MessageBody="{}"
        )
    stack.operator_sqs.get_queue_attributes(
        QueueUrl=stack.outputs["IngestQueueUrl"], AttributeNames=["QueueArn"]
    )


def test_the_operator_role_may_do_nothing_else(stack: Stack) -> None:
    session = stack.aws.as_role(stack.outputs["OperatorRoleArn"])
    dynamodb = session.client("dynamodb", endpoint_url=stack.aws.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        dynamodb.scan(TableName=stack.outputs["TableName"])
    iam = session.client("iam", endpoint_url=stack.aws.endpoint)
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.list_users()

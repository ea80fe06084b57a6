"""A stack with the ingest queue, imitated in this process."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import ClientError

NAME = "ecs-ip-inventory"
ROLE = "arn:aws:iam::123456789012:role/operator"


class CloudFormation:
    """A stack with the ingest queue, as CloudFormation describes it."""

    def __init__(self, sqs: Any) -> None:
        self.urls: dict[str, str] = {}
        dead = sqs.create_queue(QueueName="IngestDeadLetterQueue")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
        policy = json.dumps({"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 5})
        live = sqs.create_queue(QueueName="IngestQueue", Attributes={"RedrivePolicy": policy})
        self.urls = {"IngestDeadLetterQueue": dead, "IngestQueue": live["QueueUrl"]}

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803 - as boto3 has it
        if StackName != NAME:
            error: Any = {"Error": {"Code": "ValidationError", "Message": "does not exist"}}
            raise ClientError(error, "DescribeStacks")
        outputs = {f"{name}Url": url for name, url in self.urls.items()} | {"OperatorRoleArn": ROLE}
        return {
            "Stacks": [
                {
                    "Outputs": [
                        {"OutputKey": key, "OutputValue": value} for key, value in outputs.items()
                    ],
                    "Parameters": [{"ParameterKey": "RetentionDays", "ParameterValue": "60"}],
                }
            ]
        }

    def get_paginator(self, _: str) -> "CloudFormation":
        return self

    def paginate(self, StackName: str) -> Any:  # noqa: N803 - as boto3 has it
        assert StackName == NAME
        resources = [
            {
                "LogicalResourceId": name,
                "PhysicalResourceId": url,
                "ResourceType": "AWS::SQS::Queue",
            }
            for name, url in self.urls.items()
        ]
        other = {"LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table"}
        return [{"StackResourceSummaries": [other]}, {"StackResourceSummaries": resources}]


def output(name: str) -> str:
    url: str = boto3.client("sqs").get_queue_url(QueueName=name.removesuffix("Url"))["QueueUrl"]
    return url


NOW = datetime.now(UTC)


def event(number: int, age: timedelta = timedelta(0)) -> dict[str, Any]:
    return {
        "version": "0",
        "id": f"event-{number}",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "time": (NOW - age).isoformat(timespec="seconds"),
        "detail": {
            "taskArn": f"arn:aws:ecs:eu-west-1:1:task/shop/{number}",
            "version": number,
            "overrides": {"containerOverrides": [{"environment": [{"value": "s3cret"}]}]},
        },
    }


def drained(sqs: Any, name: str = "IngestQueueUrl") -> list[dict[str, Any]]:
    """Take all messages off a queue."""
    url, bodies = output(name), []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies

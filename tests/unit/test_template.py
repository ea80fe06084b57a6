"""The template: what the stack promises of security, of keeping, and of being watched."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from core.sweep.sweeper import CLAIMED_FOR
from core.text.instant import MINUTE, SECOND
from tests.support.cloudformation import COMBINATIONS, KEY, Deployment, transformed
from tests.support.template import resource, template

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
DAY = 24 * 60 * 60

LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
X_RAY = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
BUS = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/${AWS::StackName}"
STACK_OF_OURS = (
    "arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/${AWS::StackName}"
)
SENDS = {"sqs:SendMessage*", "sqs:GetQueueAttributes"}
MOVES = {
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "sqs:ChangeMessageVisibility*",
    "sqs:DeleteMessage",
    "sqs:StartMessageMoveTask",
    "sqs:ListMessageMoveTasks",
    "sqs:CancelMessageMoveTask",
}
ALLOWED = {
    "IngestRole": {
        "IngestQueue.Arn": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        },
        "IngestDeadLetterQueue.Arn": {"sqs:SendMessage"},
        "ReconcileQueue.Arn": {"sqs:SendMessage"},
        "Table.Arn": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        },
        "IngestLogs.Arn": LOGS,
        "*": X_RAY,
    },
    "PublishRole": {
        "Table.StreamArn": {
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        },
        "${Table.Arn}/stream/*": {"dynamodb:ListStreams"},
        "Table.Arn": {"dynamodb:Query"},
        BUS: {"events:PutEvents"},
        "ChangeDeadLetterQueue.Arn": {"sqs:SendMessage"},
        "ChangeRedriveQueue.Arn": {
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        },
        "PublishLogs.Arn": LOGS,
        "*": X_RAY,
    },
    "ReconcileRole": {
        "ReconcileQueue.Arn": {
            "sqs:SendMessage",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        },
        "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task/*": {"ecs:DescribeTasks"},
        "Table.Arn": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:Query",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        },
        "${Table.Arn}/index/live": {"dynamodb:Query", "dynamodb:Scan"},
        "ReconcileLogs.Arn": LOGS,
        "*": {"ecs:ListClusters", "ecs:ListTasks", "ec2:DescribeSubnets"} | X_RAY,
    },
    "QueryRole": {
        "Table.Arn": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"},
        "${Table.Arn}/index/*": {"dynamodb:Query"},
        "${Table.Arn}/index/live": {"dynamodb:Scan"},
        "QueryLogs.Arn": LOGS,
        "*": X_RAY,
    },
    "OperatorRole": {
        f"{STACK_OF_OURS}/*": {
            *("cloudformation:DescribeStacks", "cloudformation:ListStackResources"),
        },
        "IngestQueue.Arn": SENDS,
        "ReconcileQueue.Arn": SENDS,
        "ChangeRedriveQueue.Arn": SENDS,
        "IngestDeadLetterQueue.Arn": MOVES,
        "ReconcileDeadLetterQueue.Arn": MOVES,
        "ChangeDeadLetterQueue.Arn": MOVES,
    },
}
# What a role may do with a customer key, and through which services.
WITH_KEY = {
    "IngestRole": ({"kms:Decrypt", "kms:GenerateDataKey"}, {"sqs", "dynamodb", "lambda"}),
    "PublishRole": (
        {"kms:Decrypt", "kms:GenerateDataKey"},
        {"sqs", "dynamodb", "events", "lambda"},
    ),
    "ReconcileRole": ({"kms:Decrypt", "kms:GenerateDataKey"}, {"sqs", "dynamodb", "lambda"}),
    "QueryRole": ({"kms:Decrypt"}, {"dynamodb", "lambda"}),
    "OperatorRole": ({"kms:Decrypt", "kms:GenerateDataKey"}, {"sqs"}),
}


def deployed() -> dict[str, dict[str, Any]]:
    """Return the resources that SAM makes of the template."""
    resources: dict[str, dict[str, Any]] = transformed()["Resources"]
    return resources


def of_type(name: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of a type, by logical id."""
    return {
        logical_id: described["Properties"]
        for logical_id, described in deployed().items()
        if described["Type"] == f"AWS::{name}"
    }


def routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield method, path and definition of each route."""
    for path, methods in of_type("ApiGateway::RestApi")["Api"]["Body"]["paths"].items():
        for method, definition in methods.items():
            yield method, path, definition


def test_every_route_wants_a_signature() -> None:
    body = of_type("ApiGateway::RestApi")["Api"]["Body"]
    schemes = body["components"]["securitySchemes"]
    assert schemes["AWS_IAM"]["x-amazon-apigateway-authtype"] == "awsSigv4"
    assert {method for method, _, _ in routes()} == METHODS
    assert all(definition["security"] == [{"AWS_IAM": []}] for _, _, definition in routes())


def test_callers_need_no_right_to_the_function() -> None:
    for _, _, definition in routes():
        integration = definition["x-amazon-apigateway-integration"]
        assert integration["type"] == "aws_proxy"
        assert "credentials" not in integration


def test_what_matches_no_route_reaches_the_function_too() -> None:
    assert {method for method, path, _ in routes() if path == "/{proxy+}"} == METHODS
    assert {method for method, path, _ in routes() if path == "/"} == METHODS, "no part of it"


def test_the_api_is_throttled_traced_and_logged_without_bodies() -> None:
    [stage] = of_type("ApiGateway::Stage").values()
    [settings] = stage["MethodSettings"]
    assert settings["ResourcePath"] == "/*"
    assert settings["HttpMethod"] == "*"
    assert settings["ThrottlingRateLimit"] == {"Ref": "ApiRateLimit"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "ApiBurstLimit"}
    assert settings["DataTraceEnabled"] is False
    assert stage["TracingEnabled"] is True
    assert stage["AccessLogSetting"]["DestinationArn"] == {"Fn::GetAtt": ["ApiLogs", "Arn"]}


@pytest.mark.parametrize("role", ALLOWED)
def test_a_role_allows_what_its_function_does_and_no_more(role: str) -> None:
    allowed: dict[str, set[str]] = {}
    for statement in statements(role):
        assert statement["Effect"] == "Allow"
        resources = statement["Resource"]
        for named in resources if isinstance(resources, list) else [resources]:
            allowed.setdefault(name_of(named), set()).update(listed(statement["Action"]))
    assert allowed == ALLOWED[role]
    assert "ManagedPolicyArns" not in resource(role)


def statements(role: str) -> list[dict[str, Any]]:
    """Return the statements of a role's policy that need no parameter."""
    [policy] = resource(role)["Policies"]
    return [it for it in policy["PolicyDocument"]["Statement"] if "Fn::If" not in it]


def name_of(named: Any) -> str:
    if isinstance(named, dict):
        [value] = named.values()
        return value if isinstance(value, str) else ".".join(value)
    return str(named)


def listed(value: Any) -> set[str]:
    return {value} if isinstance(value, str) else set(value)


@pytest.mark.parametrize("role", WITH_KEY)
def test_a_role_uses_a_customer_key_through_what_it_uses_and_not_without_one(role: str) -> None:
    actions, services = WITH_KEY[role]
    [policy] = Deployment({"KmsKeyArn": KEY}).resources("IAM::Role")[role]["Policies"]
    *_, statement = policy["PolicyDocument"]["Statement"]
    assert listed(statement["Action"]) == actions
    assert statement["Resource"] == KEY
    via = listed(statement["Condition"]["StringEquals"]["kms:ViaService"])
    assert via == {f"{it}.ap-southeast-2.amazonaws.com" for it in services}
    assert "kms:" not in json.dumps(Deployment({}).resources("IAM::Role")[role])


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_no_role_names_everything_but_where_aws_has_nothing_to_name(combination: str) -> None:
    without_resources = X_RAY | {"ecs:ListClusters", "ecs:ListTasks", "ec2:DescribeSubnets"}
    for role in Deployment(COMBINATIONS[combination]).resources("IAM::Role").values():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Resource"] == "*":
                    assert listed(statement["Action"]) <= without_resources


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_no_parameter_gives_a_role_more_than_the_use_of_a_key(combination: str) -> None:
    for name, role in Deployment(COMBINATIONS[combination]).resources("IAM::Role").items():
        if name == "ApiGatewayLogRole":
            [policy] = role["ManagedPolicyArns"]
            assert policy.endswith(":policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs")
            assert "Policies" not in role
            continue
        [policy] = role["Policies"]
        found = {
            it for one in policy["PolicyDocument"]["Statement"] for it in listed(one["Action"])
        }
        known = {action for actions in ALLOWED[name].values() for action in actions}
        of_a_key, _ = WITH_KEY.get(name, (set(), set()))
        assert found - known <= of_a_key


def test_the_operator_role_is_for_principals_of_this_account_whom_iam_allows() -> None:
    role = Deployment({}).resources("IAM::Role")["OperatorRole"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "sts:AssumeRole",
    }


def test_every_function_has_a_role_of_its_own() -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in of_type("Lambda::Function").values()]
    assert sorted([*roles, "OperatorRole"]) == sorted(ALLOWED)


def test_every_function_runs_where_it_was_measured() -> None:
    for function in of_type("Lambda::Function").values():
        assert function["Runtime"] == "python3.13"
        assert function["Architectures"] == [{"Ref": "Architecture"}]
        assert function["TracingConfig"] == {"Mode": "Active"}


def test_every_function_logs_json_to_a_group_of_the_stack() -> None:
    for function in of_type("Lambda::Function").values():
        assert function["LoggingConfig"]["LogFormat"] == "JSON"
        # DEBUG would have boto3 log what it sends, tokens and records.
        assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
        variables = function["Environment"]["Variables"]
        assert variables.get("LOG_LEVEL", "INFO") == "INFO"
        assert {it for it in variables if "DEBUG" in it or it.endswith("LOG_LEVEL")} <= {
            "LOG_LEVEL"
        }
        assert function["LoggingConfig"]["LogGroup"]["Ref"] in of_type("Logs::LogGroup")


def test_no_function_logs_what_boto3_sends() -> None:
    """At DEBUG it would: tokens, and records."""
    for function in Deployment({}).resources("Lambda::Function").values():
        assert function["LoggingConfig"]["ApplicationLogLevel"] == "INFO"
        variables = function["Environment"]["Variables"]
        assert variables["LOG_LEVEL"] == "INFO"
        assert [name for name in variables if "DEBUG" in name] == []


def test_every_log_group_has_a_retention() -> None:
    groups = of_type("Logs::LogGroup")
    assert len(groups) == len(of_type("Lambda::Function")) + 1  # and the API's
    assert all(group["RetentionInDays"] == {"Ref": "LogRetentionDays"} for group in groups.values())


def test_every_queue_keeps_messages_for_14_days() -> None:
    for queue in of_type("SQS::Queue").values():
        assert queue["MessageRetentionPeriod"] == 14 * DAY


def test_the_table_is_encrypted_and_survives_the_stack() -> None:
    table = deployed()["Table"]
    assert table["Properties"]["SSESpecification"]["SSEEnabled"] is True
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}
    assert table["DeletionPolicy"] == "RetainExceptOnCreate"  # a rolled-back create leaves nothing
    assert table["UpdateReplacePolicy"] == "Retain"


def dead_letter_queues() -> set[str]:
    """Return the queues in which rules, queues and functions leave what they could not do."""
    targets = [target for rule in of_type("Events::Rule").values() for target in rule["Targets"]]
    arns = [target["DeadLetterConfig"]["Arn"] for target in targets]
    arns += [
        queue["RedrivePolicy"]["deadLetterTargetArn"]
        for queue in of_type("SQS::Queue").values()
        if "RedrivePolicy" in queue
    ]
    arns += [
        mapping["DestinationConfig"]["OnFailure"]["Destination"]
        for mapping in of_type("Lambda::EventSourceMapping").values()
        if "DestinationConfig" in mapping
    ]
    return {arn["Fn::GetAtt"][0] for arn in arns}


def test_every_dead_letter_queue_has_an_alarm() -> None:
    alarmed = {
        dimension["Value"]["Fn::GetAtt"][0]
        for alarm in of_type("CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        if (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
        for dimension in alarm["Dimensions"]
    }
    assert dead_letter_queues() == alarmed
    sinks = {name for name, queue in of_type("SQS::Queue").items() if "RedrivePolicy" not in queue}
    assert dead_letter_queues() == sinks


def test_every_alarm_tells_the_topic_and_takes_no_data_for_good_but_that_of_no_sweep() -> None:
    for name, alarm in of_type("CloudWatch::Alarm").items():
        for told in ("AlarmActions", "OKActions"):
            assert alarm[told]["Fn::If"][:2] == ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}]]
        missing = "breaching" if name == "SweepAgeAlarm" else "notBreaching"
        assert alarm["TreatMissingData"] == missing


@pytest.mark.parametrize("rule", ["SweepSchedule", "DeploymentRule"])
def test_a_rule_asks_for_a_sweep_with_an_empty_message(rule: str) -> None:
    [target] = resource(rule)["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["ReconcileQueue", "Arn"]}
    assert target["Input"] == "{}"


def test_a_heartbeat_comes_every_five_minutes() -> None:
    heartbeat = resource("HeartbeatSchedule")
    assert heartbeat["ScheduleExpression"] == "rate(5 minutes)"
    [target] = heartbeat["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["ReconcileQueue", "Arn"]}
    assert json.loads(target["Input"]) == {"heartbeat": True}


def test_sweeps_are_at_most_thirty_minutes_apart() -> None:
    minutes = template()["Parameters"]["SweepMinutes"]
    assert (minutes["Default"], max(minutes["AllowedValues"])) == (15, 30)
    schedule = resource("SweepSchedule")["ScheduleExpression"]
    assert schedule == {"Fn::Sub": "rate(${SweepMinutes} minutes)"}


def test_a_sweep_follows_each_deployment_of_this_stack() -> None:
    assert resource("DeploymentRule")["EventPattern"] == {
        "source": ["aws.cloudformation"],
        "detail-type": ["CloudFormation Stack Status Change"],
        "detail": {
            "stack-id": [{"Ref": "AWS::StackId"}],
            "status-details": {"status": ["CREATE_COMPLETE", "UPDATE_COMPLETE"]},
        },
    }


def test_two_sweepers_share_a_rate_that_ecs_allows() -> None:
    mapping = of_type("Lambda::EventSourceMapping")["ReconcileFunctionQueue"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert mapping["BatchSize"] == 1
    rate = template()["Parameters"]["SweepRequestsPerSecond"]
    assert (rate["Default"], max(rate["AllowedValues"])) == (10, 20)


def test_a_claim_outlasts_a_message_that_failed_and_not_the_default_schedule() -> None:
    queue, function = resource("ReconcileQueue"), resource("ReconcileFunction")
    assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]
    assert queue["VisibilityTimeout"] * SECOND < CLAIMED_FOR < 15 * MINUTE


def test_the_rule_takes_task_state_changes_of_ecs_from_the_default_bus() -> None:
    rule = resource("TaskStateChangeRule")
    assert rule["EventPattern"] == {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
    }
    assert "EventBusName" not in rule
    [target] = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["IngestQueue", "Arn"]}
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["IngestDeadLetterQueue", "Arn"]}}


def test_what_is_transient_is_retried_for_at_least_a_day() -> None:
    queue = resource("IngestQueue")
    assert queue["VisibilityTimeout"] >= 6 * resource("IngestFunction")["Timeout"]
    assert queue["VisibilityTimeout"] * queue["RedrivePolicy"]["maxReceiveCount"] >= DAY
    assert queue["RedrivePolicy"]["maxReceiveCount"] <= 1000  # the most that SQS takes


def test_one_bad_message_of_a_batch_is_retried_alone() -> None:
    mapping = of_type("Lambda::EventSourceMapping")["IngestFunctionQueue"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BatchSize"] == 100
    assert mapping["MaximumBatchingWindowInSeconds"] == 1


def test_every_parameter_is_described_and_grouped() -> None:
    parameters = template()["Parameters"]
    assert all(parameter["Description"] for parameter in parameters.values())
    groups = template()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(parameters)


def test_the_outputs_are_those_that_others_rely_on() -> None:
    assert list(template()["Outputs"]) == [
        "ApiUrl",
        "IngestQueueUrl",
        "IngestDeadLetterQueueUrl",
        "TableName",
        "ChangeBusName",
        "ReconcileFunctionName",
        "OperatorRoleArn",
    ]


def test_the_gateway_s_own_answers_are_problems_that_echo_nothing() -> None:
    for name, answer in resource("Api")["GatewayResponses"].items():
        headers = answer["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == "'application/problem+json'"
        body = answer["ResponseTemplates"]["application/json"]
        assert "$" not in body, name
        problem = json.loads(body)
        assert list(problem) == ["type", "title", "status", "detail"]
        assert problem["status"] == answer["StatusCode"]

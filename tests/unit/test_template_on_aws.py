"""What real AWS refuses and the embedded one does not check, for every combination that matters."""

import json
import re
from graphlib import TopologicalSorter
from typing import Any

import pytest

from tests.support.cloudformation import (
    ARCHIVED,
    COMBINATIONS,
    DEFAULT,
    ENCRYPTED,
    GUARDED,
    KEY,
    PRIVATE,
    PROD,
    STACK,
    Deployment,
    references,
    refusal,
    transformed,
)
from tests.support.template import template

WHOLE_NUMBERS = [
    *("RetentionDays", "LogRetentionDays", "ArchiveDays", "SweepMinutes", "ApiRateLimit"),
    *("SweepRequestsPerSecond", "ApiBurstLimit", "QueryMemorySize"),
]
CONTEXT = {
    *("requestTime", "requestId", "httpMethod", "resourcePath", "path", "status"),
    *("responseLatency", "responseLength", "error.responseType", "wafResponseCode"),
    *("identity.userArn", "identity.caller", "identity.accountId", "identity.sourceIp"),
    *("identity.vpceId", "integration.status", "integration.requestId"),
}


@pytest.fixture(params=COMBINATIONS)
def deployed(request: pytest.FixtureRequest) -> Deployment:
    return Deployment(COMBINATIONS[request.param])


def size(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":")))


@pytest.mark.parametrize("combination", COMBINATIONS)
def test_the_parameters_are_taken(combination: str) -> None:
    assert refusal(COMBINATIONS[combination]) is None


def test_the_defaults_are_taken() -> None:
    defaults = {name: str(it["Default"]) for name, it in template()["Parameters"].items()}
    assert refusal(defaults) is None


@pytest.mark.parametrize("name", WHOLE_NUMBERS)
@pytest.mark.parametrize("value", ["90.5", "15.0", "-1", "", " 30", "1e2", "0x10", "٣٠"])
def test_what_is_no_whole_number_is_refused_when_it_is_deployed(name: str, value: str) -> None:
    assert refusal({name: value, "KmsKeyArn": KEY}) == name


@pytest.mark.parametrize(
    "name, least, most",
    [
        ("RetentionDays", 30, 36500),
        ("ArchiveDays", 0, 3650),
        ("SweepMinutes", 5, 30),
        ("SweepRequestsPerSecond", 1, 20),
        ("ApiRateLimit", 1, 10000),
        ("ApiBurstLimit", 1, 5000),
    ],
)
def test_a_number_has_bounds(name: str, least: int, most: int) -> None:
    taken = [it for it in range(most + 1000) if refusal({name: str(it), **ENCRYPTED}) is None]
    assert taken == list(range(least, most + 1))


def test_numbers_are_texts_with_a_pattern_or_one_of_some() -> None:
    """CloudFormation applies no pattern to a Number, and takes any fraction within its bounds."""
    for name, described in template()["Parameters"].items():
        assert described["Type"] != "Number" or "AllowedValues" in described, name


@pytest.mark.parametrize(
    "name, value",
    [
        ("KmsKeyArn", "alias/aws/sqs"),
        ("KmsKeyArn", "arn:aws:kms:eu-west-1:111122223333:alias/aws/sqs"),
        ("VpcEndpointIds", "vpc-0123456789abcdef0"),
        ("VpcEndpointIds", "vpce-0123456789abcdef0, vpce-0123456789abcdef1"),
        ("WebAclArn", "arn:aws:wafv2:us-east-1:111122223333:global/webacl/it/0"),
        ("AlarmTopicArn", "on-call"),
        ("SubscriberOrganizationId", "ou-a1b2-c3d4e5f6"),
    ],
)
def test_what_names_something_else_is_refused(name: str, value: str) -> None:
    assert refusal({name: value}) == name


def test_an_archive_without_a_key_is_refused() -> None:
    assert str(refusal({"ArchiveDays": "30"})).startswith("ArchiveDays needs KmsKeyArn")
    assert refusal({"ArchiveDays": "30", "KmsKeyArn": KEY}) is None


def test_nothing_refers_to_what_is_not_made(deployed: Deployment) -> None:
    assert deployed.resources()  # a reference to what is not made raises KeyError
    deployed.resolve(deployed.template["Outputs"])


def test_no_resources_wait_for_each_other(deployed: Deployment) -> None:
    made = deployed.made()
    graph = {
        logical_id: {it for it in references(described) if it in made}
        for logical_id, described in made.items()
    }
    assert list(TopologicalSorter(graph).static_order())  # a cycle raises CycleError


def test_the_template_is_within_the_limits_of_cloudformation() -> None:
    made = transformed()
    assert size(made) < 1_000_000
    assert len(made["Resources"]) <= 500
    assert len(made["Parameters"]) <= 200
    assert len(made["Outputs"]) <= 200
    assert all(len(it["Description"]) <= 1024 for it in made["Outputs"].values())
    assert not made["Parameters"].keys() & made["Resources"].keys()


def test_names_are_within_limits(deployed: Deployment) -> None:
    longest = {
        ("Events::EventBus", "Name"): (256, r"[/.\-_A-Za-z0-9]+"),
        ("Logs::LogGroup", "LogGroupName"): (512, r"[.\-_/#A-Za-z0-9]+"),
        ("CloudWatch::Dashboard", "DashboardName"): (255, r"[A-Za-z0-9\-_]+"),
        ("ApiGateway::RestApi", "Name"): (128, r".+"),
        ("Events::Rule", "Description"): (512, r".+"),
        ("Events::Archive", "Description"): (512, r".+"),
        ("Lambda::Function", "Description"): (256, r".+"),
        ("IAM::Role", "Description"): (1000, r".+"),
        ("CloudWatch::Alarm", "AlarmDescription"): (1024, r".+"),
    }
    for (kind, name), (most, pattern) in longest.items():
        for logical_id, properties in deployed.resources(kind).items():
            value = properties.get(name, "x")
            assert len(value) <= most, logical_id
            assert re.fullmatch(pattern, value), logical_id


def test_what_has_no_name_of_ours_is_named_by_cloudformation_which_keeps_to_limits() -> None:
    named = {"SQS::Queue": "QueueName", "IAM::Role": "RoleName", "Events::Rule": "Name"}
    named |= {"Lambda::Function": "FunctionName", "Events::Archive": "ArchiveName"}
    named |= {"CloudWatch::Alarm": "AlarmName", "DynamoDB::Table": "TableName"}
    everything = Deployment(COMBINATIONS["everything"])
    for kind, name in named.items():
        assert all(name not in it for it in everything.resources(kind).values()), kind


def test_names_of_ours_differ_between_stacks_and_dashboards_between_regions() -> None:
    raw = transformed()["Resources"]
    for kind, name in (("EventBus", "Name"), ("LogGroup", "LogGroupName")):
        for described in raw.values():
            if described["Type"].endswith(f"::{kind}"):
                text = json.dumps(described["Properties"][name])
                assert "AWS::StackName" in text or "${Api}" in text
    dashboard = raw["Dashboard"]["Properties"]["DashboardName"]
    assert dashboard == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}


def test_a_queue_has_one_policy_and_each_statement_one_queue(deployed: Deployment) -> None:
    queues = deployed.resources("SQS::Queue")
    policies = deployed.resources("SQS::QueuePolicy").values()
    urls = [url for policy in policies for url in policy["Queues"]]
    assert sorted(url.split("/")[-1] for url in urls) == sorted(queues)
    for policy in policies:
        [url] = policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]:
            assert isinstance(statement["Resource"], str)
            assert statement["Resource"].endswith(":" + url.split("/")[-1])


def test_queue_policies_are_within_the_limits_of_sqs(deployed: Deployment) -> None:
    for policy in deployed.resources("SQS::QueuePolicy").values():
        document = policy["PolicyDocument"]
        assert size(document) <= 8192
        assert len(document["Statement"]) <= 20
        conditions = [it.get("Condition", {}) for it in document["Statement"]]
        assert sum(len(keys) for it in conditions for keys in it.values()) <= 10
        for statement in document["Statement"]:
            assert isinstance(statement["Action"], str)  # seven actions at most
            assert statement["Action"] in {"sqs:SendMessage", "sqs:*"}


def test_roles_are_within_the_limits_of_iam(deployed: Deployment) -> None:
    for logical_id, role in deployed.resources("IAM::Role").items():
        inline = [policy["PolicyDocument"] for policy in role.get("Policies", [])]
        assert sum(map(size, inline)) <= 10_240, logical_id
        assert size(role["AssumeRolePolicyDocument"]) <= 2048
        assert all(statement for document in inline for statement in document["Statement"])


def test_the_bus_s_policy_is_within_the_limits_of_eventbridge(deployed: Deployment) -> None:
    [bus] = deployed.resources("Events::EventBus").values()
    assert size(bus["Policy"]) <= 10_240
    sids = [statement["Sid"] for statement in bus["Policy"]["Statement"]]
    assert len(sids) == len(set(sids))


def test_a_function_s_own_policy_has_room_for_every_route(deployed: Deployment) -> None:
    permissions = deployed.resources("Lambda::Permission").values()
    to_query = [it for it in permissions if "QueryFunction" in str(it["FunctionName"])]
    assert len(to_query) > 15
    assert sum(size(it) + 200 for it in to_query) <= 20_480


def test_functions_and_their_sources_are_within_the_limits_of_lambda(deployed: Deployment) -> None:
    for function in deployed.resources("Lambda::Function").values():
        variables = function["Environment"]["Variables"]
        assert size(variables) <= 4096
        assert not [it for it in variables if it.startswith(("AWS_", "LAMBDA_"))]
        assert function["Timeout"] <= 900
        assert function["Architectures"][0] in {"arm64", "x86_64"}
    for mapping in deployed.resources("Lambda::EventSourceMapping").values():
        if mapping["BatchSize"] > 10:  # of a queue, such a batch needs a window
            of_a_stream = "StartingPosition" in mapping
            assert of_a_stream or mapping["MaximumBatchingWindowInSeconds"] >= 1
        assert mapping.get("ScalingConfig", {"MaximumConcurrency": 2})["MaximumConcurrency"] >= 2


def test_the_function_s_queue_hides_messages_six_times_as_long_as_it_may_run() -> None:
    stack = Deployment(DEFAULT)
    queues, functions = stack.resources("SQS::Queue"), stack.resources("Lambda::Function")
    for queue, function in (
        ("IngestQueue", "IngestFunction"),
        ("ReconcileQueue", "ReconcileFunction"),
        ("ChangeRedriveQueue", "PublishFunction"),
    ):
        assert queues[queue]["VisibilityTimeout"] >= 6 * functions[function]["Timeout"]


def test_alarms_are_within_the_limits_of_cloudwatch(deployed: Deployment) -> None:
    for logical_id, alarm in deployed.resources("CloudWatch::Alarm").items():
        assert alarm["Period"] in {10, 30} or alarm["Period"] % 60 == 0, logical_id
        most = 604_800 if alarm["Period"] >= 3600 else 86_400
        assert alarm["Period"] * alarm["EvaluationPeriods"] <= most
        assert alarm.get("DatapointsToAlarm", 1) <= alarm["EvaluationPeriods"]
        assert "Metrics" not in alarm  # metric math: the embedded AWS refuses it


def test_rules_are_within_the_limits_of_eventbridge(deployed: Deployment) -> None:
    for rule in deployed.resources("Events::Rule").values():
        assert 1 <= len(rule["Targets"]) <= 5
        assert size(rule.get("EventPattern", {})) <= 2048
        if "ScheduleExpression" in rule:
            assert re.fullmatch(r"rate\(([2-9]|[12]\d|30) minutes\)", rule["ScheduleExpression"])
        for target in rule["Targets"]:
            retry = target.get("RetryPolicy", {"MaximumEventAgeInSeconds": 60})
            assert 60 <= retry["MaximumEventAgeInSeconds"] <= 86_400


def test_only_known_context_stands_in_an_access_log_of_one_line(deployed: Deployment) -> None:
    [stage] = deployed.resources("ApiGateway::Stage").values()
    line = stage["AccessLogSetting"]["Format"]
    assert "\n" not in line
    values = json.loads(line).values()
    assert {value.removeprefix("$context.") for value in values} == CONTEXT
    assert len(line) <= 3000


def test_the_dashboard_is_json_on_a_grid_and_of_metrics_that_are_told(deployed: Deployment) -> None:
    [dashboard] = deployed.resources("CloudWatch::Dashboard").values()
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    places = {(x, y) for it in widgets for x, y in cells(it)}
    assert len(places) == sum(len(list(cells(it))) for it in widgets)  # none lies on another
    assert max(x for x, _ in places) < 24
    alarms = next(it for it in widgets if it["type"] == "alarm")["properties"]["alarms"]
    assert len(alarms) == len(deployed.resources("CloudWatch::Alarm")) <= 100
    titles = " ".join(it["properties"]["title"] for it in widgets)
    for shown in ("came in", "stored", "Lag", "Sweep age", "gap", "outcome", "Latency", "costs"):
        assert shown in titles


def cells(widget: dict[str, Any]) -> Any:
    for x in range(widget["x"], widget["x"] + widget["width"]):
        for y in range(widget["y"], widget["y"] + widget["height"]):
            yield x, y


def test_a_private_api_names_its_endpoints_and_has_a_policy() -> None:
    [api] = Deployment(PRIVATE).resources("ApiGateway::RestApi").values()
    ids = PRIVATE["VpcEndpointIds"].split(",")
    assert api["EndpointConfiguration"] == {"Types": ["PRIVATE"], "VpcEndpointIds": ids}
    assert api["Parameters"] == {"endpointConfigurationTypes": "PRIVATE"}
    by_sid = {it["Sid"]: it for it in api["Body"]["x-amazon-apigateway-policy"]["Statement"]}
    denied = by_sid["NobodyPastTheEndpoints"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"StringNotEquals": {"aws:SourceVpce": ids}}
    allowed = by_sid["PrincipalsOfThisAccountWhomIamAllows"]
    assert allowed["Principal"] == {"AWS": "arn:aws:iam::111122223333:root"}


@pytest.mark.parametrize("combination", ["default", "prod", "key", "guarded"])
def test_an_api_on_the_internet_names_none(combination: str) -> None:
    [api] = Deployment(COMBINATIONS[combination]).resources("ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    [statement] = api["Body"]["x-amazon-apigateway-policy"]["Statement"]
    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_customer_key_reaches_all_that_keeps_something() -> None:
    stack = Deployment(ARCHIVED)
    for queue in stack.resources("SQS::Queue").values():
        assert queue["KmsMasterKeyId"] == KEY
        assert "SqsManagedSseEnabled" not in queue  # SQS refuses both
    assert all(it["KmsKeyId"] == KEY for it in stack.resources("Logs::LogGroup").values())
    assert all(it["KmsKeyArn"] == KEY for it in stack.resources("Lambda::Function").values())
    [table] = stack.resources("DynamoDB::Table").values()
    assert table["SSESpecification"] == {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": KEY,
    }
    [bus] = stack.resources("Events::EventBus").values()
    assert bus["KmsKeyIdentifier"] == KEY
    assert bus["DeadLetterConfig"]["Arn"].endswith(":ChangeDeadLetterQueue")
    [archive] = stack.resources("Events::Archive").values()
    assert archive["KmsKeyIdentifier"] == KEY
    assert archive["SourceArn"].endswith(":event-bus/default")


def test_without_a_customer_key_queues_have_sqs_s_own_and_never_the_managed_one() -> None:
    """EventBridge cannot deliver to a queue under alias/aws/sqs."""
    for queue in Deployment(DEFAULT).resources("SQS::Queue").values():
        assert queue["SqsManagedSseEnabled"] is True
        assert "KmsMasterKeyId" not in queue
    assert "alias/aws" not in json.dumps(transformed())


def test_an_archive_is_made_when_it_is_asked_for() -> None:
    assert not Deployment(ENCRYPTED).resources("Events::Archive")
    [archive] = Deployment(ARCHIVED).resources("Events::Archive").values()
    assert archive["RetentionDays"] == "365"


def test_a_web_acl_stands_before_the_stage() -> None:
    assert not Deployment(DEFAULT).resources("WAFv2::WebACLAssociation")
    [association] = Deployment(GUARDED).resources("WAFv2::WebACLAssociation").values()
    assert re.search(r"::/restapis/[^/]+/stages/[^/]+$", association["ResourceArn"])


def test_the_table_is_protected_where_it_is_asked_for() -> None:
    for values, protected in ((DEFAULT, False), (PROD, True)):
        [table] = Deployment(values).resources("DynamoDB::Table").values()
        assert table["DeletionProtectionEnabled"] is protected


def test_the_account_s_log_role_is_left_alone_where_it_is_asked_for() -> None:
    assert "ApiGatewayAccount" in Deployment(DEFAULT).made()
    kept = Deployment(PROD).made()
    assert not {"ApiGatewayAccount", "ApiGatewayLogRole"} & kept.keys()


def test_the_name_of_the_test_s_stack_is_the_longest_there_is() -> None:
    assert len(STACK) == 128

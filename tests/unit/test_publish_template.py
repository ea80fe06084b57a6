"""The template's part that publishes: who may put events, who may subscribe, what is never lost."""

import json
from typing import Any

from adapters.dynamodb.items import encode
from core.table.store import Stored
from core.text.instant import DAY
from tests.support.tasks import observed
from tests.support.template import resource, template

BUS = {
    "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}"
    ":event-bus/${AWS::StackName}"
}
STREAM = resource("PublishFunction")["Events"]["Stream"]["Properties"]
REDRIVEN = resource("PublishFunction")["Events"]["Redriven"]["Properties"]


def statements() -> list[Any]:
    denied, _, opened = resource("ChangeBus")["Policy"]["Statement"]
    condition, allowed, otherwise = opened["Fn::If"]
    assert condition == "HasSubscriberOrganization"
    assert otherwise == {"Ref": "AWS::NoValue"}
    return [denied, allowed]


def test_events_are_put_by_the_function_and_by_nobody_else() -> None:
    denied, _ = statements()
    assert denied == {
        "Sid": "OnlyOurFunctionPublishes",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": BUS,
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["PublishRole", "Arn"]}}},
    }


def test_events_are_put_by_tls_alone() -> None:
    _, in_the_clear, _ = resource("ChangeBus")["Policy"]["Statement"]
    assert (in_the_clear["Effect"], in_the_clear["Principal"]) == ("Deny", "*")
    assert in_the_clear["Action"] == "events:PutEvents"
    assert in_the_clear["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_an_organization_may_make_rules_of_its_own_and_put_no_events() -> None:
    _, allowed = statements()
    assert allowed["Effect"] == "Allow"
    assert set(allowed["Action"]) == {
        *(f"events:{verb}Rule" for verb in ("Put", "Delete", "Describe", "Enable", "Disable")),
        *("events:PutTargets", "events:RemoveTargets", "events:ListTargetsByRule"),
        *("events:TagResource", "events:UntagResource", "events:ListTagsForResource"),
    }
    assert allowed["Resource"]["Fn::Sub"].endswith(":rule/${AWS::StackName}/*")
    assert allowed["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": {"Ref": "SubscriberOrganizationId"}},
        "StringEqualsIfExists": {"events:creatorAccount": "${aws:PrincipalAccount}"},
    }


def test_without_a_parameter_the_bus_is_this_account_s_alone() -> None:
    assert template()["Parameters"]["SubscriberOrganizationId"]["Default"] == ""
    assert template()["Conditions"]["HasSubscriberOrganization"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "SubscriberOrganizationId"}, ""]}]
    }
    others = [
        logical_id
        for logical_id, described in template()["Resources"].items()
        if described["Type"] == "AWS::Events::EventBusPolicy"
    ]
    assert others == []


def test_the_policy_s_name_for_the_bus_is_the_bus_s_name() -> None:
    assert resource("ChangeBus")["Name"] == {"Ref": "AWS::StackName"}


def test_the_whole_stream_is_read_and_a_record_that_crashes_is_bisected_out() -> None:
    assert STREAM["StartingPosition"] == "TRIM_HORIZON"
    assert STREAM["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert STREAM["BisectBatchOnFunctionError"] is True
    assert 1 <= STREAM["MaximumRetryAttempts"] <= 5
    assert STREAM["ParallelizationFactor"] > 1
    assert STREAM["DestinationConfig"]["OnFailure"] == {
        "Type": "SQS",
        "Destination": {"Fn::GetAtt": ["ChangeDeadLetterQueue", "Arn"]},
    }


def test_the_filter_lets_pass_what_a_record_s_item_has() -> None:
    [pattern] = STREAM["FilterCriteria"]["Filters"]
    revision = json.loads(pattern["Pattern"])["dynamodb"]["NewImage"]
    assert revision == {"rv": {"N": [{"exists": True}]}}
    item = encode(Stored(observed(), revision=7, sequence=1), 90 * DAY)
    assert item["rv"] == {"N": "7"}


def test_dead_letters_that_are_sent_back_come_to_the_function_and_to_rest_if_they_must() -> None:
    assert REDRIVEN["Queue"] == {"Fn::GetAtt": ["ChangeRedriveQueue", "Arn"]}
    assert REDRIVEN["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    queue = resource("ChangeRedriveQueue")
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == {
        "Fn::GetAtt": ["ChangeDeadLetterQueue", "Arn"]
    }
    assert queue["VisibilityTimeout"] >= 6 * resource("PublishFunction")["Timeout"]

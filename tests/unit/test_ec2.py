"""The subnets of EC2, by the form of its own answers."""

import boto3
from botocore.stub import Stubber

from adapters.ec2 import Subnets


def test_subnets_are_asked_for_by_filter_and_unknown_ones_are_left_out() -> None:
    client = boto3.client("ec2", region_name="eu-west-1")
    with Stubber(client) as stub:
        stub.add_response(
            "describe_subnets",
            {"Subnets": [{"SubnetId": "subnet-a", "VpcId": "vpc-1"}], "NextToken": "more"},
            {"Filters": [{"Name": "subnet-id", "Values": ["subnet-a", "subnet-b", "subnet-c"]}]},
        )
        stub.add_response(
            "describe_subnets",
            {"Subnets": [{"SubnetId": "subnet-b", "VpcId": "vpc-2"}]},
            {
                "Filters": [{"Name": "subnet-id", "Values": ["subnet-a", "subnet-b", "subnet-c"]}],
                "NextToken": "more",
            },
        )
        found = Subnets(client).vpcs_of({"subnet-c", "subnet-b", "subnet-a"})
        stub.assert_no_pending_responses()
    assert found == {"subnet-a": "vpc-1", "subnet-b": "vpc-2"}


def test_no_more_than_two_hundred_subnets_are_asked_for_at_once() -> None:
    client = boto3.client("ec2", region_name="eu-west-1")
    names = [f"subnet-{number:03}" for number in range(201)]
    with Stubber(client) as stub:
        for some in (names[:200], names[200:]):
            filters = {"Filters": [{"Name": "subnet-id", "Values": some}]}
            stub.add_response("describe_subnets", {"Subnets": []}, filters)
        assert Subnets(client).vpcs_of(names) == {}
        stub.assert_no_pending_responses()

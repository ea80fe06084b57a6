"""The subnets of EC2, by the form of its own answers."""

import boto3
from botocore.stub import Stubber

from adapters.ec2 import Subnets
from core.table.store import Subnet


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
        found = Subnets(client).look_up({"subnet-c", "subnet-b", "subnet-a"})
        stub.assert_no_pending_responses()
    assert found == {"subnet-a": Subnet("vpc-1"), "subnet-b": Subnet("vpc-2")}


def test_what_ec2_tells_of_a_subnet_is_kept_but_for_prefixes_that_are_not_associated() -> None:
    client = boto3.client("ec2", region_name="eu-west-1")
    told = {
        "SubnetId": "subnet-a",
        "VpcId": "vpc-1",
        "AvailabilityZone": "eu-west-1a",
        "CidrBlock": "10.0.4.0/24",
        "AvailableIpAddressCount": 250,
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": "2001:db8:2::/64", "Ipv6CidrBlockState": {"State": "associated"}},
            {"Ipv6CidrBlock": "2001:db8:1::/64"},
            {"Ipv6CidrBlock": "2001:db8:3::/64", "Ipv6CidrBlockState": {"State": "disassociated"}},
        ],
    }
    with Stubber(client) as stub:
        stub.add_response("describe_subnets", {"Subnets": [told]})
        found = Subnets(client).look_up({"subnet-a"})
    assert found == {
        "subnet-a": Subnet(
            "vpc-1",
            availability_zone="eu-west-1a",
            ipv4_cidr="10.0.4.0/24",
            ipv6_cidrs=("2001:db8:1::/64", "2001:db8:2::/64"),
        )
    }


def test_a_subnet_of_ipv6_alone_has_no_ipv4_prefix() -> None:
    client = boto3.client("ec2", region_name="eu-west-1")
    with Stubber(client) as stub:
        bare = {"SubnetId": "subnet-a", "VpcId": "vpc-1", "CidrBlock": ""}
        stub.add_response("describe_subnets", {"Subnets": [bare]})
        assert Subnets(client).look_up({"subnet-a"})["subnet-a"].ipv4_cidr is None


def test_no_more_than_two_hundred_subnets_are_asked_for_at_once() -> None:
    client = boto3.client("ec2", region_name="eu-west-1")
    names = [f"subnet-{number:03}" for number in range(201)]
    with Stubber(client) as stub:
        for some in (names[:200], names[200:]):
            filters = {"Filters": [{"Name": "subnet-id", "Values": some}]}
            stub.add_response("describe_subnets", {"Subnets": []}, filters)
        assert Subnets(client).look_up(names) == {}
        stub.assert_no_pending_responses()

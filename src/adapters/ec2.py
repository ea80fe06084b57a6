"""Reads subnets from Amazon EC2."""

from collections.abc import Collection, Mapping
from itertools import batched
from typing import TYPE_CHECKING

from core.table.store import Subnet

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import SubnetTypeDef

_VALUES_A_FILTER = 200


class Subnets:
    """Looks up subnets. Errors of botocore propagate."""

    def __init__(self, client: "EC2Client") -> None:
        self._client = client

    def look_up(self, subnet_ids: Collection[str]) -> Mapping[str, Subnet]:
        """Return what EC2 says about each subnet, except those that it does not know.

        This uses a filter, because a request for an id that is gone would fail as a whole.
        """
        pages = self._client.get_paginator("describe_subnets")
        return {
            subnet["SubnetId"]: _subnet(subnet)
            for some in batched(sorted(subnet_ids), _VALUES_A_FILTER, strict=False)
            for page in pages.paginate(Filters=[{"Name": "subnet-id", "Values": list(some)}])
            for subnet in page["Subnets"]
        }


def _subnet(subnet: "SubnetTypeDef") -> Subnet:
    associations = subnet.get("Ipv6CidrBlockAssociationSet", [])
    prefixes = (
        association["Ipv6CidrBlock"]
        for association in associations
        if association.get("Ipv6CidrBlockState", {}).get("State", "associated") == "associated"
    )
    return Subnet(
        subnet["VpcId"],
        availability_zone=subnet.get("AvailabilityZone"),
        ipv4_cidr=subnet.get("CidrBlock") or None,
        ipv6_cidrs=tuple(sorted(prefixes)),
    )

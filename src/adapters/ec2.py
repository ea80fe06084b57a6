"""The subnets of the account, as Amazon EC2 knows them."""

from collections.abc import Collection, Mapping
from itertools import batched
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client

_VALUES_A_FILTER = 200


class Subnets:
    """Tells the VPCs of subnets. Whatever EC2 refuses is raised as botocore has it."""

    def __init__(self, client: "EC2Client") -> None:
        self._client = client

    def vpcs_of(self, subnet_ids: Collection[str]) -> Mapping[str, str]:
        """Look up the VPC of each subnet; those that EC2 does not know are left out.

        By filter, because asking for an id that is gone would fail the whole request.
        """
        pages = self._client.get_paginator("describe_subnets")
        return {
            subnet["SubnetId"]: subnet["VpcId"]
            for some in batched(sorted(subnet_ids), _VALUES_A_FILTER, strict=False)
            for page in pages.paginate(Filters=[{"Name": "subnet-id", "Values": list(some)}])
            for subnet in page["Subnets"]
        }

"""The stack as it is deployed: built and put into the embedded AWS by the SAM CLI."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import boto3
from botocore.credentials import Credentials, RefreshableCredentials
from botocore.session import get_session

from ecs_ip.signing import AwsSigner
from ecs_ip.upstream import Upstream
from local import gateway
from local.api import Api
from local.embedded import CLIENT, REGION, EmbeddedAws, embedded_aws
from local.sam import sam

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

NAME = "ecs-ip-inventory"

_PROJECT = Path(__file__).parents[1]
_ARTIFACTS = "artifacts"
_PARAMETERS = {
    "RetentionDays": 36500,  # recorded events are old, and are to be stored all the same
    "ApiRateLimit": 10000,
    "ApiBurstLimit": 5000,
}


@dataclass(frozen=True)
class Stack:
    """A deployed stack."""

    aws: EmbeddedAws
    outputs: Mapping[str, str]
    api: Api

    @cached_property
    def operator(self) -> boto3.Session:
        """The session of the stack's operator role, which may put messages on its queues by hand.

        Its credentials are renewed as they expire.
        """
        role = self.outputs["OperatorRoleArn"]

        def assume() -> dict[str, str]:
            answer = self.aws.sts.assume_role(RoleArn=role, RoleSessionName="make-run")
            given = answer["Credentials"]
            return {
                "access_key": given["AccessKeyId"],
                "secret_key": given["SecretAccessKey"],
                "token": given["SessionToken"],
                "expiry_time": given["Expiration"].isoformat(),
            }

        refreshed = RefreshableCredentials.create_from_metadata(assume(), assume, "sts-assume-role")
        core = get_session()
        core._credentials = refreshed  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        return boto3.Session(botocore_session=core, region_name=REGION)

    @cached_property
    def operator_sqs(self) -> "SQSClient":
        """The client of SQS of who may put messages on the stack's queues by hand."""
        return self.operator.client("sqs", endpoint_url=self.aws.endpoint, config=CLIENT)

    @property
    def upstream(self) -> Upstream:
        """What the signing proxy asks, as the caller of the API: a new one for each proxy."""
        return Upstream(self.api.url, AwsSigner(self.api.credentials, self.api.region))

    def functions(self) -> list[str]:
        """List the names of the functions."""
        pages = self.aws.cloudformation.get_paginator("list_stack_resources")
        return [
            resource["PhysicalResourceId"]
            for page in pages.paginate(StackName=NAME)
            for resource in page["StackResourceSummaries"]
            if resource["ResourceType"] == "AWS::Lambda::Function"
        ]


@contextmanager
def deployed_stack(built: Path | None = None) -> Iterator[Stack]:
    """Start the embedded AWS, and deploy; when the context ends, nothing is left.

    What `build` has made before can be deployed several times.
    """
    with embedded_aws() as aws:
        yield deploy(aws, built or build(aws.folder))


def build(folder: Path) -> Path:
    """Run `sam build`; return the folder in `folder` with what it made."""
    built = folder / "build"
    sam("build", "--template-file", _PROJECT / "template.yaml", "--build-dir", built, folder=folder)
    return built


def deploy(
    aws: EmbeddedAws, built: Path, parameters: Mapping[str, str | int] = _PARAMETERS
) -> Stack:
    """Run `sam deploy` on what was built; the stack's API is asked as a caller of it alone."""
    aws.s3.create_bucket(
        Bucket=_ARTIFACTS, CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    sam(
        "deploy",
        *("--template-file", built / "template.yaml"),
        *("--stack-name", NAME),
        *("--s3-bucket", _ARTIFACTS),
        *("--capabilities", "CAPABILITY_IAM"),
        *("--parameter-overrides", *overrides),
        "--no-confirm-changeset",
        "--no-progressbar",
        folder=aws.folder,
        environment=aws.environment,
    )
    [described] = aws.cloudformation.describe_stacks(StackName=NAME)["Stacks"]
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
    url = urlsplit(outputs["ApiUrl"])
    gateway.complete(
        aws.apigateway,
        url.netloc.split(".")[0],
        url.path.removeprefix("/"),
        built / "template.yaml",
    )
    return Stack(aws, outputs, _api(aws, outputs["ApiUrl"]))


def _api(aws: EmbeddedAws, url: str) -> Api:
    """Make a user who may call the API and nothing else."""
    host, stage = urlsplit(url).netloc, urlsplit(url).path
    api_id = host.split(".")[0]
    allowed = f"arn:aws:execute-api:{REGION}:*:{api_id}{stage}/*"
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": allowed}
    aws.iam.create_user(UserName="caller")
    aws.iam.put_user_policy(
        UserName="caller",
        PolicyName="calls-the-api",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    key = aws.iam.create_access_key(UserName="caller")["AccessKey"]
    return Api(
        f"{aws.endpoint}/restapis/{api_id}{stage}/_user_request_",
        Credentials(key["AccessKeyId"], key["SecretAccessKey"]),
        REGION,
    )

"""A deployed stack: its API, its queues, and the credentials for them."""

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
)

from ecs_ip.errors import ApiError
from ecs_ip.signing import AwsSigner

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

DEFAULT_NAME = "ecs-ip-inventory"

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_STALE = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


class Stack:
    """A stack by its name, seen with a person's own credentials."""

    def __init__(
        self, name: str = DEFAULT_NAME, profile: str | None = None, region: str | None = None
    ) -> None:
        self.name = name
        # boto3 itself reads AWS_DEFAULT_REGION alone; AWS's other tools read this one first.
        chosen = region or os.environ.get("AWS_REGION") or None
        try:
            self.session = boto3.Session(profile_name=profile, region_name=chosen)
            _ = self.session.available_profiles  # the files of settings are read here, not later
        except ProfileNotFound as error:
            raise ApiError(f"{error}; `aws configure list-profiles` lists them") from error
        except BotoCoreError as error:
            raise explained(error) from error

    @cached_property
    def outputs(self) -> dict[str, str]:
        """The stack's outputs by name."""
        try:
            client: CloudFormationClient = self.client("cloudformation")
            [stack] = client.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            raise self._refused(error) from error
        except BotoCoreError as error:
            raise explained(error) from error
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def output(self, name: str) -> str:
        """Return one output, such as `ApiUrl`."""
        try:
            return self.outputs[name]
        except KeyError:
            raise ApiError(
                f"the stack {self.name} has no output {name}: is it one of ECS IP Inventory, "
                "deployed to the end and up to date? (--stack names another)"
            ) from None

    @property
    def api_url(self) -> str:
        """The base URL under which this machine reaches the API."""
        url = self.output("ApiUrl").rstrip("/")
        return embedded_url(self.endpoint, url) if self.endpoint else url

    @property
    def endpoint(self) -> str | None:
        """The endpoint that stands for all of AWS, where an embedded AWS is used instead."""
        if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
            return None
        configured = self.session._session.get_scoped_config().get("endpoint_url")  # noqa: SLF001 - boto3 has no public way to it
        return os.environ.get("AWS_ENDPOINT_URL") or configured or None

    @property
    def signer(self) -> AwsSigner:
        """The signer of requests to the API."""
        try:
            credentials = self.session.get_credentials()
        except BotoCoreError as error:
            raise explained(error) from error
        if credentials is None:
            raise explained(NoCredentialsError())
        region = region_of(self.output("ApiUrl")) or self.session.region_name
        if not region:
            raise explained(NoRegionError())
        return AwsSigner(credentials, region)

    def client(self, service: Any, **options: Any) -> Any:
        """Return a client of another service, with the same credentials, Region and endpoint."""
        return client_of(self.session, service, **options)

    def _refused(self, error: ClientError) -> ApiError:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        where = f" in {self.session.region_name}" if self.session.region_name else ""
        if code == "ValidationError":
            return ApiError(
                f"there is no stack {self.name}{where}: name it with --stack or ECS_IP_STACK "
                "(and --region, --profile), or name the API with --url"
            )
        if code in _DENIED:
            return ApiError(
                f"not allowed to read the stack {self.name}{where} "
                f"(cloudformation:DescribeStacks): {message}"
            )
        if code in _STALE:
            return ApiError(
                f"AWS does not accept the credentials ({code}): log in again, "
                "for instance with `aws sso login`, or choose others with --profile"
            )
        return ApiError(f"CloudFormation answered {code}: {message}")


def client_of(session: boto3.Session, service: Any, **options: Any) -> Any:
    """Return a session's client of a service; raise ApiError where its settings are wrong."""
    try:
        return session.client(service, **options)
    except (BotoCoreError, ValueError) as error:
        raise explained(error) from error


def embedded_url(endpoint: str, url: str) -> str:
    """Return where an embedded AWS serves the API that it says is at `url`.

    The host of `url` does not resolve, or resolves to the real AWS. MiniStack and LocalStack serve
    every REST API below this path of their only endpoint.
    """
    parts = urlsplit(url)
    api_id, stage = parts.netloc.partition(".")[0], parts.path.strip("/")
    return f"{endpoint.rstrip('/')}/restapis/{api_id}/{stage}/_user_request_"


def region_of(url: str) -> str | None:
    """Read the Region off an address of API Gateway, None for any other host."""
    labels = (urlsplit(url).hostname or "").split(".")
    return labels[2] if len(labels) > 3 and labels[1] == "execute-api" else None  # noqa: PLR2004 - id, service, Region, suffix


def explained(error: BotoCoreError | ValueError) -> ApiError:
    """Return the error that says what a person can do about one of botocore's.

    It raises ValueError for an endpoint that is no URL.
    """
    if isinstance(error, NoCredentialsError):
        return ApiError(
            "no AWS credentials were found: log in (`aws sso login`), choose a --profile, "
            "or name an API that needs none with --url"
        )
    if isinstance(error, NoRegionError):
        return ApiError("no AWS Region is set: name it with --region or AWS_REGION")
    text = " ".join(str(error).split())
    if text.startswith("Invalid endpoint"):
        return ApiError(f"AWS could not be asked: {text} (AWS_ENDPOINT_URL must be a URL)")
    kind = type(error).__name__
    if "SSO" in kind or "Token" in kind or "Login" in kind:
        return ApiError(f"the AWS login cannot be used: {text} (try `aws sso login`)")
    return ApiError(f"AWS could not be asked: {text}")

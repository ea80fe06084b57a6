"""Acts as the stack's operator role, the only one that may put messages on its queues."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import (
    CredentialProvider,
    CredentialResolver,
    Credentials,
    RefreshableCredentials,
)
from botocore.exceptions import BotoCoreError, ClientError

from ecs_ip.errors import ApiError, UsageError
from ecs_ip.invocation import Invocation
from ecs_ip.stack import Stack, client_of, explained

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

_SESSION_NAME = "ecs-ip"
_CONFIG = Config(retries={"mode": "standard", "max_attempts": 8})


def stack_of(invocation: Invocation) -> Stack:
    """Return the stack whose queues are meant; raise UsageError if only an API is named.

    Who named an API does not mean the default stack of whatever account is at hand.
    """
    if invocation.options.url and not invocation.options.stack:
        raise UsageError("an API alone has no queue: name the stack with --stack instead of --url")
    stack = invocation.stack
    if invocation.url and not invocation.names_stack and not stack.endpoint:
        raise UsageError(
            "ECS_IP_URL names an API, and an API alone has no queue: name the stack with --stack "
            "or ECS_IP_STACK, or an embedded AWS with AWS_ENDPOINT_URL"
        )
    return stack


def queues_of(stack: Stack) -> "SQSClient":
    """Return a client of the stack's queues, as its operator role; raise ApiError if refused.

    The role's credentials last an hour, and are renewed while the person's own are valid.
    """
    role = stack.output("OperatorRoleArn")
    with told(f"act as {role}"):
        client: SQSClient
        if _is_already(stack.client("sts"), role):
            client = stack.client("sqs", config=_CONFIG)
            return client
        credentials = RefreshableCredentials.create_from_metadata(
            _assumed(stack, role),
            refresh_using=lambda: _assumed(stack, role),
            method="sts-assume-role",
        )
        session = botocore.session.get_session()
        session.register_component("credential_provider", CredentialResolver([_Given(credentials)]))
        own = boto3.Session(botocore_session=session, region_name=stack.session.region_name)
        client = client_of(own, "sqs", endpoint_url=stack.endpoint, config=_CONFIG)
        return client


class _Given(CredentialProvider):
    """Makes a session use only these credentials."""

    METHOD = "given"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        return self._credentials


def _assumed(stack: Stack, role: str) -> dict[str, Any]:
    sts: STSClient = stack.client("sts")
    given = sts.assume_role(RoleArn=role, RoleSessionName=_SESSION_NAME)["Credentials"]
    return {
        "access_key": given["AccessKeyId"],
        "secret_key": given["SecretAccessKey"],
        "token": given["SessionToken"],
        "expiry_time": given["Expiration"].isoformat(),
    }


def _is_already(sts: "STSClient", role: str) -> bool:
    """Return whether the person's credentials are those of the role, as `make run` prints them."""
    own = sts.get_caller_identity()["Arn"]
    return f":assumed-role/{role.rpartition('/')[2]}/" in own


@contextmanager
def told(what: str) -> Iterator[None]:
    """Turn an error of botocore into a one-line error."""
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise ApiError(f"not able to {what}: {code}, {message}") from error
    except BotoCoreError as error:
        raise explained(error) from error

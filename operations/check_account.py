"""`make check-account`: what an account and Region have to say before the first deployment.

Nothing is changed: every call reads. What may not be read is told as unknown, not passed over.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_STACK = "ecs-ip-inventory"
_LEAST_CONCURRENCY = 50
"""The stack's queues run 14 functions at a time at most; the rest is for the stream and the API."""
_PRICES_ARE_TOLD_IN = "us-east-1"
_DEAD_STATES = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
_CLIENT = Config(connect_timeout=5, read_timeout=15, retries={"total_max_attempts": 3})

type Clients = Callable[..., Any]
"""Makes a client of a service, as `boto3.Session.client` does."""


class Verdict(StrEnum):
    """What a finding means for the deployment."""

    FINE = "ok"
    NOTE = "note"
    STOP = "STOP"
    UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class Account:
    """Where the stack is to go."""

    clients: Clients
    region: str
    stack: str

    def ask(self, service: str, operation: str, **request: Any) -> Any:
        """Call an operation of a service; raises what botocore raises."""
        return getattr(self.clients(service), operation)(**request)


def main(arguments: list[str] | None = None) -> int:
    """Print what was found; return 1 if something keeps the stack from being deployed."""
    options = _options(arguments)
    session = boto3.Session()
    if not session.region_name:
        print("make check-account: no Region: set AWS_REGION, or a profile's", file=sys.stderr)
        return 1

    make: Clients = session.client  # its many types are of literal names

    def clients(service: str, **more: Any) -> Any:
        return make(service, config=_CLIENT, **more)

    return report(Account(clients, session.region_name, options.stack))


def report(account: Account) -> int:
    """Print the findings of all checks as they come; return the exit code."""
    stops = 0
    for name, check in CHECKS.items():
        for finding in findings(name, check, account):
            print(f"{finding.verdict:>4}  {finding.text}", flush=True)
            stops += finding.verdict is Verdict.STOP
    print("\nThis keeps the stack from being deployed." if stops else "\nNothing is in the way.")
    return 1 if stops else 0


def findings(name: str, check: "Check", account: Account) -> Iterator[Finding]:
    """Yield what a check finds; what it may not or cannot read becomes a finding of its own."""
    try:
        yield from check(account)
    except ClientError as error:
        yield Finding(Verdict.UNKNOWN, f"{name}: {error.response['Error']['Code']}")
    except BotoCoreError as error:
        verdict = Verdict.STOP if name == "credentials" else Verdict.UNKNOWN
        yield Finding(verdict, f"{name}: {error}")


def credentials(account: Account) -> Iterator[Finding]:
    """Say who asks, and where."""
    caller = account.ask("sts", "get_caller_identity")
    yield Finding(
        Verdict.FINE, f"account {caller['Account']}, Region {account.region}, as {caller['Arn']}"
    )
    if caller["Arn"].endswith(":root"):
        yield Finding(Verdict.NOTE, "these are the root's credentials: deploy as a role instead")


def existing_stack(account: Account) -> Iterator[Finding]:
    """Say whether the stack is there already, and in what state."""
    status = _status(account)
    if status is None:
        yield Finding(Verdict.FINE, f"there is no stack {account.stack} yet")
    elif status in _DEAD_STATES:
        text = f"stack {account.stack} is {status}: delete it, then deploy"
        yield Finding(Verdict.STOP, text)
    elif status.endswith("IN_PROGRESS"):
        yield Finding(Verdict.STOP, f"stack {account.stack} is {status}: wait until it is over")
    else:
        yield Finding(Verdict.NOTE, f"stack {account.stack} is {status}: it would be updated")


def names(account: Account) -> Iterator[Finding]:
    """Say which names of a new stack are taken."""
    if _status(account) is not None:
        return
    taken = [f"event bus {account.stack}"] if _has_bus(account) else []
    for prefix in (f"/aws/lambda/{account.stack}-",):
        answer = account.ask("logs", "describe_log_groups", logGroupNamePrefix=prefix)
        taken += [
            f"log group {group['logGroupName']}"
            for group in answer["logGroups"]
            if group["logGroupName"].removeprefix(prefix) in _FUNCTIONS
        ]
    for name in taken:
        yield Finding(Verdict.STOP, f"{name} exists, and not in a stack of this name: delete it")
    if not taken:
        yield Finding(Verdict.FINE, "the names of bus and log groups are free")


def log_role(account: Account) -> Iterator[Finding]:
    """Say which role API Gateway writes logs with, and what AccountLogRole is to be."""
    arn = account.ask("apigateway", "get_account").get("cloudwatchRoleArn")
    if not arn:
        text = "API Gateway has no log role here: AccountLogRole=create (the default) makes one"
        yield Finding(Verdict.FINE, text)
        return
    if not _exists(account, arn):
        text = f"API Gateway's log role {arn} does not exist: AccountLogRole=create replaces it"
        yield Finding(Verdict.NOTE, text)
        return
    text = f"API Gateway logs as {arn}: deploy with AccountLogRole=keep, or it is replaced for all"
    yield Finding(Verdict.NOTE, text)


def concurrency(account: Account) -> Iterator[Finding]:
    """Say how many functions may run at a time."""
    limit = account.ask("lambda", "get_account_settings")["AccountLimit"]
    free = limit["UnreservedConcurrentExecutions"]
    text = f"Lambda may run {limit['ConcurrentExecutions']} functions at a time, {free} unreserved"
    if free < _LEAST_CONCURRENCY:
        more = "it deploys, and is throttled in a burst: have the quota raised (Service Quotas)"
        yield Finding(Verdict.NOTE, f"{text}: {more}")
    else:
        yield Finding(Verdict.FINE, text)


def processor(account: Account) -> Iterator[Finding]:
    """Say whether functions run on arm64 here, by whether AWS has a price for it."""
    answer = account.clients("pricing", region_name=_PRICES_ARE_TOLD_IN).get_products(
        ServiceCode="AWSLambda",
        Filters=[
            {"Type": "TERM_MATCH", "Field": "regionCode", "Value": account.region},
            {"Type": "TERM_MATCH", "Field": "group", "Value": "AWS-Lambda-Duration-ARM"},
        ],
        MaxResults=1,
    )
    if answer["PriceList"]:
        yield Finding(Verdict.FINE, f"{account.region} runs functions on arm64")
    else:
        text = f"{account.region} has no price for arm64: deploy with Architecture=x86_64"
        yield Finding(Verdict.NOTE, text)


def organization(account: Account) -> Iterator[Finding]:
    """Say which organization the account is in."""
    found = account.ask("organizations", "describe_organization")["Organization"]["Id"]
    text = f"the organization is {found}, should its accounts subscribe: SubscriberOrganizationId"
    yield Finding(Verdict.NOTE, text)


def clusters(account: Account) -> Iterator[Finding]:
    """Say how many clusters there are to sweep."""
    count = len(account.ask("ecs", "list_clusters", maxResults=100)["clusterArns"])
    more = " or more" if count == 100 else ""  # noqa: PLR2004 - a whole page
    yield Finding(Verdict.FINE if count else Verdict.NOTE, f"ECS has {count}{more} clusters here")


type Check = Callable[[Account], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "credentials": credentials,
    "stack": existing_stack,
    "names": names,
    "API Gateway's log role": log_role,
    "Lambda's concurrency": concurrency,
    "arm64": processor,
    "organization": organization,
    "clusters": clusters,
}
_FUNCTIONS = {"ingest", "reconcile", "publish", "query"}


def _status(account: Account) -> str | None:
    try:
        [stack] = account.ask("cloudformation", "describe_stacks", StackName=account.stack)[
            "Stacks"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return str(stack["StackStatus"])


def _has_bus(account: Account) -> bool:
    try:
        account.ask("events", "describe_event_bus", Name=account.stack)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def _exists(account: Account, role_arn: str) -> bool:
    try:
        account.ask("iam", "get_role", RoleName=role_arn.rsplit("/", 1)[-1])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return False
        raise
    return True


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m operations.check_account",
        description="Look at the account and Region to deploy to. Nothing is changed.",
    )
    parser.add_argument(
        "--stack",
        default=os.environ.get("STACK") or _STACK,
        help=f"name of the stack (default: $STACK, else {_STACK})",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

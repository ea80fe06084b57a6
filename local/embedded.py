"""The embedded AWS: MiniStack behind a guard, on a free port of loopback, in its own folder."""

import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from local.guard import HEALTH
from local.processes import CommandError, last_lines, running

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

# Not the account of the sample events: the sweep closes what the ECS of its own account, which is
# empty here, does not know.
ACCOUNT = "123456789012"
REGION: Final = "eu-west-1"

CLIENT = Config(proxies={})
_UNVERIFIED = "embedded"
"""The account's key, which nobody verifies: the token of the run is what counts."""
_START_SECONDS = 30.0
_SIDE_BY_SIDE = 8
_GUARD = Path(__file__).parent / "guard.py"


@dataclass(frozen=True)
class EmbeddedAws:
    """A running MiniStack; its clients act as the root of its account."""

    endpoint: str
    folder: Path
    token: str
    """Without which the guard lets nobody act as the root; known to nobody before this run."""

    @property
    def log(self) -> Path:
        """Where MiniStack, and the functions that it runs, write."""
        return self.folder / "aws.log"

    @property
    def environment(self) -> dict[str, str]:
        """What makes a command use this AWS, and nothing of the developer's own."""
        return {
            "AWS_ACCESS_KEY_ID": ACCOUNT,  # MiniStack takes it for the account
            "AWS_SECRET_ACCESS_KEY": _UNVERIFIED,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
        }

    @cached_property
    def apigateway(self) -> "APIGatewayClient":
        """The client of API Gateway."""
        return self.session.client("apigateway", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """The client of CloudFormation."""
        return self.session.client("cloudformation", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """The client of DynamoDB."""
        return self.session.client("dynamodb", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def ec2(self) -> "EC2Client":
        """The client of EC2."""
        return self.session.client("ec2", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def events(self) -> "EventBridgeClient":
        """The client of EventBridge."""
        return self.session.client("events", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def functions(self) -> "LambdaClient":
        """The client of Lambda."""
        return self.session.client("lambda", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def iam(self) -> "IAMClient":
        """The client of IAM."""
        return self.session.client("iam", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def s3(self) -> "S3Client":
        """The client of S3."""
        return self.session.client("s3", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def sqs(self) -> "SQSClient":
        """The client of SQS."""
        return self.session.client("sqs", endpoint_url=self.endpoint, config=CLIENT)

    def as_role(self, role_arn: str) -> boto3.Session:
        """Assume a role, as a person who may do so would."""
        made = self.sts.assume_role(RoleArn=role_arn, RoleSessionName="person")["Credentials"]
        return boto3.Session(
            made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"], region_name=REGION
        )

    @cached_property
    def sts(self) -> "STSClient":
        """The client of STS."""
        return self.session.client("sts", endpoint_url=self.endpoint, config=CLIENT)

    @cached_property
    def session(self) -> boto3.Session:
        """The session of the root of the account."""
        return boto3.Session(ACCOUNT, _UNVERIFIED, self.token, region_name=REGION)


@contextmanager
def embedded_aws() -> Iterator[EmbeddedAws]:
    """Run MiniStack; when the context ends, nothing of it is left."""
    with tempfile.TemporaryDirectory(
        prefix="ecs-ip-inventory-", ignore_cleanup_errors=True
    ) as name:
        port = _free_port()
        aws = EmbeddedAws(f"http://127.0.0.1:{port}", Path(name), token_urlsafe(32))
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": name,
            "TMPDIR": name,
            "LANG": "C.UTF-8",
            **aws.environment,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "127.0.0.1",
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
            "AUTH": "true",  # signatures are verified and policies hold, those of the functions too
            "DOCKER_HOST": f"unix://{name}/none",  # it would look for containers of its own
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
        }
        command = [sys.executable, "-P", str(_GUARD)]
        try:
            with running(command, environment=environment, log=aws.log) as process:
                until = time.monotonic() + _START_SECONDS
                while not _answers(port):
                    if process.poll() is not None or time.monotonic() > until:
                        said = last_lines(aws.log)
                        raise CommandError(f"the embedded AWS did not start:\n{said}")
                    time.sleep(0.05)
                yield aws
        finally:
            _clear(aws.folder)


def _clear(folder: Path) -> None:
    """Remove the folders in a folder, side by side: each function's process has a copy of all."""
    folders = [path for path in folder.iterdir() if path.is_dir()]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        for _ in threads.map(partial(shutil.rmtree, ignore_errors=True), folders):
            pass


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", HEALTH)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()

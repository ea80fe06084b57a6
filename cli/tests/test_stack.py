"""Where the API of a stack is, and whose signature its requests bear."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from conftest import Run
from ecs_ip.stack import embedded_url, region_of
from fake_api import FakeApi, Reply
from samples import record

_OUTPUTS = {
    "ApiUrl": "https://abc123.execute-api.eu-west-1.amazonaws.com/v1",
    "IngestQueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/ingest",
}


class Cloud:
    """An embedded AWS that knows one stack, and serves its API."""

    def __init__(self, api: FakeApi) -> None:
        self.api = api
        self.asked: list[str] = []
        self.error: tuple[int, str, str] | None = None
        self.outputs = dict(_OUTPUTS)

    def describe(self, body: bytes) -> tuple[int, str]:
        [name] = parse_qs(body.decode())["StackName"]
        self.asked.append(name)
        if self.error:
            status, code, message = self.error
            return (
                status,
                f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>",
            )
        members = "".join(
            f"<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
            for key, value in self.outputs.items()
        )
        return 200, (
            '<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">'
            f"<DescribeStacksResult><Stacks><member><StackName>{name}</StackName>"
            "<CreationTime>2026-11-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>"
            f"<Outputs>{members}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
        )  # fmt: skip


@pytest.fixture
def cloud(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    served = Cloud(api)
    prefix = "/restapis/abc123/v1/_user_request_"
    answer = api.answer

    def routed(request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        from dataclasses import replace  # noqa: PLC0415 - for this test alone

        return answer(replace(request, path=request.path.removeprefix(prefix)))

    monkeypatch.setattr(api, "answer", routed)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = served.describe(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv(
            "AWS_ENDPOINT_URL_CLOUDFORMATION", f"http://127.0.0.1:{server.server_port}"
        )
        monkeypatch.setenv("AWS_ENDPOINT_URL", api.url)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-2")
        yield served
        server.shutdown()


@pytest.fixture
def unknown_stack(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    cloud.error = (400, "ValidationError", "x")
    return monkeypatch


def test_the_api_of_a_stack_is_asked_with_a_signature(run: Run, cloud: Cloud) -> None:
    cloud.api.records = [record(1)]
    result = run("tasks", "--cluster", "shop")
    assert (result.code, result.err) == (0, "")
    assert cloud.asked == ["ecs-ip-inventory"]
    headers = cloud.api.requests[0].headers
    assert re.match(
        r"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\d{8}/eu-west-1/execute-api/aws4_request, "
        r"SignedHeaders=\S*host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}",
        headers["authorization"],
    )
    assert headers["x-amz-security-token"] == "token"


def test_the_stack_is_named_by_option_before_environment(
    run: Run, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECS_IP_STACK", "from-environment")
    run("tasks")
    run("--stack", "from-option", "tasks")
    monkeypatch.setenv("ECS_IP_URL", "http://127.0.0.1:9")
    run("tasks", "--stack", "wins-over-url-of-environment")
    assert cloud.asked == ["from-environment", "from-option", "wins-over-url-of-environment"]


@pytest.mark.parametrize(
    "error,said",
    [
        ((400, "ValidationError", "x"), "there is no stack ecs-ip-inventory in us-east-2"),
        ((403, "AccessDenied", "no"), "not allowed to read the stack"),
        ((403, "ExpiredToken", "late"), "aws sso login"),
        ((400, "Surprise", "what"), "CloudFormation answered Surprise: what"),
    ],
)  # fmt: skip
def test_a_stack_that_cannot_be_read_is_one_line(
    run: Run, cloud: Cloud, error: tuple[int, str, str], said: str
) -> None:
    cloud.error = error
    result = run("status")
    assert result.code == 5
    assert said in result.err
    assert result.err.count("\n") == 1


def test_a_stack_without_an_api_is_told(run: Run, cloud: Cloud) -> None:
    del cloud.outputs["ApiUrl"]
    result = run("status")
    assert result.code == 5
    assert "has no output ApiUrl" in result.err


def test_without_credentials_the_way_out_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    result = run("status")
    assert result.code == 5
    assert "no AWS credentials were found" in result.err
    assert "--url" in result.err


def test_without_a_region_the_way_out_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    result = run("status")
    assert result.code == 5
    assert "--region" in result.err


@pytest.mark.parametrize(
    "said, option, region",
    [
        ("AWS_REGION=eu-west-1", (), "eu-west-1"),
        ("AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=us-east-1", (), "eu-west-1"),
        ("AWS_REGION=eu-west-1", ("--region", "eu-north-1"), "eu-north-1"),
        ("AWS_REGION= AWS_DEFAULT_REGION=us-east-1", (), "us-east-1"),
    ],
)
def test_the_region_is_that_of_the_option_else_of_the_environment(
    run: Run, unknown_stack: pytest.MonkeyPatch, said: str, option: tuple[str, ...], region: str
) -> None:
    unknown_stack.delenv("AWS_DEFAULT_REGION")
    for each in said.split():
        unknown_stack.setenv(*each.split("="))
    assert f"there is no stack ecs-ip-inventory in {region}:" in run("status", *option).err


@pytest.mark.parametrize("command", ["status", "replay", "redrive", "proxy"])
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDFORMATION"])
def test_an_endpoint_that_is_no_url_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, name: str
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv(name, "foo")
    file = tmp_path / "events.json"
    file.write_text("{}")
    result = run(command, *([str(file)] if command == "replay" else []))
    assert (result.code, result.err.count("\n")) == (5, 1)
    assert "Invalid endpoint: foo" in result.err


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"])
@pytest.mark.parametrize("command", ["status", "redrive"])
def test_a_broken_file_of_settings_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, name: str
) -> None:
    broken = tmp_path / "config"
    broken.write_text("[profile x\nregion\n")
    monkeypatch.setenv(name, str(broken))
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    result = run(command)
    assert (result.code, result.err.count("\n")) == (5, 1)
    assert str(broken) in result.err


def test_a_profile_that_is_not_there_is_told(run: Run) -> None:
    result = run("status", "--profile", "nobody")
    assert result.code == 5
    assert "nobody" in result.err
    assert result.err.count("\n") == 1


def test_an_api_that_needs_no_signature_gets_none(ask: Run, api: FakeApi) -> None:
    ask("tasks")
    assert "authorization" not in api.requests[0].headers


def test_a_refused_signature_is_one_line(run: Run, cloud: Cloud) -> None:
    cloud.api.replies = [Reply(403, b'{"message":"The security token is expired"}')]
    result = run("tasks")
    assert result.code == 5
    assert "The security token is expired" in result.err


def test_addresses_of_api_gateway() -> None:
    url = _OUTPUTS["ApiUrl"]
    assert embedded_url("http://127.0.0.1:4566/", url) == (
        "http://127.0.0.1:4566/restapis/abc123/v1/_user_request_"
    )
    assert region_of(url) == "eu-west-1"
    assert region_of("https://abc.execute-api.cn-north-1.amazonaws.com.cn/v1") == "cn-north-1"
    assert region_of("https://inventory.example.org") is None

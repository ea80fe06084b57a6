"""The guard of the embedded AWS: each way in that a web page or another user could try, tried."""

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.embedded import ACCOUNT, REGION, EmbeddedAws
from local.guard import is_loopback

LIST_QUEUES = "Action=ListQueues&Version=2012-11-05"


def raw(aws: EmbeddedAws, *lines: str, body: str = "") -> tuple[int, str]:
    """Send a request as it is written here; answer status and text."""
    host, port = urlsplit(aws.endpoint).hostname, urlsplit(aws.endpoint).port
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", body]).encode("latin-1"))
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")
    return int(answer.split(" ", 2)[1]), answer


def as_root(aws: EmbeddedAws, *more: str, host: str | None = None) -> tuple[int, str]:
    """Ask as the root of the account, with the token of the run, and with headers besides."""
    return raw(
        aws,
        f"GET /?{LIST_QUEUES} HTTP/1.1",
        f"Host: {host or urlsplit(aws.endpoint).netloc}",
        f"Authorization: {signed_by(ACCOUNT)}",
        f"X-Amz-Security-Token: {aws.token}",
        *more,
    )


def signed_by(key: str) -> str:
    scope = f"{key}/20260101/{REGION}/sqs/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"


def refused(answer: tuple[int, str]) -> bool:
    return answer[0] == 403 and "The guard of the embedded AWS refuses" in answer[1]


def test_who_knows_the_token_of_the_run_gets_in(ministack: EmbeddedAws) -> None:
    status, answer = as_root(ministack)
    assert status == 200
    assert "ListQueuesResponse" in answer


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.1.7", "0.0.0.0"]
)
def test_a_name_that_was_rebound_to_loopback_is_refused(ministack: EmbeddedAws, host: str) -> None:
    assert refused(as_root(ministack, host=host))


def test_a_second_host_is_refused(ministack: EmbeddedAws) -> None:
    status, _ = as_root(ministack, "Host: evil.example")
    assert status in {400, 403}


def test_a_missing_host_is_refused(ministack: EmbeddedAws) -> None:
    status, _ = raw(ministack, "GET / HTTP/1.1", f"X-Amz-Security-Token: {ministack.token}")
    assert status in {400, 403}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost:3000", "http://127.0.0.1", "file://"],
)
def test_another_web_page_is_refused(ministack: EmbeddedAws, origin: str) -> None:
    assert refused(as_root(ministack, f"Origin: {origin}"))


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_another_site_is_refused(ministack: EmbeddedAws, site: str) -> None:
    assert refused(as_root(ministack, f"Sec-Fetch-Site: {site}"))


@pytest.mark.parametrize("site", ["none", "same-origin"])
def test_what_a_person_types_is_no_other_site(ministack: EmbeddedAws, site: str) -> None:
    status, _ = as_root(ministack, f"Sec-Fetch-Site: {site}")
    assert status == 200


def test_a_preflight_of_another_page_is_refused(ministack: EmbeddedAws) -> None:
    answer = raw(
        ministack,
        "OPTIONS / HTTP/1.1",
        f"Host: {urlsplit(ministack.endpoint).netloc}",
        "Origin: https://evil.example",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: x-amz-target",
    )
    assert refused(answer)
    assert "access-control-allow" not in answer[1].lower()


def test_a_web_socket_of_another_page_is_refused(ministack: EmbeddedAws) -> None:
    status, _ = raw(
        ministack,
        "GET / HTTP/1.1",
        f"Host: {urlsplit(ministack.endpoint).netloc}",
        "Origin: https://evil.example",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    assert status in {400, 403}


@pytest.mark.parametrize("key", ["", "test", ACCOUNT, "000000000000", "999999999999", "anything"])
def test_who_only_names_a_key_that_nobody_made_is_refused(ministack: EmbeddedAws, key: str) -> None:
    header = [f"Authorization: {signed_by(key)}"] if key else []
    host = f"Host: {urlsplit(ministack.endpoint).netloc}"
    assert refused(raw(ministack, f"GET /?{LIST_QUEUES} HTTP/1.1", host, *header))


@pytest.mark.parametrize("token", ["", "wrong"])
def test_a_wrong_token_is_refused(ministack: EmbeddedAws, token: str) -> None:
    host = f"Host: {urlsplit(ministack.endpoint).netloc}"
    given = f"X-Amz-Security-Token: {token}"
    signed = f"Authorization: {signed_by(ACCOUNT)}"
    assert refused(raw(ministack, f"GET /?{LIST_QUEUES} HTTP/1.1", host, signed, given))


@pytest.mark.parametrize(
    "path",
    ["/_ministack/reset", "/_ministack/config", "/_localstack/health", "/health", "/_aws/x"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_its_administration_is_refused(ministack: EmbeddedAws, method: str, path: str) -> None:
    host = f"Host: {urlsplit(ministack.endpoint).netloc}"
    assert refused(raw(ministack, f"{method} {path} HTTP/1.1", host))
    made_up = f"Authorization: {signed_by('AKIA' + 16 * 'A')}"
    assert refused(raw(ministack, f"{method} {path} HTTP/1.1", host, made_up))


@pytest.mark.parametrize(
    "more",
    [
        ("X-Amz-Target: AmazonSQS.ListQueues",),
        (f"Authorization: {signed_by(ACCOUNT)}",),
    ],
)
def test_the_path_of_an_api_is_no_way_to_anything_else(
    ministack: EmbeddedAws, more: tuple[str, ...]
) -> None:
    host = f"Host: {urlsplit(ministack.endpoint).netloc}"
    target = "POST /restapis/a/v1/_user_request_/tasks HTTP/1.1"
    assert refused(raw(ministack, target, host, *more))


def test_a_key_that_was_made_here_gets_in_and_its_signature_is_verified(
    ministack: EmbeddedAws,
) -> None:
    ministack.iam.create_user(UserName="guarded")
    key = ministack.iam.create_access_key(UserName="guarded")["AccessKey"]
    good = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    forged = boto3.Session(key["AccessKeyId"], "guessed", region_name=REGION)
    own = f"arn:aws:iam::{ACCOUNT}:user/guarded"
    assert good.client("sts", endpoint_url=ministack.endpoint).get_caller_identity()["Arn"] == own
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        forged.client("sts", endpoint_url=ministack.endpoint).get_caller_identity()


def test_an_address_that_the_root_signed_is_not_enough(ministack: EmbeddedAws) -> None:
    request = AWSRequest("GET", f"{ministack.endpoint}/?{LIST_QUEUES}")
    SigV4QueryAuth(Credentials(ACCOUNT, "embedded"), "sqs", REGION).add_auth(request)
    url = urlsplit(str(request.url))
    assert refused(
        raw(
            ministack, f"GET /?{url.query} HTTP/1.1", f"Host: {urlsplit(ministack.endpoint).netloc}"
        )
    )


def test_a_queue_that_wants_tls_takes_what_comes_through_the_guard(ministack: EmbeddedAws) -> None:
    url = ministack.sqs.create_queue(QueueName="tls-only")["QueueUrl"]
    ministack.iam.create_user(UserName="sender")
    ministack.iam.put_user_policy(
        UserName="sender", PolicyName="sends", PolicyDocument=policy(Effect="Allow")
    )
    key = ministack.iam.create_access_key(UserName="sender")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    sender = session.client("sqs", endpoint_url=ministack.endpoint)

    def deny_where_secure_transport_is(value: str) -> None:
        condition = {"Bool": {"aws:SecureTransport": value}}
        denied = policy(Effect="Deny", Principal="*", Condition=condition)
        ministack.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": denied})

    deny_where_secure_transport_is("false")
    assert sender.send_message(QueueUrl=url, MessageBody="x")["MessageId"]
    deny_where_secure_transport_is("true")
    with pytest.raises(Exception, match="AccessDenied"):
        sender.send_message(QueueUrl=url, MessageBody="x")


def policy(**statement: Any) -> str:
    whole = {"Action": "sqs:*", "Resource": "*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [whole]})


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:4566", "127.8.9.1", "localhost", "[::1]:80", "x.localhost:1"]
)
def test_names_of_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":80",
        "localhost.evil.example",
        "evil.example",
        "localhost:http",
        "127.0.0.1@evil.example",
        "evil.example/127.0.0.1",
        "127.1",
        "0x7f000001",
        "2130706433",
        "[::ffff:8.8.8.8]",
        "::1",
        "[::1",
        "10.0.0.1",
        "xlocalhost",
    ],
)
def test_names_of_any_other(host: str) -> None:
    assert not is_loopback(host)

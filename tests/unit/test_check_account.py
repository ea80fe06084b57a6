"""`make check-account`: every answer of an account, those that it refuses included."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.session import get_session

from operations.check_account import CHECKS, Account, main, report

ROLE = "arn:aws:iam::111122223333:role/api-logs"
FRESH: dict[str, Any] = {
    "get_caller_identity": {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/me"},
    "describe_stacks": "ValidationError",
    "describe_event_bus": "ResourceNotFoundException",
    "describe_log_groups": {"logGroups": []},
    "get_account": {},
    "get_account_settings": {
        "AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900}
    },
    "get_products": {"PriceList": ["{}"]},
    "describe_organization": {"Organization": {"Id": "o-a1b2c3d4e5"}},
    "list_clusters": {"clusterArns": ["arn"] * 3},
}


class Clients:
    """An account whose answers are made up; a text is the code of an error."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = answers
        self.asked: dict[str, str] = {}

    def __call__(self, service: str, **_: Any) -> Any:
        return Client(self, service)


class Client:
    def __init__(self, clients: Clients, service: str) -> None:
        self._clients, self._service = clients, service

    def __getattr__(self, operation: str) -> Any:
        def call(**_: Any) -> Any:
            self._clients.asked[operation] = self._service
            answer = self._clients.answers[operation]
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, str):
                raise ClientError({"Error": {"Code": answer, "Message": ""}}, operation)
            return answer

        return call


def said(capsys: pytest.CaptureFixture[str], **answers: Any) -> tuple[int, str]:
    code = report(Account(Clients({**FRESH, **answers}), "eu-west-1", "ecs-ip-inventory"))
    return code, capsys.readouterr().out


def test_a_fresh_account_has_nothing_in_the_way(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys)
    assert code == 0
    assert "account 111122223333, Region eu-west-1" in out
    assert "AccountLogRole=create" in out
    assert "o-a1b2c3d4e5" in out
    assert "ECS has 3 clusters" in out
    assert out.endswith("\nNothing is in the way.\n")


def test_a_log_role_that_is_set_is_to_be_kept(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, get_account={"cloudwatchRoleArn": ROLE}, get_role={"Role": {}})
    assert code == 0
    assert f"note  API Gateway logs as {ROLE}: deploy with AccountLogRole=keep" in out


def test_a_log_role_that_is_gone_is_to_be_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = said(capsys, get_account={"cloudwatchRoleArn": ROLE}, get_role="NoSuchEntity")
    assert "does not exist: AccountLogRole=create replaces it" in out


def test_the_quota_of_a_new_account_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    limit = {"ConcurrentExecutions": 10, "UnreservedConcurrentExecutions": 10}
    code, out = said(capsys, get_account_settings={"AccountLimit": limit})
    assert code == 0
    assert "note  Lambda may run 10 functions at a time" in out


def test_a_region_without_arm64_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, out = said(capsys, get_products={"PriceList": []})
    assert "Architecture=x86_64" in out


@pytest.mark.parametrize(
    "status, code, text",
    [
        ("CREATE_COMPLETE", 0, "note  stack ecs-ip-inventory is CREATE_COMPLETE: it would be upd"),
        ("ROLLBACK_COMPLETE", 1, "STOP  stack ecs-ip-inventory is ROLLBACK_COMPLETE: delete it"),
        ("UPDATE_IN_PROGRESS", 1, "STOP  stack ecs-ip-inventory is UPDATE_IN_PROGRESS: wait"),
    ],
)
def test_a_stack_that_is_there_is_told(
    capsys: pytest.CaptureFixture[str], status: str, code: int, text: str
) -> None:
    found = said(capsys, describe_stacks={"Stacks": [{"StackStatus": status}]})
    assert found[0] == code
    assert text in found[1]


def test_names_that_are_taken_stop_a_new_stack(capsys: pytest.CaptureFixture[str]) -> None:
    groups = [{"logGroupName": f"/aws/lambda/ecs-ip-inventory-{it}"} for it in ("query", "other")]
    code, out = said(capsys, describe_event_bus={}, describe_log_groups={"logGroups": groups})
    assert code == 1
    assert "STOP  event bus ecs-ip-inventory exists" in out
    assert "STOP  log group /aws/lambda/ecs-ip-inventory-query exists" in out
    assert "inventory-other" not in out


@pytest.mark.parametrize("operation", sorted(FRESH))
def test_what_may_not_be_read_is_told_as_unknown(
    capsys: pytest.CaptureFixture[str], operation: str
) -> None:
    _, out = said(capsys, **{operation: "AccessDeniedException"})
    assert ": AccessDeniedException\n" in out
    assert "   ?  " in out


def test_without_credentials_nothing_can_be_deployed(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, get_caller_identity=NoCredentialsError())
    assert code == 1
    assert "STOP  credentials: Unable to locate credentials" in out


def test_without_a_region_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert main([]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_every_operation_exists_and_reads(capsys: pytest.CaptureFixture[str]) -> None:
    clients = Clients({**FRESH, "get_account": {"cloudwatchRoleArn": ROLE}, "get_role": {}})
    assert report(Account(clients, "eu-west-1", "ecs-ip-inventory")) == 0
    assert capsys.readouterr().out
    assert len(clients.asked) >= len(CHECKS)
    session = get_session()
    for operation, service in clients.asked.items():
        verb, *words = operation.split("_")
        assert verb in {"get", "list", "describe"}
        model = session.get_service_model(service)
        assert "".join(it.title() for it in (verb, *words)) in model.operation_names

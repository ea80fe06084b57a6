"""Function `ingest`: what becomes of each message of a batch, and of no other because of it."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from core.table.coverage import ClusterCoverage
from core.table.seen_names import CLUSTER, GROUP, begins
from core.task.kinds import TaskKey
from core.text.instant import DAY, MINUTE, SECOND, to_text
from handlers import wiring
from tests.integration.conftest import FUNCTION, NOW, RETENTION_DAYS, Service
from tests.support.aws_calls import THROTTLED
from tests.support.samples import EVENTS, SECRET, read_event
from tests.support.tasks import NOON, Json, cluster_arn, eni, event, key, observed

REFUSED: Json = {"Error": {"Code": "InternalFailure", "Message": "made up"}}


def held(service: Service, *task_ids: str) -> set[TaskKey]:
    """Name those of the tasks that the table has."""
    return set(service.store.get_many([key(task_id) for task_id in task_ids]))


def metrics_of(output: str) -> dict[str, float]:
    """Read the metrics that a run has printed, in CloudWatch's embedded format."""
    (line,) = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    ((directive),) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "EcsIpInventory"
    assert (line["service"], line["FunctionName"]) == ("ingest", FUNCTION)
    assert sorted(*directive["Dimensions"]) == ["FunctionName", "service"]
    return {metric["Name"]: sum(line[metric["Name"]]) for metric in directive["Metrics"]}


def tasks_among(items: list[Json]) -> list[Json]:
    """Leave out what the store keeps besides records."""
    return [item for item in items if not item["taskId"]["S"].startswith("#")]


NOT_OURS = {
    "not JSON": ("{", "the message is not JSON"),
    "empty": ("", "the message is not JSON"),
    "nested too deeply": ("[" * 100_000, "the message is not JSON"),
    "no object": ("[]", "the message is not a JSON object"),
    "a foreign source": ({**event(), "source": "aws.ec2"}, "source is not 'aws.ecs'"),
    "a foreign detail-type": (
        {**event(), "detail-type": "ECS Service Action"},
        "detail-type is not 'ECS Task State Change'",
    ),
    "a foreign account": (
        {**event(), "account": "444455556666"},
        "detail.taskArn is not of the envelope's account",
    ),
    "a foreign region": (
        {**event(), "region": "eu-west-2"},
        "detail.taskArn is not of the envelope's region",
    ),
    "no version": (
        event(version=None),
        "detail.version is missing, so that the observation cannot be ordered",
    ),
    "a version of the wrong type": (event(version="3"), "detail.version is not a whole number"),
    "no status": (event(lastStatus=None), "detail.lastStatus is missing"),
    "a date that never was": (
        event(createdAt="2026-02-30T00:00:00Z"),
        "detail.createdAt is not a real date and time",
    ),
}


def text_of(message: Json | str) -> str:
    return message if isinstance(message, str) else json.dumps(message)


# Good messages


def test_every_sample_event_is_stored_and_none_comes_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "now", lambda: NOW + DAY)
    names = sorted(EVENTS)
    assert service.ingest(*(EVENTS[name] for name in names)) == []
    keys = {read_event(name).record.key for name in names}
    assert set(service.store.get_many(list(keys))) == keys
    assert service.dead_letters() == []


def test_duplicates_and_disorder_within_a_batch_end_in_the_same_record(service: Service) -> None:
    life = [EVENTS[name] for name in sorted(EVENTS) if name.startswith("fargate-service-")]
    assert service.ingest(*reversed(life), *life, life[2]) == []
    identity = read_event("fargate-service-1-provisioning").record.key
    stored = service.store.get_many([identity])[identity]
    assert stored.record.address_state == "released"
    assert (stored.revision, stored.sequence) == (1, 1)
    assert service.ingest(*life) == []
    assert service.store.get_many([identity])[identity] == stored


def test_an_event_is_joined_to_what_another_instance_wrote_meanwhile(service: Service) -> None:
    calls = service.dynamodb_calls()
    rival = event(version=4, lastStatus="DEPROVISIONING", attachments=[])

    def intrude(_: Json) -> None:
        calls.answers.clear()
        assert service.ingest(rival) == []

    calls.answers["PutItem"] = intrude
    assert service.ingest(event()) == []
    stored = service.store.get_many([key("a1")])[key("a1")]
    assert stored.record.status is not None
    assert (stored.record.status.version, stored.record.addresses) == (4, ("10.0.4.128",))
    assert len(tasks_among([body["Item"] for body in calls.of("PutItem")])) == 3


def test_the_time_of_the_last_event_is_noted(service: Service) -> None:
    service.ingest(event("a1"), event("a2", updatedAt=to_text(NOON + 3 * MINUTE + SECOND)))
    assert service.store.last_event_at() == NOON + 3 * MINUTE + SECOND


# Messages that can never be processed


@pytest.mark.parametrize("message, reason", NOT_OURS.values(), ids=NOT_OURS)
def test_a_message_that_is_no_event_is_a_dead_letter_at_once_whole_and_with_its_reason(
    service: Service, message: Json | str, reason: str
) -> None:
    if message == "":
        message = " "  # SQS has no empty messages
    assert service.ingest(event("b1"), message, event("b2")) == []
    assert service.dead_letters() == [(text_of(message), reason)]
    assert held(service, "a1", "b1", "b2") == {key("b1"), key("b2")}


def test_a_batch_of_everything_sorts_each_message_by_itself(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    old = to_text(NOW - (RETENTION_DAYS + 1) * DAY)
    bad = eni(privateIPv4Address="00.00.0.000")
    rejected: list[Json | str] = [
        event("r1", version=None),
        "nonsense",
        {**event("r2"), "account": "444455556666"},
    ]
    messages: list[Json | str] = [
        event("g1"),
        rejected[0],
        event("g2"),
        event("g1"),
        rejected[1],
        event("o1", updatedAt=old),
        rejected[2],
        event("i1", attachments=[bad]),
        event("g3"),
    ]
    assert service.ingest(*messages) == []
    assert held(service, "g1", "g2", "g3", "i1", "o1", "r1", "r2") == {
        key(task_id) for task_id in ("g1", "g2", "g3", "i1")
    }
    assert [body for body, _ in service.dead_letters()] == [
        *(text_of(message) for message in rejected),
        text_of(messages[7]),
    ]
    assert metrics_of(capsys.readouterr().out) == {
        "Rejected": 3,
        "InvalidAddress": 1,
        "Stored": 4,
        "TooOld": 1,
    }


def test_a_message_that_the_dead_letter_queue_does_not_take_comes_again(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    sqs = service.sqs_calls()
    sqs.answers["SendMessage"] = lambda body: REFUSED if body["MessageBody"] == "first" else None
    assert service.ingest("first", event("a1"), "second") == ["m0"]
    assert service.dead_letters() == [("second", "the message is not JSON")]
    assert held(service, "a1") == {key("a1")}
    assert metrics_of(capsys.readouterr().out) == {"Failed": 1, "Rejected": 1, "Stored": 1}


def test_a_copy_that_the_dead_letter_queue_does_not_take_is_counted_as_failed(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.sqs_calls().answers["SendMessage"] = lambda _: REFUSED
    assert service.ingest(event("a1", attachments=[eni(privateIPv4Address="none")])) == ["m0"]
    assert metrics_of(capsys.readouterr().out) == {"Failed": 1, "Stored": 1}


def test_an_unreachable_dead_letter_queue_costs_no_good_message(service: Service) -> None:
    sqs = service.sqs_calls()
    sqs.answers["SendMessage"] = lambda _: EndpointConnectionError(endpoint_url="http://gone")
    assert service.ingest("x", event("a1"), "y") == ["m0", "m2"]
    assert held(service, "a1") == {key("a1")}


# Invalid addresses


def test_an_invalid_address_is_left_out_and_one_copy_is_kept(service: Service) -> None:
    box: Json = {"networkInterfaces": [{"privateIpv4Address": "10.0.4.999"}]}
    message = event("a1", attachments=[eni(privateIPv4Address="10.0.4.999")], containers=[box] * 9)
    assert service.ingest(message) == []
    record = service.store.get_many([key("a1")])[key("a1")].record
    assert (record.addresses, record.interface.subnet_id) == ((), "subnet-a")
    ((body, reason),) = service.dead_letters()
    assert body == text_of(message)
    assert reason.startswith("detail.attachments[0].privateIpv4Address is not an IP address; ")
    assert reason.count(";") == 3
    assert "10.0.4.999" not in reason


def test_an_invalid_address_is_no_dead_letter_before_its_task_is_stored(service: Service) -> None:
    calls = service.dynamodb_calls()
    calls.answers["PutItem"] = lambda _: THROTTLED
    message = event("a1", attachments=[eni(privateIPv4Address="nonsense")])
    assert service.ingest(message) == ["m0"]
    assert service.dead_letters() == []
    calls.answers.clear()
    assert service.ingest(message) == []
    assert [body for body, _ in service.dead_letters()] == [text_of(message)]


# A table that fails


def throttle(task_id: str) -> Any:
    return lambda body: THROTTLED if body["Item"]["taskId"]["S"] == task_id else None


def test_a_throttled_task_s_messages_come_again_and_no_others(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = service.dynamodb_calls()
    calls.answers["PutItem"] = throttle("a2")
    batch: list[Json | str] = [event("a1"), event("a2"), "x", event("a3"), event("a2", version=4)]
    assert service.ingest(*batch) == ["m1", "m4"]
    assert held(service, "a1", "a2", "a3") == {key("a1"), key("a3")}
    assert len(service.dead_letters()) == 1
    assert metrics_of(capsys.readouterr().out) == {"Stored": 2, "Failed": 1, "Rejected": 1}
    calls.answers.clear()
    assert service.ingest(batch[1], batch[4]) == []
    assert held(service, "a2") == {key("a2")}


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: THROTTLED,
        lambda _: REFUSED,
        lambda _: EndpointConnectionError(endpoint_url="http://gone"),
        lambda body: {"Responses": {}, "UnprocessedKeys": body["RequestItems"]},
    ],
    ids=["throttled", "failing", "unreachable", "nothing-processed"],
)
def test_if_the_table_cannot_be_read_all_valid_messages_come_again_and_no_rejected_one(
    service: Service, answer: Any
) -> None:
    calls = service.dynamodb_calls()
    calls.answers["BatchGetItem"] = answer
    assert service.ingest(event("a1"), "x", event("a2")) == ["m0", "m2"]
    assert service.dead_letters() == [("x", "the message is not JSON")]
    assert tasks_among([body["Item"] for body in calls.of("PutItem")]) == []


def test_no_message_waits_for_the_time_of_the_last_event(service: Service) -> None:
    calls = service.dynamodb_calls()
    calls.answers["UpdateItem"] = lambda _: THROTTLED
    assert service.ingest(event("a1"), "x") == []
    assert held(service, "a1") == {key("a1")}


# Too old


def test_an_event_older_than_the_retention_is_acknowledged_and_counted(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    at = NOW - RETENTION_DAYS * DAY
    old, kept = event("a1", updatedAt=to_text(at - 1)), event("a2", updatedAt=to_text(at))
    assert service.ingest(old, old, kept) == []
    assert held(service, "a1", "a2") == {key("a2")}
    assert service.dead_letters() == []
    assert metrics_of(capsys.readouterr().out) == {"TooOld": 2, "Stored": 1}


# What is logged and counted


def test_neither_log_nor_table_nor_reason_holds_a_secret_of_the_environment(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    carrier = EVENTS["fargate-standalone-3-running"]
    assert SECRET in text_of(carrier)
    detail = carrier["detail"]
    spoilt: list[Json | str] = [
        {**carrier, "detail": {**detail, "version": SECRET}},
        {**carrier, "detail": {**detail, "lastStatus": {SECRET: SECRET}}},
        {**carrier, "detail": {**detail, "taskArn": SECRET}},
        {**carrier, "detail": {**detail, "createdAt": SECRET}},
        {**carrier, "source": SECRET},
        SECRET,
        text_of(carrier)[:-9],
        {**carrier, "detail": {**detail, "attachments": [eni(privateIPv4Address=SECRET)]}},
    ]
    calls = service.dynamodb_calls()
    calls.answers["PutItem"] = lambda _: THROTTLED
    assert service.ingest(carrier) == ["m0"]
    calls.answers.clear()
    service.ingest(carrier, *spoilt)
    letters = service.dead_letters()
    kept = [text_of(without_overrides(one)).replace(" ", "") for one in spoilt]
    assert [body.replace(" ", "") for body, _ in letters] == kept
    items = service.table.client.scan(TableName=service.table.name)["Items"]
    assert len(tasks_among(items)) == 1
    printed = capsys.readouterr()
    seen = [service.log.getvalue(), printed.out, printed.err, str(items)]
    assert SECRET not in "".join([*seen, *(reason for _, reason in letters)])


def without_overrides(message: Json | str) -> Json | str:
    """Leave out what a dead letter leaves out."""
    if isinstance(message, str):
        begun, found, _ = message.partition('"overrides"')
        return f"{begun}[cut: overrides can hold secrets]" if found else begun
    detail = {name: value for name, value in message["detail"].items() if name != "overrides"}
    return {**message, "detail": detail}


def overridden(**detail: Any) -> Json:
    """Make an event of a task that was started with a secret in its environment."""
    environment = [{"name": "TOKEN", "value": SECRET}]
    overrides = {"containerOverrides": [{"name": "app", "environment": environment}]}
    return event("a1", overrides=overrides, **detail)


@pytest.mark.parametrize(
    "message",
    [
        overridden(version=None),
        overridden(attachments=[eni(privateIPv4Address="nonsense")]),
        {**overridden(), "source": "aws.ec2"},
        {"tasks": [overridden()["detail"]], "failures": []},
        overridden()["detail"],
    ],
    ids=["rejected", "invalid-address", "foreign", "described", "detail-alone"],
)
def test_a_dead_letter_carries_no_overrides_and_is_otherwise_whole(
    service: Service, message: Json
) -> None:
    service.ingest(message)
    ((body, _),) = service.dead_letters()
    assert SECRET not in body
    assert "overrides" not in body
    assert list(json.loads(body)) == [name for name in message if name != "overrides"]


@pytest.mark.parametrize(
    "message",
    [
        json.dumps(overridden())[:-9],
        json.dumps({"Message": json.dumps(overridden())}),
        json.dumps(json.dumps({"Records": [{"body": json.dumps(overridden())}]})),
        f'{{"detail":{json.dumps(overridden()["detail"])},"detail":{{}}}}',
        "[" * 100_000 + json.dumps(overridden()),
        json.dumps(overridden(version=None)).replace("overrides", "\\u006fverrides"),
    ],
    ids=[
        "cut-short",
        "wrapped",
        "wrapped-twice",
        "twice-the-same-name",
        "too-deep",
        "escaped-name",
    ],
)
def test_no_form_of_a_message_brings_overrides_into_a_dead_letter(
    service: Service, message: str
) -> None:
    service.ingest(message)
    ((body, _),) = service.dead_letters()
    assert SECRET not in body


def test_a_dead_letter_without_overrides_is_kept_as_it_came(service: Service) -> None:
    message = json.dumps(event("a1", version=None), indent=3)
    service.ingest(message)
    assert [body for body, _ in service.dead_letters()] == [message]


# What events ask for besides


def test_two_attached_interfaces_are_a_fact_conflict_that_names_the_other(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    other = {**eni(networkInterfaceId="eni-2", privateIPv4Address="10.0.5.7"), "id": "attachment-2"}
    service.ingest(event("a1", attachments=[other, eni()]))
    (line,) = [line for line in service.logged() if line["message"] == "fact conflict"]
    assert (line["task"], line["interfaces"]) == (cluster_arn().task_arn("a1"), ["eni-2"])
    assert metrics_of(capsys.readouterr().out) == {"FactConflict": 1, "Stored": 1}
    record = service.store.get_many([key("a1")])[key("a1")].record
    assert record.interface == observed("a1").interface


def test_names_are_noted_of_bridge_tasks_too(service: Service) -> None:
    service.ingest(event("a1", attachments=[], group="family:batch"))
    assert service.store.notes(begins(CLUSTER, "shop")) != []
    assert service.store.notes(begins(GROUP, "shop", "family:batch")) != []
    assert service.store.notes(begins(GROUP, "shop", "family:other")) == []


def test_old_news_that_leaves_a_task_alive_asks_for_one_sweep_of_its_cluster(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Json] = []
    queue = SimpleNamespace(send=asked.extend)
    monkeypatch.setattr(wiring, "reconcile_queue", lambda: queue)
    shop = str(cluster_arn())
    service.store.notice_cluster(ClusterCoverage(cluster_arn=shop, swept_at=NOON))
    late = NOW + MINUTE
    monkeypatch.setattr(wiring, "now", lambda: late)
    assert service.ingest(event("a1"), event("a2")) == []
    assert service.ingest(event("a3")) == []
    assert asked == [{"sweep": {"cluster_arn": shop, "generation": late}}]


def test_a_sweep_that_cannot_be_asked_for_is_logged_and_costs_no_message(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: object) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(wiring, "reconcile_queue", lambda: SimpleNamespace(send=gone))
    shop = str(cluster_arn())
    service.store.notice_cluster(ClusterCoverage(cluster_arn=shop, swept_at=NOON))
    monkeypatch.setattr(wiring, "now", lambda: NOW + MINUTE)
    assert service.ingest(event("a1")) == []
    assert held(service, "a1") == {key("a1")}
    (line,) = [
        line
        for line in service.logged()
        if line["message"] == "could not note the last event or request a sweep"
    ]
    assert (line["level"], line["error"], line["reason"]) == (
        *("ERROR", "ConnectionError", "no queue"),
    )


def test_a_dead_lettered_message_is_logged_with_its_reason_and_its_task(service: Service) -> None:
    service.ingest(event("a1", version=None), "nonsense")
    lines = [line for line in service.logged() if line["message"] == "dead-lettered"]
    assert [(line["message_id"], line["reason"], line.get("task")) for line in lines] == [
        (
            "m0",
            "detail.version is missing, so that the observation cannot be ordered",
            cluster_arn().task_arn("a1"),
        ),
        ("m1", "the message is not JSON", None),
    ]
    assert {line["level"] for line in lines} == {"WARNING"}


def test_a_contradiction_is_logged_and_counted(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.ingest(event("a1"))
    capsys.readouterr()
    service.ingest(event("a1", attachments=[eni(subnetId="subnet-0")]))
    (line,) = [line for line in service.logged() if line["message"] == "fact conflict"]
    assert (line["task"], line["fields"]) == ("a1", ["subnet_id"])
    assert metrics_of(capsys.readouterr().out) == {"FactConflict": 1, "Stored": 1}


def test_a_failure_is_logged_with_its_task(service: Service) -> None:
    calls = service.dynamodb_calls()
    calls.answers["PutItem"] = lambda _: THROTTLED
    service.ingest(event("a1"))
    (line,) = [line for line in service.logged() if line["message"] == "not stored"]
    assert (line["task"], line["error"], line["level"]) == (
        "a1",
        "ProvisionedThroughputExceededException",
        "ERROR",
    )


def test_what_changes_nothing_is_counted_as_such(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    service.ingest(event("a1"))
    capsys.readouterr()
    service.ingest(event("a1"), event("a1"))
    assert metrics_of(capsys.readouterr().out) == {"Unchanged": 1}
    assert service.store.get_many([key("a1")])[key("a1")].record == observed("a1")

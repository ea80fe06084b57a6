"""What ECS really sends, trap by trap, and how it is read."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from core.task.ecs import MalformedObservationError, parse_event
from core.task.fields import STORED
from core.task.record import Record, in_vpc, missing
from core.text.arn import ClusterArn
from core.text.instant import Instant, from_text, to_text
from tests.support.samples import (
    ABRIDGED,
    DESCRIBED,
    DESCRIBED_AT,
    EVENTS,
    SECRET,
    SHAPES,
    read_event,
    read_task,
    readable,
)
from tests.support.tasks import (
    NOON,
    Json,
    cluster_arn,
    containers,
    described,
    eni,
    event,
    key,
    observed,
    status_of,
)

READABLE = readable()


def record(name: str) -> Record:
    return READABLE[name].record


# The envelope


@pytest.mark.parametrize(
    "detail_type",
    [
        "ECS Service Action",
        "ECS Deployment State Change",
        "ECS Container Instance State Change",
        "ecs task state change",
    ],
)
def test_other_events_of_ecs_are_refused(detail_type: str) -> None:
    with pytest.raises(MalformedObservationError, match=r"^detail-type is not 'ECS Task State"):
        parse_event({**event(), "detail-type": detail_type})


@pytest.mark.parametrize("source", ["aws.ec2", "my.app", "AWS.ECS", "ecs.ip-inventory"])
def test_events_of_another_source_are_refused(source: str) -> None:
    with pytest.raises(MalformedObservationError, match=r"^source is not 'aws\.ecs'$"):
        parse_event({**event(), "source": source})


def test_the_version_of_the_envelope_says_nothing_about_the_task() -> None:
    for version in ("0", "7", 9, None):
        assert status_of(parse_event({**event(version=3), "version": version}).record).version == 3


def test_the_resources_of_the_envelope_are_not_relied_on() -> None:
    named = parse_event({**event("a1"), "resources": [cluster_arn().task_arn("other")]})
    assert named.record.key.task_id == "a1"
    assert parse_event({**event("a1"), "resources": []}) == named


def test_the_source_time_is_updated_at_to_the_millisecond() -> None:
    sent = {**event(updatedAt="2026-11-20T12:00:00.52Z"), "time": "2026-11-20T12:00:03Z"}
    assert parse_event(sent).record.newest.observed_at == from_text("2026-11-20T12:00:00.520Z")


def test_the_source_time_is_the_envelope_s_where_updated_at_is_missing() -> None:
    sent = {**event(updatedAt=None), "time": "2026-11-20T12:00:03Z"}
    assert parse_event(sent).record.newest.observed_at == from_text("2026-11-20T12:00:03Z")


@pytest.mark.parametrize(
    "envelope, reason",
    [
        ({"account": "444455556666"}, "detail.taskArn is not of the envelope's account"),
        ({"region": "eu-west-2"}, "detail.taskArn is not of the envelope's region"),
    ],
)
def test_a_task_of_another_account_or_region_than_the_envelope_s_is_refused(
    envelope: dict[str, str], reason: str
) -> None:
    with pytest.raises(MalformedObservationError) as caught:
        parse_event({**event("a1"), **envelope})
    assert str(caught.value) == reason
    assert caught.value.task == cluster_arn().task_arn("a1")


@pytest.mark.parametrize(
    "cluster, reason",
    [
        (cluster_arn(account="444455556666"), "detail.clusterArn is not of the envelope's account"),
        (
            cluster_arn().replace("eu-west-1", "eu-west-2"),
            "detail.clusterArn is not of the envelope's region",
        ),
        (
            cluster_arn().replace("arn:aws:", "arn:aws-cn:"),
            "detail.taskArn is not of the cluster's partition, account and region",
        ),
    ],
)
def test_a_cluster_of_another_home_than_the_task_s_is_refused(cluster: str, reason: str) -> None:
    task_arn = cluster_arn().task_arn("a1")
    with pytest.raises(MalformedObservationError) as caught:
        parse_event(event(taskArn=task_arn, clusterArn=str(cluster)))
    assert str(caught.value) == reason


def test_a_described_task_of_another_home_than_its_cluster_s_is_refused() -> None:
    with pytest.raises(MalformedObservationError, match=r"^taskArn is not of the cluster's"):
        described(clusterArn=str(cluster_arn(account="444455556666")))


# Identity


def test_the_id_is_the_last_segment_and_the_cluster_comes_from_its_own_field() -> None:
    old, arn = record("old-arn-stopped"), EVENTS["old-arn-stopped"]["detail"]["taskArn"]
    assert old.facts.task_arn == arn
    assert arn.endswith(f":task/{old.key.task_id}")
    assert old.key.cluster_arn.name == "legacy"


@pytest.mark.parametrize("name, partition", [("govcloud", "aws-us-gov"), ("china", "aws-cn")])
def test_other_partitions_are_read(name: str, partition: str) -> None:
    assert record(f"{name}-running").key.cluster_arn.aws_partition == partition
    assert record(f"{name}-running").address_state == "held"


def test_a_task_definition_may_lack_its_revision() -> None:
    arn = record("ec2-awsvpc-1-running").facts.task_definition_arn
    assert arn is not None
    assert not arn.rpartition(":")[2].isdigit()


# Fields that can be missing

ALWAYS = ("taskArn", "clusterArn", "createdAt", "lastStatus", "desiredStatus", "version")


def test_an_event_with_nothing_but_what_ecs_always_sends_is_read() -> None:
    detail = {name: event()["detail"][name] for name in ALWAYS}
    seen = parse_event({**event(), "detail": detail}).record
    assert (seen.live, seen.address_state, seen.facts.network_mode) == (True, "none", None)
    assert (seen.facts.group, seen.facts.launch_type, seen.service) == (None, None, None)


def test_an_event_without_a_version_is_refused_because_it_cannot_be_ordered() -> None:
    with pytest.raises(MalformedObservationError) as caught:
        parse_event(event("a1", version=None))
    assert caught.value.field == "detail.version"
    assert caught.value.reason == "is missing, so that the observation cannot be ordered"
    assert caught.value.task == cluster_arn().task_arn("a1")


def test_null_and_empty_text_count_as_missing() -> None:
    empty = parse_event(
        {**event(), "detail": {**event()["detail"], "group": "", "startedBy": None}}
    )
    assert (empty.record.facts.group, empty.record.facts.started_by) == (None, None)
    with pytest.raises(MalformedObservationError, match=r"^detail\.lastStatus is missing$"):
        parse_event(event(lastStatus=""))


def test_unknown_fields_are_ignored() -> None:
    detail = {**event()["detail"], "healthStatus": "HEALTHY", "tags": [{"key": "a"}], "new": {}}
    assert parse_event({**event(), "detail": detail, "replay-name": "r"}) == parse_event(event())


def test_unknown_statuses_are_kept_as_they_come() -> None:
    seen = observed(lastStatus="HIBERNATING", attachments=[eni(status="PARKED")])
    assert status_of(seen).last_status == "HIBERNATING"
    assert status_of(seen).attachment_status == "PARKED"
    assert (seen.live, seen.address_state) == (True, "held")


def test_unknown_attachment_types_are_ignored() -> None:
    other = {"id": "x", "type": "quantum", "status": "ENTANGLED", "details": "none"}
    assert observed(attachments=[other, eni()]) == observed()


def test_unknown_details_of_an_eni_are_ignored_whatever_they_hold() -> None:
    new = [{"name": "trunk", "value": {"a": 1}}, {"name": "x" * 300, "value": "y" * 9_000}, {}]
    attachment = eni()
    assert observed(attachments=[{**attachment, "details": new + attachment["details"]}]) == (
        observed()
    )


def test_secrets_in_overrides_go_no_further() -> None:
    carriers = [name for name, document in EVENTS.items() if SECRET in str(document)]
    assert carriers
    for name in carriers:
        assert SECRET not in repr(READABLE[name])


def test_text_longer_than_any_of_ecs_is_refused_by_its_bytes() -> None:
    assert observed(startedBy="é" * 200).facts.started_by == "é" * 200
    with pytest.raises(MalformedObservationError, match=r"startedBy is longer than 400 bytes$"):
        observed(startedBy="é" * 200 + "x")


def test_a_long_stopped_reason_is_cut() -> None:
    assert status_of(observed(stoppedReason="x" * 120)).stopped_reason == "x" * 120
    assert status_of(observed(stoppedReason="x" * 9_000)).stopped_reason == "x" * 119 + "…"


# Life


def test_a_whole_life_is_read_version_by_version() -> None:
    names = sorted(name for name in EVENTS if name.startswith("fargate-service-"))
    life = [
        (
            status_of(record(name)).version,
            status_of(record(name)).last_status,
            status_of(record(name)).desired_status,
            status_of(record(name)).attachment_status,
            record(name).address_state,
        )
        for name in names
    ]
    assert life == [
        (1, "PROVISIONING", "RUNNING", "PRECREATED", "pending"),
        (2, "PENDING", "RUNNING", "ATTACHED", "held"),
        (3, "RUNNING", "RUNNING", "ATTACHED", "held"),
        (4, "RUNNING", "STOPPED", "ATTACHED", "held"),
        (5, "DEPROVISIONING", "STOPPED", "DETACHING", "held"),
        (6, "STOPPED", "STOPPED", "DELETED", "released"),
    ]


def test_a_stopped_event_still_lists_the_address() -> None:
    stopped = record("fargate-service-6-stopped")
    assert stopped.addresses == record("fargate-service-3-running").addresses
    assert stopped.released_at == from_text(
        EVENTS["fargate-service-6-stopped"]["detail"]["stoppedAt"]
    )


def test_a_spot_warning_leaves_the_task_running_with_its_address() -> None:
    warned = record("spot-2-interruption-warning")
    assert (status_of(warned).last_status, status_of(warned).desired_status) == (
        "RUNNING",
        "STOPPED",
    )
    assert (status_of(warned).stop_code, warned.address_state) == ("SpotInterruption", "held")


AT = "2026-11-20T{}.000Z".format


def clock(instant: Instant | None) -> str | None:
    return None if instant is None else to_text(instant)[11:]


def shown_at(**detail: Any) -> tuple[str | None, str | None]:
    """Tell by when an event says that the address had been there, and since when it still was."""
    seen = observed(**detail)
    by, since = seen.earliest.shown_by_event, seen.newest.still_shown_by_event
    return (
        None if by is None else to_text(by)[11:],
        None if since is None else to_text(since)[11:],
    )


def test_each_proof_of_the_address_is_kept_as_what_it_is() -> None:
    seen = observed(
        connectivityAt=AT("11:59:20"), pullStartedAt=AT("11:59:25"), startedAt=AT("11:59:40")
    )
    earliest, newest = seen.earliest, seen.newest
    assert to_text(earliest.connectivity_at or 0) == AT("11:59:20")
    assert newest.connected_at == earliest.connectivity_at
    assert to_text(earliest.pull_started_at or 0) == AT("11:59:25")
    assert to_text(earliest.started_at or 0) == AT("11:59:40")
    assert earliest.shown_by_event == newest.still_shown_by_event == NOON
    assert (earliest.shown_by_view, newest.still_shown_by_view) == (None, None)
    assert (earliest.gone_at, earliest.seen_stopped_at, newest.unattached_at) == (None, None, None)


def test_a_sample_of_an_instance_connects_when_it_is_created_which_proves_nothing() -> None:
    running = record("ec2-awsvpc-1-running")
    assert running.earliest.connectivity_at == running.facts.created_at != running.attached_at


def test_a_sighting_shows_the_address_unless_it_is_stopped_or_the_eni_is_gone() -> None:
    noon = ("12:00:00.000Z", "12:00:00.000Z")
    assert shown_at() == noon
    assert shown_at(lastStatus="DEPROVISIONING", attachments=[eni(status="DETACHING")]) == noon
    assert shown_at(lastStatus="STOPPED", stoppedAt=AT("12:00:00")) == (None, None)
    assert shown_at(attachments=[eni(privateIPv4Address=None)]) == (None, None)
    for status in ("DETACHED", "DELETED", "FAILED"):
        assert shown_at(attachments=[eni(status=status)]) == (None, None)


def test_a_disconnected_sighting_does_not_say_that_the_address_was_still_there() -> None:
    assert shown_at(connectivity="DISCONNECTED") == ("12:00:00.000Z", None)
    assert shown_at(connectivity="CONNECTED") == ("12:00:00.000Z", "12:00:00.000Z")
    assert status_of(observed(connectivity="DISCONNECTED")).disconnected
    assert not status_of(observed()).disconnected


def test_an_eni_that_is_detached_or_deleted_is_gone_by_then_and_a_failed_one_never_was() -> None:
    for status in ("DETACHED", "DELETED"):
        assert observed(attachments=[eni(status=status)]).earliest.gone_at == NOON
    for status in ("FAILED", "DETACHING", "ATTACHED"):
        assert observed(attachments=[eni(status=status)]).earliest.gone_at is None
    assert observed(attachments=[]).earliest.gone_at is None


def test_a_precreated_eni_with_neither_address_nor_id_was_unattached_since_then() -> None:
    bare: dict[str, Any] = {"privateIPv4Address": None, "networkInterfaceId": None}
    waiting = observed(attachments=[eni(status="PRECREATED", **bare)])
    assert waiting.newest.unattached_at == NOON
    for attachment in (
        eni(status="CREATED", **bare),
        eni(status="PRECREATED", privateIPv4Address=None),
        eni(status="PRECREATED", networkInterfaceId=None),
    ):
        assert observed(attachments=[attachment]).newest.unattached_at is None


def test_a_stop_without_its_instant_is_dated_by_its_sighting() -> None:
    assert observed(lastStatus="STOPPED").earliest.seen_stopped_at == NOON
    dated = observed(lastStatus="STOPPED", stoppedAt=AT("11:59:58"))
    assert dated.earliest.seen_stopped_at is None
    assert observed().earliest.seen_stopped_at is None


@pytest.mark.parametrize(
    "sent, by, since",
    [
        ("2026-11-20T12:00:03Z", "12:00:03.999Z", "12:00:03.000Z"),
        ("2026-11-20T12:00:03.25Z", "12:00:03.999Z", "12:00:03.000Z"),
    ],
)
def test_the_envelope_s_second_counts_at_its_end_and_at_its_beginning(
    sent: str, by: str, since: str
) -> None:
    seen = parse_event({**event(updatedAt=None), "time": sent}).record
    assert to_text(seen.earliest.shown_by_event or 0)[11:] == by
    assert to_text(seen.newest.still_shown_by_event or 0)[11:] == since


def test_a_task_that_never_connected_may_still_have_held_an_address() -> None:
    failed = record("failed-start-stopped")
    assert (failed.earliest.connectivity_at, failed.address_state) == (None, "released")
    assert failed.attached_at_estimated
    assert failed.attached_at == failed.created_at


def test_execution_can_stop_before_stopping_begins() -> None:
    seen = observed(
        lastStatus="STOPPED",
        startedAt=AT("11:59:30"),
        executionStoppedAt=AT("11:59:50"),
        stoppingAt=AT("11:59:55"),
        stoppedAt=AT("12:00:00"),
    )
    assert to_text(seen.earliest.execution_stopped_at or 0) == AT("11:59:50")
    assert to_text(seen.released_not_before or 0) == AT("11:59:55")


# DescribeTasks


def test_a_described_task_is_read_as_the_event_but_for_its_source() -> None:
    seen = described().record
    assert status_of(seen).source == "reconcile"
    assert (seen.facts, seen.interface) == (observed().facts, observed().interface)
    assert seen.newest.observed_at == NOON + 4_000, "it lived when ECS was asked"
    assert seen.earliest.shown_by_view == NOON + 5_000, "it had its address when ECS had answered"
    assert seen.newest.still_shown_by_view == NOON - 56_000, "the answer can be a minute old"
    assert (seen.earliest.shown_by_event, seen.newest.still_shown_by_event) == (None, None)


def test_a_view_of_an_eni_that_is_gone_or_unattached_takes_the_safe_side() -> None:
    gone = described(attachments=[eni(status="DELETED")]).record
    assert gone.earliest.gone_at == NOON + 5_000
    bare = eni(status="PRECREATED", privateIPv4Address=None, networkInterfaceId=None)
    assert described(attachments=[bare]).record.newest.unattached_at == NOON - 56_000
    undated = described(lastStatus="STOPPED").record
    assert undated.earliest.seen_stopped_at == NOON + 5_000


TOKYO = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-20T11:59:30.52Z",
        "2026-11-20T20:59:30.520000+09:00",
        1_795_175_970.52,
        datetime(2026, 11, 20, 11, 59, 30, 520_000, UTC),
        datetime(2026, 11, 20, 20, 59, 30, 520_000, TOKYO),
    ],
    ids=["event", "cli", "wire", "boto3", "boto3-elsewhere"],
)
def test_timestamps_come_as_text_epoch_seconds_or_datetimes(moment: object) -> None:
    started = described(startedAt=moment).record.earliest.started_at
    assert started == from_text("2026-11-20T11:59:30.520Z")


# What is refused


FULL = event(
    attachments=[eni(privateDnsName="ip-10-0-4-128.ec2.internal")],
    containers=containers(
        {
            "attachmentId": "attachment-1",
            "privateIpv4Address": "10.0.4.128",
            "ipv6Address": "2001:db8::1",
        }
    ),
    startedBy="ecs-svc/7073659324082574009",
    taskDefinitionArn="arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
    capacityProviderName="FARGATE_SPOT",
    platformVersion="1.4.0",
    availabilityZone="eu-west-1a",
    containerInstanceArn="arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/b1",
    connectivity="CONNECTED",
    connectivityAt=AT("11:59:10"),
    pullStartedAt=AT("11:59:20"),
    startedAt=AT("11:59:30"),
    stoppingAt=AT("11:59:40"),
    executionStoppedAt=AT("11:59:50"),
    stoppedAt=AT("12:00:00"),
    stopCode="EssentialContainerExited",
    stoppedReason="Essential container in task exited",
)
"""Has every field that is read."""

type Path = tuple[str | int, ...]


def with_value(path: Path, value: object) -> Json:
    """Copy FULL with another value at one place; None takes it out."""
    document = deepcopy(FULL)
    holder: Any = document
    for part in path[:-1]:
        holder = holder[part]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return document


ENI: Path = ("detail", "attachments", 0)
INTERFACE: Path = ("detail", "containers", 0, "networkInterfaces", 0)
REQUIRED: dict[Path, str] = {
    ("source",): "a constant",
    ("detail-type",): "a constant",
    ("detail",): "an object",
    ("region",): "text",
    ("account",): "text",
    ("time",): "a timestamp",
    ("detail", "taskArn"): "text",
    ("detail", "clusterArn"): "text",
    ("detail", "version"): "a number",
    ("detail", "lastStatus"): "text",
    ("detail", "desiredStatus"): "text",
    ("detail", "createdAt"): "a timestamp",
}
OPTIONAL: dict[Path, str] = {
    **{
        ("detail", name): "text"
        for name in (
            *("group", "startedBy", "taskDefinitionArn", "launchType", "capacityProviderName"),
            *("platformVersion", "availabilityZone", "containerInstanceArn"),
            *("stopCode", "stoppedReason", "connectivity"),
        )
    },
    **{
        ("detail", name): "a timestamp"
        for name in (
            *("connectivityAt", "pullStartedAt", "startedAt", "stoppingAt"),
            *("executionStoppedAt", "stoppedAt", "updatedAt"),
        )
    },
    ("detail", "attachments"): "a list",
    ENI: "an object",
    (*ENI, "id"): "text",
    (*ENI, "type"): "text",
    (*ENI, "status"): "text",
    (*ENI, "details"): "a list",
    (*ENI, "details", 0): "an object",
    (*ENI, "details", 0, "name"): "text",
    (*ENI, "details", 0, "value"): "text",
    ("detail", "containers"): "a list",
    ("detail", "containers", 0): "an object",
    ("detail", "containers", 0, "networkInterfaces"): "a list",
    INTERFACE: "an object",
    (*INTERFACE, "attachmentId"): "text",
    (*INTERFACE, "privateIpv4Address"): "text",
    (*INTERFACE, "ipv6Address"): "text",
}
READ = {**REQUIRED, **OPTIONAL}

CANARY = "canary-value"
TOO_LONG = CANARY * 40
WRONG: dict[str, dict[str, list[Any]]] = {
    "a constant": {"is not '": [CANARY, 7, [CANARY], {CANARY: CANARY}]},
    "text": {
        "is not text": [7, True, [CANARY], {CANARY: CANARY}],
        "is not valid Unicode": [f"{CANARY}\ud800"],
        "is longer than 400 bytes": [TOO_LONG],
    },
    "a number": {
        "is not a whole number": [CANARY, "3", 3.5, True, [3], {CANARY: 3}],
        "is out of range": [-1, 2**53 + 1],
    },
    "a timestamp": {
        "is not an RFC 3339 timestamp": [CANARY],
        "is not a timestamp": [True, [CANARY], {CANARY: CANARY}],
        "is not between 1970 and 2286": [-1, 1e300],
    },
    "a list": {"is not a list": [CANARY, 7, {CANARY: CANARY}]},
    "an object": {"is not a JSON object": [CANARY, 7, [CANARY]]},
}
"""By what is expected: the reasons to refuse, each with values that are refused for it."""


def named(path: Path) -> str:
    """Write a path as errors do: `detail.attachments[0].status`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


@pytest.mark.parametrize("version", [0, 2**53])
def test_the_least_and_the_greatest_version_are_read(version: int) -> None:
    assert status_of(observed(version=version)).version == version


def test_an_empty_timestamp_is_an_absent_one() -> None:
    assert observed(startedAt="") == observed()


@pytest.mark.parametrize("path", REQUIRED, ids=named)
def test_a_missing_required_field_is_named(path: Path) -> None:
    with pytest.raises(MalformedObservationError) as caught:
        parse_event(with_value(path, None))
    assert caught.value.field == named(path)
    unordered = ", so that the observation cannot be ordered" if path[-1] == "version" else ""
    assert caught.value.reason == f"is missing{unordered}"
    if path[-1] not in {"detail", "taskArn", "source", "detail-type"}:
        assert caught.value.task == FULL["detail"]["taskArn"]


@pytest.mark.parametrize("path", OPTIONAL, ids=named)
def test_a_field_that_may_be_missing_may_be_missing(path: Path) -> None:
    assert parse_event(with_value(path, None)).invalid_addresses == ()


@pytest.mark.parametrize("path, kind", READ.items(), ids=[named(path) for path in READ])
def test_a_field_of_the_wrong_type_is_named_and_its_value_is_not(path: Path, kind: str) -> None:
    refused = [(reason, wrong) for reason, values in WRONG[kind].items() for wrong in values]
    for reason, wrong in refused:
        if path[-1] == "stoppedReason" and wrong == TOO_LONG:
            continue  # free text is cut, not refused
        with pytest.raises(MalformedObservationError) as caught:
            parse_event(with_value(path, wrong))
        assert caught.value.field == named(path)
        told = caught.value.reason
        assert told.startswith(reason) if kind == "a constant" else told == reason
        assert CANARY not in f"{caught.value}{caught.value!r}{caught.value.task}"


class Watched(dict[str, Any]):
    """A JSON object that notes which of its fields are read."""

    def __init__(self, values: dict[str, Any], path: Path, seen: set[Path]) -> None:
        super().__init__(values)
        self.path, self.seen = path, seen

    def get(self, name: str, default: Any = None) -> Any:
        self.seen.add((*self.path, name))
        return super().get(name, default)


def watched(value: Any, path: Path, seen: set[Path]) -> Any:
    if isinstance(value, dict):
        inner = {name: watched(item, (*path, name), seen) for name, item in value.items()}
        return Watched(inner, path, seen)
    if isinstance(value, list):
        return [watched(item, (*path, number), seen) for number, item in enumerate(value)]
    return value


def test_the_tables_above_name_every_field_that_is_read() -> None:
    seen: set[Path] = set()
    assert parse_event(watched(FULL, (), seen)) == parse_event(FULL)
    first_of_each_list = {tuple(0 if part in range(9) else part for part in path) for path in seen}
    assert {path for path in READ if isinstance(path[-1], str)} == first_of_each_list


def test_every_stored_field_is_read_from_something_that_ecs_or_a_sweep_shows() -> None:
    bare: dict[str, Any] = {"privateIPv4Address": None, "networkInterfaceId": None}
    waiting = eni(status="PRECREATED", **bare)
    seen = [
        parse_event(FULL).record,
        observed(attachments=[waiting]),
        observed(attachments=[eni(status="DELETED")], lastStatus="STOPPED"),
        observed(),
        described().record,
        in_vpc(key(), "vpc-1"),
        missing(key(), at=NOON, seen_at=NOON, still_shown_at=NOON, cluster_gone=True),
    ]
    assert [field.name for field in STORED if all(field.of(one) is None for one in seen)] == []


@pytest.mark.parametrize("message", [None, 7, True, "text", [], [FULL], {}, {"detail": {}}])
def test_what_is_no_event_at_all_is_refused(message: object) -> None:
    with pytest.raises(MalformedObservationError):
        parse_event(message)


def test_an_error_names_no_task_where_the_arn_cannot_be_read() -> None:
    for arn in (None, 7, CANARY, f"arn:aws:ecs:eu-west-1:1:task/{'a' * 500}", [[[CANARY]]]):
        with pytest.raises(MalformedObservationError) as caught:
            parse_event(event(taskArn=arn or "", resources=None))
        assert (caught.value.field, caught.value.task) == ("detail.taskArn", None)


# The less common shapes


@pytest.mark.parametrize("name", sorted({*SHAPES} - {ABRIDGED}))
def test_an_event_of_a_less_common_shape_is_read_without_a_flaw(name: str) -> None:
    detail = SHAPES[name]["detail"]
    observation = read_event(name)
    assert observation.invalid_addresses == ()
    assert observation.record.key == (
        detail["taskArn"].rpartition("/")[2],
        ClusterArn(detail["clusterArn"]),
    )
    assert status_of(observation.record).last_status == detail["lastStatus"]
    listed = {
        interface["privateIpv4Address"]
        for container in detail.get("containers", [])
        for interface in container.get("networkInterfaces", [])
    }
    assert {*observation.record.addresses} == listed


def test_an_abridged_spot_warning_is_refused_by_name() -> None:
    abridged = SHAPES[ABRIDGED]
    with pytest.raises(MalformedObservationError, match=r"^region is missing$"):
        parse_event(abridged)
    whole = {**abridged, "region": "us-east-1", "time": "2020-01-01T00:00:00Z"}
    with pytest.raises(MalformedObservationError, match=r"^detail\.version is missing"):
        parse_event(whole)


@pytest.mark.parametrize("name", sorted(DESCRIBED))
def test_a_described_task_is_read(name: str) -> None:
    seen = read_task(name).record
    assert seen.facts.task_arn == DESCRIBED[name]["taskArn"]
    assert seen.newest.observed_at == DESCRIBED_AT
    assert status_of(seen).source == "reconcile"


@pytest.mark.parametrize(
    "name, state, addresses",
    [
        ("fargate-old-platform-running", "held", ("10.40.2.18",)),
        ("fargate-agent-short-id-running", "held", ("10.12.3.204",)),
        ("ec2-awsvpc-odd-ids-running", "held", ("10.12.7.45",)),
        ("ec2-first-format-running", "none", ()),
        ("ec2-sparse-running", "none", ()),
        ("ec2-sparse-stopped", "none", ()),
        ("ec2-bridge-cloud-map-stopped", "none", ()),
        ("fargate-exec-1-running", "held", ("10.0.187.62",)),
        ("fargate-exec-2-stopped", "released", ("10.0.187.62",)),
        ("ec2-bridge-exec-1-running", "none", ()),
        ("ec2-bridge-exec-2-stopped", "none", ()),
        ("describe-tasks-bridge-0", "none", ()),
        ("describe-tasks-two-0", "held", ("10.18.4.91",)),
        ("describe-tasks-two-1", "held", ("10.18.4.150",)),
        ("run-task-with-volume-0", "pending", ()),
        ("start-task-with-volume-0", "pending", ()),
        ("detail-blanked-stopped-0", "released", ("10.66.0.27",)),
        ("describe-tasks-spot-exec-0", "held", ("10.7.5.118",)),
        ("describe-tasks-invalid-address-0", "pending", ()),
    ],
)
def test_a_less_common_shape_shows_what_a_person_reads_in_it(
    name: str, state: str, addresses: tuple[str, ...]
) -> None:
    assert (record(name).address_state, record(name).addresses) == (state, addresses)


def test_a_container_need_not_match_the_id_of_its_attachment() -> None:
    name = "detail-blanked-stopped-0"
    document = DESCRIBED[name]
    ids = {box["attachmentId"] for c in document["containers"] for box in c["networkInterfaces"]}
    assert document["attachments"][0]["id"] not in ids
    assert record(name).interface.mac_address is None
    assert record(name).interface.network_interface_id == "eni-wxyz"


def test_an_address_that_is_none_is_named_with_its_place() -> None:
    assert READABLE["describe-tasks-invalid-address-0"].invalid_addresses == (
        "attachments[0].privateIpv4Address is not an IP address",
        "containers[0].networkInterfaces[0].privateIpv4Address is not an IP address",
    )


def test_a_timestamp_with_an_offset_of_a_whole_answer_is_read_in_utc() -> None:
    name = "describe-tasks-spot-exec-0"
    assert DESCRIBED[name]["createdAt"].endswith("+09:00")
    assert record(name).facts.created_at == from_text(DESCRIBED[name]["createdAt"])


def test_a_container_whose_cpu_is_the_text_null_is_no_obstacle() -> None:
    name = "fargate-agent-short-id-running"
    assert "null" in {c.get("cpu") for c in SHAPES[name]["detail"]["containers"]}
    assert record(name).address_state == "held"

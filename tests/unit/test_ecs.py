"""What ECS really sends, trap by trap, and how it is read."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from core.task.ecs import MalformedObservationError, Observation, parse_event, parse_task
from core.task.kinds import Status
from core.task.record import Record
from core.text.arn import ClusterArn
from core.text.instant import from_text, to_text
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
from tests.support.tasks import NOON, Json, cluster_arn, eni, event, observed

READABLE = readable()


def record(name: str) -> Record:
    return READABLE[name].record


def status_of(seen: Record) -> Status:
    assert seen.status is not None
    return seen.status


def described(**fields: Any) -> Observation:
    """Parse the detail of an event as if DescribeTasks had answered it."""
    return parse_task(event(**fields)["detail"], asked_at=NOON + 4_000, answered_at=NOON + 5_000)


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


# Attachments and addresses


@pytest.mark.parametrize(
    "fields",
    [
        {
            "attachments": [],
            "containers": [{"networkInterfaces": [{"ipv6Address": "2001:db8::7"}]}],
        },
        {"attachments": [{"type": "eni", "status": "PRECREATED", "details": []}]},
    ],
)
def test_an_interface_is_one_wherever_it_shows(fields: Json) -> None:
    """Only in a container, or in an attachment that has nothing to tell yet."""
    assert described(**fields).record.facts.network_mode == "awsvpc"


def test_an_event_s_eni_gives_the_address_facts() -> None:
    facts = record("fargate-service-3-running").facts
    attachment = EVENTS["fargate-service-3-running"]["detail"]["attachments"][0]
    details = {pair["name"]: pair["value"] for pair in attachment["details"]}
    assert facts.attachment_id == attachment["id"]
    assert facts.network_mode == "awsvpc"
    assert facts.network_interface_id == details["networkInterfaceId"]
    assert facts.subnet_id == details["subnetId"]
    assert facts.mac_address == details["macAddress"]
    assert facts.private_dns_name == details["privateDnsName"]
    assert facts.private_ipv4_address == details["privateIPv4Address"]


def test_an_eni_is_called_elastic_network_interface_by_describe_tasks() -> None:
    assert described(attachments=[eni(kind="ElasticNetworkInterface")]).record.facts == (
        described(attachments=[eni(kind="eni")]).record.facts
    )


@pytest.mark.parametrize("first", ["elb", "sdi", "ServiceConnect", "AmazonElasticBlockStorage"])
def test_the_eni_is_not_always_the_first_attachment(first: str) -> None:
    other = {"id": "other", "type": first, "status": "ATTACHED", "details": []}
    assert observed(attachments=[other, eni()]).facts == observed().facts
    assert status_of(observed(attachments=[other, eni()])).attachment_status == "ATTACHED"


@pytest.mark.parametrize("name", ["service-connect-running", "load-balancer-running"])
def test_our_samples_with_another_attachment_first_hold_their_address(name: str) -> None:
    assert record(name).address_state == "held"


def test_the_spelling_of_a_detail_s_name_does_not_matter() -> None:
    spelled = eni(privateIPv4Address=None, privateIpv4Address="10.0.4.128")
    assert observed(attachments=[spelled]) == observed()


def test_of_a_detail_that_comes_twice_the_first_counts() -> None:
    attachment = eni()
    again = [*attachment["details"], {"name": "subnetId", "value": "subnet-z"}]
    assert observed(attachments=[{**attachment, "details": again}]) == observed()


def test_the_private_dns_name_is_optional() -> None:
    assert observed(attachments=[eni()]).facts.private_dns_name is None
    named = eni(privateDnsName="ip-10-0-4-128.ec2.internal")
    assert observed(attachments=[named]).facts.private_dns_name == "ip-10-0-4-128.ec2.internal"


def containers(*interfaces: dict[str, str]) -> list[dict[str, Any]]:
    return [{"name": f"c{n}", "networkInterfaces": [one]} for n, one in enumerate(interfaces)]


def test_containers_fill_the_gaps_of_the_attachment() -> None:
    bare = eni(privateIPv4Address=None)
    boxes = containers({"attachmentId": "attachment-1", "privateIpv4Address": "10.0.4.129"})
    assert observed(attachments=[bare], containers=boxes).facts.private_ipv4_address == (
        "10.0.4.129"
    )


def test_containers_fill_gaps_even_if_their_attachment_id_matches_nothing() -> None:
    bare = {**eni(privateIPv4Address=None), "id": ""}
    boxes = containers({"attachmentId": "another", "privateIpv4Address": "10.0.4.129"})
    facts = observed(attachments=[bare], containers=boxes).facts
    assert (facts.attachment_id, facts.private_ipv4_address) == (None, "10.0.4.129")


def test_the_attachment_s_own_details_come_before_the_containers() -> None:
    boxes = containers({"privateIpv4Address": "10.0.4.9"}, {"privateIpv4Address": "10.0.4.8"})
    assert observed(containers=boxes).facts.private_ipv4_address == "10.0.4.128"


def test_an_ipv6_address_comes_from_the_containers() -> None:
    boxes = containers({"ipv6Address": "2001:DB8:0::1"})
    facts = observed(containers=boxes).facts
    assert (facts.private_ipv4_address, facts.ipv6_address) == ("10.0.4.128", "2001:db8::1")
    assert record("dual-stack-running").addresses == (
        "10.0.6.33",
        "2001:db8:4a:600:1c2b:9f3e:7a40:d815",
    )
    assert record("ipv6-only-running").facts.private_ipv4_address is None
    assert record("ipv6-only-running").address_state == "held"


def test_an_ipv6_address_among_the_attachment_s_details_counts() -> None:
    facts = observed(attachments=[eni(ipv6Address="2001:db8::7")]).facts
    assert facts.ipv6_address == "2001:db8::7"


@pytest.mark.parametrize(
    "attachments",
    [
        None,
        [],
        [{"id": "x", "type": "sdi", "status": "ATTACHED", "details": []}],
        [{"id": "x", "type": "elb", "status": "ATTACHED", "details": []}],
    ],
    ids=["missing", "empty", "cloud-map", "load-balancer"],
)
def test_a_task_in_bridge_or_host_mode_has_no_address(attachments: Any) -> None:
    box = {
        "networkInterfaces": [],
        "networkBindings": [{"bindIP": "203.0.113.9", "containerPort": 80, "hostPort": 32768}],
    }
    seen = observed(attachments=attachments, containers=[box, {"name": "no interfaces"}])
    assert (seen.addresses, seen.facts.network_mode, seen.address_state) == ((), None, "none")
    assert status_of(seen).attachment_status is None


def test_our_bridge_sample_has_no_address() -> None:
    assert record("ec2-bridge-running").address_state == "none"


def test_a_precreated_eni_is_pending() -> None:
    seen = record("fargate-service-1-provisioning")
    assert status_of(seen).attachment_status == "PRECREATED"
    assert seen.facts.subnet_id is not None
    assert (seen.addresses, seen.address_state) == ((), "pending")


@pytest.mark.parametrize("address", ["203.0.113.9", "100.64.0.1", "8.8.8.8", "169.254.1.1"])
def test_addresses_need_not_be_private(address: str) -> None:
    seen = observed(attachments=[eni(privateIPv4Address=address)])
    assert seen.addresses == (address,)


def test_addresses_are_kept_in_their_canonical_text() -> None:
    seen = observed(attachments=[eni(privateIPv4Address="::ffff:10.0.4.128")])
    assert seen.addresses == ("10.0.4.128",)


def test_text_that_is_no_address_is_left_out_and_named_and_the_rest_counts() -> None:
    bad = eni(privateIPv4Address="00.00.0.000")
    boxes = containers({"privateIpv4Address": "00.00.0.000"}, {"ipv6Address": "10.0.4.128"})
    observation = parse_event(event(attachments=[bad], containers=boxes))
    assert observation.invalid_addresses == (
        "detail.attachments[0].privateIpv4Address is not an IP address",
        "detail.containers[0].networkInterfaces[0].privateIpv4Address is not an IP address",
        "detail.containers[1].networkInterfaces[0].ipv6Address is an IPv4 address",
    )
    assert observation.record.addresses == ()
    assert observation.record.address_state == "pending"
    assert observation.record.facts.subnet_id == "subnet-a"
    assert status_of(observation.record).last_status == "RUNNING"


def test_a_container_s_valid_address_stands_in_for_an_invalid_one() -> None:
    bad = eni(privateIPv4Address="nonsense")
    boxes = containers({"privateIpv4Address": "10.0.4.128"})
    observation = parse_event(event(attachments=[bad], containers=boxes))
    assert observation.record.addresses == ("10.0.4.128",)
    assert len(observation.invalid_addresses) == 1


def test_a_subnet_id_that_would_break_an_index_key_is_refused() -> None:
    reason = r"^detail\.attachments\.subnetId is not the id of a subnet$"
    for subnet in ("subnet-a#b", "subnet a", "?", "subnet~"):
        with pytest.raises(MalformedObservationError, match=reason):
            observed(attachments=[eni(subnetId=subnet)])


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


def held_at(**detail: Any) -> str | None:
    at = observed(**detail).earliest.held_at
    return None if at is None else to_text(at)[11:]


AT = "2026-11-20T{}.000Z".format


@pytest.mark.parametrize("name", ["pullStartedAt", "startedAt", "connectivityAt"])
def test_pulling_starting_and_connecting_prove_the_address(name: str) -> None:
    assert held_at(**{name: AT("11:59:30")}) == "11:59:30.000Z"


def test_the_earliest_proof_counts() -> None:
    proofs = {
        "connectivityAt": AT("11:59:20"),
        "pullStartedAt": AT("11:59:25"),
        "startedAt": AT("11:59:40"),
    }
    assert held_at(**proofs) == "11:59:20.000Z"


def test_a_connection_at_creation_proves_nothing_about_the_eni() -> None:
    """On EC2 it is the host that is connected, and `connectivityAt` equals `createdAt`."""
    assert held_at(createdAt=AT("11:59:00"), connectivityAt=AT("11:59:00")) == "12:00:00.000Z"
    running = record("ec2-awsvpc-1-running")
    assert running.earliest.connectivity_at == running.facts.created_at != running.attached_at


def test_creation_alone_proves_nothing_because_the_eni_comes_later() -> None:
    assert held_at(createdAt=AT("11:00:00")) == "12:00:00.000Z"


def test_any_observation_that_shows_the_address_proves_it_unless_stopped() -> None:
    assert held_at() == "12:00:00.000Z"
    assert held_at(lastStatus="DEPROVISIONING") == "12:00:00.000Z"
    assert held_at(lastStatus="STOPPED", stoppedAt=AT("12:00:00")) is None


def test_an_observation_without_an_address_proves_none_by_being_made() -> None:
    assert held_at(attachments=[eni(privateIPv4Address=None)]) is None


def test_a_task_that_never_connected_may_still_have_held_an_address() -> None:
    failed = record("failed-start-stopped")
    assert (failed.earliest.connectivity_at, failed.address_state) == (None, "released")
    assert failed.attached_at_estimated


def test_execution_can_stop_before_stopping_begins() -> None:
    seen = observed(
        lastStatus="STOPPED",
        executionStoppedAt=AT("11:59:50"),
        stoppingAt=AT("11:59:55"),
        stoppedAt=AT("12:00:00"),
    )
    assert to_text(seen.earliest.execution_stopped_at or 0) == AT("11:59:50")
    assert to_text(seen.attached_at or 0) == AT("11:59:50")


# DescribeTasks


def test_a_described_task_is_read_as_the_event_but_for_its_source() -> None:
    seen = described().record
    assert status_of(seen).source == "reconcile"
    assert seen.facts == observed().facts
    assert seen.newest.observed_at == NOON + 4_000, "it lived when ECS was asked"
    assert seen.earliest.held_at == NOON + 5_000, "it had its address when ECS had answered"


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
    containers=containers({"privateIpv4Address": "10.0.4.128", "ipv6Address": "2001:db8::1"}),
    startedBy="ecs-svc/7073659324082574009",
    taskDefinitionArn="arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7",
    capacityProviderName="FARGATE_SPOT",
    platformVersion="1.4.0",
    availabilityZone="eu-west-1a",
    containerInstanceArn="arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/b1",
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
            *("stopCode", "stoppedReason"),
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
    assert record(name).facts.mac_address is None
    assert record(name).facts.network_interface_id == "eni-wxyz"


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

"""The examples, deployed beside the stack: they hear of changes, and act on them."""

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.text.instant import SECOND
from local.events import replay, wait_until_empty
from local.sam import sam
from local.stack import Stack
from tests.support.changes import life

EXAMPLES = Path(__file__).parents[2] / "examples"
ZONE = "internal.example.com."


def client(stack: Stack, service: Any) -> Any:
    return stack.aws.session.client(service, endpoint_url=stack.aws.endpoint)


def deploy(stack: Stack, example: str, **parameters: str | int) -> dict[str, str]:
    """Build and deploy an example that listens to the stack; answers its outputs."""
    name = str(parameters["Cluster"])
    folder = stack.aws.folder / name
    folder.mkdir()
    template = EXAMPLES / example / "template.yaml"
    sam("build", "--template-file", template, "--build-dir", folder / "build", folder=folder)
    inventory = {"ChangeBusName": stack.outputs["ChangeBusName"], "ApiUrl": stack.api.url}
    given = {**inventory, **parameters}
    sam(
        "deploy",
        *("--template-file", folder / "build" / "template.yaml"),
        *("--stack-name", name),
        *("--s3-bucket", "artifacts"),
        *("--capabilities", "CAPABILITY_IAM"),
        *("--parameter-overrides", *(f"{key}={value}" for key, value in given.items())),
        "--no-confirm-changeset",
        "--no-progressbar",
        folder=folder,
        environment=stack.aws.environment,
    )
    [described] = stack.aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}


def send(stack: Stack, *events: Mapping[str, Any]) -> None:
    replay(stack, [json.dumps(event) for event in events])


def ask_to_compare(stack: Stack, outputs: Mapping[str, str]) -> None:
    stack.aws.sqs.send_message(
        QueueUrl=outputs["QueueUrl"],
        MessageBody="{}",
        MessageGroupId="all",
        MessageDeduplicationId=str(time.time_ns()),
    )
    wait_until_empty(stack, outputs["QueueUrl"])


def eventually(read: Callable[[], Any], expected: Any, seconds: float = 30) -> None:
    """Wait until something is so, and see that it stays so."""
    until = time.monotonic() + seconds
    while read() != expected and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)
    assert read() == expected


@pytest.fixture(scope="module")
def zone(stack: Stack) -> str:
    route53 = client(stack, "route53")
    made = route53.create_hosted_zone(Name=ZONE, CallerReference="examples")["HostedZone"]
    return str(made["Id"].rsplit("/")[-1])


def deploy_route53(stack: Stack, zone: str, cluster: str, name: str) -> dict[str, str]:
    return deploy(
        stack,
        "route53",
        Cluster=cluster,
        Service="web",
        HostedZoneId=zone,
        RecordName=f"{name}.{ZONE}",
    )


def values(stack: Stack, zone: str, name: str) -> set[str]:
    sets = client(stack, "route53").list_resource_record_sets(HostedZoneId=zone)
    return {
        value["Value"]
        for each in sets["ResourceRecordSets"]
        if (each["Name"], each["Type"]) == (f"{name}.{ZONE}", "A")
        for value in each["ResourceRecords"]
    }


def test_route_53_has_the_ready_tasks_of_the_service_and_no_other(stack: Stack, zone: str) -> None:
    cluster = "route53-life"
    outputs = deploy_route53(stack, zone, cluster, "life")
    ours, other = life("a1", "10.1.0.1", cluster), life("b1", "10.1.0.2", cluster)
    foreign = life("c1", "10.1.0.3", cluster, group="service:other")

    def present() -> set[str]:
        return values(stack, zone, "life")

    send(stack, ours[0], other[0], foreign[0])
    send(stack, ours[1], foreign[1])
    eventually(present, {"10.1.0.1"})
    send(stack, other[1])
    eventually(present, {"10.1.0.1", "10.1.0.2"})
    send(stack, ours[2])  # asked to stop
    eventually(present, {"10.1.0.2"})
    send(stack, ours[4], other[4])
    eventually(present, set())
    assert (
        stack.aws.sqs.receive_message(QueueUrl=outputs["DeadLetterQueueUrl"]).get("Messages", [])
        == []
    )


def test_route_53_is_right_after_disorder_and_is_rebuilt_from_the_api(
    stack: Stack, zone: str
) -> None:
    cluster = "route53-disorder"
    before = [life(f"early{n}", f"10.2.0.{n}", cluster) for n in range(5)]
    for told in before:
        send(stack, told[1])  # told before anybody listened
    outputs = deploy_route53(stack, zone, cluster, "disorder")
    ask_to_compare(stack, outputs)
    eventually(lambda: values(stack, zone, "disorder"), {f"10.2.0.{n}" for n in range(5)})

    lives = [life(f"t{n}", f"10.2.1.{n}", cluster)[: 1 + n % 5] for n in range(40)]
    events = [event for told in lives for event in told] * 2
    Random(5).shuffle(events)  # noqa: S311 - to be the same each time
    send(stack, *events)
    ready = {f"10.2.1.{n}" for n in range(40) if n % 5 == 1}
    eventually(lambda: values(stack, zone, "disorder"), {f"10.2.0.{n}" for n in range(5)} | ready)


def prefix_list(stack: Stack, most: int) -> str:
    made = client(stack, "ec2").create_managed_prefix_list(
        PrefixListName=f"of-{most}", MaxEntries=most, AddressFamily="IPv4"
    )
    return str(made["PrefixList"]["PrefixListId"])


def entries(stack: Stack, list_id: str) -> set[str]:
    answer = client(stack, "ec2").get_managed_prefix_list_entries(PrefixListId=list_id)
    return {entry["Cidr"] for entry in answer["Entries"]}


def deploy_allow_list(stack: Stack, **parameters: str | int) -> dict[str, str]:
    """Deploy the example; the embedded AWS takes EC2's resources all for `*`, and is told so."""
    outputs = deploy(stack, "allow-list", Service="web", **parameters)
    [role] = [
        role["RoleName"]
        for page in stack.aws.iam.get_paginator("list_roles").paginate()
        for role in page["Roles"]
        if role["RoleName"].startswith(f"{parameters['Cluster']}-FunctionRole")
    ]
    actions = ["ec2:GetManagedPrefixListEntries", "ec2:ModifyManagedPrefixList"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    stack.aws.iam.put_role_policy(
        RoleName=role,
        PolicyName="any-prefix-list",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return outputs


def test_the_allow_list_has_the_addresses_that_the_service_s_tasks_hold(stack: Stack) -> None:
    cluster, list_id = "allow-list", prefix_list(stack, 300)
    early = [life(f"early{n}", f"10.3.{n // 100}.{n % 100}", cluster)[1] for n in range(250)]
    send(stack, *early)
    outputs = deploy_allow_list(stack, Cluster=cluster, PrefixListId=list_id)
    ask_to_compare(stack, outputs)
    told_early = {f"10.3.{n // 100}.{n % 100}/32" for n in range(250)}
    eventually(lambda: entries(stack, list_id), told_early)

    ours = life("a1", "10.3.9.1", cluster)
    foreign = life("c1", "10.3.9.3", cluster, group="service:other")
    send(stack, ours[0], foreign[1])
    eventually(lambda: entries(stack, list_id), told_early | {"10.3.9.1/32"})
    send(stack, ours[3])  # stopping, and still there
    eventually(lambda: entries(stack, list_id), told_early | {"10.3.9.1/32"})
    send(stack, ours[4], ours[1])
    eventually(lambda: entries(stack, list_id), told_early)


def test_the_allow_list_s_grace_period_ends_when_another_task_holds_the_address(
    stack: Stack,
) -> None:
    cluster, list_id = "allow-list-grace", prefix_list(stack, 10)
    deploy_allow_list(stack, Cluster=cluster, PrefixListId=list_id, GraceSeconds=3600)
    now = time.time_ns() // 1_000_000
    start = now - 60 * SECOND
    first, second = (life(f"a{n}", f"10.4.0.{n}", cluster, start=start) for n in (1, 2))
    send(stack, first[1], second[1])
    both = {"10.4.0.1/32", "10.4.0.2/32"}
    eventually(lambda: entries(stack, list_id), both)
    send(stack, first[4], second[4])
    eventually(lambda: entries(stack, list_id), both)
    successor = life("b1", "10.4.0.1", "elsewhere", start=start + 50 * SECOND)
    send(stack, successor[0])
    eventually(lambda: entries(stack, list_id), {"10.4.0.2/32"})

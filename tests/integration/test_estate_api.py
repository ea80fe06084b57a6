"""The estate's ECS and EC2 as AWS's own client meets them, and the clock that functions share."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from local.embedded import REGION
from local.estate import lives
from local.estate.clock import HOUR, MINUTE, SECOND, EstateClock
from local.estate.day import build
from local.estate.server import Estate, serve

CLOCKED = Path(__file__).parents[2] / "local" / "estate" / "clocked"
START = 1_795_000_000_000


@pytest.fixture
def estate(tmp_path: Path) -> Iterator[Estate]:
    """Serve the estate as it stands when its day begins."""
    world, _ = build(START)
    clock = EstateClock(tmp_path / "clock")
    clock.put(START)
    with serve(Estate(world, clock)) as served:
        yield served


@pytest.fixture
def ecs(estate: Estate) -> Iterator[Any]:
    with closing(client(estate, "ecs")) as made:
        yield made


@pytest.fixture
def ec2(estate: Estate) -> Iterator[Any]:
    with closing(client(estate, "ec2")) as made:
        yield made


def client(estate: Estate, service: Any) -> Any:
    return boto3.client(service, endpoint_url=estate.url, region_name=REGION)


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return refused.value.response["Error"]["Code"]


def at(estate: Estate, after_start: int) -> None:
    estate.clock.put(START + after_start)
    estate.advance()


# ECS


def test_clusters_and_tasks_are_listed(ecs: Any) -> None:
    arns = ecs.list_clusters()["clusterArns"]
    assert [arn.rpartition("/")[2] for arn in arns] == ["data", "shop"]
    named = ecs.list_tasks(cluster="shop")["taskArns"]
    assert named == ecs.list_tasks(cluster=arns[1], desiredStatus="RUNNING")["taskArns"]
    assert len(named) == 36
    assert all(arn.startswith(arns[1].replace(":cluster/", ":task/")) for arn in named)


def test_lists_have_pages_of_at_most_a_hundred(ecs: Any, estate: Estate) -> None:
    workload = estate.world.workloads["log-shipper"]
    for _ in range(250):
        estate.world.start(lives.begin(estate.world, estate.world.create(workload)))
    at(estate, 10 * SECOND)
    pages = list(ecs.get_paginator("list_tasks").paginate(cluster="data"))
    assert [len(page["taskArns"]) for page in pages] == [100, 100, 74]
    arns = [arn for page in pages for arn in page["taskArns"]]
    assert len(set(arns)) == 274
    assert len(ecs.list_tasks(cluster="data", maxResults=7)["taskArns"]) == 7
    with pytest.raises(ClientError) as refused:
        ecs.list_tasks(cluster="data", maxResults=101)
    assert code(refused) == "InvalidParameterException"
    assert len(ecs.describe_tasks(cluster="data", tasks=arns[:100])["tasks"]) == 100
    with pytest.raises(ClientError) as refused:
        ecs.describe_tasks(cluster="data", tasks=arns[:101])
    assert code(refused) == "InvalidParameterException"


def test_an_unknown_task_is_missing_with_status_200(ecs: Any) -> None:
    [known] = ecs.list_tasks(cluster="shop", maxResults=1)["taskArns"]
    other = known[:-3] + "xyz"
    answer = ecs.describe_tasks(cluster="shop", tasks=[known, other, "nobody"])
    assert [task["taskArn"] for task in answer["tasks"]] == [known]
    nobody = known.rpartition("/")[0] + "/nobody"
    assert answer["failures"] == [
        {"arn": other, "reason": "MISSING"},
        {"arn": nobody, "reason": "MISSING"},
    ]


def test_a_task_is_missing_in_any_cluster_but_its_own(ecs: Any) -> None:
    [arn] = ecs.list_tasks(cluster="shop", maxResults=1)["taskArns"]
    assert ecs.describe_tasks(cluster="data", tasks=[arn])["failures"][0]["reason"] == "MISSING"
    by_id = ecs.describe_tasks(cluster="shop", tasks=[arn.rpartition("/")[2]])
    assert by_id["tasks"][0]["taskArn"] == arn


@pytest.mark.parametrize("named", [{"cluster": "nowhere"}, {}])
def test_a_cluster_that_is_not_there_is_not_found(ecs: Any, named: dict[str, str]) -> None:
    with pytest.raises(ClientError) as refused:
        ecs.list_tasks(**named)
    assert code(refused) == "ClusterNotFoundException"
    with pytest.raises(ClientError) as refused:
        ecs.describe_tasks(tasks=["x"], **named)
    assert code(refused) == "ClusterNotFoundException"


def test_a_task_is_described_as_ecs_does(ecs: Any, estate: Estate) -> None:
    [task] = estate.world.running("payments")[:1]
    [described] = ecs.describe_tasks(cluster="shop", tasks=[task.arn])["tasks"]
    service_connect, interface = described["attachments"]
    assert service_connect["type"] == "ServiceConnect"
    assert (interface["type"], interface["status"]) == ("ElasticNetworkInterface", "ATTACHED")
    details = {each["name"]: each["value"] for each in interface["details"]}
    assert details["privateIPv4Address"] == task.address
    assert task.subnet
    assert details["subnetId"] == task.subnet.id
    assert described["createdAt"].timestamp() * 1_000 == task.at["createdAt"]
    assert (described["version"], described["tags"], described["healthStatus"]) == (
        3,
        [],
        "UNKNOWN",
    )


def test_a_stopping_task_is_listed_among_those_to_stop_and_for_an_hour_after(
    ecs: Any, estate: Estate
) -> None:
    [task] = estate.world.running("cart")[:1]
    estate.world.start(lives.end(estate.world, task))
    at(estate, SECOND // 2)
    assert task.arn not in ecs.list_tasks(cluster="shop")["taskArns"]
    assert ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"] == [task.arn]
    [described] = ecs.describe_tasks(cluster="shop", tasks=[task.arn])["tasks"]
    assert (described["lastStatus"], described["desiredStatus"]) == ("RUNNING", "STOPPED")

    at(estate, MINUTE)
    assert task.stopped_at
    [described] = ecs.describe_tasks(cluster="shop", tasks=[task.arn])["tasks"]
    assert described["attachments"][0]["status"] == "DELETED"

    estate.clock.put(task.stopped_at + HOUR - SECOND)
    assert task.arn in ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    estate.clock.put(task.stopped_at + HOUR)
    assert task.arn not in ecs.list_tasks(cluster="shop", desiredStatus="STOPPED")["taskArns"]
    answer = ecs.describe_tasks(cluster="shop", tasks=[task.arn])
    assert answer["tasks"] == []
    assert answer["failures"] == [{"arn": task.arn, "reason": "MISSING"}]


def test_what_the_sweep_does_not_ask_is_not_there(ecs: Any) -> None:
    with pytest.raises(ClientError) as refused:
        ecs.list_services()
    assert code(refused) == "UnknownOperationException"


# EC2


def test_subnets_are_told_with_their_vpcs(ec2: Any, estate: Estate) -> None:
    told = ec2.describe_subnets()["Subnets"]
    assert {subnet["SubnetId"]: subnet["VpcId"] for subnet in told} == {
        subnet.id: subnet.vpc_id for subnet in estate.world.subnets
    }
    assert [subnet["CidrBlock"] for subnet in told] == [
        "10.0.4.0/26",
        "10.0.4.64/26",
        "10.0.4.0/26",
    ]
    assert [len(subnet["Ipv6CidrBlockAssociationSet"]) for subnet in told] == [0, 1, 0]
    first = estate.world.subnets[0]
    assert told[0]["AvailableIpAddressCount"] == 59 - len(first.taken)
    assert told[0]["AvailabilityZone"] == first.zone


def test_subnets_are_filtered(ec2: Any, estate: Estate) -> None:
    first, second, third = estate.world.subnets

    def ids(**request: Any) -> list[str]:
        return [subnet["SubnetId"] for subnet in ec2.describe_subnets(**request)["Subnets"]]

    wanted = [first.id, "subnet-0nowhere", third.id]
    assert ids(Filters=[{"Name": "subnet-id", "Values": wanted}]) == [first.id, third.id]
    in_vpc = {"Name": "vpc-id", "Values": [first.vpc_id]}
    assert ids(Filters=[in_vpc]) == [first.id, second.id]
    assert ids(Filters=[in_vpc, {"Name": "subnet-id", "Values": [third.id]}]) == []
    assert ids(SubnetIds=[second.id]) == [second.id]
    for request in (
        {"SubnetIds": ["subnet-0nowhere"]},
        {"Filters": [{"Name": "colour", "Values": ["red"]}]},
    ):
        with pytest.raises(ClientError) as refused:
            ids(**request)
        assert code(refused) in {"InvalidSubnetID.NotFound", "InvalidParameterValue"}


# Who may ask


@pytest.mark.parametrize(
    "scope", ["", "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/s3/aws4_request"]
)
def test_who_does_not_sign_for_one_of_the_two_is_told_nothing(estate: Estate, scope: str) -> None:
    with closing(HTTPConnection(urlsplit(estate.url).netloc, timeout=10)) as connection:
        connection.request("POST", "/", b"{}", {"Authorization": scope})
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (403, b"")


def test_a_page_whose_name_was_rebound_is_told_nothing(estate: Estate) -> None:
    scope = "AWS4-HMAC-SHA256 Credential=k/20260101/eu-west-1/ecs/aws4_request"
    with closing(HTTPConnection(urlsplit(estate.url).netloc, timeout=10)) as connection:
        headers = {"Authorization": scope, "Host": "evil.example"}
        connection.request("POST", "/", b"{}", headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (403, b"")


def test_a_request_without_an_end_is_refused(estate: Estate) -> None:
    with closing(HTTPConnection(urlsplit(estate.url).netloc, timeout=10)) as connection:
        connection.request("POST", "/", headers={"Content-Length": "99999999999"})
        assert connection.getresponse().status == 400


# The clock


def test_a_clock_is_put_somewhere_and_goes_on_from_there(tmp_path: Path) -> None:
    clock = EstateClock(tmp_path / "clock")
    assert abs(clock.now() - time.time() * 1_000) < SECOND
    clock.put(START)
    assert 0 <= clock.now() - START < SECOND
    clock.follow()
    assert abs(clock.now() - time.time() * 1_000) < SECOND


def test_a_process_that_runs_already_sees_the_clock_put_elsewhere(tmp_path: Path) -> None:
    clock = EstateClock(tmp_path / "clock")
    tell = """
import json, sys, time, datetime
for _ in sys.stdin:
    real = datetime.datetime.now(datetime.UTC).timestamp()
    print(json.dumps([time.time_ns() // 10**6, time.time(), real]), flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", tell],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(CLOCKED), "ESTATE_CLOCK": str(clock.path)},
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        for instant in (START, START + HOUR, START - HOUR):
            clock.put(instant)
            print(file=process.stdin, flush=True)
            in_ns, in_seconds, real = json.loads(process.stdout.readline())
            assert 0 <= in_ns - instant < 10 * SECOND
            assert 0 <= in_seconds * 1_000 - instant < 10 * SECOND
            assert abs(real - time.time()) < 10  # signatures are dated by the real clock
        process.stdin.close()


def test_without_a_clock_a_process_has_the_real_one() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import time; print(time.time())"],
        env={**os.environ, "PYTHONPATH": str(CLOCKED)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert abs(float(told) - time.time()) < 10

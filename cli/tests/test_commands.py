"""The other commands that ask once: the map, what changed, histories, subnets, the status."""

import json

import pytest

from conftest import Run
from fake_api import FakeApi
from samples import ended, record


def test_the_map_is_a_table_with_a_row_for_each_task(ask: Run, api: FakeApi) -> None:
    api.records = [
        record(1, ipv6Address="2001:db8::1"),
        record(2, service=None, group="family:job"),
    ]
    result = ask("tasks", "-o", "table")
    header, first, second = result.out.splitlines()
    assert header.split() == "ADDRESS CLUSTER SERVICE STATUS STATE SINCE SUBNET TASK".split()  # noqa: SIM905 - it reads better
    assert "10.0.4.1 2001:db8::1" in first
    assert "family:job" in second


def test_all_filters_are_asked_for_by_the_names_of_the_api(ask: Run, api: FakeApi) -> None:
    options = {
        "cluster": "shop", "service": "web", "group": "g", "subnet-id": "s", "vpc-id": "v",
        "availability-zone": "a", "launch-type": "FARGATE", "capacity-provider-name": "c",
        "last-status": "RUNNING", "address-state": "held", "cidr": "10.0.0.0/8",
    }  # fmt: skip
    ask("tasks", *(part for name, value in options.items() for part in (f"--{name}", value)))
    assert api.requests[0].query == {
        "cluster": "shop", "service": "web", "group": "g", "subnetId": "s", "vpcId": "v",
        "availabilityZone": "a", "launchType": "FARGATE", "capacityProviderName": "c",
        "lastStatus": "RUNNING", "addressState": "held", "cidr": "10.0.0.0/8", "limit": "1000",
    }  # fmt: skip


def test_pages_become_one_list_with_the_coverage(ask: Run, api: FakeApi) -> None:
    api.records = [record(number) for number in range(1, 6)]
    api.page = 2
    found = json.loads(ask("tasks", "--at", "2026-11-20T09:00:00Z").out)
    assert found == {"items": api.records, "nextCursor": None, "coverage": api.coverage}


def test_the_map_of_the_past_has_the_tasks_that_ended_since(ask: Run, api: FakeApi) -> None:
    api.records = [ended(1), record(2)]
    assert len(json.loads(ask("tasks").out)["items"]) == 1
    assert len(json.loads(ask("tasks", "--at", "2026-11-20T09:00:00Z").out)["items"]) == 2
    window = ask("tasks", "--from", "2026-11-20T09:00:00Z", "--to", "2026-11-20T09:10:00Z")
    assert len(json.loads(window.out)["items"]) == 2


def test_a_table_of_the_past_says_when_tasks_ended_and_why(ask: Run, api: FakeApi) -> None:
    over = "2026-11-20T09:30:24.000Z"
    api.records = [
        ended(1),
        record(2),
        ended(3, stoppedAt=None, stopCode=None, stoppedReason=None, releasedAtEstimated=True),
        ended(4, stoppedAt=None, releasedAt=None, missingAt="2026-11-20T10:00:00.000Z"),
    ]
    window = ask("tasks", "--from", "2026-11-20T09:00:00Z", "--to", over, "-o", "table")
    header, *rows = window.out.splitlines()
    assert header.split() == (
        "ADDRESS CLUSTER SERVICE STATUS ENDED STOP CODE TASK SINCE SUBNET REASON".split()  # noqa: SIM905 - it reads better
    )
    assert rows[0].split()[3:6] == ["STOPPED", over, "ServiceSchedulerInitiated"]
    assert rows[0].endswith("Scaling activity")
    assert rows[1].split()[3:6] == ["RUNNING", "-", "-"]
    assert rows[2].split()[4] == f"~{over}", "the latest that it can be"
    assert rows[3].split()[4] == "~2026-11-20T10:00:00.000Z"


def test_a_relative_time_can_stand_as_it_is(ask: Run, api: FakeApi) -> None:
    assert ask("tasks", "--at", "-10m").code == 0
    assert api.requests[0].query["at"].endswith("Z")


def test_now_asks_for_the_live_map(ask: Run, api: FakeApi) -> None:
    ask("tasks", "--at", "now")
    assert "at" not in api.requests[0].query


def test_what_is_not_covered_is_told_on_standard_error(ask: Run, api: FakeApi) -> None:
    gap = {"from": "2026-11-20T08:00:00.000Z", "to": None, "clusterArn": "shop"}
    api.coverage = {"from": "2026-11-10T00:00:00.000Z", "to": None, "gaps": [gap]}
    assert "a gap from 2026-11-20" in ask("tasks", "--at", "2026-11-21T00:00:00Z").err
    assert "begins at 2026-11-10" in ask("tasks", "--from", "2026-11-01T00:00:00Z").err
    assert ask("tasks", "--at", "2026-11-15T00:00:00Z").err == ""


@pytest.mark.parametrize(
    "by,expected",
    [
        ("service", [{"service": "web", "tasks": 2, "addresses": 3},
                     {"service": None, "tasks": 1, "addresses": 0}]),
        ("cluster", [{"cluster": "shop", "tasks": 3, "addresses": 3}]),
        ("subnet", [{"subnet": "subnet-0a1", "tasks": 2, "addresses": 2},
                    {"subnet": "subnet-0b2", "tasks": 1, "addresses": 1}]),
        ("vpc", [{"vpc": "vpc-1", "tasks": 3, "addresses": 3}]),
        ("launch-type", [{"launchType": "FARGATE", "tasks": 3, "addresses": 3}]),
    ],
)  # fmt: skip
def test_tasks_and_addresses_are_counted(
    ask: Run, api: FakeApi, by: str, expected: list[dict[str, object]]
) -> None:
    bridge = record(3, service=None, privateIpv4Address=None, subnetId="subnet-0a1")
    api.records = [record(1, ipv6Address="2001:db8::1"), record(2), bridge]
    if by == "subnet":
        api.records[0] |= {"subnetId": "subnet-0b2", "ipv6Address": None}
        api.records[2] |= {"privateIpv4Address": "10.0.4.3"}
        expected = [expected[0], expected[1]]
    result = ask("tasks", "--count-by", by)
    assert json.loads(result.out) == expected
    assert str(expected[0]["tasks"]) in ask("tasks", "--count-by", by, "-o", "table").out
    assert ask("tasks", "--count-by", by, "-o", "csv").out.startswith(next(iter(expected[0])))


def test_counts_of_nothing_are_an_empty_list(ask: Run) -> None:
    assert json.loads(ask("tasks", "--count-by", "vpc").out) == []
    assert ask("tasks", "--count-by", "vpc", "-o", "csv").out == "vpc,tasks,addresses\n"


def test_a_difference_is_what_only_one_of_two_maps_has(ask: Run, api: FakeApi) -> None:
    stayed, gone = record(1), ended(2)
    came = record(3, createdAt="2026-11-20T09:45:00.000Z")
    api.records = [stayed, gone, came]
    times = ("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z")
    found = json.loads(ask("diff", *times, "--cluster", "shop").out)
    assert found == {
        "from": "2026-11-20T09:00:00.000Z", "to": "2026-11-20T10:00:00.000Z",
        "appeared": [came], "disappeared": [gone],
    }  # fmt: skip
    assert {request.query["cluster"] for request in api.requests} == {"shop"}
    table = ask("diff", *times, "-o", "table").out
    assert "1 appeared, 1 disappeared" in table
    assert ask("diff", *times, "-o", "csv").out.splitlines()[1].startswith("appeared,arn:")


def test_a_difference_to_now_asks_for_the_live_map(ask: Run, api: FakeApi) -> None:
    assert ask("diff", "-10m", "now").code == 0
    assert ["at" in request.query for request in api.requests] == [True, False]


def test_a_difference_needs_two_instants_in_order(ask: Run, api: FakeApi) -> None:
    result = ask("diff", "now", "-10m")
    assert result.code == 2
    assert "before the second" in result.err
    assert ask("diff", "-10m").code == 2
    assert api.requests == []


def test_the_history_of_an_address_is_a_timeline(ask: Run, api: FakeApi) -> None:
    api.records = [ended(1, releasedAtEstimated=True)]
    window = ("--from", "2026-11-20T08:00:00Z", "--to", "2026-11-20T10:00:00Z")
    result = ask("history", "10.0.4.1", *window, "-o", "table")
    _, row, legend = result.out.splitlines()
    assert "~2026-11-20T09:30:24.000Z" in row
    assert "█" * 18 + "░" + "·" * 5 in row
    assert legend.startswith("timeline: 2026-11-20T08:00Z to 2026-11-20T10:00Z, █ certain")
    assert json.loads(ask("history", "10.0.4.1").out)["items"] == api.records


def test_the_history_of_a_service_is_asked_by_cluster_and_name(ask: Run, api: FakeApi) -> None:
    api.records = [record(1), ended(2)]
    assert json.loads(ask("history", "shop/web").out)["items"] == api.records
    assert api.requests[0].path == "/services/shop/web/history"
    unknown = ask("history", "shop/wbe")
    assert (unknown.code, unknown.err) == (2, "ecs-ip: No service shop/wbe.\n")


def test_an_empty_history_says_so(ask: Run) -> None:
    assert "No ECS task" in ask("history", "10.9.9.9", "-o", "table").out


@pytest.mark.parametrize(
    "arguments",
    [
        ("web",),
        ("10.0.4.0/24",),
        ("shop/",),
        ("shop/web", "--subnet-id", "subnet-1"),
        ("10.0.4.1", "--from", "2026-11-20T10:00:00Z", "--to", "2026-11-20T09:00:00Z"),
    ],
)
def test_a_history_of_nothing_that_has_one_is_wrong_usage(
    ask: Run, api: FakeApi, arguments: tuple[str, ...]
) -> None:
    assert ask("history", *arguments).code == 2
    assert api.requests == []


SUBNETS = {
    "items": [
        {"subnetId": "subnet-0a1", "vpcId": "vpc-1", "availabilityZone": "eu-west-1a",
         "ipv4Cidr": "10.0.4.0/24", "ipv6Cidrs": ["2001:db8:4::/64"], "usable": 251, "held": 40,
         "released": 3},
        {"subnetId": "subnet-0b2", "vpcId": None, "availabilityZone": None, "ipv4Cidr": None,
         "ipv6Cidrs": None, "usable": None, "held": 1, "released": 0},
    ],
    "nextCursor": None,
}  # fmt: skip


def test_subnets_show_what_is_held_released_and_without_a_task(ask: Run, api: FakeApi) -> None:
    api.canned["/subnets"] = SUBNETS
    _, first, second = ask("subnets", "-o", "table").out.splitlines()
    assert first.split()[-4:] == ["251", "40", "3", "208"]
    assert second.split()[-4:] == ["-", "1", "0", "-"]
    assert json.loads(ask("subnets").out) == SUBNETS
    assert (
        "subnet-0a1,vpc-1,eu-west-1a,10.0.4.0/24,2001:db8:4::/64,251,40,3"
        in ask("subnets", "-o", "csv").out
    )


STATUS = {
    "coverage": {
        "from": "2026-11-01T00:00:00.000Z", "to": "2026-11-26T00:00:00.000Z",
        "gaps": [{"from": "2026-11-03T00:00:00.000Z", "to": None,
                  "clusterArn": "arn:aws:ecs:eu-west-1:1:cluster/shop"}],
    },
    "lastEventAt": "2026-11-26T00:01:00.000Z",
    "lastReconcile": {"startedAt": "2026-11-26T00:00:00.000Z",
                      "finishedAt": "2026-11-26T00:00:09.000Z", "tasksSeen": 60, "closed": 0},
    "version": "1.2.3",
}  # fmt: skip


def test_the_status_tells_coverage_gaps_and_the_last_sweep(ask: Run, api: FakeApi) -> None:
    api.canned["/status"] = STATUS
    told = ask("status", "-o", "table").out
    assert "gap             2026-11-03T00:00:00.000Z to now, it lasts (cluster shop)" in told
    assert "tasks seen    60" in told
    assert json.loads(ask("status").out) == STATUS
    assert "covered from,2026-11-01T00:00:00.000Z" in ask("status", "-o", "csv").out


def test_a_status_before_the_first_sweep_says_so(ask: Run, api: FakeApi) -> None:
    coverage: dict[str, object] = {"from": None, "to": None, "gaps": []}
    api.canned["/status"] = {**STATUS, "coverage": coverage, "lastReconcile": None}
    assert "none has completed yet" in ask("status", "-o", "table").out

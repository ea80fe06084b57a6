"""The routes of one address, one interface and one service: who had it, and when."""

from collections.abc import Sequence
from copy import replace

import pytest

from core.table.coverage import ClusterCoverage, CompletedSweep
from core.table.store import AddressEntry, Subnet
from core.task.record import Record, in_vpc, join
from core.text.instant import DAY, HOUR, MINUTE, to_text
from tests.support.asking import Inventory, inventory
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, observed, task

__all__ = ["inventory"]

IP = "/ips/10.0.4.128"
NOTHING_COVERED: dict[str, object] = {"from": None, "to": None, "gaps": []}


def ids(records: list[dict[str, str]]) -> list[str]:
    return [record["taskId"] for record in records]


def test_an_address_is_answered_with_its_holders_and_those_before(inventory: Inventory) -> None:
    inventory.put(
        task("a1", stopped=NOON + MINUTE),
        task("a2", attached=NOON + MINUTE),
        task("b1", subnet="subnet-b", stopped=NOON + MINUTE),
    )
    answer = inventory.get(IP).json
    assert list(answer) == [
        *("ip", "at", "verdict", "holders", "possible", "previous", "next", "coverage")
    ]
    assert answer["at"] == to_text(inventory.now)
    assert answer["verdict"] == "held"
    assert ids(answer["holders"]) == ["a2"]
    assert ids(answer["previous"]) == ["b1", "a1"]
    assert (answer["possible"], answer["next"]) == ([], [])
    answer = inventory.get(f"{IP}?at={to_text(NOON - 1)}").json
    assert answer["verdict"] == "possible"
    assert sorted(ids(answer["possible"])) == ["a1", "b1"]
    assert ids(answer["next"]) == ["a2"]
    answer = inventory.get(f"{IP}?at={to_text(NOON - 60_001)}").json
    assert (answer["verdict"], ids(answer["next"])) == ("unknown", ["b1", "a1"])
    assert answer["coverage"] == NOTHING_COVERED


def test_coverage_vouches_for_no_more_than_was_known_when_the_holders_were_read(
    inventory: Inventory,
) -> None:
    """A first sweep that completes in between says nothing of an answer that did not see it."""

    class Swept(MemoryStore):
        def address_entries(
            self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
        ) -> Sequence[AddressEntry]:
            found = super().address_entries(address, between, limit, ascending=ascending)
            cluster = ClusterCoverage(cluster_arn=cluster_arn(), swept_at=NOON)
            self.notice_cluster(replace(cluster, first_swept_at=NOON))
            return found

    inventory.store = Swept()
    assert inventory.get(IP).json["coverage"] == NOTHING_COVERED


def test_an_address_never_seen_is_answered_with_empty_lists(inventory: Inventory) -> None:
    answer = inventory.get("/ips/2001:DB8::1").json
    assert (answer["ip"], answer["verdict"]) == ("2001:db8::1", "unknown")
    assert [answer[name] for name in ("holders", "possible", "previous", "next")] == [[]] * 4


@pytest.mark.parametrize(
    "target, faults",
    [
        ("/ips/10.0.0.300", {"ip": "is not an IP address"}),
        (f"{IP}?at=yesterday", {"at": None}),
        (f"{IP}?at=4000000000", {"at": "is in the future"}),
        (f"{IP}?at=1&at=2", {"at": "is given more than once"}),
        (f"{IP}?subnetId=", {"subnetId": "is empty"}),
        (f"{IP}?subnetid=a", {"subnetid": "is not a parameter of this request"}),
        (f"{IP}?subnetId={'s' * 401}", {"subnetId": "is longer than 400 bytes"}),
        (f"{IP}?subnetId=10.0.0.0", {"subnetId": None}),
        (f"{IP}?vpcId=subnet-a", {"vpcId": None}),
        (f"{IP}%2F24", {"ip": "is not an IP address"}),
        (f"{IP}%2f24?at=1", {"ip": "is not an IP address"}),
        (f"{IP}%2F24/history", {"ip": "is not an IP address"}),
        (f"{IP}/history?from=2&to=2", {"from": "is not before `to`"}),
        (f"{IP}/history?from=3&to=2", {"from": "is not before `to`"}),
        (f"{IP}/history?to=4000000000", {"to": "is in the future"}),
        (f"{IP}/history?limit=0", {"limit": "is not a whole number from 1 to 1000"}),
        (f"{IP}/history?limit=1001", {"limit": "is not a whole number from 1 to 1000"}),
        (f"{IP}/history?cursor=abc", {"cursor": "is not a cursor of this request"}),
        ("/ips/nobody/history", {"ip": "is not an IP address"}),
        ("/services/shop/web/history?vpcId=v", {"vpcId": "is not a parameter of this request"}),
        ("/services/shop/web/history?from=x&limit=y", {"from": None, "limit": None}),
        ("/enis/eni-1?at=1", {"at": "is not a parameter of this request"}),
        (f"/enis/{'e' * 401}", {"networkInterfaceId": "is longer than 400 bytes"}),
    ],
)
def test_bad_input_is_a_400_that_names_each_parameter(
    inventory: Inventory, target: str, faults: dict[str, str | None]
) -> None:
    found = inventory.get(target).faults
    assert found.keys() == faults.keys()
    for name, reason in faults.items():
        assert reason in (None, found[name])


def test_an_address_s_history_is_paged_with_coverage(inventory: Inventory) -> None:
    inventory.put(
        *(
            task(f"t{n}", attached=NOON + n * MINUTE, stopped=NOON + (n + 1) * MINUTE)
            for n in range(5)
        )
    )
    pages = list(inventory.pages(f"{IP}/history?limit=2"))
    assert [ids(page["items"]) for page in pages] == [["t4", "t3"], ["t2", "t1"], ["t0"]]
    assert all(page["coverage"] == NOTHING_COVERED for page in pages)
    window = f"from={to_text(NOON + MINUTE)}&to={to_text(NOON + 3 * MINUTE)}"
    assert ids(inventory.get(f"{IP}/history?{window}").json["items"]) == ["t2", "t1"]


def test_the_window_of_a_walk_stays_where_it_was_at_its_first_page(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}", subnet=f"subnet-{n}") for n in range(3)))
    first = inventory.get(f"{IP}/history?limit=1").json
    inventory.now += DAY
    late = inventory.now - MINUTE
    inventory.put(task("late", subnet="subnet-0", created=late, attached=late))
    second = inventory.get(f"{IP}/history?limit=9&cursor={first['nextCursor']}").json
    assert ids(first["items"] + second["items"]) == ["t2", "t1", "t0"]


@pytest.mark.parametrize(
    "other",
    [
        "/ips/10.0.4.129/history?cursor=",
        f"{IP}/history?subnetId=subnet-a&cursor=",
        "/tasks?cursor=",
        "/services/shop/web/history?cursor=",
        f"{IP}/history?cursor=A",
    ],
)
def test_a_cursor_belongs_to_its_path_and_filters(inventory: Inventory, other: str) -> None:
    inventory.put(task("a1"), task("b1", subnet="subnet-b"))
    cursor = inventory.get(f"{IP}/history?limit=1").json["nextCursor"]
    assert inventory.get(other + cursor).faults == {"cursor": "is not a cursor of this request"}


def test_a_cursor_may_go_on_with_another_limit(inventory: Inventory) -> None:
    inventory.put(task("a1"), task("b1", subnet="subnet-b"))
    cursor = inventory.get(f"{IP}/history?limit=1").json["nextCursor"]
    assert ids(inventory.get(f"{IP}/history?limit=5&cursor={cursor}").json["items"]) == ["a1"]


def test_a_service_s_history_shows_its_tasks_alone(inventory: Inventory) -> None:
    inventory.put(
        task("a1", stopped=NOON + MINUTE),
        task("a2", created=NOON + 1, attached=NOON + MINUTE),
        task("other", group="service:api"),
    )
    pages = list(inventory.pages("/services/shop/web/history?limit=1"))
    assert sorted(ids([record for page in pages for record in page["items"]])) == ["a1", "a2"]
    early = f"/services/shop/web/history?to={to_text(NOON + 1)}"
    assert ids(inventory.get(early).json["items"]) == ["a1"]
    before = f"/services/shop/web/history?to={to_text(NOON - 60_000)}"
    assert inventory.get(before).json["items"] == []


def test_the_history_of_a_service_that_was_never_seen_is_a_404(inventory: Inventory) -> None:
    inventory.put(task("a1"), task("b1", "lab", group="family:job"))
    for path in ("shop/nobody", "nowhere/web", "sho/web", "lab/web", "lab/job", "shop/we"):
        answer = inventory.get(f"/services/{path}/history")
        assert answer.status == 404, path
        assert "has never been seen" in answer.json["detail"]
    assert inventory.get("/services/shop/web/history?from=1795262399").status == 200


def test_an_interface_is_answered_with_its_task(inventory: Inventory) -> None:
    inventory.put(observed("a1"))
    assert inventory.get("/enis/eni-1").json["taskId"] == "a1"
    missing = inventory.get("/enis/eni-2")
    assert (missing.status, missing.json["title"]) == (404, "Not Found")


def test_an_expired_record_is_not_answered_before_it_is_deleted(inventory: Inventory) -> None:
    inventory.put(observed("a1", lastStatus="STOPPED", stoppedAt=to_text(NOON)))
    inventory.now = NOON + 90 * DAY
    assert inventory.get("/enis/eni-1").status == 404
    assert inventory.get("/tasks/shop/a1").status == 404
    assert inventory.get(IP).json["previous"] == []
    assert inventory.get(f"{IP}/history").json["items"] == []
    assert inventory.get("/services/shop/web/history").json["items"] == []


# Coverage and verdict


def swept(inventory: Inventory, *instants: int) -> None:
    """Complete sweeps of the cluster that began at these instants."""
    cluster = ClusterCoverage(cluster_arn=cluster_arn(), swept_at=instants[0])
    inventory.store.notice_cluster(cluster)
    for at in instants:
        claimed = inventory.store.claim_sweep(cluster_arn(), at, now=at, until=at)
        assert claimed is not None
        done = claimed.after(CompletedSweep(started_at=at, finished_at=at + MINUTE), horizon=0)
        assert inventory.store.replace_coverage(done, at)


@pytest.mark.parametrize(
    "at, verdict",
    [
        (NOON - 1, "unknown"),
        (NOON, "none"),
        (NOON + 49 * MINUTE - 1, "none"),
        (NOON + 49 * MINUTE, "unconfirmed"),
        (NOON + 55 * MINUTE, "unconfirmed"),
    ],
)
def test_the_verdict_on_nobody_is_by_what_sweeps_have_covered(
    inventory: Inventory, at: int, verdict: str
) -> None:
    swept(inventory, NOON, NOON + 25 * MINUTE, NOON + 50 * MINUTE)
    inventory.now = NOON + HOUR
    answer = inventory.get(f"{IP}?at={at}").json
    assert answer["verdict"] == verdict
    expected = {"from": to_text(NOON), "to": to_text(NOON + 49 * MINUTE), "gaps": []}
    assert answer["coverage"] == expected
    window = f"from={at}&to={at + 1}"
    assert inventory.get(f"{IP}/history?{window}").json["coverage"] == expected
    assert inventory.get(f"/tasks?{window}").json["coverage"] == expected


def test_in_a_gap_the_verdict_on_nobody_is_unknown_and_the_gap_is_named(
    inventory: Inventory,
) -> None:
    swept(inventory, NOON, NOON + 2 * HOUR, NOON + 3 * HOUR)
    inventory.now = NOON + 12 * HOUR
    assert inventory.get(f"{IP}?at={NOON + HOUR}").json["verdict"] == "unknown"
    answer = inventory.get(IP).json
    assert answer["verdict"] == "unknown", "rather than unconfirmed: a gap lasts"
    assert answer["coverage"]["gaps"][-1] == {
        "from": to_text(NOON + 3 * HOUR - MINUTE),
        "to": None,
        "clusterArn": str(cluster_arn()),
    }


# VPCs


def in_vpc_of(record: Record, vpc_id: str) -> Record:
    return join(record, in_vpc(record.key, vpc_id))


def test_a_record_that_may_be_elsewhere_is_a_possible_holder(inventory: Inventory) -> None:
    inventory.put(
        in_vpc_of(task("a1"), "vpc-1"),
        in_vpc_of(task("b1", subnet="subnet-b"), "vpc-2"),
        task("c1", subnet="subnet-c"),
        task("d1", subnet=None),
    )
    answer = inventory.get(f"{IP}?vpcId=vpc-1").json
    assert (answer["verdict"], ids(answer["holders"])) == ("held", ["a1"])
    assert sorted(ids(answer["possible"])) == ["c1", "d1"]
    answer = inventory.get(f"{IP}/history?vpcId=vpc-2").json
    assert sorted(ids(answer["items"])) == ["b1", "c1", "d1"]
    answer = inventory.get(f"{IP}?subnetId=subnet-b").json
    assert (ids(answer["holders"]), ids(answer["possible"])) == (["b1"], ["d1"])
    answer = inventory.get(f"{IP}?vpcId=vpc-9").json
    assert (answer["verdict"], answer["holders"]) == ("possible", [])


def test_a_vpc_that_the_sweep_looked_up_is_told_of_ended_tasks_too(inventory: Inventory) -> None:
    inventory.put(task("a1", stopped=NOON + MINUTE))
    assert inventory.get("/tasks/shop/a1").json["vpcId"] is None
    inventory.store.put_subnets({"subnet-a": Subnet("vpc-1")})
    inventory.now += MINUTE
    assert inventory.get("/tasks/shop/a1").json["vpcId"] == "vpc-1"
    answer = inventory.get(f"{IP}?vpcId=vpc-1&at={to_text(NOON)}").json
    assert (ids(answer["holders"]), answer["possible"]) == (["a1"], [])

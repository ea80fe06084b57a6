"""The routes of lists for programs: Prometheus targets, addresses, subnets."""

import csv
from collections.abc import Sequence
from copy import replace
from io import StringIO

import pytest

from core.table.store import ServiceEntry, Stored, Subnet
from core.task.record import Record
from core.text.instant import DAY, MINUTE, SECOND, to_text
from tests.support.asking import Inventory, inventory
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

__all__ = ["inventory"]


def starting(task_id: str) -> Record:
    return task(task_id, status="PENDING", ipv4="10.0.4.1")


def stopping(task_id: str) -> Record:
    record = task(task_id, ipv4="10.0.4.2")
    assert record.status is not None
    return replace(record, status=replace(record.status, desired_status="STOPPED"))


# Targets


def test_targets_are_tasks_that_run_and_were_not_asked_to_stop(inventory: Inventory) -> None:
    inventory.put(
        task("a1"),
        starting("a2"),
        stopping("a3"),
        task("a4", stopped=NOON, ipv4="10.0.4.3"),
        task("a5", ipv4=None, subnet=None),
    )
    answer = inventory.get("/targets?port=9100")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json == [
        {
            "targets": ["10.0.4.128:9100"],
            "labels": {
                "__meta_ecs_cluster": "shop",
                "__meta_ecs_cluster_arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/shop",
                "__meta_ecs_service": "web",
                "__meta_ecs_task_group": "service:web",
                "__meta_ecs_region": "eu-west-1",
                "__meta_ecs_subnet_id": "subnet-a",
                "__meta_ecs_last_status": "RUNNING",
                "__meta_ecs_desired_status": "RUNNING",
                "__meta_ecs_network_mode": "awsvpc",
                "__meta_ecs_task_arn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1",
                "__meta_ecs_ip_address": "10.0.4.128",
            },
        }
    ]


def test_no_targets_are_an_empty_list(inventory: Inventory) -> None:
    assert inventory.get("/targets?port=80").body == "[]"


def test_an_ipv6_target_stands_in_brackets_and_ipv4_comes_first(inventory: Inventory) -> None:
    inventory.put(
        task("a1", ipv4=None, ipv6="2001:db8::1"),
        task("a2", ipv4="10.0.0.9", ipv6="2001:db8::2"),
    )
    found = {target["targets"][0] for target in inventory.get("/targets?port=80").json}
    assert found == {"[2001:db8::1]:80", "10.0.0.9:80"}


@pytest.mark.parametrize(
    "filters, found",
    [
        ("", {"a1", "a2", "b1"}),
        ("&cluster=shop", {"a1", "a2"}),
        ("&service=web", {"a1", "b1"}),
        ("&cluster=shop&service=web", {"a1"}),
        ("&cluster=arn:aws:ecs:eu-west-1:111122223333:cluster/shop&service=api", {"a2"}),
        ("&subnetId=subnet-a", {"a1", "a2", "b1"}),
        ("&subnetId=subnet-b", set()),
        ("&vpcId=vpc-1", set()),
    ],
)
def test_targets_can_be_kept_to_a_cluster_and_a_service(
    inventory: Inventory, filters: str, found: set[str]
) -> None:
    inventory.put(
        task("a1"),
        task("a2", group="service:api", ipv4="10.0.0.2"),
        task("b1", cluster="lab", ipv4="10.0.0.3"),
        task("old", stopped=NOON, ipv4="10.0.0.4"),
    )
    targets = inventory.get(f"/targets?port=80{filters}").json
    assert {target["labels"]["__meta_ecs_task_arn"].split("/")[-1] for target in targets} == found


def test_an_address_of_a_subnet_is_listed_once_for_its_newest_holder(inventory: Inventory) -> None:
    inventory.put(
        task("old", attached=NOON),
        task("new", attached=NOON + 1),
        task("elsewhere", subnet="subnet-b"),
    )
    targets = inventory.get("/targets?port=80").json
    assert len(targets) == 2
    rows = inventory.get("/addresses", Accept="application/json").json["items"]
    assert {row["taskArn"].split("/")[-1] for row in rows} == {"new", "elsewhere"}


# Addresses


def test_addresses_are_prefixes_in_order_unless_asked_for_otherwise(inventory: Inventory) -> None:
    inventory.put(
        task("a1", ipv4="10.0.4.20", ipv6="2001:db8::1"),
        task("a2", ipv4="10.0.4.3"),
        task("a3", ipv4="10.0.4.3", subnet="subnet-b"),
        task("a4", ipv4=None),
    )
    answer = inventory.get("/addresses")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == "10.0.4.3/32\n10.0.4.20/32\n2001:db8::1/128\n"
    assert inventory.get("/addresses?family=ipv6").body == "2001:db8::1/128\n"
    assert inventory.get("/addresses?subnetId=subnet-b").body == "10.0.4.3/32\n"
    assert inventory.get("/addresses?cidr=10.0.4.16/28").body == "10.0.4.20/32\n"
    assert inventory.get("/addresses?vpcId=vpc-1").body == ""


@pytest.mark.parametrize(
    "accept, content_type",
    [
        ("*/*", "text/plain; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/json", "application/json"),
        ("application/json;q=0.5, text/csv;q=0.9", "text/csv; charset=utf-8"),
        ("text/html, application/*;q=0.1", "application/json"),
        ("text/plain;q=0, */*", "text/csv; charset=utf-8"),
        ("TEXT/CSV", "text/csv; charset=utf-8"),
    ],
)
def test_the_format_of_addresses_is_negotiated(
    inventory: Inventory, accept: str, content_type: str
) -> None:
    answer = inventory.get("/addresses", Accept=accept)
    assert (answer.status, answer.headers["Content-Type"]) == (200, content_type)
    assert "Accept" in answer.headers["Vary"]


def test_a_format_that_there_is_not_is_a_406(inventory: Inventory) -> None:
    answer = inventory.get("/addresses", Accept="image/png")
    assert (answer.status, answer.headers["Content-Type"]) == (406, "application/problem+json")


def test_rows_are_the_same_in_csv_and_json(inventory: Inventory) -> None:
    inventory.put(task("a1"), task("a2", ipv4="10.0.4.129", group="family:job", subnet=None))
    rows = inventory.get("/addresses", Accept="application/json").json["items"]
    assert rows[0] == {
        "address": "10.0.4.128",
        "family": "ipv4",
        "taskArn": "arn:aws:ecs:eu-west-1:111122223333:task/shop/a1",
        "cluster": "shop",
        "service": "web",
        "subnetId": "subnet-a",
        "vpcId": None,
        "attachedAt": to_text(NOON),
        "releasedAt": None,
    }
    table = inventory.get("/addresses", Accept="text/csv").body
    assert table.splitlines()[0] == (
        "address,family,taskArn,cluster,service,subnetId,vpcId,attachedAt,releasedAt"
    )
    assert list(csv.DictReader(StringIO(table, newline=""))) == [
        {name: value or "" for name, value in row.items()} for row in rows
    ]


def test_no_cell_is_a_formula(inventory: Inventory) -> None:
    inventory.put(
        task("a1", group="service:=cmd|' /C calc'!A0"),
        task("a2", group="service:@SUM(1)", cluster="-lab", ipv4="10.0.4.129"),
    )
    table = inventory.get("/addresses", Accept="text/csv").body
    rows = list(csv.DictReader(StringIO(table, newline="")))
    assert rows[0]["service"] == "'=cmd|' /C calc'!A0"
    assert (rows[1]["service"], rows[1]["cluster"]) == ("'@SUM(1)", "'-lab")
    assert all(cell[:1] not in set("=+-@\t\r\n") for row in rows for cell in row.values())


def test_addresses_released_of_late_are_kept_unless_another_task_holds_them(
    inventory: Inventory,
) -> None:
    now = inventory.now
    inventory.put(
        task("held", ipv4="10.0.0.1"),
        task("late", ipv4="10.0.0.2", stopped=now - MINUTE),
        task("early", ipv4="10.0.0.3", stopped=now - 3 * MINUTE),
        task("reused", ipv4="10.0.0.4", stopped=now - MINUTE),
        task("other", ipv4="10.0.0.4", group="service:api", attached=now - 30 * SECOND),
        task("again", ipv4="10.0.0.5", stopped=now - 2 * MINUTE),
        task("newer", ipv4="10.0.0.5", attached=now - 90 * SECOND, stopped=now - MINUTE),
        task("elsewhere", ipv4="10.0.0.2", subnet="subnet-b", group="service:api"),
    )
    target = "/addresses?cluster=shop&service=web"
    assert inventory.get(target).body == "10.0.0.1/32\n"
    recent = inventory.get(f"{target}&releasedWithin=120", Accept="application/json").json["items"]
    assert [(row["address"], row["taskArn"].split("/")[-1]) for row in recent] == [
        ("10.0.0.1", "held"),
        ("10.0.0.2", "late"),
        ("10.0.0.5", "newer"),
    ]
    assert recent[1]["releasedAt"] == to_text(now - MINUTE)


def test_an_address_that_is_released_during_the_request_is_listed_as_released(
    inventory: Inventory,
) -> None:
    class Stopping(MemoryStore):
        """A store whose task stops after the first look at its service."""

        def service_entries(
            self, service: str, between: tuple[str, str], limit: int
        ) -> Sequence[ServiceEntry]:
            found = super().service_entries(service, between, limit)
            self.put_many([Stored(task("a1", stopped=inventory.now), revision=2)])
            return found

    inventory.store = Stopping()
    inventory.put(task("a1"))
    target = "/addresses?cluster=shop&service=web&releasedWithin=60"
    assert inventory.get(target).body == "10.0.4.128/32\n"


def test_addresses_that_did_not_change_are_a_304(inventory: Inventory) -> None:
    inventory.put(task("a1"))
    tag = inventory.get("/addresses").headers["ETag"]
    same = inventory.get("/addresses", If_None_Match=f'"other", {tag}')
    assert (same.status, same.body, same.headers["ETag"]) == (304, "", tag)
    assert inventory.get("/addresses", If_None_Match="*").status == 304
    assert inventory.get("/addresses", Accept="text/csv", If_None_Match=tag).status == 200
    gzipped = inventory.get("/addresses", Accept="*/*", Accept_Encoding="gzip", If_None_Match=tag)
    assert gzipped.status == 304
    inventory.put(task("a2", ipv4="10.0.4.129"))
    assert inventory.get("/addresses", If_None_Match=tag).status == 200


@pytest.mark.parametrize("route", ["/targets?port=80", "/addresses?"])
def test_a_typo_does_not_empty_an_allow_list(inventory: Inventory, route: str) -> None:
    inventory.put(task("a1"), task("b1", "lab", ipv4=None, subnet=None))
    for filters in (
        *("cluster=shops", "cluster=sho", "cluster=shop&service=webs", "service=api"),
        "cluster=arn:aws:ecs:eu-west-1:444455556666:cluster/shop&service=web",
        "cluster=shops&service=web",
    ):
        answer = inventory.get(f"{route}&{filters}")
        assert answer.status == 404, filters
        assert "has never been seen" in answer.json["detail"]
    answer = inventory.get(f"{route}&cluster=lab")
    assert (answer.status, answer.body) == (200, "[]" if "targets" in route else "")


@pytest.mark.parametrize(
    "target, faults",
    [
        ("/targets", {"port"}),
        ("/targets?port=", {"port"}),
        ("/targets?port=0", {"port"}),
        ("/targets?port=65536", {"port"}),
        ("/targets?port=80&subnetId=a", {"subnetId"}),
        ("/targets?port=80&vpcId=a", {"vpcId"}),
        ("/targets?port=80&at=1", {"at"}),
        ("/addresses?family=ipx", {"family"}),
        ("/addresses?family=ipv6&cidr=10.0.0.0/8", {"cidr"}),
        ("/addresses?cidr=10.0.0.1/8", {"cidr"}),
        ("/addresses?releasedWithin=60", {"releasedWithin"}),
        ("/addresses?releasedWithin=60&cluster=shop", {"releasedWithin"}),
        ("/addresses?releasedWithin=86401&cluster=shop&service=web", {"releasedWithin"}),
        ("/addresses?releasedWithin=60&cluster=shop&service=web&at=1", {"at"}),
        ("/addresses?at=4000000000", {"at"}),
        ("/subnets?cluster=shop", {"cluster"}),
        ("/subnets?limit=0", {"limit"}),
        ("/subnets?cursor=abc", {"cursor"}),
    ],
)
def test_bad_input_is_a_400_that_names_each_parameter(
    inventory: Inventory, target: str, faults: set[str]
) -> None:
    assert set(inventory.get(target).faults) == faults


# Addresses at an instant


def test_addresses_at_an_instant_say_whether_their_holders_are_certain(
    inventory: Inventory,
) -> None:
    inventory.put(
        task("a1", created=NOON, attached=NOON, last_held=NOON + 5, stopped=NOON + 9),
        task("a2", "lab", created=NOON, attached=NOON + 3, ipv4="10.0.4.129", subnet="subnet-b"),
    )

    def listed(at: int, **filters: str) -> list[tuple[str, bool]]:
        query = "".join(f"&{name}={value}" for name, value in filters.items())
        rows = inventory.get(f"/addresses?at={at}{query}", Accept="application/json").json["items"]
        return [(row["taskArn"].split("/")[-1], row["certain"]) for row in rows]

    assert listed(NOON) == [("a1", True), ("a2", False)]
    assert listed(NOON + 3) == [("a1", True), ("a2", True)]
    assert listed(NOON + 5) == [("a1", False), ("a2", True)]
    assert listed(NOON + 9) == [("a2", True)]
    assert listed(NOON, cluster="lab") == [("a2", False)]
    assert listed(NOON, subnetId="subnet-a") == [("a1", True)]
    assert listed(NOON, vpcId="vpc-1") == [("a1", False), ("a2", False)], "theirs is not known"
    assert listed(NOON, cidr="10.0.4.128") == [("a1", True)]
    assert listed(NOON, family="ipv6") == []
    table = inventory.get(f"/addresses?at={NOON}", Accept="text/csv").body.splitlines()
    assert table[0].endswith("attachedAt,releasedAt,certain")
    assert [line.rpartition(",")[2] for line in table[1:]] == ["true", "false"]
    prefixes = inventory.get(f"/addresses?at={NOON}")
    assert prefixes.body == "10.0.4.128/32\n"
    assert prefixes.headers["Coverage"] == "gaps=0"
    assert "Coverage" not in inventory.get("/addresses").headers


def test_addresses_at_an_instant_of_what_was_never_seen_are_a_404(inventory: Inventory) -> None:
    inventory.put(task("a1"))
    assert inventory.get(f"/addresses?at={NOON}&cluster=lab").status == 404
    assert inventory.get(f"/addresses?at={NOON}&cluster=shop&service=api").status == 404
    assert inventory.get(f"/addresses?at={NOON - DAY}&cluster=shop").body == ""


# Subnets


def test_subnets_tell_how_full_they_are(inventory: Inventory) -> None:
    now = inventory.now
    inventory.put(
        task("a1"),
        task("a2", ipv4="10.0.4.129"),
        task("a3", ipv4="10.0.4.130", stopped=now - MINUTE),
        task("a4", ipv4="10.0.4.129", stopped=now - MINUTE),
        task("a5", ipv4="10.0.4.131", stopped=now - 61 * MINUTE),
        task("b1", subnet="subnet-b", stopped=now - DAY),
        task("c1", subnet="subnet-c", ipv4=None),
    )
    subnet = Subnet("vpc-1", "eu-west-1a", "10.0.4.0/24", ("2001:db8:4a::/64",))
    inventory.store.put_subnets({"subnet-a": subnet})
    items = inventory.get("/subnets").json["items"]
    assert items[0] == {
        "subnetId": "subnet-a",
        "vpcId": "vpc-1",
        "availabilityZone": "eu-west-1a",
        "ipv4Cidr": "10.0.4.0/24",
        "ipv6Cidrs": ["2001:db8:4a::/64"],
        "usable": 251,
        "held": 2,
        "released": 1,
    }
    unknown = dict.fromkeys(("vpcId", "availabilityZone", "ipv4Cidr", "ipv6Cidrs", "usable"))
    for item, name in zip(items[1:], ("subnet-b", "subnet-c"), strict=True):
        assert item == {"subnetId": name, **unknown, "held": 0, "released": 0}


def test_subnets_are_paged(inventory: Inventory) -> None:
    names = [f"subnet-{n}" for n in range(5)]
    inventory.put(*(task(f"t{n}", subnet=name) for n, name in enumerate(names)))
    pages = [
        [row["subnetId"] for row in page["items"]] for page in inventory.pages("/subnets?limit=2")
    ]
    assert pages == [names[:2], names[2:4], names[4:]]
    assert inventory.get("/subnets").json["nextCursor"] is None

"""What the service has ever seen: each thing noted once, by what people ask for first."""

from core.table.seen_names import (
    CLUSTER,
    GROUP,
    SUBNET,
    Note,
    Noted,
    begins,
    cluster_note,
    group_note,
    notes_of,
    subnet_note,
)
from core.task.record import in_vpc, missing
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, cluster_arn, key, observed, task

HOME = "arn:aws:ecs:eu-west-1:111122223333:"


def test_a_note_sorts_by_the_short_name_that_people_ask_for() -> None:
    assert cluster_note(cluster_arn("shop")) == Note(CLUSTER, f"shop#{HOME}")
    assert group_note(cluster_arn("shop"), "service:web") == Note(GROUP, f"shop#service:web#{HOME}")
    assert subnet_note("subnet-a") == Note(SUBNET, "subnet-a")


def test_two_accounts_clusters_of_one_name_are_two_notes() -> None:
    assert cluster_note(cluster_arn("shop", account="444455556666")) != cluster_note(cluster_arn())


def test_what_notes_begin_with_ends_where_a_name_does() -> None:
    store = MemoryStore()
    noted = [cluster_note(cluster_arn(name)) for name in ("shop", "shop2", "sho")]
    store.put_notes(noted)
    assert store.notes(begins(CLUSTER, "shop")) == [noted[0]]
    groups = [group_note(cluster_arn(), name) for name in ("service:web", "service:web2")]
    store.put_notes(groups)
    assert store.notes(begins(GROUP, "shop", "service:web")) == [groups[0]]
    assert store.notes(begins(GROUP, "shop")) == groups


def test_a_record_gives_its_cluster_group_and_subnet_to_note() -> None:
    assert notes_of(task()) == [
        cluster_note(cluster_arn()),
        group_note(cluster_arn(), "service:web"),
        subnet_note("subnet-a"),
    ]


def test_a_bridge_task_gives_its_cluster_and_group_to_note() -> None:
    assert notes_of(observed(attachments=[], group="family:batch")) == [
        cluster_note(cluster_arn()),
        group_note(cluster_arn(), "family:batch"),
    ]
    assert notes_of(observed(attachments=[], group=None)) == [cluster_note(cluster_arn())]


def test_what_tells_of_no_task_by_itself_gives_nothing_to_note() -> None:
    assert notes_of(missing(key(), at=NOON)) == []
    assert notes_of(in_vpc(key(), "vpc-1")) == []


def test_what_is_known_to_be_noted_is_not_listed_again() -> None:
    noted = Noted()
    records = [task("a1"), task("a2"), task("a3", "bank", group="service:api", subnet="subnet-b")]
    unknown = noted.unknown(records)
    assert len(unknown) == 6
    noted.add(unknown)
    assert noted.unknown(records) == set()
    assert noted.unknown([task(group="service:new")]) == {group_note(cluster_arn(), "service:new")}

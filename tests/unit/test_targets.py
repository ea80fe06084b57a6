"""Targets: who is to be scraped, and under which name."""

from copy import replace
from typing import Any

import pytest

from core.answers.current import TaskFilter
from core.answers.targets import SCRAPED, targets
from core.table.store import Stored
from core.task.kinds import KINDS
from core.task.record import Record
from core.text.instant import SECOND
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

type Group = dict[str, Any]


def groups(*records: Record) -> list[Group]:
    store = MemoryStore()
    store.put_many([Stored(record, 1) for record in records])
    return targets(store, TaskFilter(), 80, lambda group: group)


def found(*records: Record) -> list[str]:
    return [group["targets"][0] for group in groups(*records)]


def test_what_is_read_of_a_target_are_fields_of_a_record() -> None:
    assert set(SCRAPED) <= {name for kind in KINDS for name in kind._fields}


def asked_to_stop(record: Record) -> Record:
    assert record.status is not None
    return replace(record, status=replace(record.status, desired_status="STOPPED"))


def torn_down(record: Record) -> Record:
    return replace(record, earliest=replace(record.earliest, gone_at=NOON + SECOND))


@pytest.mark.parametrize(
    "record",
    [
        task(status="PENDING"),
        task(status="DEACTIVATING"),
        task(ipv4=None),
        task(stopped=NOON + SECOND),
        asked_to_stop(task()),
        torn_down(task()),
    ],
    ids=["pending", "stopping", "no-address", "stopped", "asked-to-stop", "released"],
)
def test_what_does_not_run_or_holds_no_address_is_no_target(record: Record) -> None:
    assert found(record, task("b1", ipv4="10.0.0.1")) == ["10.0.0.1:80"]


def test_ipv4_comes_first_and_ipv6_stands_in_brackets() -> None:
    assert found(task(ipv6="2001:db8::1")) == ["10.0.4.128:80"]
    assert found(task(ipv4=None, ipv6="2001:db8::1")) == ["[2001:db8::1]:80"]


def test_an_address_of_a_subnet_is_a_target_once_for_its_newest_holder() -> None:
    old, new = task("z"), task("a", attached=NOON + 1)
    for records in ((old, new), (new, old)):
        [target] = groups(*records)
        assert target["labels"]["__meta_ecs_task_arn"] == new.facts.task_arn
    assert len(found(old, task("b", subnet="subnet-b"), task("c", subnet=None))) == 3


def test_labels_that_are_not_known_are_left_out() -> None:
    [target] = groups(task(group=None))
    assert "__meta_ecs_service" not in target["labels"]
    assert all(isinstance(value, str) for value in target["labels"].values())

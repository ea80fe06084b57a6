"""Lists for programs: what a service's tasks hold, and what they let go of since an instant."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers.current import TaskFilter
from core.answers.holders import Judge
from core.answers.lists import (
    LISTED,
    AddressesAt,
    AddressFilter,
    ListedAddress,
    current_addresses,
    current_records,
    held_or_released,
)
from core.answers.past import Past, every_past_task
from core.answers.questions import instant_window
from core.table.index_keys import release_sort
from core.table.seen_names import notes_of
from core.table.store import AddressEntry, ServiceEntry, Stored, one_by_one
from core.task.kinds import KINDS
from core.task.record import Record
from core.text.address import parse_cidr
from core.text.instant import DAY, MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.plain_rule import IP, Life, Rule, at, known, pasts, surely_in
from tests.support.tasks import NOON, task

WEB = TaskFilter(cluster="shop", service="web")
NOW = NOON + 10 * MINUTE


def filled(store: MemoryStore, *records: Record) -> MemoryStore:
    store.put_notes({note for record in records for note in notes_of(record)})
    store.put_many([Stored(record, revision=1) for record in records])
    return store


def listed(*records: Record, store: MemoryStore | None = None) -> list[str]:
    """Tell which tasks' addresses are listed, of those that hold one or held it since noon."""
    held = held_or_released(
        filled(store or MemoryStore(), *records),
        AddressFilter(tasks=WEB),
        since=NOON,
        now=NOW,
        together=one_by_one,
    )
    return [one.record.key.task_id for one in held]


def ended(task_id: str, attached: Instant, stopped: Instant, group: str = "service:web") -> Record:
    return task(task_id, attached=attached, stopped=stopped, group=group)


def test_what_is_listed_are_fields_of_a_record() -> None:
    names = {name for kind in KINDS for name in kind._fields}
    assert set(LISTED) <= names
    assert len(LISTED) == len(set(LISTED))


def test_a_task_that_has_ended_is_not_current_even_if_the_index_lags() -> None:
    class LateEntries(MemoryStore):
        def service_entries(
            self, service: str, between: tuple[str, str], limit: int
        ) -> Sequence[ServiceEntry]:
            del service, between, limit
            records = (live, gone)
            return [ServiceEntry(release_sort(None, one.key), NOON, one.key) for one in records]

    live, gone = task("live"), ended("gone", NOON, NOON + MINUTE)
    assert list(current_records(filled(LateEntries(), live, gone), WEB, LISTED)) == [live]


def test_what_a_task_holds_is_listed_once() -> None:
    assert listed(task("holds")) == ["holds"]


def test_what_was_released_at_the_instant_or_after_it_is_listed() -> None:
    assert listed(ended("at-it", NOON - MINUTE, NOON)) == ["at-it"]
    assert listed(ended("before", NOON - MINUTE, NOON - 1)) == []


def test_an_address_that_another_task_held_and_gave_back_is_still_listed() -> None:
    ours = ended("ours", NOON, NOON + MINUTE)
    theirs = ended("theirs", NOON + 2 * MINUTE, NOON + 3 * MINUTE, group="service:other")
    assert listed(ours, theirs) == ["ours"]


def test_an_address_that_another_task_holds_now_is_not_listed() -> None:
    theirs = task("theirs", attached=NOON + 2 * MINUTE, group="service:other")
    assert listed(ended("ours", NOON, NOON + MINUTE), theirs) == []


def test_an_older_holder_whose_end_is_not_known_takes_nothing() -> None:
    older = task("older", attached=NOON - MINUTE, group="service:other")
    assert listed(older, ended("ours", NOON, NOON + MINUTE)) == ["ours"]


def test_an_address_that_the_index_does_not_show_yet_is_taken_by_nobody() -> None:
    class LateAddresses(MemoryStore):
        def address_entries(
            self, address: str, between: tuple[str, str], limit: int, *, ascending: bool = False
        ) -> Sequence[AddressEntry]:
            del address, between, limit, ascending
            return []

    assert listed(ended("ours", NOON, NOON + MINUTE), store=LateAddresses()) == ["ours"]


# What is held now


def names(found: Iterable[ListedAddress]) -> list[str]:
    return [one.record.key.task_id for one in found]


@pytest.mark.parametrize(
    "wanted, found",
    [
        (AddressFilter(tasks=TaskFilter()), ["a3", "a1", "a2", "a2"]),
        (AddressFilter(tasks=TaskFilter(), family="ipv6"), ["a2"]),
        (AddressFilter(tasks=TaskFilter(), cidr=parse_cidr("10.0.4.0/24")), ["a1", "a2"]),
        (AddressFilter(tasks=TaskFilter(), cidr=parse_cidr("2001:db8::/32")), ["a2"]),
        (AddressFilter(tasks=TaskFilter(subnet_id="subnet-b")), ["a3"]),
        (AddressFilter(tasks=TaskFilter(cluster="shop", service="web")), ["a1", "a2", "a2"]),
        (AddressFilter(tasks=TaskFilter(service="web", subnet_id="subnet-b")), []),
    ],
    ids=str,
)
def test_addresses_can_be_kept_to_what_they_are_and_whose(
    wanted: AddressFilter, found: list[str]
) -> None:
    store = filled(
        MemoryStore(),
        task("a1"),
        task("a2", ipv4="10.0.4.129", ipv6="2001:db8::1"),
        task("a3", ipv4="10.0.0.1", subnet="subnet-b", group="family:job"),
        task("a4", ipv4=None),
        task("a5", ipv4="10.0.4.130", stopped=NOON),
    )
    assert names(current_addresses(store, wanted)) == found


# What was held at an instant


def at_instant(
    store: MemoryStore, instant: Instant, tasks: TaskFilter | None = None
) -> list[ListedAddress]:
    wanted = tasks or TaskFilter()
    past = Past(
        wanted=TaskFilter(cluster=wanted.cluster, cluster_arn=wanted.cluster_arn),
        window=instant_window(instant),
    )
    listing = AddressesAt(store, Judge(), instant, one_by_one)
    return listing.among(every_past_task(store, past), AddressFilter(tasks=wanted))


@given(
    pasts(),
    st.integers(-2, 60).map(lambda number: number / 2),
    st.sampled_from([None, "subnet-a"]),
    st.sampled_from([None, "vpc-1"]),
)
def test_whoever_had_an_address_at_an_instant_is_listed_by_the_contract_s_rule(
    lives: list[Life], tick: float, subnet: str | None, vpc: str | None
) -> None:
    rule = Rule(lives)
    there = {life.task_id: life for life in known(lives, subnet=subnet, vpc=vpc)}
    store = filled(MemoryStore(), *(life.record() for life in lives))
    instant = int(at(0) + (at(1) - at(0)) * tick)
    found = at_instant(store, instant, TaskFilter(subnet_id=subnet, vpc_id=vpc))
    certain = rule.certain(tick) & there.keys()
    sure = {name for name in certain if surely_in(there[name], subnet=subnet, vpc=vpc)}
    assert sorted(one.record.key.task_id for one in found if one.certain) == sorted(sure)
    possible = (rule.possible(tick) & there.keys()) | (certain - sure)
    assert sorted(one.record.key.task_id for one in found if not one.certain) == sorted(possible)


def test_a_task_of_another_cluster_ends_one_that_is_listed() -> None:
    """Whichever cluster is asked for, and though the other task exists no longer."""
    ours = task("ours", created=NOON, attached=NOON)
    theirs = task("theirs", "lab", created=NOON + 5, attached=NOON + 5, stopped=NOON + 7)
    store = filled(MemoryStore(), ours, theirs)
    wanted = TaskFilter(cluster="shop")
    assert [one.certain for one in at_instant(store, NOON + 4, wanted)] == [False]
    assert at_instant(store, NOON + 6, wanted) == []
    assert at_instant(store, NOON + DAY, wanted) == []
    assert at_instant(store, NOON + 6) == [ListedAddress(IP, theirs, certain=True)]


def test_a_task_of_another_cluster_that_is_certain_leaves_none_possible() -> None:
    ours = task("ours", created=NOON + 2, attached=NOON + 12)
    theirs = task("theirs", "lab", created=NOON, attached=NOON, stopped=NOON + 10)
    store = filled(MemoryStore(), ours, theirs)
    wanted = TaskFilter(cluster="shop")
    assert at_instant(store, NOON + 5, wanted) == []
    assert [one.certain for one in at_instant(store, NOON + 11, wanted)] == [False]


def test_the_next_holder_ends_one_that_is_listed_and_not_one_after_it() -> None:
    """Although something says that the task still had its address, and it exists no longer."""
    ours = task("ours", created=NOON, attached=NOON, last_held=NOON + 20)
    others = [
        task("next", "lab", created=NOON + 10, attached=NOON + 10, stopped=NOON + 12),
        task("last", "lab", created=NOON + 30, attached=NOON + 30),
    ]
    store = filled(MemoryStore(), ours, *others)
    assert at_instant(store, NOON + 15, TaskFilter(cluster="shop")) == []


def test_a_task_is_not_possible_before_an_older_holder_that_came_later_than_the_instant() -> None:
    """It has had its address without a break since before its first proof."""
    ours = task("ours", created=NOON, attached=NOON + 20)
    others = [
        task("older", created=NOON + 7, attached=NOON + 10, stopped=NOON + 15, last_held=NOON + 12),
        task("newer", created=NOON + 30, attached=NOON + 30, stopped=NOON + 35),
        task("newest", created=NOON + 40, attached=NOON + 40),
    ]
    store = filled(MemoryStore(), ours, *others)
    assert at_instant(store, NOON + 5) == []
    assert [one.certain for one in at_instant(store, NOON + 16)] == [False]

"""Index keys: present only while they apply, and sorted as the questions need it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.table import index_keys
from core.table.index_keys import (
    LOWEST,
    address_sort,
    all_proven,
    attached_after,
    attached_by,
    below_subnet,
    created_sort,
    just_below,
    length_class,
    live_cluster,
    past_classes,
    past_partition,
    place_of,
    release_sort,
    released_between,
    service_key,
    service_partition,
    service_sort,
    still_held,
    subnet_key,
    unproven_after,
)
from core.text.instant import DAY, FAR_FUTURE, SECOND
from tests.support.tasks import NOON, key, task

STOPPED = task(stopped=NOON + SECOND)


def test_a_task_is_under_its_cluster_s_short_name_while_it_lives() -> None:
    assert live_cluster(task()) == "shop"
    assert live_cluster(task(ipv4=None)) == "shop"
    assert live_cluster(STOPPED) is None
    assert live_cluster(task(gone=NOON + DAY)) is None


def test_an_ended_task_is_under_its_cluster_and_the_class_of_its_length() -> None:
    assert past_partition(task()) is None
    assert past_partition(STOPPED) == "shop#16", "61 seconds are less than 2^16 ms"
    assert past_partition(task(ipv4=None, stopped=NOON + DAY)) == "shop#27"
    assert past_partition(task(gone=NOON + DAY)) == "shop#27"


@pytest.mark.parametrize(
    "length, number",
    [
        *((-5, 14), (0, 14), (1, 14), ((1 << 14) - 1, 14), (1 << 14, 15), ((1 << 15) - 1, 15)),
        *(((1 << 37) - 1, 37), (1 << 37, 38), (1 << 38, 38), (1 << 45, 38)),
    ],
)
def test_a_class_is_the_power_of_two_that_a_life_is_shorter_than(length: int, number: int) -> None:
    assert length_class(length) == number
    bounds = dict(past_classes("shop"))
    longest = bounds[f"shop#{number}"]
    assert longest is None or length < longest


def test_all_classes_of_a_cluster_are_some_two_dozen_and_the_last_has_no_bound() -> None:
    classes = past_classes("shop")
    assert len(classes) == len(dict(classes)) == 25
    assert [longest for _, longest in classes][-1] is None


def test_tasks_of_a_cluster_sort_by_creation_then_id() -> None:
    order = ((5, "b"), (7, "a"), (7, "b"), (10**12, "0"))
    places = [created_sort(at, key(task_id)) for at, task_id in order]
    assert places == sorted(places)


def test_tasks_of_one_id_in_two_accounts_have_places_of_their_own() -> None:
    twins = (key(), key(account="444455556666"))
    assert len({created_sort(NOON, twin) for twin in twins}) == 2
    assert len({release_sort(NOON, twin) for twin in twins}) == 2


def test_a_service_has_a_task_from_when_its_address_is_known() -> None:
    assert service_key(task()) == service_partition("shop", "service:web") == "shop#service:web"
    assert service_key(STOPPED) == "shop#service:web"
    assert service_key(task(ipv4=None)) is None
    assert service_key(task(group=None)) is None
    assert service_sort(task(ipv4=None)) is None


def test_a_service_s_tasks_sort_by_release_and_those_that_hold_come_last() -> None:
    released = service_sort(STOPPED)
    later = service_sort(task("a2", stopped=NOON + DAY))
    held, also_held = service_sort(task("a1")), service_sort(task("a2"))
    assert released == release_sort(NOON + SECOND, key("a1"))
    assert held == release_sort(None, key("a1"))
    assert (released[:17], held[:17]) == ("1795176001000#a1#", f"{FAR_FUTURE}#a1#")
    assert released < (later or "") < held < (also_held or "")
    low, high = still_held()
    assert low <= held <= high
    assert not low <= released <= high


@given(st.integers(0, 20), st.integers(0, 20), st.none() | st.integers(0, 20))
def test_the_bounds_of_releases_leave_out_their_start_and_include_their_end(
    released: int, after: int, until: int | None
) -> None:
    low, high = released_between(after, until)
    inside = after < released and (until is None or released <= until)
    assert (low <= release_sort(released, key()) <= high) == inside
    assert (low <= release_sort(None, key()) <= high) == (until is None)


def test_an_address_sorts_by_subnet_attachment_and_task() -> None:
    assert address_sort(task()) == "subnet-a#1795176000000#a1"
    assert address_sort(STOPPED) == address_sort(task())
    assert address_sort(task(ipv4=None)) is None
    assert address_sort(task(ipv4=None, ipv6="2001:db8::1")) == address_sort(task())


def test_records_without_proof_or_without_a_subnet_sort_by_their_end_and_come_last() -> None:
    assert address_sort(task(attached=None)) == f"|#{FAR_FUTURE}#a1"
    assert address_sort(task(subnet=None)) == f"|#{FAR_FUTURE}#a1"
    assert address_sort(task(subnet=None, stopped=NOON + 1)) == "|#1795176000001#a1"
    assert address_sort(task(attached=None, stopped=NOON + 1)) == "|#1795176000001#a1"
    assert (address_sort(task(subnet="subnet-z")) or "") < "|#"


def test_no_key_holds_a_proof_that_keeps_moving() -> None:
    before, after = task(last_held=NOON + 1), task(last_held=NOON + DAY, seen=NOON + DAY)
    for key_of in (address_sort, service_key, service_sort, live_cluster, past_partition):
        assert key_of(before) == key_of(after)


def test_a_record_that_does_not_know_its_subnet_counts_as_a_subnet_of_its_own() -> None:
    assert subnet_key(task(subnet=None)) == "|a1"
    assert subnet_key(task()) == "subnet-a"


subnets = st.sampled_from(["a", "a-", "a-b", "ab", "B", "0"])
instants = st.integers(0, 9) | st.integers(0, FAR_FUTURE - 1)
task_ids = st.sampled_from(["a", "aa", "a-b", "a_b", "B", "0", "z"])
places = st.builds(index_keys.Place, subnets, instants, task_ids)


def sort_of(place: index_keys.Place) -> str:
    life: dict[str, Any] = {"created": 0, "attached": place.attached_at, "seen": FAR_FUTURE - 1}
    key = address_sort(task(place.task_id, subnet=place.subnet, **life))
    assert key is not None
    return key


@given(places)
def test_a_place_is_read_back_from_its_key(place: index_keys.Place) -> None:
    assert place_of(sort_of(place)) == place
    assert place_of(f"|#{place.attached_at:013}#{place.task_id}") is None


@given(places, places)
def test_keys_group_by_subnet_and_sort_by_attachment_then_task_within(
    one: index_keys.Place, other: index_keys.Place
) -> None:
    if one.subnet == other.subnet:
        first, second = (one.attached_at, one.task_id), (other.attached_at, other.task_id)
        assert (sort_of(one) < sort_of(other)) == (first < second)


@given(places, places, instants)
def test_the_bounds_of_a_subnet_part_its_keys_at_the_instant_and_hold_no_others(
    one: index_keys.Place, other: index_keys.Place, instant: int
) -> None:
    for place in (one, other):
        key, own = sort_of(place), place.subnet == one.subnet
        low, high = attached_by(one.subnet, instant)
        assert (low <= key <= high) == (own and place.attached_at <= instant)
        low, high = attached_after(one.subnet, instant)
        assert (low <= key <= high) == (own and place.attached_at > instant)


@given(places, places)
def test_below_a_subnet_lie_all_keys_that_sort_before_its_own(
    one: index_keys.Place, other: index_keys.Place
) -> None:
    below = sort_of(other) < sort_of(one) and other.subnet != one.subnet
    assert (LOWEST <= sort_of(other) <= below_subnet(one.subnet)) == below


@given(places, places)
def test_just_below_a_key_lie_all_smaller_ones(
    one: index_keys.Place, other: index_keys.Place
) -> None:
    assert (sort_of(other) <= just_below(sort_of(one))) == (sort_of(other) < sort_of(one))


@given(places, instants, instants)
def test_the_proven_and_the_unproven_are_ranges_of_their_own(
    place: index_keys.Place, end: int, instant: int
) -> None:
    unproven = f"|#{end:013}#{place.task_id}"
    low, high = all_proven()
    assert low <= sort_of(place) <= high
    assert not low <= unproven <= high
    low, high = unproven_after(instant)
    assert (low <= unproven <= high) == (end > instant)
    assert not low <= sort_of(place) <= high

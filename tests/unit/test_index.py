"""Index keys: present only while they apply, and sorted as the questions need it."""

from hypothesis import given
from hypothesis import strategies as st

from core.table.index import (
    LOWEST,
    address_sort,
    below_subnet,
    live_cluster,
    service_key,
    service_partition,
    service_sort,
    subnet_id,
    within_subnet,
)
from core.text.instant import DAY, FAR_FUTURE, SECOND
from tests.support.tasks import NOON, task

STOPPED = task(stopped=NOON + SECOND)


def test_a_task_is_under_its_cluster_s_short_name_while_it_lives() -> None:
    assert live_cluster(task()) == "shop"
    assert live_cluster(task(ipv4=None)) == "shop"
    assert live_cluster(STOPPED) is None
    assert live_cluster(task(gone=NOON + DAY)) is None


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
    assert released == "1795176001000#a1"
    assert held == f"{FAR_FUTURE}#a1"
    assert released < (later or "") < held < (also_held or "")


def test_an_address_sorts_by_subnet_attachment_and_task() -> None:
    assert address_sort(task()) == "subnet-a#1795176000000#a1"
    assert address_sort(STOPPED) == address_sort(task())
    assert address_sort(task(ipv4=None)) is None
    assert address_sort(task(ipv4=None, ipv6="2001:db8::1")) == address_sort(task())


def test_a_record_that_does_not_know_its_subnet_counts_as_a_subnet_of_its_own() -> None:
    assert address_sort(task(subnet=None)) == "|a1#1795176000000#a1"
    assert address_sort(task("a2", subnet=None)) == "|a2#1795176000000#a2"
    assert subnet_id("|a1#1795176000000#a1") is None
    assert subnet_id("subnet-a#1795176000000#a1") == "subnet-a"


subnets = st.sampled_from(["a", "a-", "a-b", "ab", "B", "0", None])
instants = st.integers(0, 9) | st.integers(0, FAR_FUTURE - 1)
places = st.tuples(subnets, instants, st.sampled_from(["a", "aa", "a-b", "a_b", "B", "0", "z"]))


def sort_of(subnet: str | None, attached: int, task_id: str) -> str:
    key = address_sort(task(task_id, subnet=subnet, attached=attached, seen=FAR_FUTURE - 1))
    assert key is not None
    return key


@given(places, places)
def test_keys_group_by_subnet_and_sort_by_attachment_then_task_within(
    one: tuple[str | None, int, str], other: tuple[str | None, int, str]
) -> None:
    if one[0] is not None and one[0] == other[0]:
        assert (sort_of(*one) < sort_of(*other)) == (one[1:] < other[1:])


@given(places, places, instants)
def test_the_bounds_of_a_subnet_hold_its_keys_until_the_instant_and_no_others(
    one: tuple[str | None, int, str], other: tuple[str | None, int, str], until: int
) -> None:
    subnet = sort_of(*one).partition("#")[0]
    low, high = within_subnet(subnet, until=until)
    for place in (one, other):
        key = sort_of(*place)
        inside = key.partition("#")[0] == subnet and place[1] <= until
        assert (low <= key <= high) == inside


@given(places, places)
def test_below_a_subnet_lie_all_keys_that_sort_before_its_own(
    one: tuple[str | None, int, str], other: tuple[str | None, int, str]
) -> None:
    mine, key = sort_of(*one), sort_of(*other)
    subnet = mine.partition("#")[0]
    low, high = below_subnet(subnet)
    below = key < mine and key.partition("#")[0] != subnet
    assert (low <= key <= high) == below


@given(places)
def test_the_widest_bounds_hold_every_key(place: tuple[str | None, int, str]) -> None:
    assert LOWEST <= sort_of(*place) <= "~"

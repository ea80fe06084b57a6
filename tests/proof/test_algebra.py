"""The algebra: the join is a semilattice, over records however nonsensical."""

from inspect import get_annotations
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.table import index_keys
from core.table.recording import record_observations
from core.task.changes import change_between
from core.task.kinds import Earliest, Facts, Interface, Newest, Status, TaskKey
from core.task.record import Record, contradictions, in_vpc, join, missing, viewed
from core.task.record_json import record_as_json
from core.text.arn import ClusterArn
from core.text.instant import DAY
from tests.proof.service import Shelf
from tests.proof.sightings import HOME
from tests.proof.suite import RETENTION, known

KEY = TaskKey("a1", ClusterArn(f"{HOME}cluster/shop"))

# Few values, so that they meet: equal ones, ties and contradictions are where a join goes wrong.
# Absence is None, never an empty text: the parser reads one as the other.
texts = st.sampled_from(
    [
        *("RUNNING", "STOPPED", "PENDING", "ATTACHED", "DELETED"),
        *("service:a", "~", "FARGATE", "DISCONNECTED"),
    ]
)
addresses = st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8::1"])
instants = st.integers(0, 9) | st.sampled_from([100 * DAY, 9_999_999_999_998])
counts = st.integers(0, 3)


def arbitrary[Kind](kind: type[Kind], **special: st.SearchStrategy[Any]) -> st.SearchStrategy[Kind]:
    """Draw each field by its type, with absence wherever it may be None."""
    by_type: dict[Any, st.SearchStrategy[Any]] = {str: texts, int: counts}
    drawn = {}
    for name, declared in get_annotations(kind).items():
        options = get_args(declared) or (declared,)
        instant = name.endswith("_at")
        value = special.get(name, instants if instant else by_type.get(options[0], instants))
        drawn[name] = st.none() | value if type(None) in options else value
    return st.builds(kind, **drawn)


statuses = arbitrary(Status, source=st.sampled_from(["event", "reconcile"]))
records = st.builds(
    Record,
    key=st.just(KEY),
    status=st.none() | statuses,
    facts=arbitrary(Facts),
    interface=arbitrary(Interface, private_ipv4_address=addresses, ipv6_address=addresses),
    earliest=arbitrary(Earliest),
    newest=arbitrary(Newest),
)
observations = (
    records
    | st.builds(
        missing,
        st.just(KEY),
        at=instants,
        seen_at=st.none() | instants,
        still_shown_at=st.none() | instants,
        cluster_gone=st.booleans(),
    )
    | st.builds(viewed, st.just(KEY), instants)
    | st.builds(in_vpc, st.just(KEY), texts)
)
thorough = settings(max_examples=300, deadline=None)


@thorough
@given(records)
def test_joining_a_record_with_itself_changes_nothing(one: Record) -> None:
    assert join(one, one) == one
    assert contradictions(one, one) == ()


@thorough
@given(observations, observations)
def test_it_does_not_matter_which_of_two_comes_first(one: Record, other: Record) -> None:
    assert join(one, other) == join(other, one)
    assert contradictions(one, other) == contradictions(other, one)


@thorough
@given(observations, observations, observations)
def test_it_does_not_matter_which_are_joined_first(one: Record, two: Record, three: Record) -> None:
    assert join(join(one, two), three) == join(one, join(two, three))


@thorough
@given(observations, observations)
def test_a_join_absorbs_what_it_is_made_of(one: Record, other: Record) -> None:
    both = join(one, other)
    assert join(both, one) == both == join(both, other)


@thorough
@given(observations)
def test_a_record_that_says_nothing_adds_nothing(one: Record) -> None:
    assert join(one, Record(key=KEY)) == one


@thorough
@given(statuses, statuses)
def test_statuses_are_ordered_totally(one: Status, other: Status) -> None:
    assert (one.rank == other.rank) == (one == other)


@thorough
@given(records, records)
def test_stopped_is_final(one: Record, other: Record) -> None:
    both = join(one, other)
    assert both.stopped == (one.stopped or other.stopped)
    assert not (both.stopped and both.live)


@thorough
@given(records, records)
def test_what_is_known_is_never_forgotten(one: Record, other: Record) -> None:
    before, after = record_as_json(one), record_as_json(join(one, other))
    forgotten = {name for name, value in before.items() if value is not None} - {
        name for name, value in after.items() if value is not None
    }
    # These follow the observation that shows the task furthest along, or the inference that the
    # task is gone, which a later sighting or the real end replaces. Of two interfaces one counts.
    assert forgotten <= {
        *("attachmentStatus", "stopCode", "stoppedReason", "service"),
        *("missingAt", "releasedAt", "releasedNotBefore"),
        *("attachmentId", "networkInterfaceId", "subnetId", "macAddress", "privateDnsName"),
        *("privateIpv4Address", "ipv6Address"),
    }
    assert not one.addresses or join(one, other).addresses


@thorough
@given(observations)
def test_everything_derived_is_total_and_its_intervals_are_sane(record: Record) -> None:
    ended = record.ended_at
    instants_in_order = (
        record.attached_not_before,
        record.attached_at,
        record.released_not_before,
        record.released_at,
    )
    assert record.live + (ended is not None) + (record.status is None) >= 1
    assert not (record.live and ended is not None)
    assert (record.attached_at is not None) == bool(record.addresses)
    assert (record.attached_not_before is not None) == bool(record.addresses)
    assert (record.released_at is None) == (record.released_not_before is None)
    shown = [instant for instant in instants_in_order if instant is not None]
    assert shown == sorted(shown)
    ended_with_address = ended is not None and bool(record.addresses)
    assert not ended_with_address or record.released_at is not None
    if record.attached_at_estimated:
        assert record.attached_at == record.created_at
    held = bool(record.addresses) and record.released_at is None
    assert (record.address_state == "held") == held
    assert (index_keys.live_cluster(record) is not None) == record.live
    assert (index_keys.address_sort(record) is not None) == bool(record.addresses)
    assert (record.expires_at(DAY) is not None) == (ended is not None)
    assert record_as_json(record)["live"] is record.live


@thorough
@given(records, records)
def test_a_change_is_told_exactly_if_something_watched_differs(one: Record, other: Record) -> None:
    after = join(one, other)
    assert change_between(after, after) is None
    told = change_between(one, after)
    if told is not None:
        before_json, after_json = record_as_json(one), record_as_json(after)
        assert all(before_json[name] != after_json[name] for name in told.changed)


def test_records_of_two_tasks_are_not_joined() -> None:
    with pytest.raises(ValueError, match="a1 and b2"):
        join(Record(key=KEY), Record(key=TaskKey("b2", KEY.cluster_arn)))


@thorough
@given(st.lists(observations, min_size=1, max_size=6))
def test_a_batch_ends_as_its_observations_one_by_one(batch: list[Record]) -> None:
    """Whether folded in one batch or recorded one by one: what is known is the same.

    But for `observedAt` and what is derived from it: where it alone would change, nothing is
    written. What says nothing about a task's status must follow a sighting, as a sweep's question
    does.
    """
    batch.sort(key=lambda seen: seen.status is None)
    together, apart = Shelf(), Shelf()
    now = max(seen.newest.observed_at or 0 for seen in batch)
    record_observations(together, batch, now=now, retention=now + RETENTION)
    for seen in batch:
        record_observations(apart, [seen], now=now, retention=now + RETENTION)
    assert known(together) == known(apart)

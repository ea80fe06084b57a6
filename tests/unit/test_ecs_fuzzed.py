"""Whatever comes in: it is refused by name, or it is a record that the table can hold."""

import json
from collections.abc import Callable
from copy import deepcopy, replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.dynamodb.items import decode, encode
from core.table.store import Stored
from core.task.ecs import MalformedObservationError, ParsedObservation, parse_event, parse_task
from core.task.record import Record, in_vpc, join, missing
from core.task.record_json import record_as_json
from core.text.instant import DAY
from tests.support.capacity import (
    LONGEST_PARTITION_KEY,
    LONGEST_SORT_KEY,
    PARTITION_KEYS,
    SORT_KEYS,
    item_size,
)
from tests.support.samples import CASES, DESCRIBED, DESCRIBED_AT, EVENTS, SECRET, SHAPES, readable
from tests.support.tasks import event
from tests.support.template import resource

LARGEST_ITEM = 8 * 1_024
"""Far below DynamoDB's 400 KB: all texts are cut or refused."""

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "name", "value", "details", "networkInterfaces"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
"""Any JSON, that of Python's own reader included, which knows NaN."""

interesting: st.SearchStrategy[Any] = st.sampled_from(
    [
        *("", " ", "null", "0", "eni", "ElasticNetworkInterface", "STOPPED", "DELETED", "\ud800"),
        *(
            "x" * 400,
            "é" * 200,
            "\U0001d4b3" * 101,
            "#",
            "~",
            "task/",
            "10.0.4.128",
            "::1",
            "00.00.0.000",
        ),
        *("1970-01-01T00:00:00Z", "2286-11-20T17:46:39.998Z", "9999-12-31T23:59:59-23:59"),
        *(0, -1, 2**53, 2**63, 10**400, 1e308, 1e-300, 9_999_999_999.9994, True, None, [], {}),
        *([[]], [None], [{}], {"name": "x"}),
    ]
)

DOCUMENTS = {
    "event": {
        **EVENTS,
        **SHAPES,
        **{f"{name}-{n}": sent for name, case in CASES.items() for n, sent in enumerate(case)},
    },
    "task": {**DESCRIBED, **{name: EVENTS[name]["detail"] for name in EVENTS}},
}


type Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> list[Path]:
    """List the paths of everything inside a document, its own left out."""
    inner: dict[Any, Any] = {}
    if isinstance(value, dict):
        inner = value
    elif isinstance(value, list):
        inner = dict(enumerate(value))
    found: list[Path] = []
    for name, item in inner.items():
        found += [(*path, name), *places(item, (*path, name))]
    return found


def value_at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


@st.composite
def mutated(draw: st.DrawFn, kind: str) -> Any:
    """Take a real document and change, drop or repeat a few things in it, or copy them about."""
    documents = DOCUMENTS[kind]
    document = deepcopy(documents[draw(st.sampled_from(sorted(documents)))])
    for _ in range(draw(st.integers(1, 4))):
        found = places(document)
        if not found:
            break
        path = found[draw(st.integers(0, len(found) - 1))]
        holder, last = value_at(document, path[:-1]), path[-1]
        match draw(st.sampled_from(["change", "drop", "repeat", "copy"])):
            case "change":
                holder[last] = deepcopy(draw(interesting | anything))
            case "drop":
                del holder[last]
            case "repeat" if isinstance(last, int):
                holder.append(deepcopy(holder[last]))
            case _:
                # A secret that is copied to where a name belongs is one no longer.
                sources = [path for path in found if "overrides" not in path]
                if sources:
                    source = sources[draw(st.integers(0, len(sources) - 1))]
                    holder[last] = deepcopy(value_at(document, source))
    return document


def check_that_the_table_can_hold(record: Record) -> None:
    stored = Stored(record, revision=1, sequence=1)
    item = encode(stored, 90 * DAY)
    assert decode(item) == stored
    assert item_size(item) <= LARGEST_ITEM
    for name, value in item.items():
        assert set(value) in ({"S"}, {"N"})
        text = next(iter(value.values()))
        if name in PARTITION_KEYS:
            assert 1 <= len(text.encode()) <= LONGEST_PARTITION_KEY
        if name in SORT_KEYS:
            assert 1 <= len(text.encode()) <= LONGEST_SORT_KEY
        if "N" in value:
            assert len(text.lstrip("-")) <= 38
    json.dumps(record_as_json(record), allow_nan=False).encode()


def check(parse: Callable[[], ParsedObservation]) -> None:
    outcome: ParsedObservation | MalformedObservationError
    try:
        outcome = parse()
    except MalformedObservationError as error:
        outcome = error
    assert SECRET not in repr(outcome)
    if isinstance(outcome, ParsedObservation):
        check_that_the_table_can_hold(outcome.record)
    else:
        assert outcome.field
        assert outcome.reason
        assert f"{outcome}".encode()


@given(anything)
def test_arbitrary_json_is_refused_and_nothing_worse(document: Any) -> None:
    check(lambda: parse_event(document))
    check(lambda: parse_task(document, asked_at=DESCRIBED_AT, answered_at=DESCRIBED_AT))


@given(st.dictionaries(st.sampled_from(sorted(event()["detail"])), anything | interesting))
def test_a_detail_of_arbitrary_values_is_refused_or_can_be_held(detail: dict[str, Any]) -> None:
    document = {**event(), "detail": {**event()["detail"], **detail}}
    check(lambda: parse_event(document))


@given(mutated("event"))
def test_a_mutated_event_is_refused_or_can_be_held(document: Any) -> None:
    check(lambda: parse_event(document))


@given(mutated("task"))
def test_a_mutated_task_is_refused_or_can_be_held(document: Any) -> None:
    check(lambda: parse_task(document, asked_at=DESCRIBED_AT, answered_at=DESCRIBED_AT))


@given(st.text())
@example("[" * 100_000)
@example('{"detail":' * 50_000)
@example("9" * 5_000)
@example("NaN")
def test_text_that_json_can_read_is_refused_or_can_be_held(text: str) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return
    check(lambda: parse_event(document))


def test_deep_nesting_in_a_field_that_is_read_is_refused() -> None:
    deep: Any = []
    for _ in range(50_000):
        deep = [deep]
    for name in ("taskArn", "version", "createdAt", "group", "attachments", "containers"):
        sent = event(**{name: deep})
        with pytest.raises(MalformedObservationError):
            parse_event(sent)


def test_the_keys_that_are_measured_are_those_of_the_table() -> None:
    table = resource("Table")
    schemas = [table["KeySchema"], *(i["KeySchema"] for i in table["GlobalSecondaryIndexes"])]
    for kind, names in (("HASH", PARTITION_KEYS), ("RANGE", SORT_KEYS)):
        named = {key["AttributeName"] for keys in schemas for key in keys if key["KeyType"] == kind}
        assert named == {*names}


def test_every_sample_can_be_held_with_all_that_a_sweep_learns_of_it() -> None:
    for observation in readable().values():
        seen = observation.record
        check_that_the_table_can_hold(seen)
        at = DESCRIBED_AT + DAY
        gone = join(
            seen,
            missing(seen.key, at=at, seen_at=at - 1, still_shown_at=at - 2, cluster_gone=True),
        )
        check_that_the_table_can_hold(gone)
        check_that_the_table_can_hold(join(gone, in_vpc(seen.key, "vpc-1")))


@given(mutated("event"), mutated("event"))
def test_whatever_two_mutated_events_of_a_task_add_up_to_can_be_held(one: Any, other: Any) -> None:
    try:
        first, second = parse_event(one).record, parse_event(other).record
    except MalformedObservationError:
        return
    check_that_the_table_can_hold(join(first, replace(second, key=first.key)))

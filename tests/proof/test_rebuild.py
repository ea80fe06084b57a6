"""Any history, replayed in any order into an empty table, gives the same records field by field.

Left aside is what a table notes of its own writing: revision, sequence, and when it was written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import reduce
from random import Random

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mypy_boto3_dynamodb import DynamoDBClient

from adapters.dynamodb import DynamoStore
from core.table.recording import record_observations
from core.table.seen_names import CLUSTER, GROUP, Note, begins, notes_of
from core.table.store import Store
from core.task.ecs import MalformedObservationError, parse_event
from core.task.kinds import TaskKey
from core.task.record import Record, join
from core.text.instant import DAY, HOUR
from tests.proof.histories import histories
from tests.support.memory import MemoryStore
from tests.support.samples import CASES, EVENTS, SHAPES
from tests.support.tables import new_table
from tests.support.tasks import NOON, Json, eni, observed

NOW = NOON + 400 * DAY
RETENTION = 36_500 * DAY

type Batches = Sequence[Sequence[Record]]


def parsed(events: Iterable[Json]) -> list[Record]:
    """Read the events that can be read; the others are dead letters in any order."""
    records = []
    for sent in events:
        try:
            records.append(parse_event(sent).record)
        except MalformedObservationError:
            continue
    return records


def replay(store: Store, batches: Batches) -> None:
    for batch in batches:
        recorded = record_observations(store, batch, now=NOW, retention=RETENTION)
        assert not recorded.failures
        assert not recorded.too_old


def rebuilt(store: Store, batches: Batches) -> tuple[Mapping[TaskKey, Record], set[Note]]:
    """Replay into an empty table; return its records, and the names that it knows."""
    replay(store, batches)
    keys = {seen.key for batch in batches for seen in batch}
    records = {key: item.record for key, item in store.get_many(keys).items()}
    return records, {note for kind in (CLUSTER, GROUP) for note in store.notes(begins(kind))}


def known(history: Sequence[Record]) -> tuple[Mapping[TaskKey, Record], set[Note]]:
    """Say what any order must come to: the join, and the names that events gave."""
    records: dict[TaskKey, Record] = {}
    for seen in history:
        records[seen.key] = join(records[seen.key], seen) if seen.key in records else seen
    notes = {note for seen in history for note in notes_of(seen)}
    return records, {note for note in notes if note.kind in (CLUSTER, GROUP)}


def anyhow(history: Sequence[Record], random: Random) -> Iterator[list[Record]]:
    """Order a history anyhow, send some of it again, and cut it into batches."""
    order = [*history, *random.choices(history, k=random.randrange(len(history) + 1))]
    random.shuffle(order)
    while order:
        count = random.randrange(1, 12)
        yield order[:count]
        del order[:count]


@given(histories(), st.integers(0, 1_000_000))
def test_any_history_in_any_order_gives_the_same_records(history: list[Json], seed: int) -> None:
    seen = parsed(history)
    random = Random(seed)  # noqa: S311 - chance, not secrets
    for _ in range(10):
        assert rebuilt(MemoryStore(), list(anyhow(seen, random))) == known(seen)


def test_events_of_one_version_that_differ_in_nothing_but_their_time_give_the_same_record() -> None:
    """Either could be left out but for the bound of the release that follows from the later."""
    running = [observed("a1", updatedAt=f"2026-11-20T12:{minute}:00Z") for minute in ("00", "20")]
    stopped = observed(
        "a1",
        lastStatus="STOPPED",
        version=6,
        stoppedAt="2026-11-20T13:00:00Z",
        updatedAt="2026-11-20T13:00:01Z",
        attachments=[eni(status="DELETED")],
    )
    expected = reduce(join, (*running, stopped))
    assert expected.released_not_before == NOON + HOUR // 3
    for order in ([*running, stopped], [stopped, *running], [*reversed(running), stopped]):
        records, _ = rebuilt(MemoryStore(), [[seen] for seen in order])
        assert list(records.values()) == [expected]


# The sample events, in the memory store and in Amazon's own engine

SAMPLES = parsed(
    [*EVENTS.values(), *SHAPES.values(), *(sent for case in CASES.values() for sent in case)]
)


@pytest.mark.parametrize("seed", range(50))
def test_the_sample_events_in_any_order_give_the_same_records(seed: int) -> None:
    order = anyhow(SAMPLES, Random(seed))  # noqa: S311 - as above
    assert rebuilt(MemoryStore(), list(order)) == known(SAMPLES)


@pytest.fixture(scope="module")
def client(dynamodb_local: str) -> Iterator[DynamoDBClient]:
    with closing(boto3.client("dynamodb", endpoint_url=dynamodb_local)) as client:
        yield client


@pytest.mark.parametrize("seed", range(3))
def test_the_sample_events_give_the_same_records_on_dynamodb(
    seed: int, client: DynamoDBClient
) -> None:
    with new_table(client) as table:
        store = DynamoStore(client, table.name, RETENTION)
        order = anyhow(SAMPLES, Random(seed))  # noqa: S311 - as above
        assert rebuilt(store, list(order)) == known(SAMPLES)

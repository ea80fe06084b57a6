"""Lists for programs: what a service's tasks hold, and what they let go of since an instant."""

from collections.abc import Sequence
from dataclasses import fields

from core.answers.current import TaskFilter
from core.answers.lists import LISTED, current_records, held_or_released
from core.table.store import Holding, Stored, Tenure
from core.task.kinds import Earliest, Facts, Newest, Status
from core.task.record import Record
from core.text.instant import MINUTE, Instant
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, task

WEB = TaskFilter(cluster="shop", service="web")
NOW = NOON + 10 * MINUTE


def filled(store: MemoryStore, *records: Record) -> MemoryStore:
    store.put_many([Stored(record, revision=1) for record in records])
    return store


def listed(*records: Record, store: MemoryStore | None = None) -> list[str]:
    """Tell which tasks' addresses are listed, of those that hold one or held it since noon."""
    held = held_or_released(
        filled(store or MemoryStore(), *records),
        WEB,
        since=NOON,
        now=NOW,
        together=lambda answer, questions: [answer(question) for question in questions],
    )
    return [one.record.key.task_id for one in held]


def ended(task_id: str, attached: Instant, stopped: Instant, group: str = "service:web") -> Record:
    return task(task_id, attached=attached, stopped=stopped, group=group)


def test_what_is_listed_are_fields_of_a_record() -> None:
    known = {field.name for kind in (Status, Facts, Earliest, Newest) for field in fields(kind)}
    assert set(LISTED) <= known


def test_a_task_that_has_ended_is_not_current_even_if_the_index_lags() -> None:
    class LateTenures(MemoryStore):
        def tenures(self, service: str, between: tuple[str, str], limit: int) -> Sequence[Tenure]:
            del service, between, limit
            return [Tenure(NOON, None, record.key) for record in (live, gone)]

    live, gone = task("live"), ended("gone", NOON, NOON + MINUTE)
    assert list(current_records(filled(LateTenures(), live, gone), WEB)) == [live]


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
    class LateHoldings(MemoryStore):
        def holdings(self, address: str, between: tuple[str, str], limit: int) -> Sequence[Holding]:
            del address, between, limit
            return []

    assert listed(ended("ours", NOON, NOON + MINUTE), store=LateHoldings()) == ["ours"]

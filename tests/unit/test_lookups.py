"""Lookups in bulk, where what an index tells is no longer so."""

from collections.abc import Callable, Iterable, Sequence

from core.answers.lookups import Lookup, look_up
from core.table.store import Stored
from core.task.kinds import TaskKey
from tests.support.memory import MemoryStore
from tests.support.tasks import NOON, key, task


def one_by_one[Thing, Result](
    do: Callable[[Thing], Result], things: Iterable[Thing], /
) -> list[Result]:
    return [do(thing) for thing in things]


class Lagging(MemoryStore):
    """Tells of a task on every interface that it has forgotten since."""

    def on_interface(self, network_interface_id: str) -> Sequence[TaskKey]:
        del network_interface_id
        return [key("forgotten"), key("a1")]


def test_a_record_that_was_deleted_after_its_index_was_read_costs_no_answer() -> None:
    store = Lagging()
    store.put_many([Stored(task("a1"), revision=1)])
    [found] = look_up(
        store,
        [Lookup(network_interface_id="eni-1")],
        expired_before=NOON - 1,
        together=one_by_one,
    )
    assert found == [task("a1")]


def test_an_interface_is_looked_up_at_an_instant_of_its_task_s_life_to_the_millisecond() -> None:
    """Whether the task is known to have held an address by then does not matter."""
    store = Lagging()
    held = task("a1", attached=NOON, stopped=NOON + 5)
    store.put_many([Stored(held, revision=1)])
    found = look_up(
        store,
        [Lookup(network_interface_id="eni-1", at=NOON + at) for at in (-60_001, -60_000, -1, 4, 5)],
        expired_before=NOON - 1,
        together=one_by_one,
    )
    assert found == [[], [held], [held], [held], []]

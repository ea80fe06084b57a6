"""The proof that the oracle bites: each fault that was once in the core, put back, is caught.

The faults are put into the core's own functions. The world around them is the same in which the
core as it is gives no wrong answer.
"""

from collections.abc import Callable
from copy import replace
from typing import Any

import pytest

import core.table.sweep_proofs
import core.task.ecs
import core.task.record
from core.task.network import ShownInterface
from core.task.record import Record
from core.task.tenure import Evidence, Tenure, tenure_of
from tests.proof import driver
from tests.proof.driver import Run
from tests.proof.oracle import WrongAnswerError
from tests.proof.plan import Clocks

RUNS = 40

type Patch = pytest.MonkeyPatch


def believe_connectivity_of_hosts(patch: Patch) -> None:
    """Take the connection of an instance for the task's."""
    evidence: Callable[[Record], Evidence] = Record._evidence

    def believed(record: Record) -> Evidence:
        return evidence(replace(record, facts=replace(record.facts, launch_type="FARGATE")))

    patch.setattr(Record, "_evidence", believed)


def believe_interfaces_that_are_gone(patch: Patch) -> None:
    """Take an address for held that is listed by an interface which is DELETED."""
    shows = property(lambda shown: bool(shown.interface.addresses))
    patch.setattr(ShownInterface, "shows_address", shows)
    patch.setattr(ShownInterface, "gone", property(lambda _: False))


def date_whole_seconds_early(patch: Patch) -> None:
    """Believe the envelope's time: it is cut, and can be all of a second early."""
    sighted = core.task.ecs._sighted

    def early(updated_at: int | None, sent_at: int) -> Any:
        dated = sighted(updated_at, sent_at)
        return dated._replace(by=dated.since)

    patch.setattr(core.task.ecs, "_sighted", early)


def believe_clocks_before_creation(patch: Patch) -> None:
    """Believe an agent that pulled an image before there was a task."""

    def believed(evidence: Evidence) -> Tenure:
        tenure = tenure_of(evidence)
        first = min((proof for proof in evidence.had if proof is not None), default=None)
        if first is None or first >= evidence.created_at:
            return tenure
        return replace(tenure, attached_not_before=first, attached_at=first, estimated=False)

    patch.setattr(core.task.record, "tenure_of", believed)


def let_ends_alone_hold_nothing(patch: Patch) -> None:
    """Give a task of which only the end is known no time at all."""

    def empty(evidence: Evidence) -> Tenure:
        tenure = tenure_of(evidence)
        end = tenure.released_at
        if not tenure.estimated or end is None:
            return tenure
        return replace(
            tenure, attached_not_before=end, attached_at=end, estimated=False, still_had=(end,)
        )

    patch.setattr(core.task.record, "tenure_of", empty)


def trust_stale_views(patch: Patch) -> None:
    """Take what a view shows for what is so: it can be a minute old."""
    patch.setattr(core.task.ecs, "VIEW_STALE_BY", 0)
    patch.setattr(core.table.sweep_proofs, "VIEW_STALE_BY", 0)


def take_the_order_to_stop_for_life(patch: Patch) -> None:
    """Take `stoppingAt` for life: ECS can learn minutes later that a host is gone."""
    evidence: Callable[[Record], Evidence] = Record._evidence

    def believed(record: Record) -> Evidence:
        known = evidence(record)
        return replace(known, still_had=(*known.still_had, record.earliest.stopping_at))

    patch.setattr(Record, "_evidence", believed)


def believe_what_is_disconnected(patch: Patch) -> None:
    """Take a task on a host that is lost for one that has its interface."""
    newest = core.task.ecs._newest

    def believed(task: Any, status: Any, *rest: Any) -> Any:
        return newest(task, replace(status, connectivity=None), *rest)

    patch.setattr(core.task.ecs, "_newest", believed)


def forget_when_containers_ended(patch: Patch) -> None:
    """Leave out when the containers ended: nothing gets wrong, and much less is certain."""
    evidence: Callable[[Record], Evidence] = Record._evidence

    def blunt(record: Record) -> Evidence:
        known = evidence(record)
        had = tuple(proof for proof in known.still_had if proof != record.earliest.stopping_at)
        ended = record.earliest.execution_stopped_at
        return replace(known, still_had=tuple(proof for proof in had if proof != ended))

    patch.setattr(Record, "_evidence", blunt)


def first_wrong_answer(patch: Patch, clocks: Clocks, *, sharp: bool) -> str:
    """Run worlds until an answer is wrong; return the promise that it breaks.

    Without the fault, nothing is wrong in that same world.
    """
    for seed in range(RUNS):
        run = Run(seed, questions=600, clocks=clocks, sharp=sharp)
        try:
            driver.run(run)
        except WrongAnswerError as error:
            patch.undo()
            driver.run(run)
            return str(error).partition("\n")[0]
    return "all answers are right"


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "fault, clocks",
    [
        (believe_connectivity_of_hosts, Clocks.RIGHT),
        (believe_interfaces_that_are_gone, Clocks.RIGHT),
        (date_whole_seconds_early, Clocks.RIGHT),
        (believe_clocks_before_creation, Clocks.BEHIND),
        (let_ends_alone_hold_nothing, Clocks.RIGHT),
        (trust_stale_views, Clocks.RIGHT),
        (take_the_order_to_stop_for_life, Clocks.RIGHT),
        (believe_what_is_disconnected, Clocks.RIGHT),
    ],
)
def test_a_fault_that_is_put_back_gives_wrong_answers(
    fault: Callable[[Patch], None], clocks: Clocks, monkeypatch: Patch
) -> None:
    fault(monkeypatch)
    assert first_wrong_answer(monkeypatch, clocks, sharp=False) in {
        "a certain holder held the address",
        "whoever held it is found",
        "none means that nobody held it",
        "the attachment is bracketed",
        "the release is not before its bound",
        "the release is bracketed",
    }


@pytest.mark.timeout(600)
def test_an_answer_that_is_blunter_than_its_proofs_is_caught(monkeypatch: Patch) -> None:
    forget_when_containers_ended(monkeypatch)
    assert first_wrong_answer(monkeypatch, Clocks.RIGHT, sharp=True) in {
        "releasedNotBefore is the last proof",
        "who is proven to hold is certain",
    }

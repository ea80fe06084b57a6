"""Two readings of one contract: what the service makes of raw events, and what a plain one does."""

from functools import reduce
from itertools import groupby
from typing import Any

import pytest

from core.task.ecs import parse_event
from core.task.record import join
from core.task.record_json import record_as_json
from tests.support import samples
from tests.support.plain_reading import record_of
from tests.support.tasks import eni, event

SHAPES = [shape for name, shape in samples.SHAPES.items() if name != samples.ABRIDGED]
SENT = [
    *samples.EVENTS.values(),
    *SHAPES,
    *(one for case in samples.CASES.values() for one in case),
]


def task_of(sent: dict[str, Any]) -> str:
    return str(sent["detail"]["taskArn"])


LIVES = {arn: list(life) for arn, life in groupby(sorted(SENT, key=task_of), key=task_of)}


def both(life: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    record = reduce(join, (parse_event(sent).record for sent in life))
    return record_as_json(record), record_of(life)


@pytest.mark.parametrize("life", LIVES.values(), ids=lambda life: task_of(life[0])[-12:])
def test_each_prefix_of_each_life_is_read_alike_field_by_field(life: list[dict[str, Any]]) -> None:
    for length in range(1, len(life) + 1):
        ours, plain = both(life[:length])
        assert ours == plain


@pytest.mark.parametrize("life", LIVES.values(), ids=lambda life: task_of(life[0])[-12:])
def test_each_sighting_alone_is_read_alike(life: list[dict[str, Any]]) -> None:
    for sent in life:
        ours, plain = both([sent])
        assert ours == plain


def test_the_plain_reading_knows_what_is_hard() -> None:
    """It is no use if it makes the same mistakes."""
    host = record_of([event(launchType="EC2", connectivityAt="2026-11-20T11:59:10Z")])
    assert host["attachedAt"] == "2026-11-20T12:00:00.000Z"
    gone = record_of([event(attachments=[eni(status="DELETED")])])
    assert (gone["live"], gone["addressState"], gone["attachedAtEstimated"]) == (
        *(True, "released", True),
    )
    cut = record_of([event(updatedAt=None)])
    assert cut["attachedAt"] == "2026-11-20T12:00:00.999Z"

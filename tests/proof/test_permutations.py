"""The brute force: every order of a scene, and every repetition in it, ends alike."""

from collections.abc import Iterator
from math import factorial

import pytest

from core.task.record import Record, join
from tests.proof.scenes import SCENES, Scene
from tests.proof.suite import OURS, check_every_order, check_every_repetition, joined

each_scene = pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)


@each_scene
def test_every_order_ends_in_the_same_records_and_answers(scene: Scene) -> None:
    orders = check_every_order(OURS, scene)
    swept = any(
        sighting.status is None or sighting.status.source != "event" for sighting in scene.sightings
    )
    assert swept or orders == factorial(len(scene.sightings))


@each_scene
def test_every_repetition_ends_in_the_same_records_and_answers(scene: Scene) -> None:
    assert check_every_repetition(OURS, scene) > len(scene.sightings)


@each_scene
def test_every_order_joins_alike_even_those_that_no_sweep_could_cause(scene: Scene) -> None:
    expected = joined(scene.sightings)
    for key in {sighting.key for sighting in scene.sightings}:
        of_one = [sighting for sighting in scene.sightings if sighting.key == key]
        assert set(_ends(None, of_one)) == {record for record in expected if record.key == key}


def _ends(so_far: Record | None, left: list[Record]) -> Iterator[Record]:
    """Join in every order; what two orders begin with is joined once."""
    if not left and so_far is not None:
        yield so_far
    for number, sighting in enumerate(left):
        both = sighting if so_far is None else join(so_far, sighting)
        yield from _ends(both, left[:number] + left[number + 1 :])

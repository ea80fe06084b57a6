"""The proof that the suite bites: what people do today fails it, each in ways of its own."""

from collections.abc import Callable

import pytest

from tests.proof import driver
from tests.proof.imitations import delete_on_stopped, get_then_put
from tests.proof.scenes import SCENES, Scene
from tests.proof.service import Write
from tests.proof.suite import (
    Subject,
    ViolationError,
    check_every_interleaving,
    check_every_order,
    check_every_repetition,
    check_order_of_the_story,
)

LIFE = "two tasks that reuse one address"
VIEWS = "views where events were lost"

type Check = Callable[[Subject, Scene], object]


@pytest.mark.parametrize(
    "imitation, check, scene, violated",
    [
        (get_then_put, check_every_order, LIFE, "nothing seen is forgotten"),
        (get_then_put, check_every_order, VIEWS, "order does not matter"),
        (get_then_put, check_every_repetition, VIEWS, "repetition does not matter"),
        (get_then_put, check_every_interleaving, LIFE, "two writers are as good as one"),
        (delete_on_stopped, check_order_of_the_story, LIFE, "answers are true"),
        (delete_on_stopped, check_every_order, VIEWS, "order does not matter"),
        (delete_on_stopped, check_every_repetition, VIEWS, "repetition does not matter"),
    ],
)
def test_an_imitation_fails(imitation: Write, check: Check, scene: str, violated: str) -> None:
    with pytest.raises(ViolationError, match=violated):
        check(Subject(imitation), SCENES[scene])


@pytest.mark.parametrize("imitation", [get_then_put, delete_on_stopped])
def test_an_imitation_fails_in_the_made_up_world(imitation: Write) -> None:
    with pytest.raises(
        AssertionError, match=r"^no(thing| address) shown is forgotten|^what is told is known"
    ):
        driver.run(driver.Run(seed=0, write=imitation, sharp=False))

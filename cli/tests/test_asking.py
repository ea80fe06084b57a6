"""Many questions: each batch gets all of its answers, however little is remembered."""

import threading
from typing import Any

from ecs_ip.asking import Asker, Question
from ecs_ip.remembering import Memory


class Api:
    """Answers once it is allowed to."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.allowed = threading.Event()

    def post(self, path: str, body: Any) -> Any:
        assert path == "/lookups"
        assert self.allowed.wait(10)
        self.asked += body["lookups"]
        return {"results": [{"told": lookup["ip"]} for lookup in body["lookups"]], "coverage": {}}


def question(number: int) -> Question:
    return (("ip", f"10.0.0.{number}"),)


def test_an_answer_that_two_batches_wait_for_reaches_both_although_it_is_forgotten() -> None:
    api = Api()
    memory: Memory[Any] = Memory(lambda told: told, None, most=1)
    every = [question(number) for number in range(150)]
    with Asker(api, memory, lambda result, _: result) as asker:
        first = asker.prepare(every)
        second = asker.prepare(every)
        api.allowed.set()
        wanted = {one: {"told": dict(one)["ip"]} for one in every}
        assert asker.collect(first) == wanted
        third = asker.prepare(every)
        assert asker.collect(second) == wanted
        assert asker.collect(third) == wanted

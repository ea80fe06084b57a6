"""Asks many questions: each distinct one once, a hundred per request, requests concurrently."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from ecs_ip.errors import ApiError
from ecs_ip.remembering import Memory

Question = tuple[tuple[str, str], ...]
"""A lookup that can be a key: its members, by name."""

Told = TypeVar("Told")

LOOKUPS_A_REQUEST = 100
CONNECTIONS = 8


class Poster(Protocol):
    """What sends requests, such as `ecs_ip.api.Api`, which retries when throttled."""

    def post(self, path: str, body: Any) -> Any:
        """Send JSON and return the JSON answer."""
        ...


@dataclass(slots=True)
class Prepared(Generic[Told]):
    """The known answers of a batch of rows, and the requests that the others come from."""

    known: dict[Question, Told]
    waited_for: dict[Question, Future[dict[Question, Told]]]


class Asker(Generic[Told]):
    """Asks the API, and remembers the answers.

    `kept` extracts what to remember from a result and its coverage, as a JSON value. `read` turns
    that into what `answers` returns.
    """

    def __init__(
        self,
        api: Poster,
        memory: Memory[Told],
        kept: Callable[[dict[str, Any], dict[str, Any]], Any],
        connections: int = CONNECTIONS,
    ) -> None:
        self.questions = 0
        self.requests = 0
        self._api = api
        self._memory = memory
        self._kept = kept
        self._pending: dict[Question, Future[dict[Question, Told]]] = {}
        self._workers = ThreadPoolExecutor(connections, thread_name_prefix="asking")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Wait for requests under way, so that their answers are remembered.
        self._workers.shutdown(wait=True, cancel_futures=True)

    def prepare(self, questions: Iterable[Question]) -> Prepared[Told]:
        """Start asking what is neither known nor asked for yet."""
        known: dict[Question, Told] = {}
        new: list[Question] = []
        asked: list[Question] = []
        for question in questions:
            if question in self._pending:
                asked.append(question)
                continue
            told = self._memory.get(question)
            if told is None:
                new.append(question)
            else:
                known[question] = told
        for begin in range(0, len(new), LOOKUPS_A_REQUEST):
            self._submit(new[begin : begin + LOOKUPS_A_REQUEST])
        return Prepared(known, {question: self._pending[question] for question in asked + new})

    def collect(self, prepared: Prepared[Told]) -> dict[Question, Told]:
        """Return all answers of a batch; raise ApiError if one is not available."""
        answers = prepared.known
        for question, future in prepared.waited_for.items():
            answers[question] = future.result()[question]
            self._pending.pop(question, None)
        return answers

    def _submit(self, questions: list[Question]) -> None:
        self.questions += len(questions)
        self.requests += 1
        future = self._workers.submit(self._ask, questions)
        self._pending.update(dict.fromkeys(questions, future))

    def _ask(self, questions: list[Question]) -> dict[Question, Told]:
        body = {"lookups": [dict(question) for question in questions]}
        answer = self._api.post("/lookups", body)
        results = answer["results"]
        if len(results) != len(questions):
            raise ApiError(f"the API answered {len(results)} of {len(questions)} lookups")
        coverage = answer.get("coverage") or {}
        return self._memory.put_all(
            (question, self._kept(result, coverage))
            for question, result in zip(questions, results, strict=True)
        )


def key_of(question: Question) -> str:
    """Return a question as the key of a file."""
    return json.dumps(question, separators=(",", ":"))

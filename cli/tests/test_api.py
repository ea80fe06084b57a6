"""How the API is asked: again when it is busy, signed when it must be, to the last page."""

import gzip
import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import Run
from ecs_ip.api import Api, path_of
from ecs_ip.errors import ApiError
from ecs_ip.patience import Patience
from fake_api import FakeApi, Reply, problem
from samples import record


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_an_api_that_is_busy_is_asked_again(ask: Run, api: FakeApi, status: int) -> None:
    api.replies = [Reply(status)] * 3
    assert ask("tasks").code == 0
    assert len(api.requests) == 4


def test_an_api_that_is_throttled_to_the_end_is_exit_code_5(ask: Run, api: FakeApi) -> None:
    api.replies = [Reply(429)] * 50
    result = ask("tasks")
    assert result.code == 5
    assert "throttled to the end" in result.err
    assert result.err.count("\n") == 1
    assert len(api.requests) < 12


_FAULT = {"parameter": "cidr", "reason": "is no prefix"}


@pytest.mark.parametrize(
    "reply,code,said",
    [
        (problem(400, "Bad.", errors=[_FAULT]), 2, "--cidr: is no prefix"),
        (problem(404, "Cluster 'x' has never been seen."), 2, "never been seen"),
        (problem(403, "Forbidden"), 5, "execute-api:Invoke"),
        (Reply(403, b'{"message":"Missing Authentication Token"}'), 5, "Missing Auth"),
        (Reply(404, b"<html>"), 5, "is it the address of an ECS IP Inventory API?"),
        (Reply(200, b"<html>"), 5, "did not answer with JSON"),
        (problem(500, "Internal\nerror \x1b[31m"), 5, "Internal error \\x1b[31m"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_line(ask: Run, api: FakeApi, reply: Reply, code: int, said: str) -> None:
    api.replies = [reply]
    result = ask("tasks", "--cidr", "10.0.4.0/33")
    assert (result.code, result.out) == (code, "")
    assert said in result.err
    assert result.err.count("\n") == 1
    assert len(api.requests) == 1


def test_an_api_that_does_not_listen_is_one_line(run: Run) -> None:
    result = run("tasks", "--url", "http://127.0.0.1:9")
    assert result.code == 5
    assert "http://127.0.0.1:9 does not answer" in result.err
    assert "--url" in result.err
    assert result.err.count("\n") == 1


def test_pauses_grow_have_chance_in_them_and_end() -> None:
    pauses: list[float] = []
    patience = Patience(sleep=pauses.append, chance=lambda: 1.0)
    while patience.after_refusal(None):
        pass
    assert pauses == sorted(pauses)
    assert pauses[1] == 2 * pauses[0]
    least: list[float] = []
    Patience(sleep=least.append, chance=lambda: 0.0).after_refusal(None)
    assert least[0] == pauses[0] / 2


def test_retry_after_is_honoured_unless_it_asks_for_too_much() -> None:
    pauses: list[float] = []
    patience = Patience(sleep=pauses.append)
    assert patience.after_refusal("7")
    assert pauses == [7.0]
    assert patience.after_refusal("Wed, 21 Oct 2026 07:28:00 GMT")
    assert not patience.after_refusal("3600")


def test_an_answer_that_is_cut_short_is_asked_for_again(api: FakeApi) -> None:
    whole = gzip.compress(b'{"items": [], "nextCursor": null}')
    headers = {"Content-Encoding": "gzip"}
    api.replies = [Reply(200, whole[:10], headers), Reply(200, whole, headers)]
    assert Api(api.url).get("/tasks") == {"items": [], "nextCursor": None}


def test_pages_are_walked_to_the_last(api: FakeApi) -> None:
    api.records = [record(number) for number in range(1, 8)]
    api.page = 3
    assert list(Api(api.url).items("/tasks", {"cluster": "shop"})) == api.records
    assert [request.query.get("cursor") for request in api.requests] == [None, "3", "6"]
    assert {request.query["cluster"] for request in api.requests} == {"shop"}


def test_many_threads_share_one_api(api: FakeApi) -> None:
    api.records = [record(1)]
    asked = Api(api.url, connections=4)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: asked.get("/tasks")["items"], range(64)))
    assert found == [api.records] * 64


def test_segments_and_parameters_are_encoded(api: FakeApi) -> None:
    api.canned["/services/a%2Fb/%C3%A9%20x/history"] = {"items": []}
    Api(api.url).get(path_of("services", "a/b", "é x", "history"), {"from": "1+2 ~&=:"})
    assert api.requests[0].query == {"from": "1+2 ~&=:"}


def test_connections_stay_open() -> None:
    opened: list[object] = []

    class Counting(FakeApi):
        def answer(self, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            opened.append(threading.get_ident())
            return super().answer(request)

    with Counting() as api:
        asked = Api(api.url)
        for _ in range(5):
            asked.get("/tasks")
    assert len(opened) == 5
    assert len(set(opened)) == 1  # the server has a thread for each connection


class _Signer:
    def sign(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, str]:
        return {**headers, "Authorization": f"{method} {url} {len(body)}"}


def test_what_is_signed_is_what_is_sent(api: FakeApi) -> None:
    api.replies = [Reply(503)]
    Api(api.url, _Signer()).post("/lookups", {"lookups": []})
    body = json.dumps({"lookups": []})
    assert {request.headers["authorization"] for request in api.requests} == {
        f"POST {api.url}/lookups {len(body)}"
    }
    assert len(api.requests) == 2


def test_an_error_keeps_status_and_problem(api: FakeApi) -> None:
    api.replies = [problem(404, "No such task.")]
    with pytest.raises(ApiError) as raised:
        Api(api.url).get("/tasks/shop/1")
    assert raised.value.status == 404
    assert raised.value.problem["detail"] == "No such task."

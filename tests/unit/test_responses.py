"""Answers as the caller gets them: compressed where that is worth it, a problem rather than cut."""

import gzip
import json
from base64 import b64decode
from http import HTTPStatus
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.responses import (
    JSON,
    ProblemError,
    Response,
    json_list,
    negotiated,
    to_gateway,
)
from tests.support.asking import Inventory, inventory
from tests.support.tasks import task

__all__ = ["inventory"]

GZIP = {"accept": "*/*", "accept-encoding": "br, gzip;q=0.8"}


def body_of(answer: dict[str, Any]) -> str:
    if not answer["isBase64Encoded"]:
        return str(answer["body"])
    return gzip.decompress(b64decode(answer["body"])).decode()


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=400)))
def test_every_answer_is_whole_compressed_or_not(pieces: list[str]) -> None:
    for headers in ({}, GZIP):
        answer = to_gateway(Response(HTTPStatus.OK, JSON, iter(pieces)), headers)
        assert body_of(answer) == "".join(pieces)


@pytest.mark.parametrize(
    "text, compressed",
    [("a" * 1_399, False), ("a" * 1_400, True), ("é" * 699, False), ("é" * 700, True)],
)
def test_an_answer_is_compressed_from_a_number_of_bytes_on(text: str, compressed: bool) -> None:
    """It does not matter in which pieces it comes."""
    for pieces in ([text], list(text)):
        answer = to_gateway(Response(HTTPStatus.OK, JSON, pieces), GZIP)
        assert answer["isBase64Encoded"] is compressed
        assert ("Content-Encoding" in answer["multiValueHeaders"]) is compressed


def test_long_answers_of_all_kinds_are_compressed_alike(inventory: Inventory) -> None:
    inventory.put(*(task(f"t{n}", ipv4=f"10.0.0.{n}") for n in range(120)))
    for target, accept in (
        ("/tasks", "*/*"),
        ("/tasks", "text/csv"),
        ("/tasks", "application/x-ndjson"),
        ("/targets?port=80", "*/*"),
        ("/addresses", "*/*"),
        ("/openapi.json", "*/*"),
    ):
        plain = inventory.get(target, Accept=accept)
        packed = inventory.get(target, Accept=accept, Accept_Encoding="gzip")
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.body == plain.body
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"]


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": "*/*", "accept-encoding": "gzip;q=0"},
        {"accept": "*/*", "accept-encoding": "gzip;q=no"},
        {"accept": "*/*", "accept-encoding": "identity"},
        {"accept": "*/*", "accept-encoding": ""},
        {"accept": "*/*"},
        {"accept-encoding": "gzip"},
    ],
)
def test_an_answer_is_plain_where_the_caller_cannot_take_it_compressed(
    headers: dict[str, str],
) -> None:
    answer = to_gateway(Response(HTTPStatus.OK, JSON, ["a" * 5_000]), headers)
    assert answer["body"] == "a" * 5_000


def test_an_answer_that_lambda_would_not_take_is_a_problem(inventory: Inventory) -> None:
    group = f"service:{'x' * 255}"
    tasks = (task(f"t{n}", ipv4=f"10.0.{n // 250}.{n % 250}", group=group) for n in range(7_000))
    inventory.put(*tasks)
    plain = inventory.get("/targets?port=80")
    assert plain.status == 406
    assert "gzip" in plain.json["detail"]
    packed = inventory.get("/targets?port=80", Accept="*/*", Accept_Encoding="gzip")
    assert len(packed.json) == 7_000


@pytest.mark.parametrize("letter", ["a", '"', "\x01", "é", "\U0001f600"])
def test_what_counts_are_the_bytes_that_lambda_is_given(letter: str) -> None:
    """Escapes in JSON included: a control character takes six bytes, some letters twelve."""
    size = len(json.dumps(letter)) - 2
    most = 6 * 1024 * 1024 - 4_096
    for count, status in (((most - 400) // size, 200), (most // size + 1, 406)):
        answer = to_gateway(Response(HTTPStatus.OK, JSON, [letter * count]), {})
        assert answer["statusCode"] == status
        assert len(json.dumps(answer)) <= 6 * 1024 * 1024


@pytest.mark.parametrize(
    "accept, chosen",
    [
        (None, "text/plain"),
        ("", "text/plain"),
        ("*/*", "text/plain"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.1, text/csv;q=0.9", "text/csv"),
        ("text/plain;q=0, */*", "text/csv"),
        ("application/*", JSON),
        ("APPLICATION/JSON", JSON),
        ("text/csv ; q=0.3 , application/json ; q=0.4", JSON),
        ("text/html, */*;q=0.1", "text/plain"),
    ],
)
def test_the_format_is_negotiated(accept: str | None, chosen: str) -> None:
    assert negotiated(accept, ("text/plain", "text/csv", JSON)) == chosen


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", "text/csv;q=x", "csv"])
def test_a_format_that_there_is_not_is_a_406(accept: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        negotiated(accept, ("text/plain", "text/csv"))
    assert refusal.value.status == HTTPStatus.NOT_ACCEPTABLE


def test_a_tag_tells_contents_and_formats_apart_and_not_how_they_were_sent() -> None:
    def tag(text: str, content_type: str = JSON, headers: dict[str, str] | None = None) -> str:
        response = Response(HTTPStatus.OK, content_type, [text], tagged=True)
        [found] = to_gateway(response, headers or {})["multiValueHeaders"]["ETag"]
        return str(found)

    long = "a" * 5_000
    assert tag(long) == tag(long, headers=GZIP)
    assert len({tag(long), tag("b"), tag(long, "text/csv")}) == 3


@pytest.mark.parametrize("pieces", [[], ["1"], ["1", '"a"', "{}"], ["1"] * 201])
def test_a_list_is_written_piece_by_piece(pieces: list[str]) -> None:
    assert json.loads("".join(json_list(pieces))) == [json.loads(piece) for piece in pieces]

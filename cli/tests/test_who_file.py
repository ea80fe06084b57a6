"""`ecs-ip who -f FILE`: many questions, answered in their order."""

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bulk_api import BulkApi
from conftest import Run

AT = 1_795_514_400  # 2026-11-24T10:00:00Z
ENI = "eni-00000000000000001"


@pytest.fixture
def bulk_api() -> Iterator[BulkApi]:
    with BulkApi() as api:
        api.holds("10.31.7.7", AT - 3600, AT + 3600, 1)
        api.latest = AT
        yield api


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


def answers(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


LINES = f"""# who had these?
10.31.7.7

10.31.7.7,2026-11-24T10:00:00Z
10.31.9.9, {AT}, {AT + 60}
{ENI}
::ffff:a1f:707,2026-11-24 11:00
"""


def test_lines_are_answered_in_their_order(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text(LINES)
    result = ask("who", "-f", str(file))
    assert result.code == 0
    found = answers(result.out)
    assert [(one["line"], one["verdict"]) for one in found] == [
        (2, "held"),
        (4, "held"),
        (5, "none"),
        (6, "held"),
        (7, "held"),
    ]
    assert [one["lookup"] for one in found] == [
        {"ip": "10.31.7.7"},
        {"ip": "10.31.7.7", "at": "2026-11-24T10:00:00.000Z"},
        {"ip": "10.31.9.9", "from": "2026-11-24T10:00:00.000Z", "to": "2026-11-24T10:01:00.000Z"},
        {"networkInterfaceId": ENI},
        {"ip": "10.31.7.7", "at": "2026-11-24T10:00:00.000Z"},
    ]
    assert result.err == "ecs-ip: times without a zone are read in Europe/Berlin\n"
    assert found[0]["coverage"]["from"]


@pytest.mark.parametrize(
    "content",
    [
        f"note,IP,From,To,subnet-id\nx,10.31.7.7,{AT},{AT + 1},subnet-1\n",
        json.dumps({"ip": "10.31.7.7", "from": AT, "to": AT + 1, "subnetId": "subnet-1", "n": 1}),
    ],
)
def test_csv_and_json_name_their_fields(ask: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "list"
    file.write_text(content)
    [one] = answers(ask("who", "-f", str(file)).out)
    assert one["lookup"] == {
        "ip": "10.31.7.7",
        "from": "2026-11-24T10:00:00.000Z",
        "to": "2026-11-24T10:00:01.000Z",
        "subnetId": "subnet-1",
    }


def test_csv_and_a_table_can_be_written(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text(f"10.31.7.7,{AT}\n10.31.9.9,{AT}\n")
    rows = list(csv.DictReader(io.StringIO(ask("who", "-f", str(file), "-o", "csv").out)))
    assert [(row["line"], row["verdict"], row["service"]) for row in rows] == [
        ("1", "held", "web"),
        ("2", "none", ""),
    ]
    table = ask("who", "-f", str(file), "-o", "table").out.splitlines()
    assert table[0].split() == ["LINE", "ASKED", "TIME", "VERDICT", "TASK", "POSSIBLY"]
    assert "held" in table[1]
    assert "shop/web 000" in table[1]


def test_what_cannot_be_read_or_answered_is_named(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("10.31.7.7\nnonsense\n10.31.7.7,yesterdayish\n10.31.7.7,2030-01-01T00:00:00Z\n")
    result = ask("who", "-f", str(file))
    assert (result.code, len(result.out.splitlines())) == (6, 2)
    assert f"{file}, line 2: 'nonsense' is not an IP address" in result.err
    assert f"{file}, line 3: 'yesterdayish'" in result.err
    assert f"{file}, line 4: to: is in the future" in result.err


@pytest.mark.parametrize("content", ["", "hello world\n", "a,b\n1,2\n"])
def test_a_file_without_questions_is_an_error(ask: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "list"
    file.write_text(content)
    result = ask("who", "-f", str(file))
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)


def test_each_question_is_asked_once(ask: Run, bulk_api: BulkApi, tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_text("10.31.7.7\n" * 500 + "".join(f"10.31.8.{n}\n" for n in range(250)) * 2)
    result = ask("who", "-f", str(file))
    assert len(result.out.splitlines()) == 1000
    assert len(bulk_api.asked) == 251
    assert set(bulk_api.asked.values()) == {1}


def test_questions_come_from_standard_input(ask: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"10.31.7.7\n")))
    [one] = answers(ask("who", "-f", "-").out)
    assert one["verdict"] == "held"

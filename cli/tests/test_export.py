"""`ecs-ip export`: every record once, in each format, also after an interruption."""

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conftest import Run
from ecs_ip.records import FIELDS
from fake_api import FakeApi, Reply
from samples import ended, record

BROKEN = Reply(500)


@pytest.fixture
def full(api: FakeApi) -> FakeApi:
    api.page = 3
    api.records = [ended(number, service="=cmd()") for number in range(1, 11)]
    return api


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as source:
        return list(csv.DictReader(source))


def interrupted(full: FakeApi, ask: Run, *arguments: str) -> None:
    """Run an export that fails at its third page."""
    answer = full.answer
    full.answer = lambda request: BROKEN if request.query.get("cursor") == "6" else answer(request)  # type: ignore[method-assign]
    result = ask("export", *arguments)
    full.answer = answer  # type: ignore[method-assign]
    assert result.code == 5
    assert "--resume goes on from there" in result.err


def test_csv_has_one_header_and_every_record(ask: Run, full: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    result = ask(
        "export", "--from", "2026-11-20T00:00:00Z", "--cluster", "shop", "--out", str(file)
    )
    assert (result.code, result.out) == (0, "")
    assert f"10 records written to {file}" in result.err
    rows = rows_of(file)
    assert tuple(rows[0]) == FIELDS
    assert [row["taskId"] for row in rows] == [each["taskId"] for each in full.records]
    assert {row["service"] for row in rows} == {"'=cmd()"}
    assert {request.query["cluster"] for request in full.requests} == {"shop"}
    assert list(tmp_path.iterdir()) == [file]


def test_json_lines_go_to_standard_output_by_default(ask: Run, full: FakeApi) -> None:
    result = ask("export")
    assert [json.loads(line) for line in result.out.splitlines()] == full.records
    assert "10 records written to standard output" in result.err
    assert full.requests[0].query["from"] == "1970-01-01T00:00:00.000Z"
    assert full.requests[0].headers["accept"] == "application/x-ndjson"


def test_an_export_of_nothing_is_an_empty_table(ask: Run) -> None:
    assert ask("export", "-o", "csv").out == ",".join(FIELDS) + "\n"
    assert ask("export").out == ""


@pytest.mark.parametrize("name", ["tasks.csv", "tasks.jsonl"])
def test_a_resumed_export_has_every_record_once_and_repeats_no_page(
    ask: Run, full: FakeApi, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    whole = tmp_path / f"whole-{name}"
    ask("export", "--from", "2026-11-20T00:00:00Z", "--out", str(whole))
    arguments = ("--from", "2026-11-20T00:00:00Z", "--out", str(file))
    interrupted(full, ask, *arguments)
    with file.open("a") as half:
        half.write("half a row that was being writ")
    full.requests.clear()
    assert ask("export", *arguments, "--resume").code == 0
    assert file.read_text() == whole.read_text()
    assert [request.query["cursor"] for request in full.requests] == ["6", "9"]
    assert sorted(tmp_path.iterdir()) == sorted([file, whole])


def test_a_relative_time_means_what_it_meant_when_the_export_began(
    ask: Run, full: FakeApi, tmp_path: Path
) -> None:
    file = str(tmp_path / "tasks.csv")
    interrupted(full, ask, "--from", "-30d", "--out", file)
    begun = full.requests[0].query["from"]
    assert ask("export", "--from", "-30d", "--out", file, "--resume").code == 0
    assert {request.query["from"] for request in full.requests} == {begun}


def test_only_the_same_export_can_be_resumed(ask: Run, full: FakeApi, tmp_path: Path) -> None:
    file = str(tmp_path / "tasks.csv")
    nothing = ask("export", "--out", file, "--resume")
    assert nothing.code == 2
    assert "nothing to resume" in nothing.err
    interrupted(full, ask, "--cluster", "shop", "--out", file)
    other = ask("export", "--cluster", "batch", "--out", file, "--resume")
    assert other.code == 2
    assert "other filters" in other.err
    (tmp_path / "tasks.csv.resume").write_text("{")
    assert "cannot be read" in ask("export", "--cluster", "shop", "--out", file, "--resume").err


def test_without_resume_an_export_begins_anew(ask: Run, full: FakeApi, tmp_path: Path) -> None:
    file = tmp_path / "tasks.csv"
    interrupted(full, ask, "--out", str(file))
    assert ask("export", "--out", str(file)).code == 0
    assert len(rows_of(file)) == 10
    assert list(tmp_path.iterdir()) == [file]


def test_resume_and_parquet_need_a_file(ask: Run, api: FakeApi) -> None:
    assert ask("export", "--resume").code == 2
    assert ask("export", "--format", "parquet").code == 2
    assert api.requests == []


def test_parquet_has_typed_columns(ask: Run, full: FakeApi, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    file = tmp_path / "tasks.parquet"
    full.records.append(record(11))
    interrupted(full, ask, "--out", str(file))
    assert ask("export", "--out", str(file), "--resume").code == 0
    table = parquet.read_table(file)
    assert tuple(table.column_names) == FIELDS
    rows = table.to_pylist()
    assert [row["taskId"] for row in rows] == [each["taskId"] for each in full.records]
    assert rows[0]["attachedAt"] == datetime(2026, 11, 20, 8, 0, 5, tzinfo=UTC)
    assert (rows[0]["live"], rows[0]["version"], rows[10]["releasedAt"]) == (False, 3, None)
    assert list(tmp_path.iterdir()) == [file]


def test_without_pyarrow_one_line_says_how_to_get_it(
    ask: Run, api: FakeApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = ask("export", "--out", str(tmp_path / "tasks.parquet"))
    assert result.code == 2
    assert "cli[parquet]" in result.err
    assert result.err.count("\n") == 1
    assert api.requests == []


def test_lines_that_are_not_json_are_an_error(ask: Run, api: FakeApi) -> None:
    api.replies = [Reply(200, b"<html>\n")]
    result = ask("export")
    assert result.code == 5
    assert "not JSON" in result.err


@pytest.mark.parametrize(
    "words, is_csv",
    [
        ("x.csv", True),
        ("x.csv -o json", False),
        ("x.json -o csv", True),
        ("x.json", False),
        ("x.jsonl -o json --format csv", True),
        ("x.ndjson", False),
    ],
)
def test_the_format_is_what_was_named_else_what_the_file_is_called(
    ask: Run, full: FakeApi, tmp_path: Path, words: str, is_csv: bool
) -> None:
    assert full.records
    name, *options = words.split()
    assert ask("export", "--out", str(tmp_path / name), *options).code == 0
    first = (tmp_path / name).read_text().splitlines()[0]
    assert (first == ",".join(FIELDS)) == is_csv


def test_an_export_is_no_table(ask: Run, api: FakeApi, tmp_path: Path) -> None:
    result = ask("export", "-o", "table", "--out", str(tmp_path / "x.csv"))
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "an export is no table" in result.err
    assert api.requests == []


def test_an_export_of_another_api_is_not_resumed(
    run: Run, ask: Run, full: FakeApi, tmp_path: Path
) -> None:
    file = str(tmp_path / "tasks.csv")
    interrupted(full, ask, "--out", file)
    with FakeApi() as other:
        refused = run("--url", other.url, "export", "--out", file, "--resume")
    assert refused.code == 2
    assert "of an export with other filters" in refused.err
    assert other.requests == []


def test_a_resumed_export_says_nothing_of_times_that_it_does_not_read_again(
    ask: Run, full: FakeApi, tmp_path: Path
) -> None:
    arguments = ("--from", "2026-11-20 00:00", "--out", str(tmp_path / "tasks.csv"))
    interrupted(full, ask, *arguments)
    result = ask("export", *arguments, "--resume", "--zone", "Asia/Tokyo")
    assert (result.code, "Tokyo" in result.err) == (0, False)
    assert {each.query["from"] for each in full.requests} == {"2026-11-19T23:00:00.000Z"}

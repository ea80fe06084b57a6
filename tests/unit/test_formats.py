"""Lists as text: tables that no spreadsheet runs, and JSON a line."""

import csv
import json
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.table.coverage import Coverage, Gap
from core.text.instant import DAY, HOUR
from handlers.formats import coverage_header, csv_lines, json_lines
from tests.support.tasks import NOON

COLUMNS = ("name", "value")


def read(rows: list[dict[str, object]]) -> list[dict[str, str]]:
    """Read a table back as RFC 4180 has it."""
    return list(csv.DictReader(StringIO("".join(csv_lines(COLUMNS, rows)), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx", "\nx"),
        *("＝1+1", "＋1", "－1", "＠SUM(1)"),  # noqa: RUF001 - full-width, as spreadsheets take them
    ],
)
def test_a_cell_that_a_spreadsheet_takes_for_a_formula_has_an_apostrophe(text: str) -> None:
    assert read([{"name": text, "value": None}]) == [{"name": f"'{text}", "value": ""}]


def test_what_is_not_known_is_empty_and_truth_is_written_in_lower_case() -> None:
    assert list(
        csv_lines(COLUMNS, [{"name": None, "value": True}, {"name": False, "value": 3}])
    ) == [
        "name,value\r\n",
        ",true\r\n",
        "false,3\r\n",
    ]


def test_a_table_without_rows_is_its_header() -> None:
    assert list(csv_lines(COLUMNS, [])) == ["name,value\r\n"]


@given(st.lists(st.tuples(st.text(), st.text())))
def test_any_text_is_read_back_from_a_table(texts: list[tuple[str, str]]) -> None:
    found = read([{"name": name, "value": value} for name, value in texts])
    assert [(row["name"].removeprefix("'"), row["value"].removeprefix("'")) for row in found] == [
        (name.removeprefix("'"), value.removeprefix("'")) for name, value in texts
    ]


@given(st.lists(st.dictionaries(st.text(), st.text() | st.none() | st.booleans())))
def test_each_line_is_one_object(rows: list[dict[str, object]]) -> None:
    lines = list(json_lines(rows))
    assert all(line.endswith("\n") and line.count("\n") == 1 for line in lines)
    assert [json.loads(line) for line in lines] == rows


def test_a_header_has_the_coverage_of_what_is_not_json() -> None:
    gap = Gap(NOON, NOON + HOUR, "arn:aws:ecs:eu-west-1:111122223333:cluster/shop")
    assert coverage_header(Coverage(NOON, NOON + DAY, (gap, gap))) == {
        "Coverage": 'from="2026-11-20T12:00:00.000Z", to="2026-11-21T12:00:00.000Z", gaps=2'
    }
    assert coverage_header(Coverage(None)) == {"Coverage": "gaps=0"}
    assert coverage_header(None) == {}

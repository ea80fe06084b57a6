"""Text of strangers, made harmless."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Run
from ecs_ip.text import cell, escape, to_json
from fake_api import FakeApi
from samples import record

HOSTILE = "\x1b[31mred\u202eevil\u2066\r\n\x00\x9b2J"


@given(st.text())
def test_no_control_or_direction_character_reaches_a_terminal(text: str) -> None:
    shown = escape(text)
    assert not [each for each in shown if unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"}]
    assert escape(shown) == shown


def test_what_is_harmless_stays_as_it_is() -> None:
    assert escape("grüße-服务/web:12") == "grüße-服务/web:12"


@given(st.recursive(st.text() | st.none() | st.integers(), st.lists))
def test_json_means_the_same_and_is_safe_to_print(value: object) -> None:
    written = to_json(value)
    assert json.loads(written) == value
    assert escape(written) == written


@pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))  # noqa: RUF001 - they are meant
def test_no_cell_is_a_formula(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("value,text", [(None, ""), (True, "true"), (False, "false"), (3, "3")])
def test_cells_of_values(value: object, text: str) -> None:
    assert cell(value) == text


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize("command", [("tasks",), ("who", "10.0.4.1"), ("history", "10.0.4.1")])
def test_hostile_names_are_escaped_by_every_command(
    ask: Run, api: FakeApi, command: tuple[str, ...], form: str
) -> None:
    api.records = [record(1, service=HOSTILE, group=f"service:{HOSTILE}", cluster="=cmd()")]
    result = ask(*command, "-o", form)
    assert result.code == 0
    if form == "csv":
        assert "'=cmd()" in result.out
    else:
        assert "\x1b" not in result.out
        assert "\u202e" not in result.out
        assert "\x9b" not in result.out
        assert "red" in result.out

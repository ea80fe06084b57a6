"""`ecs-ip enrich`: CSV, JSON lines and Parquet."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bulk_api import BulkApi
from conftest import Run
from flow_lines import AT, ENI, OURS, PEER, Enrich, rows_of


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


def test_csv_with_named_fields(enrich: Enrich) -> None:
    table = f'who;when;what\n{OURS};2026-11-24T10:00:05Z;"a ""b"";c\nd"\n{PEER};{AT};\n'
    [first, second] = enrich(table, "--ip-field", "who", "--time-field", "when")
    assert (first["who-service"], first["what"]) == ("web", 'a "b";c\nd')
    assert second["who-verdict"] == "none"


def test_json_lines_keep_their_fields(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "waf.json"
    line = {"client": {"ip": OURS}, "t": AT * 1000, "x": [1, None]}
    file.write_text(f"{json.dumps(line)}\n\n")
    options = ("--ip-field", "client.ip", "--time-field", "t")
    row = json.loads(ask("enrich", str(file), *options).out)
    assert (row["x"], row["client"], row["client.ip-service"]) == ([1, None], {"ip": OURS}, "web")


def test_parquet_is_read_like_text(ask: Run, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    columns = {
        "version": pyarrow.array([2, 2], pyarrow.int32()),
        "interface_id": [ENI, None],
        "srcaddr": [OURS, None],
        "dstaddr": [PEER, None],
        "start": pyarrow.array([AT, AT], pyarrow.int64()),
        "end": pyarrow.array([AT + 9, AT + 9], pyarrow.int64()),
    }
    file = tmp_path / "some.parquet"
    parquet.write_table(pyarrow.table(columns), file)
    [row, empty] = rows_of(ask("enrich", str(file), "-o", "csv"))
    assert (row["src-known-by"], row["end"], row["dst-verdict"]) == (
        "interface",
        str(AT + 9),
        "none",
    )
    assert (empty["src-verdict"], empty["srcaddr"]) == ("", "")


def test_parquet_without_its_extra_is_one_line(
    ask: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "some.parquet"
    file.write_bytes(b"PAR1xxxxPAR1")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    result = ask("enrich", str(file))
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "cli[parquet]" in result.err


WAF = json.dumps({"client": {"ip": OURS}, "t": AT * 1000, "peer": None})


@pytest.mark.parametrize(
    "options, missing",
    [
        (("--ip-field", "client.ipp"), "client.ipp"),
        (("--ip-field", "client.ip", "--ip-field", "server"), "server"),
        (("--ip-field", "client.ip", "--time-field", "time"), "time"),
    ],
)
def test_a_field_that_no_line_of_json_has_is_an_error(
    ask: Run, tmp_path: Path, options: tuple[str, ...], missing: str
) -> None:
    file = tmp_path / "waf.json"
    file.write_text(f"{WAF}\n" * 30)
    result = ask("enrich", str(file), *options)
    assert (result.code, result.out, result.err.count("\n")) == (2, "", 1)
    assert f"none of the first 20 lines has a field '{missing}'; the first has" in result.err


def test_a_field_that_only_some_lines_of_json_have_is_no_error(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "waf.json"
    file.write_text(f'{WAF}\n{{}}\n{{"server": "{PEER}"}}\n')
    options = ("--ip-field", "client.ip", "--ip-field", "server", "--ip-field", "peer")
    assert len(ask("enrich", str(file), *options).out.splitlines()) == 3


def parquet_of(columns: dict[str, list[Any]]) -> bytes:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415 - an extra

    stream = io.BytesIO()
    parquet.write_table(pyarrow.table(columns), stream)
    return stream.getvalue()


ODD: dict[str, list[Any]] = {
    "who, how, where, when": ["1", "2"],
    "ip": [OURS, PEER],
    "said": ['say "hi"', "a\tb\nc"],
    "at": [AT, AT],
}


def test_the_cells_of_parquet_are_what_they_were(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.parquet"
    file.write_bytes(parquet_of(ODD))
    options = ("--ip-field", "ip", "--time-field", "at")
    lines = ask("enrich", str(file), *options, "-o", "json").out.splitlines()
    assert [json.loads(line)["said"] for line in lines] == ODD["said"]
    [first, _] = rows_of(ask("enrich", str(file), *options, "-o", "csv"))
    assert (first["ip-service"], first["who, how, where, when"]) == ("web", "1")
    assert first["said"] == ODD["said"][0]


def test_parquet_is_read_from_a_pipe(
    ask: Run, bulk_api: BulkApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    with open(writing, "wb") as pipe:  # noqa: PTH123 - it is no path
        pipe.write(parquet_of(ODD))
    with open(reading, encoding="utf-8") as pipe_:  # noqa: PTH123 - it is no path
        monkeypatch.setattr(sys, "stdin", pipe_)
        result = ask("enrich", "-", "--ip-field", "ip", "--time-field", "at", "-o", "csv")
    assert result.code == 0, result.err
    assert [row["ip-verdict"] for row in rows_of(result)] == ["held", "none"]
    assert bulk_api.asked

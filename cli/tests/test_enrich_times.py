"""`ecs-ip enrich`: which times of lines are asked for, and which cannot be meant."""

import json
from itertools import count
from pathlib import Path

import pytest

from bulk_api import BulkApi
from conftest import Run
from ecs_ip.enrichment import Namer
from ecs_ip.flowlogs import FlowLog
from ecs_ip.rows import Row
from ecs_ip.scope import Scope
from flow_lines import AT, OURS, PEER, Enrich, default, rows_of

DAY = 86_400


@pytest.fixture
def ask(run: Run, bulk_api: BulkApi) -> Run:
    return lambda *arguments: run("--url", bulk_api.url, *arguments)


def test_a_line_over_the_hour_takes_both_hours(enrich: Enrich, bulk_api: BulkApi) -> None:
    bulk_api.holds(PEER, AT - 5, AT - 1, 2)
    [row] = enrich(default(start=AT - 10, end=AT + 10))
    assert row["dst-verdict"] == "held"


def test_a_line_of_the_running_hour_keeps_its_questions_while_the_clock_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds = count(AT + 1800, 59)
    monkeypatch.setattr("time.time", lambda: next(seconds))
    namer = Namer(Scope([]), FlowLog(("srcaddr", "start", "end")))
    rows = [Row([], at * 1000, at * 1000 + 1000, (OURS,)) for at in range(AT, AT + 3000, 300)]
    asked = [list(namer.questions(row)) for row in rows]
    assert [list(namer.questions(row)) for row in rows] == asked


def test_lines_of_the_running_hour_share_their_question(monkeypatch: pytest.MonkeyPatch) -> None:
    milliseconds = count((AT + 1800) * 1000)
    monkeypatch.setattr("time.time", lambda: next(milliseconds) / 1000)
    namer = Namer(Scope([]), FlowLog(("srcaddr", "start", "end")))
    rows = [Row([], at * 1000, at * 1000 + 1000, (OURS,)) for at in range(AT, AT + 1200)]
    assert len({question for row in rows for question in namer.questions(row)}) == 1


@pytest.mark.parametrize(
    "times, reason",
    [
        (f"0 {AT}", "its time spans"),
        (f"{AT - 401 * DAY} {AT}", "its time spans 401 days, 400 at most can be meant"),
        ("-5 5", "its time is before 1970"),
        ("99999999999999999 99999999999999999", "its time is in the future"),
        ("-99999999999999999 -99999999999999999", "its time is before 1970"),
        (f"{AT} 4000000000", "its time is in the future"),
    ],
)
def test_a_time_that_cannot_be_meant_is_named_and_asks_nothing(
    ask: Run, bulk_api: BulkApi, tmp_path: Path, times: str, reason: str
) -> None:
    file = tmp_path / "some.log"
    file.write_text("srcaddr dstaddr start end\n" + f"{OURS} {PEER} {times}\n")
    result = ask("enrich", str(file), "-o", "csv")
    assert (result.code, result.err.count("\n")) == (6, 2)
    assert f"{file}, line 2: {reason}" in result.err
    assert not bulk_api.asked


@pytest.mark.parametrize("took", ["inf", "nan", "1e999", "1e300"])
def test_a_request_that_took_for_ever_is_named(ask: Run, tmp_path: Path, took: str) -> None:
    file = tmp_path / "some.log"
    file.write_text(
        f"2026-11-24T10:00:05.123456Z classic 10.31.1.1:57832 {OURS}:80 {took} 0.12 0.000 200 200 "
        '0 57 "GET http://a.example:80/ HTTP/1.1" "curl 7" - -\n'
    )
    result = ask("enrich", str(file), "-o", "csv")
    assert result.code == 6
    assert f"{file}, line 1: it" in result.err


def test_a_line_of_more_than_a_day_asks_once_for_its_whole_time(
    enrich: Enrich, bulk_api: BulkApi
) -> None:
    lines = default(start=AT - 30 * DAY, end=AT) + default(start=AT - 86_000, end=AT)
    [month, day] = enrich(lines)
    assert (month["src-service"], month["dst-verdict"]) == ("web", "unknown")
    assert day["dst-verdict"] == "none"
    peer = [json.loads(asked) for asked in bulk_api.asked if PEER in asked]
    assert len(peer) == 1 + 25
    assert sum(one["from"] == "2026-10-25T10:00:00.000Z" for one in peer) == 1


def test_the_zone_of_a_tables_times_is_told_once(ask: Run, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    table = f"ip,t\n{OURS},2026-11-24 11:00\n{OURS},2026-11-24 11:01\n"
    file.write_text(table)
    options = ("--ip-field", "ip", "--time-field", "t", "-o", "csv")
    told = ask("enrich", str(file), *options)
    assert told.err.splitlines()[0] == "ecs-ip: times without a zone are read in Europe/Berlin"
    assert told.err.count("Europe/Berlin") == 1
    assert [row["ip-service"] for row in rows_of(told)] == ["web", "web"]
    file.write_text(table.replace("11:00", "10:00Z").replace("11:01", "10:01Z"))
    assert "zone" not in ask("enrich", str(file), *options).err


def test_a_run_that_is_continued_later_asks_the_same_of_what_it_had_asked_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun = (AT + 1800) * 1000
    rows = [Row([], at * 1000, at * 1000 + 1000, (OURS,)) for at in range(AT, AT + 1700, 10)]

    def asked(now: int) -> list[object]:
        monkeypatch.setattr("time.time", lambda: float(now))
        namer = Namer(Scope([]), FlowLog(("srcaddr", "start", "end")), begun)
        return [list(namer.questions(row)) for row in rows]

    assert asked(AT + 1800) == asked(AT + 1999) == asked(AT + 86_400)

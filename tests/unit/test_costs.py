"""What the service costs: computed from units, and as the page says."""

import json
from copy import replace
from pathlib import Path

import pytest

from operations.costs import Fleet, Prices, Units, main, monthly

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")


def test_the_page_shows_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out in OPERATIONS


def test_writes_are_the_units_of_the_tasks_that_start() -> None:
    fleet = Fleet(tasks=10, starts_a_day=1_000, requests_a_day=0)
    bill = monthly(fleet, Units(write_units_a_task=20), Prices(million_write_units=2))
    assert bill["writes"] == pytest.approx(1_000 * 30 * 20 / 1_000_000 * 2)


def test_an_idle_fleet_pays_for_watching_and_polling_alone() -> None:
    bill = monthly(Fleet(0, 0, 0), Units(), Prices())
    assert {name for name, dollars in bill.items() if dollars > 0.05} == {"watching", "queues"}


@pytest.mark.parametrize("more", ["starts_a_day", "requests_a_day", "retention_days", "tasks"])
def test_more_of_anything_costs_more(more: str) -> None:
    fleet = Fleet.of(1_000)
    larger = replace(fleet, **{more: getattr(fleet, more) * 2})
    bills = [sum(monthly(it, Units(), Prices()).values()) for it in (fleet, larger)]
    assert bills[0] < bills[1]


def test_units_and_prices_are_taken_from_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    free = dict.fromkeys(Prices.__dataclass_fields__, 0)
    (tmp_path / "prices.json").write_text(json.dumps(free))
    assert main(["--tasks", "7", "--prices", str(tmp_path / "prices.json")]) == 0
    out = capsys.readouterr().out
    assert "7 tasks" in out
    assert "| **together** | 0.00 |" in out


@pytest.mark.parametrize("text", ["", "[]", '{"gold": 1}', '{"metric": "much"}'])
def test_a_file_that_is_none_is_said_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "prices.json").write_text(text)
    assert main(["--prices", str(tmp_path / "prices.json")]) == 1
    err = capsys.readouterr().err
    assert err.startswith("make costs: ")
    assert err.count("\n") == 1


def test_the_fleet_can_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--tasks", "100", "--starts-a-day", "1000000"]) == 0
    assert "| writes | 337.50 |" in capsys.readouterr().out

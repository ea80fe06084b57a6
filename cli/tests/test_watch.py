"""`ecs-ip watch`: what it prints as the map changes."""

import json
from collections.abc import Callable

import pytest

from conftest import Run
from fake_api import FakeApi, Reply, problem
from samples import ended, record

Step = Callable[[], None]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """Do one step at each pause; after the last one, press Ctrl-C."""
    todo: list[Step] = []

    def pause(seconds: float) -> None:
        assert seconds > 0
        if not todo:
            raise KeyboardInterrupt
        todo.pop(0)()

    monkeypatch.setattr("time.sleep", pause)
    return todo


def changes(out: str) -> list[tuple[str, str]]:
    found = [json.loads(line) for line in out.splitlines()]
    return [(each["change"], each["record"]["privateIpv4Address"]) for each in found]


def test_addresses_that_come_change_and_go_are_told_as_json_lines(
    ask: Run, api: FakeApi, steps: list[Step]
) -> None:
    api.records = [record(1), record(2, addressState="pending", privateIpv4Address=None)]

    def assigned() -> None:
        api.records[1] = record(2)

    def updated() -> None:
        api.records[1] = record(2, desiredStatus="STOPPED")

    def released() -> None:
        api.records[0] = ended(1)

    steps += [assigned, updated, released]
    result = ask("watch")
    assert result.code == 130
    assert changes(result.out) == [
        ("assigned", "10.0.4.2"),
        ("updated", "10.0.4.2"),
        ("released", "10.0.4.1"),
    ]
    told = [json.loads(line) for line in result.out.splitlines()]
    assert told[1]["changed"] == ["desiredStatus"]
    assert told[2]["record"]["stoppedReason"] == "Scaling activity"
    assert "watching 2 tasks" in result.err


def test_a_terminal_gets_one_line_for_each_change(
    ask: Run, api: FakeApi, steps: list[Step]
) -> None:
    steps.append(lambda: api.records.append(record(7)))
    result = ask("watch", "-o", "table")
    [line] = result.out.splitlines()
    assert "assigned  10.0.4.7" in line
    assert "shop/web" in line


def test_csv_has_one_header(ask: Run, api: FakeApi, steps: list[Step]) -> None:
    steps += [lambda: api.records.append(record(7)), lambda: api.records.append(record(8))]
    header, first, second = ask("watch", "-o", "csv").out.splitlines()
    assert header.startswith("change,seenAt,taskArn")
    assert first.startswith("assigned,")
    assert second.startswith("assigned,")


def test_a_task_that_no_filter_fits_any_more_is_not_called_released(
    ask: Run, api: FakeApi, steps: list[Step]
) -> None:
    api.records = [record(1)]
    steps.append(lambda: api.records.__setitem__(0, record(1, lastStatus="DEPROVISIONING")))
    result = ask("watch", "--last-status", "RUNNING")
    assert changes(result.out) == [("updated", "10.0.4.1")]


def test_a_task_that_is_not_known_any_more_is_released(
    ask: Run, api: FakeApi, steps: list[Step]
) -> None:
    api.records = [record(1)]
    steps.append(api.records.clear)
    assert changes(ask("watch").out) == [("released", "10.0.4.1")]


def test_it_goes_on_when_the_api_fails_for_a_while(
    ask: Run, api: FakeApi, steps: list[Step]
) -> None:
    steps += [
        lambda: api.replies.append(Reply(500)),
        lambda: api.records.append(record(7)),
    ]
    result = ask("watch")
    assert changes(result.out) == [("assigned", "10.0.4.7")]
    assert "still watching" in result.err


def test_it_ends_when_the_api_finds_fault_with_the_question(
    ask: Run, api: FakeApi, steps: list[Step]
) -> None:
    steps.append(lambda: api.replies.append(problem(400, "No.")))
    assert ask("watch").code == 2


def test_the_map_is_read_to_its_last_page(ask: Run, api: FakeApi, steps: list[Step]) -> None:
    api.page = 2
    api.records = [record(number) for number in range(1, 6)]
    steps.append(lambda: api.records.append(record(6)))
    result = ask("watch")
    assert "watching 5 tasks" in result.err
    assert changes(result.out) == [("assigned", "10.0.4.6")]

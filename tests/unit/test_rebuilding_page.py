"""docs/rebuilding.md against what it names: the template, AWS's API, the export, its own SQL."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session

from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import HOUR, MINUTE, SECOND
from ecs_ip import parquet
from ecs_ip.records import FIELDS
from tests.support.tasks import NOON, task
from tests.support.template import template

PAGE = (Path(__file__).parents[2] / "docs" / "rebuilding.md").read_text(encoding="utf-8")
TABLE, QUERY = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_begins_with_what_an_archive_holds() -> None:
    first = PAGE.split("\n## ")[1]
    assert "environment" in first
    assert "`KmsKeyArn`" in first
    assert PAGE.index("variables that tasks were started with") < PAGE.index("```")


def test_what_the_page_names_of_the_stack_exists() -> None:
    resources = template()["Resources"]
    named = re.findall(r"resource (\w+)\)", PAGE)
    kinds = {name: resources[name]["Type"] for name in named}
    assert kinds == {
        "TaskEventArchive": "AWS::Events::Archive",
        "TaskStateChangeRule": "AWS::Events::Rule",
    }
    assert set(re.findall(r"`(\w+Alarm)`", PAGE)) <= resources.keys()
    parameters = set(re.findall(r"\b(\w+)=[\w$:/.-]+", " ".join(re.findall(r"overrides.*", PAGE))))
    assert parameters == {"ArchiveDays", "KmsKeyArn", "AccountLogRole"}
    assert parameters <= template()["Parameters"].keys()


def commands() -> list[tuple[str, dict[str, str]]]:
    """Find the commands of EventBridge, each with its options."""
    joined = PAGE.replace("\\\n", " ")
    found = re.findall(r"aws events ([\w-]+)((?: +--[\w-]+ +(?:\"(?:\\\"|[^\"])*\"|\S+))*)", joined)
    return [
        (name, dict(re.findall(r"--([\w-]+) +(\"(?:\\\"|[^\"])*\"|\S+)", options)))
        for name, options in found
    ]


def operation(command: str) -> Any:
    model = get_session().get_service_model("events")
    name = "".join(part.title() for part in command.split("-"))
    return model.operation_model(name)


def options_of(command: str) -> set[str]:
    members = operation(command).input_shape.members
    return {re.sub("(?<!^)([A-Z])", r"-\1", member).lower() for member in members}


def test_the_commands_are_those_of_eventbridge() -> None:
    found = commands()
    assert [name for name, _ in found] == [
        *("describe-archive", "describe-rule", "describe-event-bus", "start-replay"),
        *("describe-replay", "cancel-replay"),
    ]
    for name, options in found:
        assert options.keys() - {"query", "output"} <= options_of(name), name


def test_a_replay_goes_to_the_stacks_rule_alone() -> None:
    shape = operation("start-replay").input_shape
    options = dict(commands())["start-replay"]
    required = {re.sub("(?<!^)([A-Z])", r"-\1", name).lower() for name in shape.required_members}
    assert required <= options.keys()
    destination = json.loads(options["destination"].strip('"').replace('\\"', '"'))
    assert destination == {"Arn": "$BUS", "FilterArns": ["$RULE"]}
    assert destination.keys() == shape.members["Destination"].members.keys()


def test_the_table_of_athena_has_the_columns_of_the_export() -> None:
    columns = dict(re.findall(r"`?(\w+)`? (string|bigint|boolean|timestamp)", TABLE))
    kinds = {name.lower(): "string" for name in FIELDS}
    kinds |= {name.lower(): "boolean" for name in parquet._BOOLEANS}
    kinds |= {name.lower(): "bigint" for name in parquet._INTEGERS}
    kinds |= {name.lower(): "timestamp" for name in parquet._INSTANTS}
    assert columns == kinds
    assert list(columns) == [name.lower() for name in FIELDS]


# The query, run by an engine at hand


def seconds(text: str | None) -> float | None:
    return None if text is None else datetime.fromisoformat(text).timestamp()


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    """Load two tasks that had one address one after the other, and one that talks to it."""
    records = [
        task("caller", ipv4="10.0.4.1", group="service:caller"),
        task("old", ipv4="10.0.4.2", last_held=NOON + 10 * MINUTE, stopped=NOON + 11 * MINUTE),
        task("new", ipv4="10.0.4.2", attached=NOON + 20 * MINUTE, created=NOON + 19 * MINUTE),
    ]
    with closing(sqlite3.connect(":memory:")) as made:
        _fill(made, records)
        yield made


def _fill(made: sqlite3.Connection, records: list[Record]) -> None:
    made.create_function("to_unixtime", 1, seconds)
    columns = [name.lower() for name in FIELDS]
    made.execute(f"CREATE TABLE ecs_tasks ({', '.join(f'"{name}"' for name in columns)})")
    for record in records:
        row = record_as_json(record) | {"vpcId": "vpc-1"}
        row["networkInterfaceId"] = f"eni-{record.key.task_id}"
        values = [row[name] for name in FIELDS]
        made.execute(f"INSERT INTO ecs_tasks VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608 - marks alone
    made.execute(
        "CREATE TABLE vpc_flow_logs (interface_id, vpc_id, srcaddr, dstaddr, action, "
        'start, "end", bytes)'
    )


def flow(database: sqlite3.Connection, minute: float, size: int, **changed: str) -> None:
    """Log a flow of the caller to the address, in the minute that begins then."""
    start = (NOON + round(minute * MINUTE)) // SECOND
    known = {
        "interface_id": "eni-caller",
        "vpc_id": "vpc-1",
        "srcaddr": "10.0.4.1",
        "dstaddr": "10.0.4.2",
        "action": "ACCEPT",
    } | changed
    values = [*known.values(), start, start + 59, size]
    database.execute("INSERT INTO vpc_flow_logs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)


def test_the_query_names_both_sides_and_says_what_is_certain(database: sqlite3.Connection) -> None:
    flow(database, 5, 1)  # the old one, for certain
    flow(database, 10.25, 20)  # in the seconds around its end
    flow(database, 15, 300)  # nobody
    flow(database, 30, 4_000)  # the new one
    flow(database, HOUR / MINUTE, 50_000, vpc_id="vpc-2")  # the same address of another VPC
    flow(database, 5, 600_000, action="REJECT")
    flow(database, 5, 700_000, interface_id="eni-stranger")
    rows = database.execute(QUERY).fetchall()
    assert [(mine, peer, bool(certain), size) for _, mine, _, peer, certain, size in rows] == [
        ("caller", None, False, 50_300),
        ("caller", "web", True, 4_001),
        ("caller", "web", False, 20),
    ]

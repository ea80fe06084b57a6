"""docs/api.md against the contract: a section a route, and commands that work as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from core.task.ecs import parse_event
from core.task.record import Record, join
from tests.support import openapi
from tests.support.asking import Inventory, inventory
from tests.support.samples import EVENTS

__all__ = ["inventory"]

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([A-Z]+ /\S*)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
BLOCKS = {
    route: "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    for route, text in SECTIONS.items()
}
COMMANDS = [
    (route, command)
    for route, block in BLOCKS.items()
    for command in re.split(r"\n(?=curl )", block.strip())
]


@pytest.fixture
def told(inventory: Inventory) -> Inventory:
    """Hold what `make run` replays."""
    records: dict[object, Record] = {}
    for event in EVENTS.values():
        record = parse_event(event).record
        known = records.get(record.key)
        records[record.key] = record if known is None else join(known, record)
    inventory.put(*records.values())
    return inventory


def test_every_route_has_a_section_and_there_is_no_other() -> None:
    assert list(SECTIONS) == [f"{method} {path}" for method, path in openapi.operations()]


def test_every_section_names_its_parameters() -> None:
    for (method, path), operation in openapi.operations().items():
        text = SECTIONS[f"{method} {path}"]
        for name in openapi.parameters(operation, "query"):
            assert re.search(rf"\b{name}\b", text), f"{name} of {path}"


@pytest.mark.parametrize("route, command", COMMANDS)
def test_a_command_is_answered(told: Inventory, route: str, command: str) -> None:
    words = shlex.split(command)
    assert words[0] == "curl"
    target = words[1].removeprefix("$API")
    options = dict(zip(words[2::2], words[3::2], strict=True))
    headers = [value.split(": ") for name, value in options.items() if name == "-H"]
    body = options.get("-d")
    method = "GET" if body is None else "POST"
    assert openapi.operation_of(method, target) == openapi.operations()[tuple(route.split())]  # type: ignore[index]  # a pair, which split() does not say
    reply = told.ask(method, target, body, **dict(headers))
    assert reply.status == 200
    assert re.search(r'arn:aws|10\.|lastEventAt|subnet-|"routes"|"openapi"', reply.body)

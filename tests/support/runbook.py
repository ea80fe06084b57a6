"""Reads the runbook, docs/operations.md: its sections about alarms, and its commands."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.session import get_session

PAGE = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
ALARMS = PAGE.partition("## Alarms")[2].partition("\n## ")[0]

GLOBAL = {"query", "output", "cli-binary-format"}
OF_THE_CLI_ALONE = {
    "logs tail": {"since", "filter-pattern"},
    "cloudformation wait": {"stack-name", "change-set-name"},
}
"""Commands that are no operation of the service, and what they take."""

_NAMED = re.compile(r'"?\$\(of_stack (\w+)\)"?')
_INNER = re.compile(r'"\$\((aws .*?)\)"')


@dataclass(frozen=True)
class Command:
    """One command of the AWS CLI."""

    text: str
    service: str
    operation: str
    options: dict[str, list[str]]

    def __str__(self) -> str:
        return f"{self.service} {self.operation}"


def named_resources(text: str = PAGE) -> set[str]:
    """Return the resources whose names the page asks CloudFormation for."""
    return set(_NAMED.findall(text)) - {"RULE"}


def commands(resolved: Callable[[str], str] = str) -> list[Command]:
    """Return the commands of the page's blocks; `resolved` tells the name of a resource."""
    found: list[Command] = []
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        variables: dict[str, str] = {}
        for line in _named(block, resolved).replace("\\\n", " ").splitlines():
            variables |= dict(re.findall(r"^(\w+)=(\S+)$", line))
            found += _commands_of(_given(line, variables))
    return found


def _named(text: str, resolved: Callable[[str], str]) -> str:
    return _NAMED.sub(lambda match: resolved(match[1]), text)


def _given(line: str, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        line = line.replace(f'"${name}"', shlex.quote(value))
    return line


def _commands_of(line: str) -> Iterator[Command]:
    for inner in _INNER.findall(line):
        yield from _commands_of(inner)
    text = _INNER.sub("INNER", line).strip()
    if not text.startswith("aws "):
        return
    _, service, operation, *words = shlex.split(text, comments=True)
    options: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word.removeprefix("--")
            options[name] = []
        elif name:
            options[name].append(word)
    yield Command(text, service, operation, options)


@cache
def model_of(service: str) -> Any:
    """Return botocore's model of a service."""
    return get_session().get_service_model(service)


def members(command: Command) -> dict[str, Any]:
    """Return what the operation of a command takes, by the names of options; raise KeyError."""
    model = model_of(command.service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[command.operation]).input_shape
    return {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}

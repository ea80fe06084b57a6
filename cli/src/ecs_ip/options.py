"""Options that many commands share, and how a function becomes a command that has them.

A command is a function whose first parameter is the `Invocation`. A parameter whose type is a
dataclass of options, such as `Filters`, becomes one option for each of its fields. The options of
`Options` can stand before the command or after it.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from inspect import Parameter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Group = TypeVar("_Group", bound="DataclassInstance")

_SHARED = "Shared options, before or after the command"


class Format(StrEnum):
    """The format of an answer."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def _shared(*names: str, help: str, metavar: str | None = None) -> Any:  # noqa: A002 - Typer's own name
    return typer.Option(*names, help=help, metavar=metavar, rich_help_panel=_SHARED)


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of every command."""

    url: Annotated[
        str | None,
        _shared(
            "--url",
            metavar="URL",
            help="An API that needs no signature, such as that of make run. Default: ECS_IP_URL.",
        ),
    ] = None
    stack: Annotated[
        str | None,
        _shared(
            "--stack",
            metavar="NAME",
            help="The stack to ask, with your AWS credentials. "
            "Default: ECS_IP_STACK, else ecs-ip-inventory.",
        ),
    ] = None
    profile: Annotated[
        str | None, _shared("--profile", metavar="NAME", help="AWS profile to sign with.")
    ] = None
    region: Annotated[
        str | None, _shared("--region", metavar="NAME", help="AWS Region of the stack.")
    ] = None
    output: Annotated[
        Format | None,
        _shared("--output", "-o", help="Default: table on a terminal, json when piped."),
    ] = None
    out: Annotated[
        Path | None,
        _shared("--out", metavar="FILE", help="Write there instead of to standard output."),
    ] = None
    zone: Annotated[
        str | None,
        _shared(
            "--zone",
            metavar="NAME",
            help="Zone of times that are given without one. Default: the machine's.",
        ),
    ] = None
    no_color: Annotated[bool, _shared("--no-color", help="No colours. NO_COLOR does the same.")] = (
        False
    )

    def overridden_by(self, later: "Options") -> "Options":
        """Return these options, overridden by `later`."""
        said = {
            field.name: value
            for field in fields(later)
            if (value := getattr(later, field.name)) != field.default
        }
        return replace(self, **said)


def expanded(function: Callable[..., Any], *, shared: bool = True) -> list[Parameter]:
    """Return the parameters of a command, each field of a group of options as one of them."""
    [_, *own] = inspect.signature(function, eval_str=True).parameters.values()
    parameters: list[Parameter] = []
    for parameter in own:
        parameters += _fields_of(parameter.annotation) if _is_group(parameter) else [parameter]
    return parameters + (_fields_of(Options) if shared else [])


def collected(function: Callable[..., Any], values: dict[str, Any]) -> dict[str, Any]:
    """Put the values of options back together into the groups that the function takes."""
    [_, *own] = inspect.signature(function, eval_str=True).parameters.values()
    for parameter in own:
        if _is_group(parameter):
            values[parameter.name] = take(parameter.annotation, values)
    return values


def take(group: type[_Group], values: dict[str, Any]) -> _Group:
    """Remove the fields of a group from the values, and return the group."""
    return group(**{field.name: values.pop(field.name) for field in fields(group)})


def _is_group(parameter: Parameter) -> bool:
    return is_dataclass(parameter.annotation)


def _fields_of(group: type[Any]) -> list[Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(
            field.name, Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in fields(group)
    ]


def with_signature(
    called: Callable[..., Any], function: Callable[..., Any], parameters: list[Parameter]
) -> Callable[..., Any]:
    """Make `called` look to Typer like a function of these parameters and a context."""
    functools.update_wrapper(called, function)
    del called.__wrapped__  # type: ignore[attr-defined]  # functools.wraps set it
    context = Parameter("ctx", Parameter.KEYWORD_ONLY, annotation=typer.Context)
    ordered = [
        context,
        *(parameter.replace(kind=Parameter.KEYWORD_ONLY) for parameter in parameters),
    ]
    called.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]  # inspect reads it
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in ordered}
    return called

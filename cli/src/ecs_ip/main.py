"""The entry point: the table of commands, and the handling of errors and interruptions."""

import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NoReturn

import typer
from rich.markup import escape

from ecs_ip import __version__, help_pages, options
from ecs_ip.errors import BROKEN_PIPE, DONE, INTERRUPTED, NOT_ASKED, CommandError
from ecs_ip.invocation import Invocation
from ecs_ip.options import Options
from ecs_ip.output import discard_standard_output, say, write_any_text
from ecs_ip.relative import spelled_out

# Each is a module of `ecs_ip.commands` with a function of the same name and `EXAMPLES`.
COMMANDS = (
    "who",
    "tasks",
    "diff",
    "history",
    "subnets",
    "status",
    "watch",
    "export",
    "enrich",
    "proxy",
    "console",
    "replay",
    "redrive",
)

Example = tuple[str, str]

EXAMPLES: tuple[Example, ...] = (
    ("Who has this address?", "ecs-ip who 10.0.4.128"),
    ("Who had it at twelve past three last night?", "ecs-ip who 10.0.4.128 --at 03:12"),
    ("What ran in a subnet ten minutes ago?", "ecs-ip tasks --cidr 10.0.4.0/24 --at '10m ago'"),
    ("Ask the local API of `make run`", "ecs-ip --url http://127.0.0.1:8080 tasks"),
)


def run() -> NoReturn:
    """Run the command line of this process."""
    write_any_text(sys.stdout, sys.stderr)
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        built = _built(colour="--no-color" not in arguments)
        code = built(args=spelled_out(arguments), prog_name="ecs-ip", standalone_mode=False)
        sys.stdout.flush()
    except CommandError as error:
        say(str(error))
        return error.exit_code
    except typer.TyperException as error:
        say(_usage(error))
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except OSError as error:  # a full disk; what is wrong with a file is told where it is opened
        discard_standard_output()
        say(f"{error.filename or 'the answer'} cannot be written: {error.strerror or error}")
        return NOT_ASKED
    return code if isinstance(code, int) else DONE


@cache
def _built(*, colour: bool) -> Callable[..., Any]:
    return typer.main.get_command(application(colour=colour))


def application(*, colour: bool = True) -> typer.Typer:
    """Build the command with all its subcommands."""
    app = typer.Typer(
        cls=help_pages.Group,
        add_completion=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={
            "help_option_names": ["-h", "--help"],
            "color": None if colour else False,
        },
    )
    app.callback(invoke_without_command=True, epilog=epilog(EXAMPLES))(_root())
    for name in COMMANDS:
        module = import_module(f"ecs_ip.commands.{name}")
        function = command(getattr(module, name))
        app.command(name, cls=help_pages.Command, epilog=epilog(module.EXAMPLES))(function)
    return app


def command(function: Callable[..., int | None]) -> Callable[..., None]:
    """Make a command from a function, whose result is the exit code."""

    def called(ctx: typer.Context, **values: Any) -> None:
        later = options.take(Options, values)
        invocation = Invocation(ctx.obj.overridden_by(later))
        raise typer.Exit(_called(function, invocation, options.collected(function, values)))

    return options.with_signature(called, function, options.expanded(function))


def _called(
    function: Callable[..., int | None], invocation: Invocation, values: dict[str, Any]
) -> int:
    try:
        return function(invocation, **values) or DONE
    except BrokenPipeError:
        discard_standard_output()
        return BROKEN_PIPE


def _root() -> Callable[..., None]:
    def called(ctx: typer.Context, **values: Any) -> None:
        if values.pop("version"):
            print(f"ecs-ip {__version__}")  # noqa: T201 - this is how a command talks
            raise typer.Exit
        ctx.obj = options.take(Options, values)
        if ctx.invoked_subcommand is None:
            print(ctx.get_help())  # noqa: T201 - this is how a command talks
            raise typer.Exit

    return options.with_signature(called, ecs_ip, options.expanded(ecs_ip))


def ecs_ip(
    invocation: Invocation,
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),  # noqa: FBT001, FBT003 - a flag is one
) -> None:
    """Ask which Amazon ECS task holds an IP address now, and which one held it then."""


def epilog(examples: Sequence[Example]) -> str:
    """Return examples in the form of the end of a help page."""
    lines = [f"[dim]# {what}[/dim]\n\n{escape(how)}" for what, how in examples]
    return "\n\n".join(["[bold]Examples[/bold]", *lines])


def _usage(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    where = context.command_path if context else "ecs-ip"
    return f"{error.format_message()} (`{where} --help` shows how)"

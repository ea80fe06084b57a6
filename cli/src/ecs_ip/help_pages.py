"""Help pages: coloured on a terminal only, and only if that is wanted.

Typer takes GITHUB_ACTIONS and FORCE_COLOR for a terminal.
"""

import sys
from typing import Any

from typer.core import TyperCommand, TyperGroup


class Group(TyperGroup):
    """The command with all its subcommands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        _look_at_terminal(ctx)
        super().format_help(ctx, formatter)


class Command(TyperCommand):
    """A subcommand."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        _look_at_terminal(ctx)
        super().format_help(ctx, formatter)


def _look_at_terminal(ctx: Any) -> None:
    from typer import rich_utils  # noqa: PLC0415 - slow, and only help pages need it

    rich_utils.FORCE_TERMINAL = None if sys.stdout.isatty() else False
    rich_utils.COLOR_SYSTEM = None if ctx.color is False else "auto"

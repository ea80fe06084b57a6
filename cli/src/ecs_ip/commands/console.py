"""`ecs-ip console`: opens the console in the browser, on a signing proxy of its own."""

import webbrowser
from typing import Annotated

import typer

from ecs_ip import console as consoles
from ecs_ip.commands.proxy import Port, upstream_of, with_signals
from ecs_ip.errors import CommandError
from ecs_ip.invocation import Invocation
from ecs_ip.output import say

EXAMPLES = (
    ("Look at the stack ecs-ip-inventory", "ecs-ip console"),
    ("Only print the address", "ecs-ip console --no-open --port 8081"),
)


def console(
    invocation: Invocation,
    port: Port = 0,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open the browser, only print the address.")
    ] = False,
) -> None:
    """Open the console in the browser; it asks the API through a signing proxy on loopback."""
    if consoles.PATH not in consoles.console_files():
        raise CommandError("this installation has no console: install one that was built with it")
    from ecs_ip.proxy import serve  # noqa: PLC0415 - aiohttp is slow to import

    with_signals()
    try:
        serve(upstream_of(invocation), port, started=lambda address: _show(address, not no_open))
    except KeyboardInterrupt:
        say("stopped")


def _show(address: str, opened: bool) -> None:  # noqa: FBT001 - its one use says what it is
    page = f"{address}{consoles.PATH}"
    say(f"{page} is the console; Ctrl-C stops it")
    if opened and not webbrowser.open(page):
        say("no browser could be opened: open the address yourself")

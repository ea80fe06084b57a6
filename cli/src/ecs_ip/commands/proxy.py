"""`ecs-ip proxy`: lets those who cannot sign ask the API, and serves the console."""

import signal
from types import FrameType
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from ecs_ip.invocation import Invocation
from ecs_ip.output import say
from ecs_ip.proxy_guard import LOOPBACK, PORT

if TYPE_CHECKING:
    from ecs_ip.upstream import Upstream

EXAMPLES = (
    ("Prometheus beside it asks http://127.0.0.1:8080/targets?port=9100", "ecs-ip proxy"),
    ("On a container's network that nobody else is on",
     "ecs-ip proxy --bind 0.0.0.0 --allow-host ecs-ip-proxy"),
)  # fmt: skip

Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-host",
        metavar="NAME",
        help="A further name by which clients may ask for the proxy. Can be given several times.",
    ),
]


def proxy(
    invocation: Invocation,
    port: Port = PORT,
    bind: Annotated[
        str,
        typer.Option(
            "--bind",
            metavar="ADDRESS",
            help="Address to listen on; whoever reaches it asks with your credentials.",
        ),
    ] = LOOPBACK,
    allow_host: AllowHost = None,
) -> None:
    """Sign what is asked of a local port, with your credentials, refreshed as they expire.

    GET /-/healthy tells that it runs. /console/ is the console.
    """
    from ecs_ip.proxy import serve  # noqa: PLC0415 - aiohttp is slow to import

    api = upstream_of(invocation)
    with_signals()
    try:
        serve(
            api,
            port,
            bind=bind,
            allow_hosts=allow_host or (),
            started=lambda url: say(f"{url} asks {api.url}, and {url}/console/ shows it"),
        )
    except KeyboardInterrupt:
        say("stopped")


def upstream_of(invocation: Invocation) -> "Upstream":
    """Return the API to ask, with what signs for it; an API that is named by URL needs nothing."""
    from ecs_ip.upstream import Upstream  # noqa: PLC0415 - aiohttp is slow to import

    if invocation.url:
        return Upstream(invocation.api_for(1).url)
    return Upstream(invocation.stack.api_url, invocation.stack.signer)


def with_signals() -> None:
    """Let SIGTERM stop the command as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal calls it
    raise KeyboardInterrupt

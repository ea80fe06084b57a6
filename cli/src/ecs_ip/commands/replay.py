"""`ecs-ip replay`: puts recorded ECS events on the ingest queue, so that the past is known."""

from typing import Annotated

import typer

from ecs_ip.errors import UsageError
from ecs_ip.invocation import Invocation

_CAPTURED = "/aws/events/ecs/containerinsights/shop/performance"
EXAMPLES = (
    ("A folder of exports of CloudWatch Logs", "ecs-ip replay exported/"),
    (
        "What ECS's own event capture has kept since October",
        f"ecs-ip replay --log-group {_CAPTURED} --from '2026-10-01 00:00'",
    ),
    ("Go on after a break, with more room for live events", "ecs-ip replay x/ --resume --rate 20"),
)

_RATE = 100.0  # a third of what one account and Region sends by default at its busiest


def replay(
    invocation: Invocation,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE…", help="Files and folders; - is standard input."),
    ] = None,
    log_group: Annotated[
        str | None, typer.Option("--log-group", metavar="NAME", help="Read this log group instead.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Of the log group: since then.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Until then. Default: now.")
    ] = None,
    rate: Annotated[
        float, typer.Option("--rate", min=0.1, help="The most events a second.")
    ] = _RATE,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue where an interrupted replay stopped.")
    ] = False,
) -> int:
    """Put recorded ECS events on the ingest queue, so that the past before the stack is known.

    Task overrides, which can hold secrets, are dropped before an event is sent. Events older than
    the stack's RetentionDays are left out. Needs leave to assume the stack's operator role.
    """
    if bool(files) == bool(log_group):
        raise UsageError("name FILEs, or a --log-group")
    if (start or end) and not log_group:
        raise UsageError("--from and --to are for a --log-group")
    from ecs_ip.replay_run import Recordings, run  # noqa: PLC0415 - boto3 is slow to import

    recordings = Recordings(tuple(files or ()), log_group, start, end)
    return run(invocation, recordings, rate, resume=resume)

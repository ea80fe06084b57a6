"""`ecs-ip who`: who holds an address, or held it at an instant."""

from typing import Annotated

import typer

from ecs_ip import bulk
from ecs_ip.errors import UsageError
from ecs_ip.invocation import Invocation

EXAMPLES = (("Who has this address?", "ecs-ip who 10.0.4.128"),)


def who(
    invocation: Invocation,
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS|ENI", help="An IP address, or eni-…")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="At this instant. Default: now.")
    ] = None,
    subnet_id: Annotated[
        str | None, typer.Option("--subnet-id", "--subnet", metavar="ID", help="In this subnet.")
    ] = None,
    vpc_id: Annotated[
        str | None, typer.Option("--vpc-id", "--vpc", metavar="ID", help="In this VPC.")
    ] = None,
    file: Annotated[
        str | None,
        typer.Option("--file", "-f", metavar="FILE", help="Many questions; - is standard input."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With -f: continue where an earlier run stopped.")
    ] = False,
) -> int:
    """Say who holds an address, or who held it at an instant."""
    if file is not None and address is None:
        return bulk.answer_file(invocation, file, resume=resume)
    raise UsageError("name one ADDRESS, or a FILE of them with -f")

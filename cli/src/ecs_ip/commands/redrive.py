"""`ecs-ip redrive`: sends the dead letters of a stack back to the queues that they failed in."""

from typing import Annotated

import typer

from ecs_ip.invocation import Invocation

EXAMPLES = (
    ("How many wait?", "ecs-ip redrive --dry-run"),
    ("Send them back, once their cause is mended", "ecs-ip redrive --stack ecs-ip-inventory"),
)


def redrive(
    invocation: Invocation,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many wait in each queue.")
    ] = False,
) -> None:
    """Send the dead letters of all queues of a stack back, once their cause is mended.

    What fails again becomes a dead letter again. Needs leave to assume the stack's operator role.
    """
    from ecs_ip import dead_letters  # noqa: PLC0415 - boto3 is slow to import
    from ecs_ip.operator_role import queues_of, stack_of  # noqa: PLC0415 - the same

    stack = stack_of(invocation)
    sqs = queues_of(stack)
    cloudformation = stack.client("cloudformation")
    rows = []
    for way in dead_letters.ways(stack.name, cloudformation, sqs):
        name = "waiting" if dry_run else "sentBack"
        count = dead_letters.waiting(sqs, way.url) if dry_run else dead_letters.send_back(sqs, way)
        rows.append({"from": way.name, "to": way.target_name, name: count})
    _write(invocation, rows)


def _write(invocation: Invocation, rows: list[dict[str, object]]) -> None:
    output = invocation.output
    columns = list(rows[0]) if rows else ["from", "to"]
    if output.format == "json":
        output.json(rows)
    elif output.format == "csv":
        output.csv(columns, rows)
    else:
        titles = {"from": "FROM", "to": "TO", "waiting": "WAITING", "sentBack": "SENT BACK"}
        output.table(
            [titles[name] for name in columns], [[*map(str, row.values())] for row in rows]
        )

"""`ecs-ip who`: who holds an address, or held it at an instant."""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated, Any

import typer

from ecs_ip import bulk, ends, holding, verdicts
from ecs_ip.api import path_of
from ecs_ip.errors import ApiError, UsageError
from ecs_ip.invocation import Invocation
from ecs_ip.output import Output
from ecs_ip.records import FIELDS
from ecs_ip.refusals import reason

EXAMPLES = (
    ("Who has this address?", "ecs-ip who 10.0.4.128"),
    ("Who had it at twelve past three, last night?", "ecs-ip who 10.0.4.128 --at 03:12"),
    ("Who had it at an instant from a log?", "ecs-ip who 10.0.4.128 --at 2026-11-22T03:12:45Z"),
    ("The address exists in two VPCs", "ecs-ip who 10.0.4.128 --vpc vpc-0c1d2e3f"),
    ("Whose network interface is it?", "ecs-ip who eni-02c21bf4285d97ac1"),
    ("Many questions at once", "ecs-ip who -f questions.csv -o csv --out answers.csv"),
)

_ROLES = {"holders": "Holder", "possible": "Possible", "previous": "Before", "next": "After"}


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
    """Say who holds an address, or who held it at an instant.

    The exit code is the verdict. 0: a task held it. 1: no ECS task did. 3: a task possibly did.
    4: it is not known, or not confirmed yet.
    """
    if (file is None) == (address is None):
        raise UsageError("name one ADDRESS, or a FILE of them with -f")
    if file is not None:
        if at or subnet_id or vpc_id:
            raise UsageError("with -f, each line of the file says its own time, subnet and VPC")
        return bulk.answer_file(invocation, file, resume=resume)
    return _one(invocation, str(address).strip(), at, subnet_id, vpc_id)


def _one(
    invocation: Invocation, what: str, at: str | None, subnet_id: str | None, vpc_id: str | None
) -> int:
    instant = invocation.wire(at)
    where = {"at": instant, "subnetId": subnet_id, "vpcId": vpc_id}
    if what.startswith("eni-"):
        answer = _of_interface(invocation, what, where)
    else:
        answer = invocation.api.get(path_of("ips", _address(what)), where)
    if "verdict" not in answer:
        raise ApiError("the API gives no verdict: its stack is older than this command; update it")
    _write(invocation.output, verdicts.sentence(what, instant, answer), answer)
    return verdicts.exit_code(answer["verdict"])


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise UsageError(
            f"{text!r} is neither an IP address nor a network interface (eni-…)"
        ) from None


def _of_interface(invocation: Invocation, eni: str, where: dict[str, str | None]) -> dict[str, Any]:
    """Ask for an interface; the answer has the form of a lookup, with the coverage."""
    asked = {name: value for name, value in where.items() if value is not None}
    body = {"lookups": [{"networkInterfaceId": eni, **asked}]}
    answered = invocation.api.post("/lookups", body)
    [result] = answered["results"]
    if error := result.get("error"):
        raise UsageError(f"{eni}: {reason(error)}")
    return {**result, "coverage": answered["coverage"]}


def _write(output: Output, sentence: str, answer: dict[str, Any]) -> None:
    if output.format == "json":
        output.json(answer)
    elif output.format == "csv":
        output.csv(("role", *FIELDS), _rows(answer))
    else:
        output.print(output.safe(sentence, verdicts.style(answer["verdict"])))
        output.print(*(output.safe(f"\n{part}") for part in _parts(answer)))


def _rows(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, role in _ROLES.items():
        for record in answer.get(key, []):
            yield {"role": role.lower(), **record}


def _parts(answer: dict[str, Any]) -> Iterator[str]:
    proven = ends.by_records([each for key in _ROLES for each in answer.get(key, [])])
    for key, role in _ROLES.items():
        held = key in {"holders", "possible"}
        tell = holding.block if held else holding.line
        # Who came after a neighbour need not be in the answer.
        otherwise = ends.OPEN if held else ends.UNKNOWN
        for record in answer.get(key, []):
            yield tell(role, record, proven.get(record["taskArn"], otherwise))

"""The filters of the map, as options in kebab case and as parameters of `GET /tasks`."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Annotated, Any

import typer

_PANEL = "Filters, which can be combined"


class AddressState(StrEnum):
    """Whether a live task has its address."""

    HELD = "held"
    PENDING = "pending"
    NONE = "none"
    RELEASED = "released"


def _filter(name: str, metavar: str, text: str) -> Any:
    return typer.Option(f"--{name}", metavar=metavar, help=text, rich_help_panel=_PANEL)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which tasks to include; None matches everything."""

    cluster: Annotated[str | None, _filter("cluster", "NAME", "Cluster, by name or ARN.")] = None
    service: Annotated[str | None, _filter("service", "NAME", "Service.")] = None
    group: Annotated[str | None, _filter("group", "NAME", "Task group, such as family:report.")] = (
        None
    )
    subnet_id: Annotated[
        str | None,
        typer.Option(
            "--subnet-id", "--subnet", metavar="ID", help="Subnet.", rich_help_panel=_PANEL
        ),
    ] = None
    vpc_id: Annotated[
        str | None,
        typer.Option("--vpc-id", "--vpc", metavar="ID", help="VPC.", rich_help_panel=_PANEL),
    ] = None
    availability_zone: Annotated[
        str | None, _filter("availability-zone", "NAME", "Availability Zone.")
    ] = None
    launch_type: Annotated[
        str | None, _filter("launch-type", "TYPE", "FARGATE, EC2, EXTERNAL or MANAGED_INSTANCES.")
    ] = None
    capacity_provider_name: Annotated[
        str | None, _filter("capacity-provider-name", "NAME", "Capacity provider.")
    ] = None
    last_status: Annotated[
        str | None, _filter("last-status", "STATUS", "Status now, such as RUNNING.")
    ] = None
    address_state: Annotated[
        AddressState | None,
        typer.Option("--address-state", help="State of the address now.", rich_help_panel=_PANEL),
    ] = None
    cidr: Annotated[
        str | None, _filter("cidr", "PREFIX", "Prefix that contains the address, IPv4 or IPv6.")
    ] = None

    @property
    def params(self) -> dict[str, str | None]:
        """The parameters of `GET /tasks`."""
        return {_camel(field.name): getattr(self, field.name) for field in fields(self)}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)

"""A task of the estate as ECS knows it at present, and the workload that it belongs to."""

from dataclasses import dataclass, field
from typing import Final

from local.embedded import ACCOUNT, REGION
from local.estate.clock import Instant
from local.estate.network import Subnet

HOME: Final = f"arn:aws:ecs:{REGION}:{ACCOUNT}:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A service, or the family of tasks that are run by themselves."""

    name: str
    cluster: str
    count: int = 0
    """Tasks that are to run."""
    subnets: tuple[Subnet, ...] = ()
    """None where the tasks have no interface of their own (bridge mode)."""
    launch_type: str = "FARGATE"
    capacity_provider: str | None = None
    containers: tuple[str, ...] = ("app",)
    balanced: bool = False
    """Tasks wait for the load balancer before they are RUNNING, and leave it before they stop."""
    connected: bool = False
    """Service Connect, whose attachment stands before the interface's."""
    standalone: bool = False

    @property
    def group(self) -> str:
        """Name the group of its tasks."""
        return f"{'family' if self.standalone else 'service'}:{self.name}"

    @property
    def awsvpc(self) -> bool:
        """Return whether its tasks have addresses of their own."""
        return bool(self.subnets)

    @property
    def cluster_arn(self) -> str:
        """Name the cluster."""
        return f"{HOME}cluster/{self.cluster}"


@dataclass(slots=True, kw_only=True)
class Task:
    """A task; whoever changes what ECS calls its status raises its version."""

    id: str
    workload: Workload
    revision: int
    deployment: str
    attachment_id: str
    """Of its interface, or of the attempt at one."""
    mac_address: str
    interface_id: str
    container_ids: tuple[str, ...]
    subnet: Subnet | None = None
    version: int = 0
    last_status: str = ""
    desired_status: str = "RUNNING"
    interface: str | None = None
    """The status of the interface's attachment."""
    address: str | None = None
    ipv6_address: str | None = None
    shows_address: bool = False
    connectivity: str | None = None
    container_instance: str | None = None
    at: dict[str, Instant] = field(default_factory=dict)
    """What happened when, by the name that ECS gives it; what is missing has not happened."""
    containers_status: str = "PENDING"
    exit_code: int | None = None
    host_port: int = 0
    stop_code: str | None = None
    stopped_reason: str | None = None

    @property
    def arn(self) -> str:
        """Name the task."""
        return f"{HOME}task/{self.workload.cluster}/{self.id}"

    @property
    def runs(self) -> bool:
        """Return whether it is up and is to stay so."""
        return (self.last_status, self.desired_status) == ("RUNNING", "RUNNING")

    @property
    def stopped_at(self) -> Instant | None:
        """Tell when it was over."""
        return self.at.get("stoppedAt")

    def become(self, last_status: str, **changes: object) -> None:
        """Take the next status, and with it the next version."""
        self.version += 1
        self.last_status = last_status
        for name, value in changes.items():
            setattr(self, name, value)

    def release(self) -> None:
        """Lose the interface, which still shows the address that it had."""
        if self.address and self.subnet and self.interface not in {"DELETED", "FAILED"}:
            self.subnet.give_back(self.address)
        if self.interface:
            self.interface = "DELETED"

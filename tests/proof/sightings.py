"""Made-up tasks, and what ECS shows of them: its own JSON, read by the real parser."""

from dataclasses import dataclass
from typing import Any

from core.task.ecs import parse_event, parse_task
from core.task.kinds import TaskKey
from core.task.record import Record, missing
from core.text.arn import ClusterArn
from core.text.instant import SECOND, Instant, from_text, to_text

type Json = dict[str, Any]

HOME = "arn:aws:ecs:eu-west-1:111122223333:"
START: Instant = from_text("2026-11-01T00:00:00Z")

# lastStatus, desiredStatus and attachment status of each step of a life on Fargate.
LIFE = (
    ("PROVISIONING", "RUNNING", "PRECREATED"),
    ("PENDING", "RUNNING", "ATTACHED"),
    ("RUNNING", "RUNNING", "ATTACHED"),
    ("RUNNING", "STOPPED", "ATTACHED"),
    ("DEPROVISIONING", "STOPPED", "DETACHING"),
    ("STOPPED", "STOPPED", "DELETED"),
)


def at(seconds: float) -> Instant:
    """Name an instant by its distance from the beginning of the story."""
    return START + round(seconds * SECOND)


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task that ECS might run."""

    id: str
    cluster: str = "shop"
    group: str = "service:web"
    subnet: str = "subnet-a"
    ipv4: str | None = "10.0.4.128"
    ipv6: str | None = None
    created: Instant = START
    launch_type: str = "FARGATE"

    @property
    def key(self) -> TaskKey:
        return TaskKey(self.id, ClusterArn(f"{HOME}cluster/{self.cluster}"))

    def sighting(
        self, step: int, version: int, *, shows_address: bool | None = None, **more: Instant
    ) -> Json:
        """Write what both an event's detail and a DescribeTasks view have, at a step of LIFE.

        `more` are timestamps by ECS's names. The address shows from PENDING on, unless told.
        """
        last, desired, attachment = LIFE[step]
        shows = step > 0 if shows_address is None else shows_address
        details = {"subnetId": self.subnet}
        if shows:
            details["networkInterfaceId"] = f"eni-{self.id}"
            details |= {"privateIPv4Address": self.ipv4} if self.ipv4 else {}
        interface = {"attachmentId": f"att-{self.id}", "ipv6Address": self.ipv6}
        stopping = {"stopCode": "ServiceSchedulerInitiated"} if desired == "STOPPED" else {}
        return {
            "taskArn": f"{HOME}task/{self.cluster}/{self.id}",
            "clusterArn": f"{HOME}cluster/{self.cluster}",
            "group": self.group,
            "launchType": self.launch_type,
            "lastStatus": last,
            "desiredStatus": desired,
            "version": version,
            "createdAt": to_text(self.created),
            "attachments": [
                {
                    "id": f"att-{self.id}",
                    "type": "eni",
                    "status": attachment,
                    "details": [{"name": name, "value": text} for name, text in details.items()],
                }
            ],
            "containers": [{"networkInterfaces": [interface] if shows and self.ipv6 else []}],
            **{name: to_text(instant) for name, instant in more.items()},
            **stopping,
        }

    def event(self, seen: Instant, step: int, version: int | None = None, **more: Any) -> Record:
        """Observe an event whose `updatedAt` is `seen`; the version is the step's own by default.

        More keywords as for `sighting`.
        """
        return as_event(self.sighting(step, step + 1 if version is None else version, **more), seen)

    def view(self, seen: Instant, step: int, version: int | None = None, **more: Any) -> Record:
        """Observe the same by a sweep that asked at `seen`."""
        return as_view(self.sighting(step, step + 1 if version is None else version, **more), seen)

    def missing(
        self, asked: Instant, *, seen: Instant | None = None, still: Instant | None = None
    ) -> Record:
        """Observe that a sweep asked for the task and ECS did not know it."""
        return missing(self.key, at=asked, seen_at=seen, still_shown_at=still)


def as_event(sighting: Json, seen: Instant) -> Record:
    """Read a sighting as an event."""
    envelope = {
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "account": "111122223333",
        "region": "eu-west-1",
        "time": to_text(seen),
        "detail": {**sighting, "updatedAt": to_text(seen)},
    }
    return parse_event(envelope).record


def as_view(sighting: Json, seen: Instant) -> Record:
    """Read a sighting as one task of a DescribeTasks answer."""
    return parse_task(sighting, asked_at=seen, answered_at=seen).record

"""What Amazon ECS really sends: task events and DescribeTasks views, read into observations.

All quirks of ECS live here. Whatever this module does not read, first of all the environments in
`overrides`, goes no further. Unknown fields, statuses and attachment types are ignored; a field
that is read must be of its documented type, or the observation is refused by that field's name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from core.address import canonical_ipv4, canonical_ipv6
from core.arn import ClusterArn, TaskArn
from core.instant import Instant, from_datetime, from_epoch, from_text
from core.record import Earliest, Facts, Newest, Record, Status, TaskKey

TASK_STATE_CHANGE = "ECS Task State Change"

# Events spell the attachment type `eni`, DescribeTasks spells it out.
_ENI_TYPES = ("eni", "ElasticNetworkInterface")
_ENI_DETAILS = {
    "subnetid",
    "networkinterfaceid",
    "macaddress",
    "privatednsname",
    "privateipv4address",
    "ipv6address",
}

# ECS's own names and ARNs are shorter; DynamoDB takes 1,024 bytes in a sort key of two of them.
_LONGEST_TEXT = 400
_LONGEST_REASON = 120
_GREATEST_VERSION = 2**53

_SUBNET_ID = re.compile(r"[A-Za-z0-9-]+", re.ASCII)


class MalformedObservationError(ValueError):
    """ECS, or somebody in its name, sent something that is no observation of a task.

    `field` is a path such as `detail.version`, `reason` completes it to a sentence, and `task` is
    the task's ARN where it could be read. None of them holds any other part of the input.
    """

    def __init__(self, field: str, reason: str, task: str | None = None) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason
        self.task = task


@dataclass(frozen=True, slots=True)
class Observation:
    """One sight of a task, and what in it had to be left out."""

    record: Record
    invalid_addresses: tuple[str, ...] = ()
    """Sentences naming the fields whose text is no address."""


def parse_event(event: object) -> Observation:
    """Read an EventBridge event of type *ECS Task State Change*.

    Its source time is `updatedAt`, which most events carry, else the envelope's `time`.
    Raises MalformedObservationError.
    """
    envelope = _Fields(event, "")
    envelope.require("source", "aws.ecs")
    envelope.require("detail-type", TASK_STATE_CHANGE)
    detail = envelope.child("detail")
    detail.task = envelope.task = _readable_task_arn(detail)
    region, account = envelope.required_text("region"), envelope.required_text("account")
    for name, kind in (("taskArn", TaskArn), ("clusterArn", ClusterArn)):
        arn = detail.arn(name, kind)
        if arn.account != account:
            detail.refuse(name, "is not of the envelope's account")
        if arn.region != region:
            detail.refuse(name, "is not of the envelope's region")
    sent_at = envelope.required_instant("time")
    source_time = detail.instant("updatedAt") or sent_at
    return _parse_task(detail, source_time, source_time, "event")


def parse_task(task: object, *, asked_at: Instant, answered_at: Instant) -> Observation:
    """Read one task of a DescribeTasks answer, in boto3's, the wire's or the CLI's form.

    ECS saw it so at some instant between the two. So it still lived when ECS was asked, and had
    its address by the time of the answer. Raises MalformedObservationError.
    """
    fields = _Fields(task, "")
    fields.task = _readable_task_arn(fields)
    return _parse_task(fields, asked_at, answered_at, "reconcile")


def _parse_task(
    task: "_Fields", seen_after: Instant, seen_before: Instant, source: str
) -> Observation:
    task_arn = task.arn("taskArn", TaskArn)
    cluster_arn = task.arn("clusterArn", ClusterArn)
    if task_arn.home != cluster_arn.home:
        task.refuse("taskArn", "is not of the cluster's partition, account and region")
    status = _status(task, source)
    interface = _interface(task)
    facts = Facts(
        task_arn=task_arn,
        group=task.text("group"),
        started_by=task.text("startedBy"),
        task_definition_arn=task.text("taskDefinitionArn"),
        launch_type=task.text("launchType"),
        capacity_provider_name=task.text("capacityProviderName"),
        platform_version=task.text("platformVersion"),
        availability_zone=task.text("availabilityZone"),
        container_instance_arn=task.text("containerInstanceArn"),
        created_at=task.required_instant("createdAt"),
        **interface.facts,
    )
    shows_address = not (facts.private_ipv4_address is None and facts.ipv6_address is None)
    record = Record(
        key=TaskKey(task_arn.name, cluster_arn),
        status=status,
        facts=facts,
        earliest=Earliest(
            connectivity_at=task.instant("connectivityAt"),
            started_at=task.instant("startedAt"),
            stopping_at=task.instant("stoppingAt"),
            execution_stopped_at=task.instant("executionStoppedAt"),
            stopped_at=task.instant("stoppedAt"),
            held_at=_held_at(task, seen_before if shows_address and not status.stopped else None),
        ),
        newest=Newest(observed_at=seen_after),
    )
    return Observation(record, interface.invalid_addresses)


def _status(task: "_Fields", source: str) -> Status:
    reason = task.text("stoppedReason", longest=None)
    return Status(
        last_status=task.required_text("lastStatus"),
        desired_status=task.required_text("desiredStatus"),
        version=task.version(),
        attachment_status=next((eni.text("status") for eni in _enis(task)), None),
        stop_code=task.text("stopCode"),
        stopped_reason=None if reason is None else _cut(reason),
        source=source,
    )


def _held_at(task: "_Fields", shown_at: Instant | None) -> Instant | None:
    """Find the first proof that the task held its address.

    Images are pulled through the task's own ENI, and its connection goes out by it. On EC2 it is
    the host that connects, at `createdAt`, which proves nothing about the ENI.
    """
    created, connected = task.required_instant("createdAt"), task.instant("connectivityAt")
    proofs = (
        task.instant("pullStartedAt"),
        task.instant("startedAt"),
        connected if connected is not None and connected > created else None,
        shown_at,
    )
    return min((proof for proof in proofs if proof is not None), default=None)


@dataclass(slots=True)
class _Interface:
    """The task's network interface: facts by field name, and the address texts that are none."""

    facts: dict[str, Any]
    invalid_addresses: tuple[str, ...] = ()


def _interface(task: "_Fields") -> _Interface:
    """Join the ENI attachment with what the containers say of it.

    The ENI is not always the first attachment, and a container's `attachmentId` need not match
    its id; a task has but one ENI, so the attachment's own details count first and the containers
    fill the gaps. Containers of bridge and host tasks list no interfaces.
    """
    eni = next(_enis(task), None)
    details = _details(eni) if eni else {}
    containers = [
        interface
        for container in task.children("containers")
        for interface in container.children("networkInterfaces")
    ]
    invalid: list[str] = []

    def address(name: str, canonical: Callable[[str], str]) -> str | None:
        texts = [details[name.lower()]] if name.lower() in details else []
        texts += [(box, text) for box in containers if (text := box.text(name)) is not None]
        found = []
        for holder, text in texts:
            try:
                found.append(canonical(text))
            except ValueError as error:
                invalid.append(f"{holder.path_to(name)} {error}")
        return found[0] if found else None

    def detail(name: str) -> str | None:
        return details[name.lower()][1] if name.lower() in details else None

    subnet_id = detail("subnetId")
    if subnet_id is not None and not _SUBNET_ID.fullmatch(subnet_id):
        task.refuse("attachments.subnetId", "is not the id of a subnet")
    facts = {
        "attachment_id": eni.text("id") if eni else None,
        "network_interface_id": detail("networkInterfaceId"),
        "subnet_id": subnet_id,
        "mac_address": detail("macAddress"),
        "private_dns_name": detail("privateDnsName"),
        "private_ipv4_address": address("privateIpv4Address", canonical_ipv4),
        "ipv6_address": address("ipv6Address", canonical_ipv6),
    }
    has_interface = eni is not None or any(facts.values())
    facts["network_mode"] = "awsvpc" if has_interface else None
    return _Interface(facts, tuple(dict.fromkeys(invalid)))


def _enis(task: "_Fields") -> Iterator["_Fields"]:
    return (box for box in task.children("attachments") if box.text("type") in _ENI_TYPES)


def _details(eni: "_Fields") -> dict[str, tuple["_Fields", str]]:
    """Index the name/value pairs by lower-cased name: ECS spells `privateIPv4Address` there."""
    pairs: dict[str, tuple[_Fields, str]] = {}
    for pair in eni.children("details"):
        name = (pair.text("name") or "").lower()
        text = pair.text("value") if name in _ENI_DETAILS else None
        if text is not None:
            pairs.setdefault(name, (eni, text))
    return pairs


def _readable_task_arn(fields: "_Fields") -> str | None:
    try:
        return fields.arn("taskArn", TaskArn)
    except MalformedObservationError:
        return None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_REASON else f"{text[: _LONGEST_REASON - 1]}…"


class _Fields:
    """A JSON object whose fields are read by type; errors name the field by its path."""

    __slots__ = ("_path", "_values", "task")

    def __init__(self, value: object, path: str, task: str | None = None) -> None:
        self._path = path
        self.task = task
        if not isinstance(value, Mapping):
            raise MalformedObservationError(path or "the message", "is not a JSON object", task)
        self._values: Mapping[str, Any] = value

    def path_to(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, name: str, reason: str) -> NoReturn:
        raise MalformedObservationError(self.path_to(name), reason, self.task)

    def value(self, name: str) -> Any:
        return self._values.get(name)

    def require(self, name: str, expected: str) -> None:
        if self.value(name) != expected:
            self.refuse(name, f"is not {expected!r}" if name in self._values else "is missing")

    def child(self, name: str) -> "_Fields":
        if self.value(name) is None:
            self.refuse(name, "is missing")
        return _Fields(self.value(name), self.path_to(name), self.task)

    def children(self, name: str) -> "list[_Fields]":
        items = self.value(name)
        if items is None:
            return []
        if not isinstance(items, list):
            self.refuse(name, "is not a list")
        return [
            _Fields(item, self.path_to(f"{name}[{index}]"), self.task)
            for index, item in enumerate(items)
        ]

    def text(self, name: str, *, longest: int | None = _LONGEST_TEXT) -> str | None:
        text = self.value(name)
        if text is None or text == "":
            return None
        if not isinstance(text, str):
            self.refuse(name, "is not text")
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            self.refuse(name, "is not valid Unicode")
        if longest is not None and size > longest:
            self.refuse(name, f"is longer than {longest} bytes")
        return text

    def required_text(self, name: str) -> str:
        text = self.text(name)
        if text is None:
            self.refuse(name, "is missing")
        return text

    def arn[Kind](self, name: str, kind: Callable[[str], Kind]) -> Kind:
        try:
            return kind(self.required_text(name))
        except MalformedObservationError:
            raise
        except ValueError as error:
            self.refuse(name, str(error))

    def instant(self, name: str) -> Instant | None:
        moment = self.value(name)
        try:
            match moment:
                case None | "":
                    return None
                case str():
                    return from_text(moment)
                case datetime():
                    return from_datetime(moment)
                case int() | float() if not isinstance(moment, bool):
                    return from_epoch(moment)
                case _:
                    self.refuse(name, "is not a timestamp")
        except MalformedObservationError:
            raise
        except ValueError as error:
            self.refuse(name, str(error))

    def required_instant(self, name: str) -> Instant:
        instant = self.instant(name)
        if instant is None:
            self.refuse(name, "is missing")
        return instant

    def version(self) -> int:
        version = self.value("version")
        if version is None:
            self.refuse("version", "is missing, so that the observation cannot be ordered")
        if not isinstance(version, int) or isinstance(version, bool):
            self.refuse("version", "is not a whole number")
        if not 0 <= version <= _GREATEST_VERSION:
            self.refuse("version", "is out of range")
        return version

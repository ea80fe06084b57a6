"""Picks the task's one network interface from an ECS sighting.

The ENI is not always the first attachment. A task has exactly one, but ECS can list one that FAILED
before the one that is ATTACHED. All facts come from a single attachment: one that shows an address
is preferred, then one that is ATTACHED; one that FAILED is never used.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from core.task.json_reader import JsonObject
from core.task.kinds import NO_INTERFACE, Interface
from core.text.address import canonical_ipv4, canonical_ipv6

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
_SUBNET_ID = re.compile(r"[A-Za-z0-9-]+", re.ASCII)

_GONE = ("DETACHED", "DELETED")
_FAILED = "FAILED"
_ATTACHED = "ATTACHED"
_PRECREATED = "PRECREATED"


class ShownInterface(NamedTuple):
    """The task's network interface in one sighting."""

    interface: Interface = NO_INTERFACE
    status: str | None = None
    """The status of the attachment."""
    exists: bool = False
    """The task has an interface of its own, whatever is known about it."""
    others: tuple[str, ...] = ()
    """The ids of further interfaces that are attached and show an address."""
    invalid_addresses: tuple[str, ...] = ()
    """Sentences that name the fields whose text is not an address."""

    @property
    def shows_address(self) -> bool:
        """It has an address and may still have it; ECS also lists interfaces that are gone."""
        return bool(self.interface.addresses) and self.status not in (*_GONE, _FAILED)

    @property
    def unattached(self) -> bool:
        """It has no address yet. In later stages it can have one that ECS does not show."""
        unknown = not self.interface.addresses and self.interface.network_interface_id is None
        return unknown and self.status == _PRECREATED

    @property
    def gone(self) -> bool:
        """The address is no longer the task's."""
        return self.status in _GONE


def shown_interface(task: JsonObject) -> ShownInterface:
    """Read the interface of a task; raise MalformedObservationError if it cannot be read."""
    enis = [box for box in task.children("attachments") if box.text("type") in _ENI_TYPES]
    usable = [eni for eni in enis if eni.text("status") != _FAILED]
    containers = [
        interface
        for container in task.children("containers")
        for interface in container.children("networkInterfaces")
    ]
    if enis and not usable:
        return ShownInterface(status=_FAILED, exists=True)
    reader = _Reader([])
    readings = [reader.read(eni, _of(eni, enis, usable, containers)) for eni in usable]
    if not readings:
        interface = reader.read(None, containers).interface
        exists, others = interface != NO_INTERFACE, ()
        return ShownInterface(
            interface=interface, exists=exists, others=others, invalid_addresses=reader.complaints
        )
    chosen, *rest = sorted(readings, key=_preference)
    return ShownInterface(
        interface=chosen.interface,
        status=chosen.status,
        exists=True,
        others=tuple(
            other.interface.network_interface_id or other.interface.attachment_id or "unnamed"
            for other in rest
            if other.status == _ATTACHED and other.interface.addresses
        ),
        invalid_addresses=reader.complaints,
    )


class _Reading(NamedTuple):
    interface: Interface
    status: str | None


def _preference(reading: _Reading) -> tuple[Any, ...]:
    shows = bool(reading.interface.addresses)
    return (not shows, reading.status != _ATTACHED, reading.interface.rank)


def _of(
    eni: JsonObject,
    enis: Sequence[JsonObject],
    usable: Sequence[JsonObject],
    containers: Sequence[JsonObject],
) -> list[JsonObject]:
    """Return the containers' interfaces that belong to an attachment.

    Their `attachmentId` need not match its id. If it matches none, it can only mean the one
    attachment that exists.
    """
    named = {other.text("id") for other in enis}
    return [
        box
        for box in containers
        if (text := box.text("attachmentId")) == eni.text("id")
        or (len(usable) == 1 and (text is None or text not in named))
    ]


class _Reader:
    """Reads interfaces, and collects complaints about texts that are not addresses."""

    def __init__(self, complaints: list[str]) -> None:
        self._complaints = complaints

    @property
    def complaints(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._complaints))

    def read(self, eni: JsonObject | None, containers: Sequence[JsonObject]) -> _Reading:
        """Read an attachment; its own details come first, and the containers fill the gaps."""
        details = {} if eni is None else _details(eni)

        def address(name: str, canonical: Callable[[str], str]) -> str | None:
            own = details.get(name.lower())
            texts = [] if eni is None or own is None else [(eni, own)]
            texts += [(box, text) for box in containers if (text := box.text(name)) is not None]
            return self._first_address(name, texts, canonical)

        subnet_id = details.get("subnetid")
        if eni is not None and subnet_id is not None and not _SUBNET_ID.fullmatch(subnet_id):
            eni.refuse("subnetId", "is not the id of a subnet")
        interface = Interface(
            attachment_id=None if eni is None else eni.text("id"),
            network_interface_id=details.get("networkinterfaceid"),
            subnet_id=subnet_id,
            mac_address=details.get("macaddress"),
            private_dns_name=details.get("privatednsname"),
            private_ipv4_address=address("privateIpv4Address", canonical_ipv4),
            ipv6_address=address("ipv6Address", canonical_ipv6),
        )
        return _Reading(interface, None if eni is None else eni.text("status"))

    def _first_address(
        self, name: str, texts: Sequence[tuple[JsonObject, str]], canonical: Callable[[str], str]
    ) -> str | None:
        found = []
        for holder, text in texts:
            try:
                found.append(canonical(text))
            except ValueError as error:
                self._complaints.append(f"{holder.path_to(name)} {error}")
        return found[0] if found else None


def _details(eni: JsonObject) -> dict[str, str]:
    """Return the details by lower-cased name: ECS spells `privateIPv4Address` there."""
    pairs: dict[str, str] = {}
    for pair in eni.children("details"):
        name = (pair.text("name") or "").lower()
        text = pair.text("value") if name in _ENI_DETAILS else None
        if text is not None:
            pairs.setdefault(name, text)
    return pairs

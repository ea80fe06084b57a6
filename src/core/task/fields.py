"""The fields of a record: one list, which the JSON form, the DynamoDB items and the events follow.

To add a field, add it to its class in `core.task.kinds`, and a line here. A test names whatever is
missing.
"""

from operator import attrgetter
from typing import Any, NamedTuple

from core.task.record import Record
from core.text.instant import to_text

STATUS, FACTS, INTERFACE, EARLIEST, NEWEST = "status", "facts", "interface", "earliest", "newest"


class Field(NamedTuple):
    """One field: its public name, where a record keeps it, and its name in the table."""

    shown: str | None
    """Its name in the HTTP API and in published events; None if it is not shown."""
    name: str
    """Its name in the code: an attribute of its kind's class, or a property of `Record`."""
    kind: str | None = None
    """The part of a record that holds it, by how it is joined; None if it is derived."""
    short: str = ""
    """Its name in the table; short, because it counts towards the size of each item."""
    is_instant: bool = False
    watched: bool = False
    """Whether a change of it is published, because consumers act on it."""

    def of(self, record: Record) -> Any:
        """Return the field's value; None if it is not known."""
        if self.kind is None:
            return attrgetter(self.name)(record)
        part = getattr(record, self.kind)
        return None if part is None else getattr(part, self.name)

    def shown_of(self, record: Record) -> Any:
        """Return the field's value as outsiders see it."""
        value = self.of(record)
        return to_text(value) if self.is_instant and value is not None else value


def _latest(shown: str | None, name: str, short: str, *, watched: bool = False) -> Field:
    return Field(shown, name, STATUS, short, watched=watched)


def _constant(shown: str, name: str, short: str, *, watched: bool = False) -> Field:
    return Field(shown, name, FACTS, short, watched=watched)


def _interface(shown: str, name: str, short: str) -> Field:
    return Field(shown, name, INTERFACE, short, watched=True)


def _earliest(shown: str | None, name: str, short: str) -> Field:
    return Field(shown, name, EARLIEST, short, is_instant=True)


def _newest(shown: str | None, name: str, short: str) -> Field:
    return Field(shown, name, NEWEST, short, is_instant=True)


def _derived(shown: str, name: str, *, is_instant: bool = False, watched: bool = False) -> Field:
    return Field(shown, name, is_instant=is_instant, watched=watched)


def _bound(shown: str, name: str) -> Field:
    return _derived(shown, name, is_instant=True, watched=True)


FIELDS = (
    # Shown, in the order of the contract.
    _constant("taskArn", "task_arn", "ta"),
    _derived("taskId", "key.task_id"),
    _derived("account", "account"),
    _derived("region", "key.cluster_arn.region"),
    _derived("clusterArn", "key.cluster_arn"),
    _derived("cluster", "key.cluster_arn.name"),
    _constant("group", "group", "gr"),
    _derived("service", "service"),
    _constant("startedBy", "started_by", "sb"),
    _constant("taskDefinitionArn", "task_definition_arn", "td"),
    _constant("launchType", "launch_type", "lt"),
    _constant("capacityProviderName", "capacity_provider_name", "cp"),
    _constant("platformVersion", "platform_version", "pv"),
    _constant("availabilityZone", "availability_zone", "az"),
    _constant("containerInstanceArn", "container_instance_arn", "ci"),
    _constant("networkMode", "network_mode", "nm"),
    _interface("attachmentId", "attachment_id", "ai"),
    _latest("attachmentStatus", "attachment_status", "as"),
    _interface("networkInterfaceId", "network_interface_id", "eni"),
    _interface("subnetId", "subnet_id", "sn"),
    _constant("vpcId", "vpc_id", "vp", watched=True),
    _interface("macAddress", "mac_address", "ma"),
    _interface("privateDnsName", "private_dns_name", "dn"),
    _interface("privateIpv4Address", "private_ipv4_address", "ipv4"),
    _interface("ipv6Address", "ipv6_address", "ipv6"),
    _latest("lastStatus", "last_status", "ls", watched=True),
    _latest("desiredStatus", "desired_status", "ds", watched=True),
    _latest("version", "version", "v"),
    Field("createdAt", "created_at", FACTS, "ca", is_instant=True),
    _earliest("connectivityAt", "connectivity_at", "cn"),
    _earliest("startedAt", "started_at", "st"),
    _earliest("stoppingAt", "stopping_at", "sg"),
    _earliest("executionStoppedAt", "execution_stopped_at", "xs"),
    _earliest("stoppedAt", "stopped_at", "sd"),
    _latest("stopCode", "stop_code", "sc"),
    _latest("stoppedReason", "stopped_reason", "sr"),
    _derived("live", "live"),
    _derived("addressState", "address_state", watched=True),
    _bound("attachedNotBefore", "attached_not_before"),
    _bound("attachedAt", "attached_at"),
    _derived("attachedAtEstimated", "attached_at_estimated", watched=True),
    _bound("releasedNotBefore", "released_not_before"),
    _bound("releasedAt", "released_at"),
    _derived("releasedAtEstimated", "released_at_estimated", watched=True),
    _latest("source", "source", "so"),
    _newest("observedAt", "observed_at", "oa"),
    _derived("missingAt", "missing_at", is_instant=True),
    # Stored but not shown: the connection, and the proofs that a tenure is derived from.
    _latest(None, "connectivity", "cy"),
    _earliest(None, "pull_started_at", "pl"),
    _earliest(None, "shown_by_event", "he"),
    _earliest(None, "shown_by_view", "hv"),
    _earliest(None, "gone_at", "go"),
    _earliest(None, "seen_stopped_at", "ss"),
    _newest(None, "missing_at", "mi"),
    _newest(None, "seen_at", "sa"),
    _newest(None, "cluster_gone_at", "cg"),
    _newest(None, "unattached_at", "ua"),
    _newest(None, "connected_at", "cl"),
    _newest(None, "still_shown_by_event", "se"),
    _newest(None, "still_shown_by_view", "sv"),
)

SHOWN = tuple(field for field in FIELDS if field.shown is not None)
STORED = tuple(field for field in FIELDS if field.kind is not None)
WATCHED = tuple(field for field in FIELDS if field.watched)
"""The fields of the contract on which consumers act."""

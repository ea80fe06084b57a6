"""Short forms of values in an item: letters for common words, no text that is stored elsewhere.

A short form begins with `=`. A literal leading `=` is escaped as `==`.
"""

from functools import lru_cache

from core.task.record import Record
from core.text.arn import ClusterArn

MARK = "="
_STARTED_BY = "\x01"
"""Replaces, in a reason, the id of the deployment that started the task."""

_LETTERS = {
    "awsvpc": "a",
    "event": "e",
    "reconcile": "r",
    "FARGATE": "F",
    "FARGATE_SPOT": "f",
    "EC2": "2",
    "CONNECTED": "C",
    "DISCONNECTED": "c",
    "PROVISIONING": "p",
    "PENDING": "P",
    "ACTIVATING": "v",
    "RUNNING": "R",
    "DEACTIVATING": "V",
    "STOPPING": "s",
    "DEPROVISIONING": "d",
    "STOPPED": "S",
    "PRECREATED": "0",
    "CREATED": "1",
    "ATTACHING": "3",
    "ATTACHED": "A",
    "DETACHING": "4",
    "DETACHED": "5",
    "DELETED": "D",
    "ServiceSchedulerInitiated": "I",
    "EssentialContainerExited": "E",
    "TaskFailedToStart": "T",
    "UserInitiated": "U",
    "SpotInterruption": "i",
    "TerminationNotice": "t",
}
"""Stored in tables, so letters may be added but never changed."""
_WORDS_BY_LETTER = {letter: word for word, letter in _LETTERS.items()}

WORDS = frozenset(
    (
        *("last_status", "desired_status", "attachment_status", "connectivity", "stop_code"),
        *("source", "launch_type", "capacity_provider_name", "network_mode"),
    )
)
"""Fields of few different values."""
_ZONE, _DNS_NAME, _REASON = "availability_zone", "private_dns_name", "stopped_reason"
TEXTS = (_ZONE, _DNS_NAME, _REASON)
"""Fields whose short form depends on other values of the item."""
SHORTENED = WORDS.union(TEXTS)

NEEDS = {_REASON: "started_by", _DNS_NAME: "private_ipv4_address"}
"""Fields whose short form needs another field to be restored."""


def shortened(name: str, text: str, record: Record) -> str:
    """Return the short form of a field's value, or the value itself."""
    form = _form(name, text, record)
    if form is not None and not form.startswith(MARK):
        return f"{MARK}{form}"
    return f"{MARK}{text}" if text.startswith(MARK) else text


@lru_cache(maxsize=1024)
def word(text: str) -> str:
    """Undo `shortened` for a field of WORDS; the same text gives one object."""
    form = text.removeprefix(MARK)
    return text if form == text else form if form.startswith(MARK) else _WORDS_BY_LETTER[form]


def restored(name: str, text: str, cluster: ClusterArn, needed: str) -> str:
    """Undo `shortened` for a field of TEXTS; `needed` is the value that NEEDS names."""
    if not text.startswith(MARK):
        return text
    form = text.removeprefix(MARK)
    if form.startswith(MARK):
        return form
    if name == _ZONE:
        return f"{cluster.region}{form}"
    if name == _DNS_NAME:
        return _usual_name(needed, cluster.region)
    return form.replace(_STARTED_BY, needed)


def _form(name: str, text: str, record: Record) -> str | None:
    """Return the short form without its mark; None if there is none."""
    region = record.key.cluster_arn.region
    if name == _ZONE:
        return text.removeprefix(region) if text.startswith(region) else None
    if name == _DNS_NAME:
        address = record.interface.private_ipv4_address
        return "" if address and text == _usual_name(address, region) else None
    if name == _REASON:
        started_by = record.facts.started_by
        short = started_by and _STARTED_BY not in text and started_by in text
        return text.replace(started_by or "", _STARTED_BY) if short else None
    return _LETTERS.get(text)


def _usual_name(address: str, region: str) -> str:
    """Return the host name that a VPC gives by default.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
    """
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{domain}"

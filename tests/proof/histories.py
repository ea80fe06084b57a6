"""Made-up histories: what ECS sent of several tasks, however it contradicts itself."""

from typing import Any

from hypothesis import strategies as st

from core.text.instant import SECOND, to_text
from tests.support.tasks import NOON, Json, eni, event

_SECONDS = st.integers(-90, 600)
_STATUSES = ("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEPROVISIONING", "STOPPED")
_ATTACHMENTS = ("PRECREATED", "ATTACHING", "ATTACHED", "DETACHING", "DELETED", "FAILED")
_TIMESTAMPS = (
    "pullStartedAt",
    "connectivityAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
)


def histories() -> st.SearchStrategy[list[Json]]:
    """Give the events of up to four tasks, which may share an address and a subnet."""
    lives = st.lists(_lives(), min_size=1, max_size=4, unique_by=lambda events: _task(events[0]))
    return lives.map(lambda some: [sent for life in some for sent in life])


def _task(sent: Json) -> str:
    return str(sent["resources"])


@st.composite
def _lives(draw: st.DrawFn) -> list[Json]:
    """Give what was sent of one task."""
    task_id, cluster = draw(st.sampled_from("abcd")), draw(st.sampled_from(("shop", "batch")))
    constant = {
        "createdAt": to_text(NOON + draw(_SECONDS) * SECOND),
        "launchType": draw(st.sampled_from(("FARGATE", "EC2", None))),
        "group": draw(st.sampled_from(("service:web", "family:report", None))),
    }
    interface = draw(_interfaces())
    sightings = draw(st.lists(_sightings(interface), min_size=1, max_size=7))
    return [_sent(task_id, cluster, constant | sighting) for sighting in sightings]


def _sent(task_id: str, cluster: str, detail: Json) -> Json:
    """Date the event by its envelope where it has no `updatedAt`."""
    sent_at = detail.pop("sentAt")
    return {**event(task_id, cluster, **detail), "time": to_text(sent_at)[:19] + "Z"}


def _interfaces() -> st.SearchStrategy[dict[str, str | None]]:
    """Give the network interface of a task: few addresses, so that they are used again."""
    return st.fixed_dictionaries(
        {
            "networkInterfaceId": st.sampled_from(("eni-1", "eni-2")),
            "subnetId": st.sampled_from(("subnet-a", "subnet-b", None)),
            "privateIPv4Address": st.sampled_from(("10.0.4.1", "10.0.4.2")),
            "ipv6Address": st.sampled_from((None, "2001:db8::1")),
        }
    )


@st.composite
def _sightings(draw: st.DrawFn, interface: dict[str, str | None]) -> Json:
    """Give what one event says; the version follows nothing, and any field can be missing."""
    seen = NOON + draw(_SECONDS) * SECOND + draw(st.integers(0, 999))
    detail: dict[str, Any] = {
        "sentAt": seen,
        "updatedAt": draw(st.sampled_from((to_text(seen), None))),
        "version": draw(st.integers(1, 7)),
        "lastStatus": draw(st.sampled_from(_STATUSES)),
        "desiredStatus": draw(st.sampled_from(("RUNNING", "STOPPED"))),
        "connectivity": draw(st.sampled_from((None, "CONNECTED", "DISCONNECTED"))),
        "stopCode": draw(st.sampled_from((None, "EssentialContainerExited", "UserInitiated"))),
        "stoppedReason": draw(st.sampled_from((None, "", "Exit 1"))),
        "attachments": draw(st.lists(_attachments(interface), max_size=2)),
    }
    for name in draw(st.sets(st.sampled_from(_TIMESTAMPS))):
        detail[name] = to_text(NOON + draw(_SECONDS) * SECOND)
    return detail


@st.composite
def _attachments(draw: st.DrawFn, interface: dict[str, str | None]) -> Json:
    """Give an attachment: that of the task, as much of it as shows, or a stranger."""
    shown: Json = dict(draw(st.sampled_from((interface, interface, _BARE))))
    if draw(st.integers(0, 9)) == 0:
        shown["privateIPv4Address"] = draw(st.sampled_from(("10.0.4.9", "00.00.0.000")))
    return eni(status=draw(st.sampled_from(_ATTACHMENTS)), **shown)


_BARE: dict[str, str | None] = {
    "networkInterfaceId": None,
    "macAddress": None,
    "privateIPv4Address": None,
}

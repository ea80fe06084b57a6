"""How long a task had its address, in words: what is certain, and the bounds."""

from ecs_ip.ends import OPEN, End
from ecs_ip.records import Record, addresses, shown
from ecs_ip.verdicts import named

_WIDTH = 11


def block(role: str, record: Record, end: End = OPEN) -> str:
    """Describe a holder on several lines."""
    lines = {
        "task": f"{shown(record, 'taskId')} ({shown(record, 'lastStatus')})",
        "definition": shown(record, "taskDefinitionArn").rpartition("/")[2],
        "address": addresses(record),
        "interface": shown(record, "networkInterfaceId"),
        "where": ", ".join(shown(record, name) for name in _WHERE if record.get(name)) or "-",
        "since": begun(record),
        "until": gone(record, end),
        "ended": _ended(record),
    }
    told = [f"  {name:<{_WIDTH}}{value}" for name, value in lines.items() if value]
    return "\n".join([f"{role}: {named(record)}", *told])


_WHERE = ("subnetId", "vpcId", "availabilityZone", "launchType", "region", "account")


def line(role: str, record: Record, end: End = OPEN) -> str:
    """Describe a holder on one line."""
    return (
        f"{role}: {named(record)}, task {shown(record, 'taskId')}, {shown(record, 'subnetId')}\n"
        f"  {'since':<{_WIDTH}}{begun(record)}\n  {'until':<{_WIDTH}}{gone(record, end)}"
    )


def begun(record: Record) -> str:
    """Return since when a task had its address, in words."""
    at, earliest = record.get("attachedAt"), record.get("attachedNotBefore")
    if at is None:
        return "-"
    if record.get("attachedAtEstimated"):
        return f"some time after {at} (nothing proves when)"
    return f"{at} at the latest" + (f", not before {earliest}" if earliest != at else "")


def gone(record: Record, end: End = OPEN) -> str:
    """Return until when a task had its address, in words."""
    last, released = certain_until(record, end), record.get("releasedAt")
    if end.over and (released is None or end.over < released):
        proof = f"{last} at least, " if last else ""
        return f"{proof}over by {end.over}, when another task had it"
    if released is None:
        return _still(record, end)
    estimate = " (estimated)" if record.get("releasedAtEstimated") else ""
    if last is None or last == released:
        return f"{released}{estimate}"
    return f"{last} at least, gone by {released}{estimate}"


def gone_by(record: Record, end: End) -> str:
    """Return by when a task no longer had its address; with `~` where that is an estimate."""
    released = record.get("releasedAt")
    if end.over and (released is None or end.over < released):
        return end.over
    if released is None:
        return _still(record, end)
    return ("~" if record.get("releasedAtEstimated") else "") + shown(record, "releasedAt")


def _still(record: Record, end: End) -> str:
    if record.get("addressState") != "held":
        return "-"
    return "still held" if end.is_open else "no end is known"


def certain_until(record: Record, end: End) -> str | None:
    """Return the last instant at which a task certainly had its address, None if none is known."""
    last: str | None = record.get("releasedNotBefore") or end.last
    return min(last, end.over) if last and end.over else last


def _ended(record: Record) -> str:
    if record.get("missingAt") and record.get("live") is False and not record.get("stoppedAt"):
        return f"ECS no longer knew it at {record['missingAt']}"
    if not record.get("stoppedAt"):
        return ""
    reasons = ": ".join(shown(record, name) for name in _REASONS if record.get(name))
    return f"{record['stoppedAt']}" + (f" ({reasons})" if reasons else "")


_REASONS = ("stopCode", "stoppedReason")

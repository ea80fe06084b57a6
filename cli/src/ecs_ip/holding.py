"""How long a task had its address, in words: what is certain, and the bounds."""

from ecs_ip.records import Record, addresses, shown
from ecs_ip.verdicts import named

_WIDTH = 11


def block(role: str, record: Record) -> str:
    """Describe a holder on several lines."""
    lines = {
        "task": f"{shown(record, 'taskId')} ({shown(record, 'lastStatus')})",
        "definition": shown(record, "taskDefinitionArn").rpartition("/")[2],
        "address": addresses(record),
        "interface": shown(record, "networkInterfaceId"),
        "where": ", ".join(shown(record, name) for name in _WHERE if record.get(name)) or "-",
        "since": begun(record),
        "until": gone(record),
        "ended": _ended(record),
    }
    told = [f"  {name:<{_WIDTH}}{value}" for name, value in lines.items() if value]
    return "\n".join([f"{role}: {named(record)}", *told])


_WHERE = ("subnetId", "vpcId", "availabilityZone", "launchType", "region", "account")


def line(role: str, record: Record) -> str:
    """Describe a holder on one line."""
    return (
        f"{role}: {named(record)}, task {shown(record, 'taskId')}, {shown(record, 'subnetId')}\n"
        f"  {'since':<{_WIDTH}}{begun(record)}\n  {'until':<{_WIDTH}}{gone(record)}"
    )


def begun(record: Record) -> str:
    """Return since when a task had its address, in words."""
    at, earliest = record.get("attachedAt"), record.get("attachedNotBefore")
    if at is None:
        return "-"
    if record.get("attachedAtEstimated"):
        return f"some time after {at} (nothing proves when)"
    return f"{at} at the latest" + (f", not before {earliest}" if earliest != at else "")


def gone(record: Record) -> str:
    """Return until when a task had its address, in words."""
    last, end = record.get("releasedNotBefore"), record.get("releasedAt")
    if end is None:
        return "still held" if record.get("addressState") == "held" else "-"
    estimate = " (estimated)" if record.get("releasedAtEstimated") else ""
    if last is None or last == end:
        return f"{end}{estimate}"
    return f"{last} at least, gone by {end}{estimate}"


def _ended(record: Record) -> str:
    if record.get("missingAt") and record.get("live") is False and not record.get("stoppedAt"):
        return f"ECS no longer knew it at {record['missingAt']}"
    if not record.get("stoppedAt"):
        return ""
    reasons = ": ".join(shown(record, name) for name in _REASONS if record.get(name))
    return f"{record['stoppedAt']}" + (f" ({reasons})" if reasons else "")


_REASONS = ("stopCode", "stoppedReason")

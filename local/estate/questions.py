"""Questions that the played day is worth asking, each with the commands that answer it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from local.estate.clock import HOUR, MINUTE, SECOND, Instant
from local.estate.day import Story
from local.estate.task import Task


@dataclass(frozen=True, slots=True)
class Question:
    """What one may want to know, as it is asked by the command and of the API."""

    text: str
    command: str
    path: str


def questions(story: Story, now: Instant) -> list[Question]:
    """Choose five questions by what happened."""
    return [
        _who_had_it(story, now),
        _what_was_there(story, now),
        _who_had_it_first(story),
        _who_may_have_had_it(story),
        _what_ended(story),
    ]


def _who_had_it(story: Story, now: Instant) -> Question:
    [address, _] = _place(story.replaced)
    return Question(
        f"Who had {address} ten minutes ago? The deployment since then has replaced it.",
        f"ecs-ip who {address} --at '10m ago'",
        _path(f"/ips/{address}", at=_text(now - 10 * MINUTE)),
    )


def _what_was_there(story: Story, now: Instant) -> Question:
    [_, subnet] = _place(story.replaced)
    return Question(
        f"What was in {subnet} then?",
        f"ecs-ip tasks --subnet-id {subnet} --at '10m ago'",
        _path("/tasks", subnetId=subnet, at=_text(now - 10 * MINUTE)),
    )


def _who_had_it_first(story: Story) -> Question:
    old, new = story.reused
    [address, subnet] = _place(old)
    start, end = old.at["stoppingAt"] - HOUR, new.at["startedAt"] + HOUR
    return Question(
        f"{address} went from {old.workload.name} to {new.workload.name} within seconds. When?",
        f"ecs-ip history {address}",
        _path(f"/ips/{address}/history", subnetId=subnet, **{"from": _text(start)}, to=_text(end)),
    )


def _who_may_have_had_it(story: Story) -> Question:
    [address, subnet] = _place(story.vanished)
    then = _text(story.vanished.at["stoppedAt"] + 5 * MINUTE)
    return Question(
        f"No event told of an end, and nobody swept for an hour. Who may have had {address} then?",
        f"ecs-ip who {address} --subnet-id {subnet} --at {then}",
        _path(f"/ips/{address}", subnetId=subnet, at=then),
    )


def _what_ended(story: Story) -> Question:
    task = story.interrupted[0]
    ends = [each.at["stoppedAt"] for each in story.interrupted]
    start, end = _text(min(ends) - 3 * MINUTE), _text(max(ends) + MINUTE)
    cluster, service = task.workload.cluster, task.workload.name
    return Question(
        f"Some tasks of {service} ended all at once. Which, and why?",
        f"ecs-ip tasks --cluster {cluster} --service {service} --from {start} --to {end} -o json",
        _path("/tasks", cluster=cluster, service=service, **{"from": start}, to=end),
    )


def _place(task: Task) -> tuple[str, str]:
    """Tell a task's address and its subnet."""
    if task.address is None or task.subnet is None:
        raise ValueError(f"{task.id} has had no address")
    return task.address, task.subnet.id


def _path(path: str, **parameters: str) -> str:
    return f"{path}?{urlencode(parameters, safe=':')}"


def _text(instant: Instant) -> str:
    return datetime.fromtimestamp(instant // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""The verdict of an answer about an address: its exit code and its sentence."""

from collections.abc import Mapping
from typing import Any, Final

from ecs_ip import records
from ecs_ip.coverage import doubt

Answer = Mapping[str, Any]

EXIT_CODES: Final = {"held": 0, "none": 1, "possible": 3, "unconfirmed": 4, "unknown": 4}
STYLES: Final = {"held": "bold green", "none": "bold", "possible": "bold yellow"}
_DOUBTFUL = "bold red"


def exit_code(verdict: str) -> int:
    """Return the exit code of `who`; an unknown verdict is not certain."""
    return EXIT_CODES.get(verdict, 4)


def style(verdict: str) -> str:
    """Return how the sentence looks on a terminal."""
    return STYLES.get(verdict, _DOUBTFUL)


def sentence(what: str, at: str | None, answer: Answer) -> str:
    """Return in words who had `what`; `at` is None for now."""
    verdict = answer["verdict"]
    if verdict == "held":
        return _held(what, at, answer)
    if verdict == "possible":
        return _possible(what, at, answer)
    if what.startswith("eni-"):
        return f"No task is known to have had {what}{_when(at)}. {_doubt(at, answer)}".strip()
    if verdict == "none":
        return (
            f"No ECS task held {what}{_when(at)}. "
            "(Instances, load balancers and databases have addresses too.)"
        )
    return f"Nobody is known to have held {what}{_when(at)}, but that is not certain. " + _doubt(
        at, answer
    )


def _when(at: str | None) -> str:
    return f" at {at}" if at else " now"


def _held(what: str, at: str | None, answer: Answer) -> str:
    verb = "was held" if at else "is held"
    if what.startswith("eni-"):
        verb = "belonged" if at else "belongs"
        return f"{what} {verb} to {named(answer['holders'][0])}{f' at {at}' if at else ''}."
    holders = answer["holders"]
    by = ", and ".join(_with_place(holder, alone=len(holders) == 1) for holder in holders)
    return f"{what} {verb} by {by}{f' at {at}' if at else ''}."


def _possible(what: str, at: str | None, answer: Answer) -> str:
    by = ", or ".join(named(record) for record in answer["possible"])
    return f"No task certainly held {what}{_when(at)}; possibly it was {by}."


def _with_place(record: records.Record, *, alone: bool) -> str:
    place = record.get("subnetId") or "an unknown subnet"
    return named(record) if alone else f"{named(record)} in {place}"


def named(record: records.Record) -> str:
    """Return the task's name as people know it: cluster and service, or its group, or its id."""
    name, cluster = records.name_of(record), records.shown(record, "cluster")
    return (
        f"{cluster}/{name}"
        if name != "-"
        else f"task {records.shown(record, 'taskId')} of {cluster}"
    )


def _doubt(at: str | None, answer: Answer) -> str:
    coverage = answer.get("coverage") or {}
    if answer["verdict"] == "unconfirmed":
        return f"No completed sweep has confirmed it yet: coverage ends at {coverage.get('to')}."
    return doubt(coverage, at)

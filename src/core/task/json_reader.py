"""Reads the fields of a JSON object by type; errors name the field by its path."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from core.text.instant import Instant, from_datetime, from_epoch, from_text

# ECS's own names and ARNs are shorter; DynamoDB takes 1,024 bytes in a sort key of two of them.
_LONGEST_TEXT = 400
_GREATEST_VERSION = 2**53


class MalformedObservationError(ValueError):
    """ECS, or somebody in its name, sent something that is not an observation of a task.

    `field` is a path such as `detail.version`, `reason` completes it to a sentence, and `task` is
    the task's ARN if it could be read. None of them contains any other part of the input.
    """

    def __init__(self, field: str, reason: str, task: str | None = None) -> None:
        super().__init__(f"{field} {reason}")
        self.field = field
        self.reason = reason
        self.task = task


class JsonObject:
    """A JSON object in what ECS sent; `task` is the ARN that errors name."""

    __slots__ = ("_path", "_values", "task")

    def __init__(self, value: object, path: str, task: str | None = None) -> None:
        self._path = path
        self.task = task
        if not isinstance(value, Mapping):
            raise MalformedObservationError(path or "the message", "is not a JSON object", task)
        self._values: Mapping[str, Any] = value

    def path_to(self, name: str) -> str:
        """Return the path of a field."""
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, name: str, reason: str) -> NoReturn:
        """Raise MalformedObservationError that names a field."""
        raise MalformedObservationError(self.path_to(name), reason, self.task)

    def value(self, name: str) -> Any:
        """Return a field as it is; None if it is missing."""
        return self._values.get(name)

    def require(self, name: str, expected: str) -> None:
        """Refuse a field whose value is not the expected one."""
        if self.value(name) != expected:
            self.refuse(name, f"is not {expected!r}" if name in self._values else "is missing")

    def child(self, name: str) -> "JsonObject":
        """Return an object that must be present."""
        if self.value(name) is None:
            self.refuse(name, "is missing")
        return JsonObject(self.value(name), self.path_to(name), self.task)

    def children(self, name: str) -> "list[JsonObject]":
        """Return a list of objects; an absent one is empty."""
        items = self.value(name)
        if items is None:
            return []
        if not isinstance(items, list):
            self.refuse(name, "is not a list")
        return [
            JsonObject(item, self.path_to(f"{name}[{index}]"), self.task)
            for index, item in enumerate(items)
        ]

    def text(self, name: str, *, longest: int | None = _LONGEST_TEXT) -> str | None:
        """Read a text; None if it is missing or empty."""
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
        """Read a text that must be present."""
        text = self.text(name)
        if text is None:
            self.refuse(name, "is missing")
        return text

    def arn[Kind](self, name: str, kind: Callable[[str], Kind]) -> Kind:
        """Read an ARN of some kind that must be present."""
        try:
            return kind(self.required_text(name))
        except MalformedObservationError:
            raise
        except ValueError as error:
            self.refuse(name, str(error))

    def instant(self, name: str) -> Instant | None:
        """Read an instant, as text, as boto3's datetime or as the wire's seconds."""
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
        """Read an instant that must be present."""
        instant = self.instant(name)
        if instant is None:
            self.refuse(name, "is missing")
        return instant

    def version(self) -> int:
        """Read the version, without which an observation cannot be ordered."""
        version = self.value("version")
        if version is None:
            self.refuse("version", "is missing, so that the observation cannot be ordered")
        if not isinstance(version, int) or isinstance(version, bool):
            self.refuse("version", "is not a whole number")
        if not 0 <= version <= _GREATEST_VERSION:
            self.refuse("version", "is out of range")
        return version

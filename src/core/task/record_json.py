"""The record as outsiders see it, in the HTTP API and in published events."""

from typing import Any

from core.task.fields import SHOWN
from core.task.record import Record


def record_as_json(record: Record) -> dict[str, Any]:
    """Return every field of the contract, flat and in its order; unknown ones are None."""
    return {str(field.shown): field.shown_of(record) for field in SHOWN}

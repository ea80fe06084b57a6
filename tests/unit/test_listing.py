"""What is read of a task to list its address."""

from dataclasses import fields

from core.listing import LISTED
from core.record import Earliest, Facts, Newest, Status


def test_what_is_listed_are_fields_of_a_record() -> None:
    known = {field.name for kind in (Status, Facts, Earliest, Newest) for field in fields(kind)}
    assert set(LISTED) <= known

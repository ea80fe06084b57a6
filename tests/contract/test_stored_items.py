"""What a table holds is read as ever: items that were written once, kept here as they were.

Names of attributes, short forms and index keys are in the tables of those who have deployed.
Nothing in `stored_items.json` may change. A release adds an item with the fields that are new.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.dynamodb.items import decode, encode
from adapters.dynamodb.short_forms import word
from core.task.record_json import record_as_json
from core.text.instant import DAY

KEPT = json.loads(Path(__file__).with_name("stored_items.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kept", KEPT["items"], ids=lambda kept: kept["what"])
def test_an_item_is_read_as_ever_and_written_as_it_was(kept: dict[str, Any]) -> None:
    stored = decode(kept["item"])
    assert record_as_json(stored.record) == kept["shown"]
    assert encode(stored, 90 * DAY) == kept["item"]


@pytest.mark.parametrize("text, letter", KEPT["letters"].items())
def test_a_letter_means_what_it_meant(text: str, letter: str) -> None:
    assert word(f"={letter}") == text

"""The table of fields: whatever was forgotten when a field was added is named here."""

import ast
from pathlib import Path
from typing import Any, cast

import pytest

from core.task.fields import FIELDS, SHOWN, STORED, WATCHED, Field
from core.task.kinds import KINDS
from core.task.record import Record
from core.task.record_json import record_as_json
from core.text.instant import to_text
from tests.support import openapi
from tests.support.event_contract import COMMON, schema
from tests.support.tasks import NOON, key, observed, task

CLI = Path(__file__).parents[2] / "cli" / "src" / "ecs_ip"
CLASSES = {kind.__name__.lower(): kind for kind in KINDS}

TASK_AND_CLUSTER = {"taskId", "clusterArn"}
BOOKKEEPING = {"rv", "sq", "wa", "nw", "tr", "cr"}
KEYS = {"live", "past", "created", "place", "service", "until", "expiresAt"}
"""What an item has besides the fields; see adapters/dynamodb/items.py."""


def described() -> dict[str, Any]:
    properties: dict[str, Any] = schema(COMMON)["$defs"]["record"]["properties"]
    return properties


def listed_by_the_command_line() -> tuple[str, ...]:
    """Read what the command line, which is a package of its own, lists of a record."""
    module = ast.parse((CLI / "records.py").read_text(encoding="utf-8"))
    [listed] = [
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FIELDS"
    ]
    return cast("tuple[str, ...]", listed)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_field_of_a_kind_is_in_the_table_and_the_other_way_round(kind: str) -> None:
    listed = [field.name for field in FIELDS if field.kind == kind]
    assert sorted(listed) == sorted(CLASSES[kind]._fields)


def test_every_field_is_of_a_kind_or_derived_by_the_record() -> None:
    assert {field.kind for field in FIELDS} == {*CLASSES, None}
    for field in FIELDS:
        if field.kind is None:
            assert field.of(task()) is not None or hasattr(Record, field.name.split(".")[0])


def test_no_two_fields_have_one_name() -> None:
    for names in (
        [field.shown for field in SHOWN],
        [(field.kind, field.name) for field in FIELDS],
        [field.short for field in STORED],
        [field.name for field in STORED],
    ):
        assert len(set(names)) == len(names)


def test_every_stored_field_has_a_short_name_that_nothing_else_in_an_item_has() -> None:
    shorts = {field.short for field in STORED}
    assert all(1 <= len(short) <= 4 for short in shorts)
    assert not shorts & (TASK_AND_CLUSTER | BOOKKEEPING | KEYS)
    assert {field.short for field in FIELDS if field.kind is None} == {""}


def test_every_shown_field_is_in_the_schema_of_the_events_in_the_same_order() -> None:
    assert [field.shown for field in SHOWN] == list(described())


def test_every_shown_field_is_in_the_document_of_the_api_in_the_same_order() -> None:
    record = openapi.document()["components"]["schemas"]["Record"]
    assert [field.shown for field in SHOWN] == list(record["properties"])


def test_every_shown_field_is_known_to_the_command_line_in_the_same_order() -> None:
    assert [field.shown for field in SHOWN] == list(listed_by_the_command_line())


def test_both_contracts_say_which_fields_are_instants() -> None:
    instants = {str(field.shown) for field in SHOWN if field.is_instant}
    assert instants == {name for name, told in described().items() if "instant" in str(told)}
    assert instants == {str(f.shown) for f in SHOWN if str(f.shown).endswith(("At", "Before"))}


def test_what_is_watched_is_shown_and_no_proof_that_keeps_moving() -> None:
    assert {field.kind for field in WATCHED} == {"status", "facts", "interface", None}
    assert all(field.shown for field in WATCHED)
    assert {str(field.shown) for field in WATCHED} == {
        *("attachmentId", "networkInterfaceId", "subnetId", "vpcId", "macAddress"),
        *("privateDnsName", "privateIpv4Address", "ipv6Address", "lastStatus", "desiredStatus"),
        *("addressState", "attachedNotBefore", "attachedAt", "attachedAtEstimated"),
        *("releasedNotBefore", "releasedAt", "releasedAtEstimated"),
    }


def test_proofs_are_kept_and_not_shown() -> None:
    hidden = {field.name for field in FIELDS if field.shown is None}
    assert {"pull_started_at", "gone_at", "unattached_at", "still_shown_by_view"} <= hidden
    assert "connectivity" in hidden


def test_a_field_is_read_from_its_kind_or_from_the_record() -> None:
    by_name = {field.shown: field for field in SHOWN}
    record = observed()
    assert by_name["lastStatus"].of(record) == "RUNNING"
    assert by_name["cluster"].of(record) == "shop"
    assert by_name["createdAt"].of(record) == NOON - 60_000
    assert by_name["createdAt"].shown_of(record) == to_text(NOON - 60_000)
    assert by_name["stoppedAt"].shown_of(record) is None
    assert by_name["lastStatus"].of(Record(key=key())) is None


def test_the_view_follows_the_table() -> None:
    assert record_as_json(task()) == {field.shown: field.shown_of(task()) for field in SHOWN}
    assert isinstance(FIELDS[0], Field)

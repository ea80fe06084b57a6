"""The contract of published events: within a schemaVersion, it only ever grows."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, ValidationError, validate

from adapters.bus import SOURCE
from core.task.changes import ASSIGNED, RELEASED, SCHEMA_VERSION, UPDATED
from tests.support.event_contract import COMMON, FOLDER, KINDS, schema
from tests.support.event_documents import examples, page, schemas
from tests.support.template import template

FILES = [COMMON, *KINDS.values()]
RELEASED_FOLDER = FOLDER / "released" / SCHEMA_VERSION
PAGE = (FOLDER.parent / "events.md").read_text(encoding="utf-8")
PROSE = {"$schema", "title", "description", "$comment"}


def breaks(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Name what a consumer of the old schema may no longer rely on under the new one.

    A schema may describe more properties and require more of them; all that it said before must
    still be said, word for word but for the prose.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        grows = path.endswith(("/properties", "/$defs"))
        for name, value in old.items():
            if name not in PROSE or grows:
                yield from breaks(value, new.get(name), f"{path}/{name}")
        if not grows:
            yield from (f"{path}/{name}" for name in new.keys() - old.keys() - PROSE)
    elif path.endswith("/required"):
        yield from (f"{path}/{name}" for name in old if name not in (new or []))
    elif old != new:
        yield path


def record(of: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = of["$defs"]["record"]["properties"]
    return properties


@pytest.mark.parametrize("name", FILES)
def test_nothing_that_was_released_under_this_version_is_taken_back(name: str) -> None:
    assert list(breaks(schema(name, RELEASED_FOLDER), schema(name))) == []


def test_there_is_nothing_released_that_is_no_longer_there() -> None:
    assert sorted(path.name for path in RELEASED_FOLDER.iterdir()) == sorted(FILES)


def test_a_described_field_more_breaks_nothing() -> None:
    old = schema(COMMON)
    new = copy.deepcopy(old)
    record(new)["healthStatus"] = {"type": "string"}
    new["$defs"]["record"]["required"].append("healthStatus")
    new["$defs"]["record"]["description"] = "Other words."
    assert list(breaks(old, new)) == []


@pytest.mark.parametrize(
    "change, found",
    [
        (lambda new: record(new).pop("vpcId"), "/vpcId"),
        (lambda new: new["$defs"]["record"]["required"].remove("vpcId"), "/required/vpcId"),
        (lambda new: record(new)["vpcId"].update(type="integer"), "/vpcId/type"),
        (lambda new: record(new)["live"].update(type=["boolean", "null"]), "/live/type"),
        (lambda new: record(new)["source"]["enum"].append("guess"), "/source/enum"),
        (lambda new: record(new)["live"].update(const=True), "/live/const"),
        (lambda new: new["$defs"]["instant"].pop("pattern"), "/instant/pattern"),
        (lambda new: new["properties"].pop("source"), "/properties/source"),
        (lambda new: new["$defs"].pop("metadata"), "/$defs/metadata"),
    ],
)
def test_what_breaks_a_consumer_is_found(change: Any, found: str) -> None:
    old = schema(COMMON)
    new = copy.deepcopy(old)
    change(new)
    assert [path for path in breaks(old, new) if found in path] != []


@pytest.mark.parametrize("name", FILES)
def test_schemas_are_of_the_draft_that_they_name(name: str) -> None:
    assert schema(name)["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(schema(name))


def test_schemas_have_names_of_their_own_that_carry_the_version() -> None:
    names = [schema(name)["$id"] for name in FILES]
    common = f"urn:ecs-ip-inventory:change:{SCHEMA_VERSION}"
    assert names == [common, *(f"{common}:{kind}" for kind in ("assigned", "updated", "released"))]


def test_the_schema_of_a_kind_has_in_it_what_all_kinds_have() -> None:
    for path, bundled in schemas().items():
        assert schema(path.name) == bundled, "write it anew: make event-docs"


@pytest.mark.parametrize("name", FILES)
def test_a_schema_judges_alone(name: str) -> None:
    """As a consumer would: one file, read and given to the library."""
    for path, event in examples().items():
        if name in {COMMON, path.name.replace(".json", ".schema.json")}:
            validate(event, schema(name))
            lacking = event | {"detail": event["detail"] | {"data": {}}}
            with pytest.raises(ValidationError, match="is a required property"):
                validate(lacking, schema(name))
        else:
            with pytest.raises(ValidationError, match="was expected"):
                validate(event, schema(name))


def test_the_schema_names_what_the_code_sends() -> None:
    common = schema(COMMON)
    assert common["properties"]["source"]["const"] == SOURCE
    assert common["properties"]["detail-type"]["enum"] == [ASSIGNED, UPDATED, RELEASED] == [*KINDS]
    metadata = common["$defs"]["metadata"]["properties"]
    assert metadata["schemaVersion"]["const"] == SCHEMA_VERSION
    for kind, name in KINDS.items():
        assert schema(name)["properties"]["detail-type"]["const"] == kind


def test_every_field_of_a_record_is_required_and_told_in_words() -> None:
    described = schema(COMMON)["$defs"]["record"]
    assert described["required"] == list(described["properties"])
    assert all(len(field["description"]) > 8 for field in described["properties"].values())


def test_the_asyncapi_document_has_each_event_with_its_schema_and_its_example() -> None:
    document = yaml.safe_load((FOLDER / "asyncapi.yaml").read_text(encoding="utf-8"))
    assert re.fullmatch(r"3\.\d+\.\d+", document["asyncapi"])
    messages = document["channels"]["changeBus"]["messages"]
    assert [message["name"] for message in messages.values()] == [*KINDS]
    for message in messages.values():
        assert message["payload"]["schema"] == {"$ref": KINDS[message["name"]]}
        [example] = message["examples"]
        assert (FOLDER / example["payload"]["$ref"]).is_file()
    sent = document["operations"]["publish"]["messages"]
    assert [reference["$ref"].rsplit("/")[-1] for reference in sent] == [*messages]


def test_every_file_of_the_folder_is_part_of_the_contract() -> None:
    examples = {f"examples/{name.replace('.schema', '')}" for name in KINDS.values()}
    released = {f"released/{SCHEMA_VERSION}/{name}" for name in FILES}
    expected = {*FILES, *examples, *released, "asyncapi.yaml"}
    files = (path for path in Path(FOLDER).rglob("*") if path.is_file())
    assert {str(path.relative_to(FOLDER)) for path in files} == expected


def test_the_page_tells_of_every_event_and_of_all_its_metadata() -> None:
    kinds = re.findall(r"^\| `(Task [\w ]+)` \|", PAGE, re.MULTILINE)
    fields = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert kinds == [*KINDS]
    assert fields == list(schema(COMMON)["$defs"]["metadata"]["properties"])


def test_the_page_shows_a_whole_event() -> None:
    assert page() == PAGE, "write it again: make event-docs"
    assert '"detail-type": "Task Address Assigned"' in PAGE


def test_the_page_speaks_of_no_field_that_a_record_does_not_have() -> None:
    named = set(re.findall(r"`([a-z]+(?:[A-Z]\w*|At))`", PAGE))
    metadata = schema(COMMON)["$defs"]["metadata"]["properties"]
    assert named - record(schema(COMMON)).keys() - metadata.keys() == set()
    assert {"lastStatus", "releasedNotBefore"} <= named


@pytest.mark.parametrize(
    "page", ["docs/events.md", "examples/route53/README.md", "examples/allow-list/README.md"]
)
def test_links_of_the_pages_lead_somewhere(page: str) -> None:
    path = FOLDER.parents[1] / page
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("example", ["route53", "allow-list"])
def test_an_example_s_page_names_its_parameters(example: str) -> None:
    folder = FOLDER.parents[1] / "examples" / example
    page = (folder / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.+?) \|", page, re.MULTILINE)))
    assert named == list(template(folder / "template.yaml")["Parameters"])

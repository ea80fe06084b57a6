"""`make openapi`: writes the record into docs/openapi.yaml, and the document as it is served.

A record's fields are described once, in the schema of the events. The API's records differ from
those in one thing: tasks without an address are among them, so that most fields can be null.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

_ROOT = Path(__file__).parents[1]
EVENTS = _ROOT / "docs" / "events" / "change.schema.json"
SOURCE = _ROOT / "docs" / "openapi.yaml"
SERVED = _ROOT / "src" / "handlers" / "openapi.json"

type Schema = dict[str, Any]

ALWAYS_KNOWN = {"taskArn", "taskId", "region", "clusterArn", "cluster"}
"""The fields of text that are never null: without them there is no record."""


def with_record(document: str) -> str:
    """Return the document's text with the schema `Record` as the events have it."""
    fields = json.loads(EVENTS.read_text("utf-8"))["$defs"]["record"]["properties"]
    record = {
        "type": "object",
        "additionalProperties": False,
        "description": "All that is known of one task. (`make openapi` writes this schema.)",
        "required": list(fields),
        "properties": {name: _property(name, field) for name, field in fields.items()},
    }
    text = yaml.safe_dump({"Record": record}, sort_keys=False, allow_unicode=True, width=92)
    indented = "".join(f"    {line}" for line in text.splitlines(keepends=True))
    # To the next schema: a name of four spaces' depth, or a comment before it.
    return re.sub(r"^    Record:\n(?: {5,}.*\n)*", lambda _: indented, document, flags=re.MULTILINE)


def _property(name: str, field: Schema) -> Schema:
    described = {"description": field["description"]}
    if name == "addressState":
        return {"$ref": "#/components/schemas/AddressState"}
    if "$ref" in field or "anyOf" in field:
        return {"$ref": "#/components/schemas/OptionalInstant"} | described
    if field.get("type") == "boolean" or name in ALWAYS_KNOWN:
        return field
    if "enum" in field:
        return {"enum": list(dict.fromkeys([*field["enum"], None]))} | described
    types = field["type"] if isinstance(field["type"], list) else [field["type"], "null"]
    return field | {"type": types}


def as_served(document: str) -> str:
    """Write the document as JSON without spaces."""
    return json.dumps(yaml.safe_load(document), ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> None:
    """Write both files."""
    document = with_record(SOURCE.read_text("utf-8"))
    SOURCE.write_text(document, "utf-8")
    SERVED.write_text(as_served(document), "utf-8")
    print(f"{SOURCE.relative_to(_ROOT)} and {SERVED.relative_to(_ROOT)} are written")


if __name__ == "__main__":
    main()

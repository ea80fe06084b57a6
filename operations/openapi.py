"""`make openapi`: the OpenAPI document as the function serves it, made of docs/openapi.yaml."""

import json
from pathlib import Path

import yaml

_ROOT = Path(__file__).parents[1]
SOURCE = _ROOT / "docs" / "openapi.yaml"
SERVED = _ROOT / "src" / "handlers" / "openapi.json"


def as_served() -> str:
    """Write the document as JSON without spaces."""
    document = yaml.safe_load(SOURCE.read_text("utf-8"))
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def main() -> None:
    """Write the file that the function serves."""
    SERVED.write_text(as_served(), "utf-8")
    print(f"{SERVED.relative_to(_ROOT)} is {SOURCE.relative_to(_ROOT)} now")


if __name__ == "__main__":
    main()

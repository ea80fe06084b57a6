"""The position of an export, kept in a small file beside its output.

The file is replaced after each page has been written to the output. After an interruption between
the two, the page is cut off and written again, so no page is ever missing or duplicated.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ecs_ip.errors import UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """How far an export has come.

    `said` is what the person typed. `params` is its meaning when the export began: `--from -1d` is
    a day before then, however much later it is resumed.
    """

    said: Mapping[str, str | None]
    params: Mapping[str, str | None]
    cursor: str | None = None
    size: int = 0
    rows: int = 0


def beside(output: Path) -> Path:
    """Return where the place of this output is kept."""
    return output.with_name(f"{output.name}.resume")


def kept(output: Path, said: Mapping[str, str | None]) -> Place:
    """Return the place of an interrupted export; raise UsageError if there is none."""
    file = beside(output)
    try:
        place = Place(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UsageError(
            f"there is nothing to resume: {file} does not exist (run it without --resume)"
        ) from None
    except (OSError, ValueError, TypeError):
        raise UsageError(f"{file} cannot be read: run the export without --resume") from None
    if {**place.said} != {**said}:
        raise UsageError(
            f"{file} is of an export with other filters, times or format: repeat them, "
            "or run it without --resume"
        )
    return place


def keep(output: Path, place: Place) -> None:
    """Save the place, atomically."""
    file = beside(output)
    new = file.with_name(f"{file.name}.new")
    new.write_text(json.dumps(asdict(place)), encoding="utf-8")
    os.replace(new, file)  # noqa: PTH105 - the name says that it replaces


def forget(output: Path) -> None:
    """Remove what was kept: the export is complete."""
    beside(output).unlink(missing_ok=True)

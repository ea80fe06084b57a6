"""The SAM CLI, run without any setting of the developer's own."""

import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from local.processes import run

# Of the developer's account, of their SAM CLI, and of the make we may run in: sam runs its own.
_FOREIGN = ("AWS", "SAM", "MAKE", "MFLAGS")


class MissingToolError(Exception):
    """A program that is needed is not there; the text is its name."""


def check_tools() -> None:
    """Raise MissingToolError if `sam` could not run."""
    for name in ("sam", "make", "sh"):
        _tool(name)


def sam(
    command: str, *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run `sam COMMAND`; all that it leaves beside its result goes to a folder.

    Raises CommandError.
    """
    settings = folder / "sam"
    settings.mkdir(exist_ok=True)
    # Without this note it asks PyPI for a newer version of itself, every time.
    (settings / "metadata.json").write_text(json.dumps({"lastVersionCheck": time.time()}))
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    run(
        [_tool("sam"), command, *map(str, arguments), "--config-env", "embedded"],
        environment={
            **own,
            "PATH": _path(),
            "TMPDIR": str(folder),
            "__SAM_CLI_APP_DIR": str(settings),
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.2",
            **(environment or {}),
        },
        log=folder / f"sam-{command}.log",
    )


def _tool(name: str) -> str:
    found = shutil.which(name, path=_path())
    if found is None:
        raise MissingToolError(name)
    return found


def _path() -> str:
    """Look beside this Python first, as in the project's virtual environment."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

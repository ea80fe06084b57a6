"""Which tests run in one process when two run side by side: those that share what is dear.

pytest-xdist's own way, a mark on each test, does not work with pytest's node ids of today, so that
the group of a test follows from its file.
"""

from pathlib import PurePosixPath
from typing import Any

import pytest

_E2E = "tests/e2e"
_OF_FOLDERS = {_E2E: "stack", "tests/contract": "engines"}
_OF_FILES = {
    "tests/e2e/test_cli.py": "living",
    "tests/e2e/test_console.py": "living",
    "tests/e2e/test_make_run.py": "living",
    "tests/e2e/test_artifacts.py": "artifacts",
    "tests/e2e/test_pressure.py": "pressure",
    "tests/e2e/test_samples.py": "samples",
}
_SHARED = {"living", "stack"}
"""Fixtures of a whole session that take long to start; groups have their names."""


def group_of(file: str) -> str:
    """Name the group of a file, by its path from the root: its own path if it shares nothing."""
    folder = str(PurePosixPath(file).parent)
    return _OF_FILES.get(file) or _OF_FOLDERS.get(folder) or file


def check_group(item: pytest.Item) -> None:
    """Raise UsageError if a test is in another group than those that it shares a fixture with."""
    file = item.nodeid.partition("::")[0]
    if not file.startswith(_E2E):
        return  # others have fixtures of these names
    for fixture in _SHARED.intersection(getattr(item, "fixturenames", ())):
        if group_of(file) != fixture:
            raise pytest.UsageError(f"{file} uses {fixture}: name its group in {__name__}")


def scheduler(config: pytest.Config, log: Any) -> Any:
    """Return what hands out the tests of a group to one process."""
    # Only where tests run side by side; it has no types.
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # noqa: PLC0415

    class InGroups(LoadScopeScheduling):  # type: ignore[misc]  # the same
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid.partition("::")[0])

    return InGroups(config, log)

"""Which tests run in one process when two run side by side."""

import pytest

from tests.support.side_by_side import group_of


@pytest.mark.parametrize(
    "file, group",
    [
        ("tests/e2e/test_api.py", "stack"),
        ("tests/e2e/test_cli.py", "living"),
        ("tests/e2e/test_pressure.py", "pressure"),
        ("tests/contract/test_store.py", "engines"),
        ("tests/unit/test_arn.py", "tests/unit/test_arn.py"),
        ("tests/proof/test_model.py", "tests/proof/test_model.py"),
    ],
)
def test_files_that_share_what_is_dear_to_start_are_of_one_group(file: str, group: str) -> None:
    assert group_of(file) == group

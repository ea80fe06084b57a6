"""The engine that counts as DynamoDB does."""

import pytest

from tests.contract.conftest import OpenTable, open_table
from tests.support.tables import Table

__all__ = ["open_table"]


@pytest.fixture
def table(open_table: OpenTable) -> Table:
    """Give an empty table of Amazon's own engine."""
    return open_table("dynamodb-local")

"""The store on DynamoDB: one item a task, under one kilobyte, found through sparse indexes.

- `items`: a record as an item. Short names, and nothing said twice.
- `table`: the requests that every part makes: conditional puts, queries with bounds.
- `records`, `sweeps`, `notes`: the three parts of the port `core.table.store`.
"""

from adapters.dynamodb.notes import DynamoNotes
from adapters.dynamodb.records import DynamoRecords
from adapters.dynamodb.sweeps import DynamoSweeps
from adapters.dynamodb.table import SIDE_BY_SIDE, ThrottledError

__all__ = ["SIDE_BY_SIDE", "DynamoStore", "ThrottledError"]


class DynamoStore(DynamoRecords, DynamoSweeps, DynamoNotes):
    """Implements `core.table.store.Store`; what DynamoDB refuses is raised as botocore has it."""

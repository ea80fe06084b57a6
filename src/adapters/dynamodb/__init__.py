"""The store on DynamoDB: one item per task, under one kilobyte, found through sparse indexes.

- `items`: a record as an item, with short names and no redundant values; `short_forms`: short forms
  of common values.
- `table`: the requests that every part makes: conditional puts, queries with bounds.
- `records`, `sweeps`, `seen_names`: the three parts of the port `core.table.store`.

`core.table.index_keys` says where each key of the table is defined.
"""

from adapters.dynamodb.records import DynamoRecords
from adapters.dynamodb.seen_names import DynamoSeenNames
from adapters.dynamodb.sweeps import DynamoSweeps
from adapters.dynamodb.table import MAX_CONCURRENT_REQUESTS, ThrottledError

__all__ = ["MAX_CONCURRENT_REQUESTS", "DynamoStore", "ThrottledError"]


class DynamoStore(DynamoRecords, DynamoSweeps, DynamoSeenNames):
    """Implements `core.table.store.Store`. Errors of botocore propagate."""

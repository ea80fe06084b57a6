"""The table: how records are kept, and what the service remembers of itself.

- `store` is the port: what the core needs from a table, in parts, and what it may rely on.
- `index_keys` has the formats of all keys under which DynamoDB finds a record.
- `recording` is the write path: read, join, put on the revision that was read, retry on conflict.
  `intake` is what else follows from a batch of events.
- `coverage` says which part of the past completed sweeps have proven.
- `notes` remembers which subnets, clusters and groups (ECS's task groups) were ever seen.
- `vpc` fills in VPCs when records are read.
"""

"""The table: how records are kept, and what the service remembers of itself.

- `store` is the port: what the core asks of a table, in parts, and what a table promises.
- `index` has the keys under which a record is found.
- `recording` is the write path: read, join, put on the revision that was read.
- `coverage` says which part of the past completed sweeps have proven.
- `notes` remembers which subnets, clusters and groups exist; `vpc` fills in VPCs on reading.
"""

"""The table: how records are kept, and what the service remembers about itself.

Start with `store`, the port: what the core needs from a table, in parts, and what it may rely on.

- `index_keys`: the sort keys and composite keys of the indexes.
- `recording`: the write path: read, join, put if the revision is unchanged, retry on conflict.
  `intake`: the rest of what happens to a batch of events.
- `coverage`: the part of the past that completed sweeps have proven.
- `seen_names`: the subnets, clusters and task groups that were ever seen.
- `vpc`: looks up the VPCs of new subnets, and fills them in when records are read.
"""

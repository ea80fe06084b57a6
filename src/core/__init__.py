"""The domain: what ECS said, the record it adds up to, and the answers drawn from records.

Pure: no AWS import, no clock, no input or output. Five rooms, read in this order: `text`, `task`,
`table`, then `answers` or `sweep`. Each says in its `__init__` where to begin. Arrows between them
run one way: no room knows of a later one, and `answers` and `sweep` do not know of each other.
"""

"""The domain: what ECS said, the records built from it, and the answers drawn from records.

Pure: no AWS import, no clock; it reads and writes through two ports alone, `table.store` and
`sweep.ecs`. Five packages: `text`, `task`, `table`, and then `answers` and `sweep`, which do not
know each other. Each imports only those before it, and its docstring says what to read first.
"""

"""The domain: what ECS said, the record it adds up to, and the answers drawn from records.

Pure: no AWS import, no clock, no input or output. The heart is read in this order: `instant`,
`address`, `arn`, `record` (the join), `ecs` (the parser), `changes`, `store` (the port),
`recording` (the write path), `queries` (the answers). docs/architecture.md names the rest.
"""

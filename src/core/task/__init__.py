"""The task: what is known of one ECS task, and what follows from it.

Read in this order:

- `kinds`: every stored field is of one of five kinds, and each kind has its join.
- `record`: a record is the join of all observations of a task.
- `tenure`: when the task had its address. Everything here is derived from proofs; nothing is
  stored as a decision.
- `fields`: the one table of all fields. The JSON view, the table's items and the change events
  follow it.
- `ecs`: events and DescribeTasks views, read into observations. All quirks of ECS live there.
- `view` and `changes`: the record as outsiders see it, and which of its changes are published.
"""

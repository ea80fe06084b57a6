"""The task: what is known of one ECS task, and what follows from it.

Read in this order:

- `kinds`: every stored field is of one of five kinds, and each kind has a function that joins two
  values into one.
- `record`: a record is the join of all observations of a task.
- `tenure`: when the task had its address. Everything here is derived from proofs; nothing is
  stored as a decision.
- `fields`: the one list of all fields. The JSON form, the items of the table and the change events
  follow it.
- `ecs`: the parser of events and DescribeTasks views. All quirks of ECS live there and in
  `network`.
- `record_json` and `changes`: the record as outsiders see it, and which of its changes are published.
"""

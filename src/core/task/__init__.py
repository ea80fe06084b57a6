"""The task: what is known about one ECS task, and what follows from it.

Read in this order:

- `kinds`: every stored field has one of five kinds, and each kind has a function that joins two
  values into one.
- `record`: a record is the join of all observations of a task.
- `tenure`: when the task had its address. Everything here is derived from proofs; nothing is
  stored as a decision.
- `fields`: the one list of all fields, which the JSON form, the DynamoDB items and the events
  follow.
- `ecs`: the parser of events and DescribeTasks views, with `network` for the interface and
  `json_reader` for typed access to JSON. All parsing quirks of ECS live there.
- `record_json` and `changes`: the record as outsiders see it, and the changes that are published.
"""

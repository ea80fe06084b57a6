"""The adapters to AWS.

- `dynamodb`: the store; `stream`: the table's stream.
- `ecs`, `ec2`: what sweeps read.
- `queue`, `dead_letters`: SQS; `bus`: EventBridge.
"""

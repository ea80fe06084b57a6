"""What the core is plugged into: stores, queues and services of AWS."""

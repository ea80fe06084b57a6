"""The domain: what ECS said, the record built from it, and the answers drawn from records.

Pure: no AWS import, no clock, no input or output. Five packages, each of which imports only those
before it: `text`, `task`, `table`, and then `answers` and `sweep`, which do not know each other.
Each says at its top what to read first.
"""

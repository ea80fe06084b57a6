"""The sweep: compares ECS with the table, and repairs what events missed.

Start with `state`: the phases of a sweep, the transitions between them, and its decisions, without
input or output. `sweeper` runs one page at a time; `survey` finds the clusters to sweep; `ecs` is
the port to Amazon ECS. Any page may be repeated at any time: what a sweep writes of tasks are
observations, which join like any others, and its claim and gaps can be written twice.
"""

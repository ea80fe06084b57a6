"""The sweep: what ECS itself shows, set against the table, to repair what events missed.

Start with `state`: the phases of a sweep and its decisions, without input or output. `sweeper` does
one page at a time; `survey` finds the clusters to sweep. Any page may be repeated at any time: all
that is written are observations, and they join like any others.
"""

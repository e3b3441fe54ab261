"""CHECK constraints: from their text to what the planner follows.

`ddl.ddl_reader` keeps a CHECK as text. `check_reader` reads that text when the experiment is planned,
and `terms` the sides of a comparison. What they find are objects of `ports.constraints`, which
`planning.checks` makes bounds, lists and orders of values from.
"""

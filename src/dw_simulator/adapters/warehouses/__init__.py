"""Databases that an experiment's tables are loaded into: a schema for each experiment.

A load is one transaction, or acts as one: until `finish` returns, whoever looks sees the former tables. What
this program has made is written down in the database itself, in the table `_dw_sim` of the schema, so that
nothing else is ever replaced, emptied or dropped.
"""

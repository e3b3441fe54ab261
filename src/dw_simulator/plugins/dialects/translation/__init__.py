"""Queries of one warehouse in the SQL of another: `query_translation`, by the tables of `from_...`."""

"""Queries of one warehouse in the SQL of another."""

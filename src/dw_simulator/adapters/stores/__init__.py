"""Experiments and runs, kept in a database."""

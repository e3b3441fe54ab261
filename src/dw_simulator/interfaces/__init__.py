"""Thin doors to the service: the command line and HTTP."""

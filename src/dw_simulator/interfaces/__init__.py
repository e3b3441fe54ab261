"""Thin doors to the service: the command line; later HTTP and the web page."""

"""What the core asks of the outside, and the records that cross: protocols and plain data, no work."""

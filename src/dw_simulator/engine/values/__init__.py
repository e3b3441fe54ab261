"""What can come out: from an index to a value, one family of types a file."""

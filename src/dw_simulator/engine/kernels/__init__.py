"""From an index to a value, one family of types a file."""

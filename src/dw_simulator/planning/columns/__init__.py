"""From a column's rule to its kernel."""
